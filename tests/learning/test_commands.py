"""`train` and `untrain` from the shell, from a gold file and from the documents approved on the desk."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from extractor import create_extractor
from extractor.cli import app as cli
from extractor.core.extractions import FieldValue
from extractor.desk.intake import add_file
from extractor.extractors import confidence_curves
from extractor.extractors.builtin.learned import library
from extractor.reading.text import document_from_text
from extractor.store import Store

from .making import RECEIPT, SCHEMA, receipt


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RIGHTSDESK_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("RIGHTSDESK_LEARNED", raising=False)
    monkeypatch.delenv("RIGHTSDESK_DATABASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    Path("receipt.json").write_text(json.dumps(SCHEMA), encoding="utf-8")
    return tmp_path


def gold(count: int) -> str:
    lines = []
    for number in range(count):
        text, right = receipt(number)
        Path(f"{number}.txt").write_text(text, encoding="utf-8")
        lines.append(json.dumps({"file": f"{number}.txt", "document_type": "receipt", "metadata": right}))
    Path("gold.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return "gold.jsonl"


def run(*arguments: str, status: int = 0) -> tuple[dict[str, Any], str]:
    result = CliRunner().invoke(cli.main, arguments)
    assert result.exit_code == status, result.output
    return (json.loads(result.stdout) if result.stdout.startswith("{") else {}), result.stderr or result.stdout


def test_train_from_gold_use_it_and_go_back() -> None:
    told, said = run("train", gold(12), "--type", "receipt", "--schema", "receipt.json")
    assert told["documents"] == 12
    assert told["f1_learned"] > told["f1_rules"]
    assert said.splitlines()[-1] == "[12/12]"
    assert library.active_version("receipt") == library.RULES
    again, _ = run("train", "gold.jsonl", "--type", "receipt", "--schema", "receipt.json", "--use")
    assert again["version"] == told["version"] == library.active_version("receipt")
    document, extractor = document_from_text(receipt(50)[0]), create_extractor("builtin")
    taught = extractor.extract(document, RECEIPT).fields["giver"]
    confidence_curves.keep("builtin", ((0.0, 0.0), (1.0, 0.1)))  # Of what was learned the confidence is right already.
    assert taught.value and extractor.extract(document, RECEIPT).fields["giver"] == taught
    run("untrain", "--type", "receipt")
    assert library.active_version("receipt") == library.RULES


def test_train_from_the_approved_documents_of_the_desk(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store.open(types=lambda: {"receipt": RECEIPT})
    for number in range(8):
        text, right = receipt(number)
        row, _ = add_file(store, text.encode(), f"{number}.txt", {"receipt": RECEIPT})
        for path, value in right.items():
            store.set_value(row.hash, RECEIPT, path, FieldValue(value, source="person:tester"), "tester")
        if number < 6:
            store.approve(row.hash, RECEIPT, "tester")
    store.close()
    told, _ = run("train", "--type", "receipt", "--schema", "receipt.json")
    assert told["documents"] == 6


def test_too_few_documents_and_unknown_types_are_explained() -> None:
    _, said = run("train", gold(3), "--type", "receipt", "--schema", "receipt.json", status=1)
    assert "at least 5 approved documents of this type; there are 3" in said
    _, said = run("train", "gold.jsonl", "--type", "nothing", status=2)
    assert "There is no document type “nothing”" in said
