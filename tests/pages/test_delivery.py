"""What a page draws reaches the browser whatever begins meanwhile, on Streamlit's own queue, session and runner."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest.mock import MagicMock

import pytest
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.runtime import Runtime
from streamlit.runtime.script_data import ScriptData
from streamlit.runtime.scriptrunner.script_cache import ScriptCache

from pages.components import delivery

FINISHED = ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY
PAGE = """
import streamlit as st

@st.fragment(key="desk")
def desk():
    st.session_state.times = st.session_state.get("times", 0) + 1
    st.text(f"drawn {st.session_state.times}")

desk()
"""


@pytest.fixture(autouse=True)
def deliver_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ForwardMsgQueue, "clear", ForwardMsgQueue.clear)
    monkeypatch.setattr(AppSession, "request_rerun", AppSession.request_rerun)
    delivery.deliver_all()


def drawn(fragment: str, path: tuple[int, ...], text: str) -> ForwardMsg:
    message = ForwardMsg()
    message.delta.fragment_id = fragment
    message.delta.new_element.text.body = text
    message.metadata.delta_path.extend(path)
    return message


def finished() -> ForwardMsg:
    message = ForwardMsg()
    message.script_finished = FINISHED
    return message


def texts(messages: list[ForwardMsg]) -> list[str | int]:
    """What was drawn, and how runs ended, in order."""
    elements = [
        one for one in messages if one.WhichOneof("type") == "script_finished" or one.delta.HasField("new_element")
    ]
    return [one.delta.new_element.text.body or one.script_finished for one in elements]


@pytest.mark.parametrize("next_fragments", [["watch"], ["desk"], ["desk", "watch"]])
def test_a_part_that_was_drawn_to_its_end_stays_so_when_the_next_begins(next_fragments: list[str]) -> None:
    queue = ForwardMsgQueue()
    queue.enqueue(drawn("desk", (0, 1), "a value"))
    queue.enqueue(finished())
    queue.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=next_fragments)
    queue.enqueue(drawn("desk", (0, 1), "another value"))
    assert texts(queue.flush()) == ["a value", FINISHED, "another value"]


def test_the_whole_page_replaces_what_was_not_sent_yet() -> None:
    queue = ForwardMsgQueue()
    queue.enqueue(drawn("desk", (0, 1), "a value"))
    queue.enqueue(finished())
    queue.clear(retain_lifecycle_msgs=True)
    assert texts(queue.flush()) == [ForwardMsg.FINISHED_EARLY_FOR_RERUN]


def test_what_a_run_drew_last_is_delivered_although_the_next_is_asked_for_right_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Runtime, "_instance", MagicMock())  # The server around the session.
    script = tmp_path / "page.py"
    script.write_text(PAGE, "utf-8")
    whole = ["drawn 1", ForwardMsg.FINISHED_SUCCESSFULLY]
    with ThreadPoolExecutor() as threads:  # Browser tests may have an event loop in this one.
        drawn_and_finished = threads.submit(asyncio.run, three_runs(script)).result()
    assert drawn_and_finished == [*whole, "drawn 2", FINISHED, "drawn 3", FINISHED]


async def three_runs(script: Path) -> list[str | int]:
    """Draw a page, then its fragment twice: the second time is asked for when the first has just ended."""
    session = AppSession(
        ScriptData(str(script), is_hello=False), MemoryUploadedFileManager("/files"), ScriptCache(), None, {}
    )
    session.request_rerun(ClientState())
    await settled(session)
    (fragment,) = session._fragment_storage._fragments  # type: ignore[attr-defined]  # Of the storage in memory.
    request = ClientState(fragment_id=fragment)
    session.request_rerun(request)
    while not delivery._is_delivering(session):
        time.sleep(0.001)  # The event loop is busy.
    session.request_rerun(request)
    await settled(session)
    return texts(session._browser_queue.flush())


async def settled(session: AppSession) -> None:
    while session._scriptrunner is not None or delivery._waiting.get(session):
        await asyncio.sleep(0.001)
