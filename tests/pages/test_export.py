from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from streamlit.testing.v1 import AppTest

from extractor.core.document_types import load_document_types
from extractor.core.errors import ConfigError
from extractor.export import FORMATS, ExportFormat
from extractor.store import DocumentRow, Store
from pages.desk import export as export_page

from .conftest import control, texts
from .test_documents import extract

Open = Callable[..., AppTest]
Add = Callable[..., DocumentRow]


def test_without_documents_it_leads_to_documents(open_page: Open) -> None:
    app = open_page("export")
    assert "There are no documents yet" in texts(app)
    assert not app.download_button


def test_only_approved_documents_unless_asked_for_all(open_page: Open, add: Add, store: Store) -> None:
    approved, waiting = add(), add("other.txt", "이용허락 계약서\n저작물명 : 다른 노래\n")
    for row in (approved, waiting):
        extract(store, row)
    app = open_page("export")
    assert "Nothing is approved yet" in texts(app)
    assert not app.download_button

    store.approve(approved.hash, load_document_types()[approved.document_type], "tester")
    app = open_page("export")
    assert app.download_button[0].label == "Download 1 documents"
    assert "은빛 강가의 노래" in app.dataframe[0].value.to_string()
    assert "다른 노래" not in app.dataframe[0].value.to_string()

    control(app, "export_scope/en").set_value("all").run()
    assert app.download_button[0].label == "Download 2 documents"
    assert "다른 노래" in app.dataframe[0].value.to_string()


def test_the_preview_follows_the_types(open_page: Open, add: Add, store: Store) -> None:
    contract, consent = add(), add("consent.txt", "개인정보 수집·이용 동의서\n성명 : 문해솔\n")
    assert {contract.document_type, consent.document_type} == {"contract", "consent"}
    app = open_page("export")
    control(app, "export_scope/en").set_value("all").run()
    control(app, "export_preview/en").set_value("consent").run()
    assert list(app.dataframe[0].value.iloc[:, 0]) == ["consent.txt"]
    app.multiselect(key="export_types/en").set_value(["contract"]).run()
    assert not app.exception and not app.error
    assert list(app.dataframe[0].value.iloc[:, 0]) == ["contract.txt"]
    assert app.download_button[0].label == "Download 1 documents"


def test_files_of_one_minute_do_not_have_the_same_name() -> None:
    now = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    names = [export_page._file_name(format_, now) for format_ in FORMATS]
    assert len(set(names)) == len(names)


def test_the_format_of_a_plugin_is_offered_and_a_plugin_that_is_left_out_is_named(
    open_page: Open, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = ExportFormat("Haneul TSV", "A line a document.", "tsv", "text/tsv", lambda records, language: b"")
    monkeypatch.setitem(FORMATS.builtin, "haneul_tsv", theirs)
    problem = ConfigError("The plugin “bad” of the package rightsdesk-broken is left out.")
    monkeypatch.setattr("extractor.core.registry.problems", lambda: [problem])
    add()
    app = open_page("export")
    assert "rightsdesk-broken" in app.warning[0].value
    assert control(app, "export_format/en").options[-1] == "Haneul TSV"
