"""Insights and Models."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from extractor import create_extractor
from extractor.core.document_types import load_document_types
from extractor.core.extractions import Extraction, Usage
from extractor.store import DocumentRow, Store

from ..openai_server import FakeOpenAI
from .conftest import texts

Open = Callable[..., AppTest]
Add = Callable[..., DocumentRow]
KEY = "sk-page-secret-0123456789"


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.endswith("_API_KEY"):
            monkeypatch.delenv(name)


def metric(app: AppTest, label: str) -> str:
    return next(str(found.value) for found in app.metric if found.label == label)


def test_insights_are_empty_with_an_explanation(open_page: Open) -> None:
    app = open_page("../lead/insights")
    assert "No run is stored for this period" in texts(app)
    assert not app.metric


def test_insights_show_what_is_stored(open_page: Open, add: Add, store: Store) -> None:
    row = add()
    document_type = load_document_types()[row.document_type]
    read = create_extractor("builtin").extract(store.document(row.hash), document_type)
    store.save_extraction(row.hash, document_type, read)
    for cost, error in ((0.25, None), (None, None), (0.0, "no answer")):
        made = Extraction("cloud_a", "a", document_type.title(), {}, 2.0, Usage(100, 10), cost, error)
        store.save_extraction(row.hash, document_type, made)
    app = open_page("../lead/insights")
    assert not app.error
    assert metric(app, "Results") == "4"
    assert metric(app, "Documents") == "1"
    assert metric(app, "Known cost") == "$0.2500"
    assert metric(app, "Cost unknown") == "1"
    assert metric(app, "Failed") == "1"
    assert app.number_input(key="insights_volume").value == 1
    titles = {str(title.value) for title in app.subheader}
    assert {"Cost by model", "Projected monthly bill", "Time a document", "Failures and fallbacks"} <= titles


def test_accuracy_counts_approved_documents(open_page: Open, add: Add, store: Store) -> None:
    assert "Approve some in Review" in texts(open_page("../lead/insights"))
    row = add()
    document_type = load_document_types()[row.document_type]
    store.save_extraction(
        row.hash, document_type, create_extractor("builtin").extract(store.document(row.hash), document_type)
    )
    store.approve(row.hash, document_type, "tester")
    app = open_page("../lead/insights")
    assert not app.error
    titles = {str(title.value) for title in app.subheader}
    assert {"Accuracy", "F1 by model", "Accuracy for the money"} <= titles


def test_every_model_is_listed_with_a_reason_or_available(open_page: Open) -> None:
    app = open_page("../lead/models")
    assert not app.error
    page = "\n".join(str(found.proto.body) for found in app.get("html"))
    assert "OPENAI_API_KEY" in page
    assert "gpt-4o-mini" in page
    assert "builtin" in page


def test_a_key_counts_for_the_session_and_leaves_the_page(open_page: Open) -> None:
    app = open_page("../lead/models")
    assert "cloud_gpt4o_mini" not in app.selectbox(key="test_model/en").options
    before = len(app.selectbox(key="test_model/en").options)
    app.text_input(key="enter-key-openai").set_value(KEY).run()
    assert not app.error
    assert len(app.selectbox(key="test_model/en").options) > before
    assert app.text_input(key="enter-key-openai").value == ""
    assert "this session" in texts(app)
    assert KEY not in str(app.main)
    app.button(key="forget-key-openai").click().run()
    assert len(app.selectbox(key="test_model/en").options) == before
    # Another session knows nothing of it.
    assert len(open_page("../lead/models").selectbox(key="test_model/en").options) == before


def test_the_builtin_extractor_answers_a_test_call(open_page: Open) -> None:
    app = open_page("../lead/models")
    app.button(key="test_call").click().run()
    assert "은빛 강가의 노래" in texts(app)


def test_the_models_are_checked_against_the_lists_of_their_providers(
    open_page: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FakeOpenAI() as server:
        file = tmp_path / "cloud.yaml"
        file.write_text(
            f"""
providers:
  near: {{title: Maru AI, base_url: "{server.base_url}", api_key_env: NEAR_API_KEY}}
  far: {{title: Nuri, base_url: "http://127.0.0.1:9/v1"}}
  other: {{title: Dasom, base_url: "{server.base_url}", api_key_env: OTHER_API_KEY}}
models:
  tiny: {{name: Tiny, provider: near, model_id: tiny}}
  old: {{name: Old, provider: near, model_id: old}}
  away: {{name: Away, provider: far, model_id: away}}
  locked: {{name: Locked, provider: other, model_id: tiny}}
cloud: {{retry_attempts: 0}}
""",
            encoding="utf-8",
        )
        monkeypatch.setenv("RIGHTSDESK_CLOUD_CONFIG", str(file))
        monkeypatch.setenv("NEAR_API_KEY", KEY)
        app = open_page("../lead/models")
        app.button(key="check_models").click().run()
    assert not app.error and not app.exception
    said = [line for line in texts(app).split("\n") if line[:1] in "✕✓–"]
    assert any(line.startswith("✕ gone: **") and "Old" in line for line in said)
    assert any(line.startswith("✓ there: **") and "Tiny" in line for line in said)
    assert any("no answer" in line and "cannot be reached" in line for line in said)
    assert any("not asked" in line and "OTHER" in line for line in said)
    assert KEY not in str(app.main)
