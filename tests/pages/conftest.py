"""Pages without a browser: the app on a store of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Widget

from extractor.core.document_types import load_document_types
from extractor.desk.intake import add_file
from extractor.store import DocumentRow, Store
from pages.components import desk

ROOT = Path(__file__).parents[2]
CONTRACT = """저작물 이용허락 계약서

저작물명 : 은빛 강가의 노래
권리자 : 한가람
이용자 : 주식회사 새벽출판
계약일 : 2026년 3월 2일
"""


@pytest.fixture(autouse=True)
def own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("RIGHTSDESK_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("RIGHTSDESK_SAMPLES", "0")
    monkeypatch.setenv("RIGHTSDESK_USER", "tester")
    monkeypatch.delenv("RIGHTSDESK_DATABASE_URL", raising=False)
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


@pytest.fixture
def store() -> Store:
    """The store that the pages see."""
    return desk.get_store()


@pytest.fixture
def add(store: Store) -> Callable[..., DocumentRow]:
    """Puts a text document in the store: `add("a.txt", "text")`."""
    types = load_document_types()

    def put(name: str = "contract.txt", text: str = CONTRACT) -> DocumentRow:
        return add_file(store, text.encode(), name, types)[0]

    return put


@pytest.fixture
def open_page() -> Callable[..., AppTest]:
    """Opens a page of the app in English: `open_page("extract", run="…")`. The front page without a name."""

    def run(name: str = "", language: str = "en", **query: str | list[str]) -> AppTest:
        app = AppTest.from_file(str(ROOT / "pages" / "navigation.py"), default_timeout=30)
        app.query_params["lang"] = language
        app.run()
        if name:
            app.switch_page(f"desk/{name}.py")
            app.query_params.update({"lang": language} | query)
            app.run()
        else:
            assert not query
        assert not app.exception
        return app

    return run


def control(app: AppTest, key: str) -> Widget:
    """The control with that key."""
    found = app.get_by_key(key)
    assert isinstance(found, Widget)
    return found


def texts(app: AppTest) -> str:
    """All that the page says, a line an element."""
    kinds = (app.title, app.subheader, app.markdown, app.caption, app.info, app.error, app.warning, app.success)
    return "\n".join(str(element.value) for kind in kinds for element in kind)
