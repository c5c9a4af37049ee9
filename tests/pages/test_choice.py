"""What a widget is shown with is told from what a person enters, however fast."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from pages.components import choice


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The session's state, without a server."""
    kept: dict[str, Any] = {}
    monkeypatch.setattr(choice, "st", SimpleNamespace(session_state=kept))
    return kept


def test_the_old_value_typed_again_before_the_page_is_drawn_is_an_entry(state: dict[str, Any]) -> None:
    widget = choice.key_to_show("term", "two years")
    entries = []
    for said in ("two years", "five years", "two years"):
        state[widget] = said
        if not choice.is_echo(widget):
            entries.append(said)
    assert entries == ["five years", "two years"]


def test_a_value_that_the_server_changes_is_shown_in_a_widget_of_its_own(state: dict[str, Any]) -> None:
    first = choice.key_to_show("term", "two years")
    assert choice.key_to_show("term", "two years") == first
    assert choice.key_to_show("term", "five years") != first
