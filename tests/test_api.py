"""The public API as people write it, against the local server, keys from the environment."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import extractor
from extractor import create_cloud_extractor, create_extractor, create_hybrid_extractor
from extractor.core.document_types import load_document_types
from extractor.core.errors import AuthenticationError, ConfigError, SchemaError
from extractor.core.extractions import Usage
from extractor.extractors.base import Extractor, ModelInfo, Schema

from .openai_server import FakeOpenAI

KEYS = {"HUGGINGFACE_API_KEY": "hf_maru1", "OPENAI_API_KEY": "sk-maru2", "TOGETHER_API_KEY": "tgp-maru3"}
text = "저작물 이용허락 계약서\n\ntitle: 은빛 강가의 노래\ndate: 2026. 3. 2.\n"
schema = {"title": "string", "date": "date"}
FOUND = {"title": "은빛 강가의 노래", "date": "2026-03-02"}


@pytest.fixture
def server() -> Iterator[FakeOpenAI]:
    with FakeOpenAI() as server:
        yield server


@pytest.fixture(autouse=True)
def shipped_config(server: FakeOpenAI, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The product's own file with the addresses of its providers changed, and nothing else."""
    lines = (Path(extractor.__file__).parents[1] / "config/cloud_model_config.yaml").read_text("utf-8").splitlines()
    lines = [f"    base_url: {server.base_url}" if line.startswith("    base_url:") else line for line in lines]
    (tmp_path / "cloud.yaml").write_text("\n".join(lines), encoding="utf-8")
    monkeypatch.setenv("RIGHTSDESK_CLOUD_CONFIG", str(tmp_path / "cloud.yaml"))
    for name in ("EXTRACTION_STRATEGY", "CLOUD_TIMEOUT", "CLOUD_RETRY_ATTEMPTS"):
        monkeypatch.delenv(name, raising=False)
    for name, key in KEYS.items():
        monkeypatch.setenv(name, key)


@pytest.mark.parametrize(
    ("provider", "variable", "model_id"),
    [
        ("huggingface", "HUGGINGFACE_API_KEY", "Qwen/Qwen2.5-7B-Instruct:together"),
        ("openai", "OPENAI_API_KEY", "gpt-4o-mini"),
        ("together", "TOGETHER_API_KEY", "meta-llama/Llama-2-7b-chat-hf"),
    ],
)
def test_a_cloud_extractor(provider: str, variable: str, model_id: str, server: FakeOpenAI) -> None:
    api_key = os.environ[variable]
    result = create_cloud_extractor(provider, api_key, model_id).extract_metadata(text, schema, "계약서")

    assert result.metadata == FOUND
    assert result.error is None
    assert result.provider == provider
    (call,) = server.log
    assert (call.model, call.headers["authorization"]) == (model_id, f"Bearer {api_key}")
    assert result.usage == Usage(call.input_tokens, call.output_tokens)
    assert result.cost_usd is not None and result.cost_usd > 0
    assert result.processing_time > 0
    assert result.evidence["date"][0]["text"] == "2026. 3. 2."
    assert [attempt.error for attempt in result.attempts] == [None]


def test_any_provider_of_the_yaml(tmp_path: Path, server: FakeOpenAI) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(f"providers: {{cellar: {{base_url: '{server.base_url}'}}}}\nmodels: {{}}\n", encoding="utf-8")
    result = create_cloud_extractor("cellar", "", "anything", path).extract_metadata(text, schema, "계약서")
    assert (result.metadata, result.cost_usd) == (FOUND, None), "a price that nobody knows is not 0"


def test_a_local_extractor(server: FakeOpenAI) -> None:
    result = create_extractor("builtin").extract_metadata(text, schema, "계약서")
    assert result.metadata["date"] == "2026-03-02"
    assert (result.model, result.cost_usd, result.attempts) == ("builtin", 0.0, ())
    assert create_extractor("qwen2_5_7b", config_path=None).model == "local_qwen2_5_7b"
    assert create_extractor("local_qwen2_5_7b").model == "local_qwen2_5_7b"
    assert server.log == []


@pytest.mark.parametrize("model", ["nosuch", "cloud_nosuch", "local_nosuch", "gpt4o_mini"])
def test_an_unknown_model_names_the_known_ones(model: str) -> None:
    with pytest.raises(ConfigError, match=rf"{model}.*builtin.*local_qwen2_5_7b.*cloud_gpt4o_mini"):
        create_extractor(model)


