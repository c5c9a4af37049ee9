"""Models come and go: what answers in the place of one that is gone, and what the providers say is still there."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from extractor.cli import app as cli
from extractor.core.errors import ConfigError
from extractor.extractors.cloud import extractor as cloud
from extractor.extractors.cloud import rate_limits
from extractor.extractors.cloud.extractor import CloudExtractor, create_cloud_extractor
from extractor.extractors.registry import available_models, create_extractor
from extractor.settings import cloud as config
from extractor.settings.cloud import load_cloud

from .openai_server import FakeOpenAI, openai_server
from .provider_bodies import KEY, completion, good, read

__all__ = ["openai_server"]

SEED = ("solar_ko_cloud", "qwen_cloud", "gpt4o_mini", "gpt4o", "llama2_7b", "mistral_7b", "qwen2_5_7b")
FILE = """
providers:
  fake: {{title: Maru AI, base_url: "{url}", api_key_env: FAKE_API_KEY}}
  other: {{title: Sol AI, base_url: "{url}", api_key_env: OTHER_API_KEY}}
models:
  old: {{name: Old, provider: fake, model_id: maru-1, replaced_by: middle, replaced_on: 2026-06-01, cost_per_token: 1}}
  middle: {{name: Middle, provider: fake, model_id: maru-2, replaced_by: new, replaced_on: 2027-01-14, cost_per_token: 2}}
  new: {{name: New, provider: fake, model_id: "maru-3:groq", max_length: 99, extra_body: {{think: false}}, cost_per_token: 3}}
  far: {{name: Far, provider: other, model_id: sol-1}}
