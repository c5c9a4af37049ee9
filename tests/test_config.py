"""The configuration files: what comes with the product is valid, and a slip is named with file, line and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from extractor.core.errors import ConfigError
from extractor.settings.cloud import Price, load_cloud
from extractor.settings.local_models import load_models
from extractor.settings.ocr import TextRecognition, chosen
from extractor.spending.pricing import price

CLOUD = """\
cloud:
  timeout: 30
providers:
  maru:
    base_url: http://127.0.0.1:9/v1
    api_key_env: MARU_API_KEY
models:
  small:
    provider: maru
    model_id: maru-small
    cost_per_token: {input: 0.001, output: 0.002}
  plain:
    provider: maru
    model_id: maru-plain
    cost_per_token: 0.0005
cost_optimization:
  budget_limit: 1.5
  preferred_providers: [maru]
performance:
  concurrent_requests: 4
"""
LOCAL = """\
cache_folder: hf_models
models:
  tiny:
    model_id: maru/tiny
    context: 2048
text_recognition:
  engine: rapidocr
  rapidocr:
    language: english
"""


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CLOUD_TIMEOUT", "CLOUD_RETRY_ATTEMPTS", "EXTRACTION_STRATEGY", "RIGHTSDESK_CLOUD_CONFIG"):
        monkeypatch.delenv(name, raising=False)


def written(folder: Path, text: str) -> Path:
    path = folder / "models.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_files_that_come_with_the_product() -> None:
    cloud, local = load_cloud(), load_models()
    wanted = {"solar_ko_cloud", "qwen_cloud", "gpt4o_mini", "gpt4o", "llama2_7b", "mistral_7b", "qwen2_5_7b"}
    assert wanted <= set(cloud.models)
    assert {"huggingface", "openai", "together"} <= {p.name for p in cloud.providers.values() if p.enabled}
    assert cloud.providers["openai"].api_key_env == "OPENAI_API_KEY"
    for key in wanted:
        model = cloud.models[key]
        assert price(cloud.providers[model.provider].prices, model.model_id, model.price), key
    assert str(local.cache_folder) == "hf_models"
    assert len(local.models) >= 6


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    config = load_cloud(written(tmp_path, CLOUD))
    assert config.timeout == 30 and config.retry_attempts == 2 and config.strategy == "hybrid"
    assert config.models["small"].price == Price(0.001, 0.002)
    assert config.models["plain"].price == Price(0.0005, 0.0005)
    assert config.cost.budget_limit == 1.5 and config.cost.monthly_limit is None
    assert config.concurrent_requests == 4


def test_variables_win_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLOUD_TIMEOUT", "2.5")
    monkeypatch.setenv("CLOUD_RETRY_ATTEMPTS", "7")
    monkeypatch.setenv("EXTRACTION_STRATEGY", "local")
    monkeypatch.setenv("RIGHTSDESK_CLOUD_CONFIG", str(written(tmp_path, CLOUD)))
    config = load_cloud()
    assert (config.timeout, config.retry_attempts, config.strategy) == (2.5, 7, "local")
    assert list(config.models) == ["small", "plain"]


@pytest.mark.parametrize(
    ("variable", "value"),
    [("CLOUD_TIMEOUT", "soon"), ("CLOUD_TIMEOUT", "-1"), ("CLOUD_RETRY_ATTEMPTS", "nan"), ("EXTRACTION_STRATEGY", "x")],
)
def test_a_bad_variable_is_named(variable: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(ConfigError, match=rf"{variable} is “{value}”"):
        load_cloud()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("timeout: 30", "timeout: soon", "line 2: “cloud.timeout” must be 0.1 – 3600"),
        ("timeout: 30", "timeout: .nan", "line 2: “cloud.timeout”"),
        ("timeout: 30", "timeout: true", "line 2: “cloud.timeout”"),
        ("timeout: 30", "timeuot: 30", "line 2: “cloud.timeuot” is not a known key. Did you mean “timeout”"),
        ("  timeout: 30", "  timeout: 30\n  timeout: 31", "line 3: “cloud.timeout” is given twice"),
        ("http://127.0.0.1:9/v1", "maru.example/v1", "line 5: “providers.maru.base_url”"),
        ("base_url: http://127.0.0.1:9/v1", "title: Maru", "line 5: “providers.maru.base_url” is missing"),
        ("MARU_API_KEY", "sk-abc-secret", "line 6: “providers.maru.api_key_env” must be the name of an env"),
        (
            "provider: maru\n    model_id: maru-small",
            "provider: mru\n    model_id: a",
            "line 9: “models.small.provider”",
        ),
        ("model_id: maru-small", "model_id: 7", "line 10: “models.small.model_id” must be a text"),
        ("input: 0.001", "input: -1", "line 11: “models.small.cost_per_token.input”"),
        ("input: 0.001, ", "", "line 11: “models.small.cost_per_token.input” is missing"),
        ("0.0005", "cheap", "line 15: “models.plain.cost_per_token”"),
        ("[maru]", "[mru]", "line 18: “cost_optimization.preferred_providers” names “mru”"),
        ("concurrent_requests: 4", "concurrent_requests: 0", "line 20: “performance.concurrent_requests”"),
        ("concurrent_requests: 4", "concurrent_requests: 1.5", "must be a whole number"),
        ("performance:", "performances:", "line 19: “performances” is not a known key"),
        ("cloud:", "cloud: [", "is not valid YAML"),
    ],
)
def test_a_slip_in_the_cloud_file_is_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in CLOUD
    with pytest.raises(ConfigError) as raised:
        load_cloud(written(tmp_path, CLOUD.replace(old, new, 1)))
    assert f"models.yaml, line {message}" in str(raised.value) or message in str(raised.value)
    assert str(raised.value).startswith("models.yaml, line ")
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("model_id: maru/tiny", "title: Tiny", "line 4: “models.tiny” must be a model with"),
        ("context: 2048", "context: 2048\n    dtype: float8", "line 6: “models.tiny.dtype” must be auto | float32"),
        ("context: 2048", "context: 2048\n    max_new_tokens: 4096", "“models.tiny.max_new_tokens” must be < context"),
        ("models:", "model:", "line 2: “model” is not a known key. Did you mean “models”"),
        ("engine: rapidocr", "engine: rapidorc", "line 7: “text_recognition.engine” must be tesseract | rapidocr"),
        ("engine: rapidocr", "engines: rapidocr", "line 7: “text_recognition.engines” is not a known key. Did you"),
        ("language: english", "language: hangul", "line 9: “text_recognition.rapidocr.language” must be korean | e"),
        ("language: english", "models: 7", "line 9: “text_recognition.rapidocr.models” must be a text"),
        ("language: english", "model: a", "line 9: “text_recognition.rapidocr.model” is not a known key. Did you"),
        (LOCAL, "", "models.yaml: is empty"),
        (LOCAL, "- a", "line 1: “/” must be a mapping"),
    ],
)
def test_a_slip_in_the_local_file_is_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(ConfigError) as raised:
        load_models(written(tmp_path, LOCAL.replace(old, new, 1)))
    assert message in str(raised.value)


def test_the_engine_that_reads_scans(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RIGHTSDESK_MODEL_CONFIG", raising=False)
    assert chosen() == TextRecognition("tesseract")
    for text, expected in (
        (LOCAL, TextRecognition("rapidocr", "english")),
        (
            LOCAL.replace("language: english", "models: ~/ocr"),
            TextRecognition("rapidocr", "korean", Path.home() / "ocr"),
        ),
        (LOCAL.replace("engine: rapidocr", "engine: tesseract"), TextRecognition("tesseract")),
        (LOCAL.partition("text_recognition")[0], TextRecognition("tesseract")),
        # A slip among the models keeps nobody from reading scans.
        (LOCAL.replace("context: 2048", "context: many"), TextRecognition("rapidocr", "english")),
    ):
        monkeypatch.setenv("RIGHTSDESK_MODEL_CONFIG", str(written(tmp_path, text)))
        assert chosen() == expected


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none.yaml: the configuration cannot be read"):
        load_cloud(tmp_path / "none.yaml")


def test_keys_come_from_the_session_then_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    provider = load_cloud(written(tmp_path, CLOUD)).providers["maru"]
    monkeypatch.delenv("MARU_API_KEY", raising=False)
    assert provider.api_key() is None
    monkeypatch.setenv("MARU_API_KEY", " key-1 ")
    assert provider.api_key() == "key-1"
    assert provider.api_key({"maru": "key-2"}) == "key-2"
    free = load_cloud(written(tmp_path, CLOUD.replace("    api_key_env: MARU_API_KEY\n", ""))).providers["maru"]
    assert free.api_key() == ""