def test_a_hybrid_extractor(server: FakeOpenAI) -> None:
    hybrid = create_hybrid_extractor(config_path=None, cloud_config_path=None)
    models = hybrid.get_available_models()
    result = hybrid.extract_metadata(text, schema, "계약서")
    estimate = hybrid.estimate_cost(text, "cloud_gpt4o_mini")
    hybrid.switch_strategy("cloud")
    cloud = hybrid.extract_metadata(text, schema, "계약서")

    assert {"builtin", "cloud_solar_ko_cloud", "cloud_gpt4o_mini", "local_solar_ko"} <= set(models)
    assert "hybrid" not in models
    assert result.metadata["date"] == cloud.metadata["date"] == "2026-03-02"
    assert estimate is not None and 0 < estimate < 0.01
    assert hybrid.estimate_cost(text, "builtin") == 0.0
    assert cloud.metadata == FOUND
    preferred = [key for key, info in models.items() if info.provider in ("together", "huggingface") and info.available]
    priced = {key: hybrid.estimate_cost(text, key, schema) for key in preferred}
    assert cloud.attempts[0].model == min(priced, key=lambda key: priced[key] or 9), "the cheapest preferred one"
    assert [attempt.error for attempt in cloud.attempts] == [None]
    assert cloud.cost_usd == sum(attempt.cost_usd or 0 for attempt in cloud.attempts) > 0


def test_models_say_what_they_are_and_why_they_are_not_available(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    models = create_hybrid_extractor().get_available_models()
    solar = models["cloud_solar_ko_cloud"]
    assert (solar.type, solar.provider, solar.model_id) == ("cloud", "together", "upstage/SOLAR-10.7B-Instruct-v1.0")
    assert solar.available and solar.reason is None and solar.price is not None
    assert models["builtin"] == ModelInfo("builtin", "Built-in rules", "rightsdesk", None, "builtin", True)
    assert not models["cloud_gpt4o"].available and "OPENAI_API_KEY" in str(models["cloud_gpt4o"].reason)
    assert "switched off" in str(models["cloud_solar_pro"].reason)
    local = models["local_solar_ko"]
    assert not local.available and "SOLAR" in str(local.reason), "not downloaded here"
    with pytest.raises(AuthenticationError, match="OPENAI_API_KEY"):
        create_extractor("cloud_gpt4o")
    with pytest.raises(ConfigError, match="switched off"):
        create_extractor("cloud_solar_pro")


def test_a_key_of_ones_own_wins_over_the_environment(server: FakeOpenAI) -> None:
    one = create_extractor("cloud_gpt4o_mini", keys={"openai": "sk-session"})
    assert one.extract_metadata(text, schema).error is None
    assert server.log[0].headers["authorization"] == "Bearer sk-session"


@pytest.mark.parametrize(
    "shape",
    [
        schema,
        load_document_types()["contract"],
        {"type": "object", "properties": {"title": {"type": "string"}, "date": {"type": "string", "format": "date"}}},
    ],
)
def test_every_kind_of_schema_everywhere(shape: Schema) -> None:
    makers: tuple[Callable[[], Extractor], ...] = (
        lambda: create_extractor("builtin"),
        lambda: create_extractor("cloud_gpt4o_mini"),
        lambda: create_cloud_extractor("openai", os.environ["OPENAI_API_KEY"], "gpt-4o-mini"),
        create_hybrid_extractor,
    )
    for make in makers:
        result = make().extract_metadata(text, shape, "계약서")
        assert result.error is None
        assert result.document_type == "계약서"
        with pytest.raises(SchemaError):
            make().extract_metadata(text, {"title": "nonsense"}, "계약서")


def test_the_environment_chooses_the_strategy(monkeypatch: pytest.MonkeyPatch, server: FakeOpenAI) -> None:
    monkeypatch.setenv("EXTRACTION_STRATEGY", "local")
    hybrid = create_hybrid_extractor()
    assert hybrid.strategy == "local"
    hybrid.extract_metadata("아무것도 없음", schema, "계약서")
    assert server.log == []
    with pytest.raises(ConfigError, match=r"local, cloud, hybrid"):
        hybrid.switch_strategy("both")
    monkeypatch.setenv("EXTRACTION_STRATEGY", "nonsense")
    with pytest.raises(ConfigError, match="EXTRACTION_STRATEGY"):
        create_hybrid_extractor()


def test_timeout_and_retries_come_from_the_environment(monkeypatch: pytest.MonkeyPatch, server: FakeOpenAI) -> None:
    monkeypatch.setenv("CLOUD_TIMEOUT", "0.7")
    monkeypatch.setenv("CLOUD_RETRY_ATTEMPTS", "0")
    server.fail("hang")
    result = create_extractor("cloud_gpt4o_mini").extract_metadata(text, schema)
    assert result.error and "0.7 s" in result.error
    assert 0.5 < result.processing_time < 2
    assert len(server.log) == 1
