"""All that a page draws is delivered to the browser, in order, also on a busy server.

Between the runs of two fragments Streamlit (1.67) loses messages in two ways, and what the first run took off the page
(a message that was answered, a party that was removed) then stands there for good, or what it drew never comes:

- `ForwardMsgQueue.clear`: when a run of a fragment begins, what the browser has not been sent yet is thrown away, and
  the run before is said to have been cut short, so that the browser takes nothing away.
- `AppSession.request_rerun`: a request that comes when the runner of the last run has just stopped gets a new runner,
  and the last messages of the old one, still on their way through the event loop, are ignored.

It happens whenever a fragment that looks around by itself (`run_every`) begins at the wrong moment. Here nothing is
thrown away between fragments, and a request waits until the runner before has delivered all. A run of the whole page
draws everything anew, and still replaces what came before.
"""

from __future__ import annotations

from collections import deque
from weakref import WeakKeyDictionary

from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequestType

LOOK_AGAIN_SECONDS = 0.002

_clear = ForwardMsgQueue.clear
_request_rerun = AppSession.request_rerun
_waiting: WeakKeyDictionary[AppSession, deque[ClientState | None]] = WeakKeyDictionary()


def deliver_all() -> None:
    """Have every session of this server deliver all that its fragments draw. May be called again."""
    ForwardMsgQueue.clear = _clear_for_whole_page  # type: ignore[method-assign, assignment]
    AppSession.request_rerun = _request_in_turn  # type: ignore[method-assign, assignment]


def _clear_for_whole_page(
    queue: ForwardMsgQueue, retain_lifecycle_msgs: bool = False, fragment_ids_this_run: list[str] | None = None
) -> None:
    if not (retain_lifecycle_msgs and fragment_ids_this_run):
        _clear(queue, retain_lifecycle_msgs, fragment_ids_this_run)
        return
    # What is drawn from now on must not take the place of what was drawn before: it would come too early.
    queue._delta_index_map = {}


def _request_in_turn(session: AppSession, client_state: ClientState | None) -> None:
    requests = _waiting.setdefault(session, deque())
    requests.append(client_state)
    if len(requests) == 1:
        _take(session)


def _take(session: AppSession) -> None:
    """Pass the first request on as soon as the last runner has delivered all, and see to the next."""
    requests = _waiting[session]
    if _is_delivering(session) and requests[0] and requests[0].fragment_id:
        session._event_loop.call_later(LOOK_AGAIN_SECONDS, _take, session)
        return
    request = requests.popleft()
    if requests:
        session._event_loop.call_soon(_take, session)
    _request_rerun(session, request)


def _is_delivering(session: AppSession) -> bool:
    """Whether the runner has stopped, and what it sent last has not all come through the event loop."""
    runner = session._scriptrunner
    return runner is not None and runner._requests._state is ScriptRequestType.STOP