"""


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    cloud._learned.clear()
    rate_limits._paces.clear()
    monkeypatch.setenv("FAKE_API_KEY", KEY)
    monkeypatch.delenv("OTHER_API_KEY", raising=False)


@pytest.fixture
def file(tmp_path: Path, openai_server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "cloud.yaml"
    path.write_text(FILE.format(url=openai_server.base_url), encoding="utf-8")
    monkeypatch.setenv("RIGHTSDESK_CLOUD_CONFIG", str(path))
    on(monkeypatch, 2026, 11, 27)
    return path


def on(monkeypatch: pytest.MonkeyPatch, *day: int) -> None:
    monkeypatch.setattr(config, "today", lambda: date(*day))


@pytest.mark.parametrize(
    ("day", "asked"), [((2026, 5, 31), "maru-1"), ((2026, 6, 1), "maru-2"), ((2027, 1, 14), "maru-3:groq")]
)
def test_from_its_day_on_a_model_is_answered_for(
    day: tuple[int, int, int], asked: str, file: Path, openai_server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    on(monkeypatch, *day)
    openai_server.script = lambda _body, _number: completion(good())
    one = create_extractor("cloud_old")
    assert isinstance(one, CloudExtractor)
    assert read(one).error is None and one.model == "cloud_old"
    assert openai_server.log[0].model == asked
    body = openai_server.log[0].body
    assert (body["max_tokens"], body.get("think")) == ((99, False) if asked == "maru-3:groq" else (2048, None))
    assert one.price == config.Price(float(asked[5]), float(asked[5]))


def test_a_person_is_told_what_answers(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    models = available_models()
    assert models["cloud_old"].name == "Old → Middle" and models["cloud_old"].model_id == "maru-1"
    assert models["cloud_old"].note == "Old is not to be had any more since 2026-06-01; Middle answers in its place."
    assert models["cloud_middle"].note == "Middle goes on 2027-01-14; from then on New answers in its place."
    assert models["cloud_new"].note is None
    listed = CliRunner().invoke(cli.main, ["models"]).stdout
    assert "available (Middle goes on 2027-01-14; from then on New answers in its place.)" in listed


def test_by_its_own_name_a_model_is_asked_all_the_same(file: Path, openai_server: FakeOpenAI) -> None:
    openai_server.script = lambda _body, _number: (404, {"error": {"message": "The model `maru-1` does not exist"}})
    result = read(create_cloud_extractor("fake", KEY, "maru-1"))
    assert "It was replaced by middle." in str(result.error) and openai_server.log[0].model == "maru-1"


def test_an_heir_that_is_not_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "cloud.yaml"
    path.write_text(
        "providers:\n  fake: {base_url: 'http://127.0.0.1:1'}\n"
        "models:\n  old: {provider: fake, model_id: a, replaced_by: nwe}\n  new: {provider: fake, model_id: b}\n",
        encoding="utf-8",
    )
    with pytest.raises(ConfigError, match=r"line 4.*models.old.replaced_by.*old \| new"):
        load_cloud(path)


@pytest.mark.parametrize("day", [(2026, 11, 27), (2027, 2, 1)])
def test_the_keys_of_old_scripts_stay_usable(day: tuple[int, int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    on(monkeypatch, *day)
    monkeypatch.delenv("RIGHTSDESK_CLOUD_CONFIG", raising=False)
    keys = dict.fromkeys(("huggingface", "openai", "together"), KEY)
    models = available_models(keys=keys)
    shipped = load_cloud()
    for key in SEED:
        info = models[f"cloud_{key}"]
        assert info.available and info.price is not None, key
        assert create_extractor(f"cloud_{key}", keys=keys).model == f"cloud_{key}"
        model = shipped.models[key]
        assert model.provider == shipped.models[model.replaced_by or key].provider, "with the key there is"
        assert (info.note is None) == (model.replaced_by is None)
    gone = {key for key in SEED if shipped.models[key].replaced}
    early = {"solar_ko_cloud", "qwen_cloud", "llama2_7b", "mistral_7b"}
    assert gone == (early if day < (2027, 1, 14) else early | {"gpt4o", "gpt4o_mini"})


def test_no_thinking_model_is_sent_a_temperature() -> None:
    thinks = [model for model in load_cloud().models.values() if model.reasoning_effort or model.extra_body]
    assert len(thinks) >= 5 and all(model.temperature is None for model in thinks)


LISTS: dict[str, Any] = {
    "openai": {
        "object": "list",
        "data": [
            {"id": "maru-2", "object": "model", "shutdown_date": "2027-01-14"},
            {"id": "maru-3:groq", "object": "model"},
        ],
    },
    "openai, in seconds": {"data": [{"id": "maru-2", "shutdown_date": 1799884800}, {"id": "maru-3:groq"}]},
    "together, a bare list": [{"id": "maru-2", "deprecation_date": "2027-01-14"}, {"id": "maru-3:groq"}],
    "hugging face": {
        "data": [
            {"id": "maru-2", "shutdown_date": "2027-01-14T00:00:00Z", "providers": []},
            {
                "id": "maru-3",
                "providers": [{"provider": "groq", "status": "live"}, {"provider": "sol", "status": "error"}],
            },
        ]
    },
}


@pytest.mark.parametrize("known", LISTS.values(), ids=LISTS.keys())
def test_providers_are_asked_what_is_still_there(known: Any, file: Path, openai_server: FakeOpenAI) -> None:
    openai_server.models = known
    result = CliRunner().invoke(cli.main, ["models", "--check"])
    assert result.exit_code == 0, result.output
    rows = [line.split("\t") for line in result.stdout.splitlines()]
    assert [row[:4] for row in rows] == [
        ["cloud_old", "fake", "maru-2", "there"],
        ["cloud_middle", "fake", "maru-2", "there"],
        ["cloud_new", "fake", "maru-3:groq", "there"],
        ["cloud_far", "other", "sol-1", "not asked"],
    ]
    assert rows[1][4].startswith("shutdown_date 2027-01-14 Middle goes on 2027-01-14")
    assert rows[3][4] == "There is no key for Sol AI. Set the variable OTHER_API_KEY."


@pytest.mark.parametrize(
    "known",
    [
        {"data": [{"id": "maru-2"}]},
        {"data": [{"id": "maru-2"}, {"id": "maru-3", "providers": [{"provider": "sol", "status": "live"}]}]},
        {"data": [{"id": "maru-2"}, {"id": "maru-3", "providers": [{"provider": "groq", "status": "error"}]}]},
        {"data": [{"id": "maru-2"}, {"id": "maru-3:groq", "shutdown_date": "2020-01-01"}]},
    ],
)
def test_what_is_gone_is_named(known: Any, file: Path, openai_server: FakeOpenAI) -> None:
    openai_server.models = known
    result = CliRunner().invoke(cli.main, ["models", "--check"])
    assert result.exit_code == 1
    assert "cloud_new\tfake\tmaru-3:groq\tgone" in result.stdout and "cloud_old\tfake\tmaru-2\tthere" in result.stdout


def test_a_provider_that_does_not_answer_says_why(file: Path, openai_server: FakeOpenAI) -> None:
    openai_server.models = {"what": "no list"}
    result = CliRunner().invoke(cli.main, ["models", "--check"])
    assert (
        result.exit_code == 1
        and "cloud_new\tfake\tmaru-3:groq\tfailed\tMaru AI answered with something" in result.stdout
    )
    openai_server.__exit__()
    result = CliRunner().invoke(cli.main, ["models", "--check"])
    assert result.exit_code == 1 and "cannot be reached" in result.stdout and KEY not in result.output
