"""What every page keeps to, so that a forgotten one is found here and not by the person at the screen."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "pages"
FILES = sorted(ROOT.rglob("*.py"))
# Streamlit's own widgets whose options travel by the names under which they are shown.
BY_NAME = {"selectbox", "segmented_control", "pills", "radio", "multiselect", "select_slider", "menu_button"}
# `i18n.py` switches the language: its two options are called the same in both.
MAY_USE_THEM = {"choice.py", "i18n.py"}


def calls(path: Path) -> list[ast.Call]:
    return [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]


def guarded(path: Path) -> set[str]:
    """The functions of a file that are callbacks by their decorator."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    return {each.name for each in functions if any(ast.unparse(d) == "guard.callback" for d in each.decorator_list)}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_callback_is_guarded(path: Path) -> None:
    known = guarded(path)
    bare = []
    for call in calls(path):
        for given in call.keywords:
            is_callback = given.arg and re.fullmatch(r"on_\w*(change|click|submit|select|dismiss)", given.arg)
            if not is_callback:
                continue
            said = ast.unparse(given.value)
            # `on_change=on_change` passes one on, which `choice.py` and `field_widgets.py` guard themselves.
            is_fine = said in known or re.match(r"(guard\.)?callback\(|'ignore'|lambda: None$|on_change$|None$", said)
            if not is_fine:
                bare.append(f"{path.name}:{call.lineno}: {given.arg}={said}")
    assert bare == []


@pytest.mark.parametrize("path", [path for path in FILES if path.name not in MAY_USE_THEM], ids=lambda path: path.name)
def test_choices_are_made_by_key(path: Path) -> None:
    used = [f"{ast.unparse(c.func)}:{c.lineno}" for c in calls(path) if isinstance(c.func, ast.Attribute)]
    assert [
        name for name in used if name.partition(":")[0].rpartition(".")[2] in BY_NAME and "choice." not in name
    ] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_widget_is_bound_to_the_address(path: Path) -> None:
    """A bound parameter may be written by nobody else, and an address is written as a whole."""
    assert [call.lineno for call in calls(path) if any(given.arg == "bind" for given in call.keywords)] == []


def test_the_script_reads_the_fields_that_streamlit_writes() -> None:
    from google.protobuf.message import Message
    from streamlit.proto.BackMsg_pb2 import BackMsg
    from streamlit.proto.ClientState_pb2 import ClientState
    from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates

    def number(message: type[Message], name: str) -> int:
        found: int = message.DESCRIPTOR.fields_by_name[name].number
        return found

    script = (ROOT / "components/input_guard/messages.js").read_text("utf-8")
    triggers = [one.number for one in WidgetState.DESCRIPTOR.fields if "trigger" in one.name or "chat" in one.name]
    assert f"RERUN = {number(BackMsg, 'rerun_script')};" in script
    assert f"STATES = {number(ClientState, 'widget_states')};" in script
    assert f"AUTOMATIC = {number(ClientState, 'is_auto_rerun')};" in script
    assert f"WIDGETS = {number(WidgetStates, 'widgets')};" in script
    assert f"TRIGGERS = {triggers};" in script
