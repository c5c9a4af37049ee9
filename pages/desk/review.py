"""Review: the page with its evidence, the fields beside it; point, correct, approve, next."""

from __future__ import annotations

import base64
from html import escape
from typing import Any

import streamlit as st

from extractor import review
from extractor.errors import RightsdeskError
from pages.components import desk, fields, guard, review_desk, ui
from pages.components.i18n import _, explain, language
from pages.components.review_desk import Desk, place
from pages.components.viewer import STYLE, show_sheet, show_viewer

VIEWER = "review-viewer"
QUEUE_LENGTH = 500


def show() -> None:
    st.html(STYLE)
    here = place()
    hash = st.query_params.get("document") or here.document or desk.get_store().next_document()
    if not hash:
        st.info(_("There is no document to review. Add some on the Documents page."))
        st.page_link(ui.DOCUMENTS, label=_("Documents"))
        return
    if hash != here.document:
        _open(hash)
    if st.query_params.get("document") != hash:
        _address(hash)
    with st.container(key="review-sheets"):
        _sheets()
    _desk()


def _open(hash: str) -> None:
    """Put a document on the desk, at the page and field that the address names."""
    store, here = desk.get_store(), place()
    row = store.row(hash)
    store.open_review(hash)
    wanted = st.query_params.get("page", "1")
    here.document = hash
    here.page = min(max(int(wanted) if wanted.isdecimal() else 1, 1), review_desk.sheet_count(row))
    here.chosen = st.query_params.get("field")
    here.sharp, here.asked_to_approve = False, False
    if hash not in here.queue:
        here.queue = [known.hash for known in store.find(order="needs_person", limit=QUEUE_LENGTH)]


def _address(hash: str) -> None:
    """Write the document into the address. Page and field are written by the viewer, without a rerun."""
    kept = {key: value for key, value in st.query_params.items() if key not in ("document", "page", "field")}
    st.query_params.from_dict({**kept, "document": hash})


def _go(hash: str | None) -> None:
    """Turn to another document; to the list of documents when there is none left."""
    if hash is None:
        place().say(_("No other document needs a person."))
        return
    _address(hash)
    _open(hash)
    st.rerun()


@st.fragment(key="review-sheets")
def _sheets() -> None:
    """The page that is shown, and the next one ahead of time."""
    with guard.failures():
        here = place()
        row = desk.get_store().row(here.document)
        for page in range(here.page, min(here.page + 2, review_desk.sheet_count(row) + 1)):
            data = _sheet(row.hash, page, here.sharp)
            show_sheet(data, key=f"sheet-{data['document'][:12]}-{page}-{data['dpi']}")


def _sheet(hash: str, page: int, sharp: bool) -> dict[str, Any]:
    parts = review_desk.text_parts(hash)
    if parts:
        document = review_desk.text_document(hash)
        assert document is not None
        blocks = review.blocks(document.text, *parts[page - 1], document.cells)
        return {"document": hash, "page": page, "source": 1, "dpi": review_desk.DPI, "blocks": blocks}
    from extractor.rendering import render_page

    store = desk.get_store()
    read, _text = store.page(hash, page)
    dpi = review_desk.SHARP_DPI if sharp else review_desk.DPI
    image = base64.b64encode(render_page(store.file(hash), page, dpi)).decode()
    return {
        "document": hash,
        "page": page,
        "source": page,
        "dpi": dpi,
        "image": f"data:image/jpeg;base64,{image}",
        "width": read.width,
        "height": read.height,
        "words": [[w.start, w.end, *_corners(w.box)] for w in read.words if w.box],
    }


def _corners(box: Any) -> list[float]:
    return [round(side, 5) for side in (box.x0, box.y0, box.x1, box.y1)]


@st.fragment(key="review-desk")
def _desk() -> None:
    """All that changes with a value: header, evidence, fields."""
    with guard.failures():
        now = review_desk.current()
        _header(now)
        with st.container(key="review-panes"):
            left, right = st.columns([56, 44], gap="small")
            with left, st.container(key=VIEWER + "-pane"):
                _viewer(now)
            with right, st.container(key="review-fields", gap="xsmall"):
                if place().asked_to_approve:
                    _approval(now)
                if not now.values and not desk.get_store().extraction(now.row.hash, now.type):
                    _offer_extraction(now)
                fields.show_fields(now)


def _viewer(now: Desk) -> None:
    here = place()
    problems = now.problems
    hash = now.row.hash
    shown = []
    for path, field in review.leaves(now.type, now.values):
        value = now.value(path)
        places = [
            [review_desk.sheet_of(hash, e.page, e.start), e.start, e.end, [_corners(box) for box in e.boxes]]
            for e in value.evidence
        ]
        doubt = review.is_doubtful(field, value, problems.get(path))
        title = field.title(language())
        shown.append(
            {"path": path, "key": fields.container_key(path), "title": title, "doubt": doubt, "evidence": places}
        )
    data = {
        "document": hash,
        "count": review_desk.sheet_count(now.row),
        "page": here.page,
        "field": here.chosen,
        "dpi": review_desk.DPI,
        "locked": now.locked,
        "fields": shown,
        "go": here.go,
        "note": here.note,
        "labels": _labels(),
    }
    show_viewer(
        data,
        VIEWER,
        on_picked_change=_picked,
        on_turned_change=_turned,
        on_cleared_change=_cleared,
        on_confirmed_change=_confirmed,
    )


def _labels() -> dict[str, Any]:
    return {
        "bar": _("Page and zoom"),
        "page": _("Page"),
        "previous-page": _("Previous page (PageUp)"),
        "next-page": _("Next page (PageDown)"),
        "zoom-in": _("Larger (Alt + +)"),
        "zoom-out": _("Smaller (Alt + −)"),
        "zoom-fit": _("Fit the width (Alt + 0)"),
        "wait": _("Loading the page …"),
        "choose": _("Choose a field, then point at the page"),
        "target": _("Point to fill:"),
        "locked": _("Approved. Reopen the document to change it."),
        "no_doubt": _("No doubtful field is left."),
        "keys": [
            [["Alt", "↓"], _("next field")],
            [["Alt", "↑"], _("previous field")],
            [["Alt", "J"], _("next doubtful")],
            [["Alt", "K"], _("confirm")],
            [["Alt", "Del"], _("clear")],
            [["PgUp", "PgDn"], _("page")],
            [["Alt", "+ − 0"], _("zoom")],
            [["Shift"], _("+ drag: add")],
            [["Alt"], _("+ drag: block")],
            [["Ctrl"], _("+ click: go to field")],
        ],
    }


def _trigger(name: str) -> Any:
    return st.session_state[VIEWER][name]


def _picked() -> None:
    asked = _trigger("picked")
    with _kept():
        review_desk.pick(asked["field"], asked["page"], asked["spans"], asked["add"])


def _turned() -> None:
    asked = _trigger("turned")
    here = place()
    here.page, here.sharp = asked["page"], asked["sharp"]
    st.rerun("review-sheets")


def _cleared() -> None:
    path = _trigger("cleared")["field"]
    with _kept():
        now = review_desk.current()
        if now.value(path).value is not None:
            now.save(path, review.EMPTY)


def _confirmed() -> None:
    """Say that a value is right as it is: the same value, set by a person."""
    path = _trigger("confirmed")["field"]
    with _kept():
        now = review_desk.current()
        value = now.value(path)
        if value.value is not None:
            now.save(path, review.confirmed(value))


class _kept:  # noqa: N801 (a context manager that reads as one)
    """Edits that the store refuses become a message in the viewer."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if isinstance(error, RightsdeskError):
            review_desk.edit_failed(error)
            return True
        return False


def _header(now: Desk) -> None:
    here, row = place(), now.row
    at = here.queue.index(row.hash) if row.hash in here.queue else 0
    before = here.queue[at - 1] if at > 0 else None
    after = here.queue[at + 1] if at + 1 < len(here.queue) else None
    types = desk.get_types()
    with st.container(horizontal=True, key="review-head", vertical_alignment="center", gap="small"):
        st.button(
            _("Previous"), key="review-previous", shortcut="Alt+P", on_click=_go, args=(before,), disabled=not before
        )
        st.button(_("Next"), key="review-next", shortcut="Alt+N", on_click=_go, args=(after,), disabled=not after)
        position = f'<span class="review-quiet">{at + 1} / {len(here.queue)}</span>'
        st.html(
            f'<div class="review-name" title="{escape(row.name)}">{escape(row.name)} {position}</div>', width="stretch"
        )
        key = f"review-type-{row.hash[:12]}"
        if st.session_state.get(key) != now.type.key:
            st.session_state[key] = now.type.key
        st.selectbox(
            _("Document type"),
            list(types),
            format_func=lambda key: types[key].title(language()),
            key=key,
            on_change=_retype,
            args=(key,),
            label_visibility="collapsed",
            disabled=now.locked,
            width=230,
        )
        st.badge(ui.state_name(row.state), color={"approved": "green", "new": "gray"}.get(row.state, "blue"))
        st.button(_("Undo"), key="review-undo", shortcut="Alt+Z", on_click=_undo, disabled=now.locked)
        if now.locked:
            st.button(_("Reopen"), key="review-reopen", shortcut="Alt+O", on_click=_reopen)
        else:
            st.button(_("Approve and next"), key="review-approve", type="primary", shortcut="Ctrl+Enter", on_click=_ask)


def _undo() -> None:
    with _kept():
        now = review_desk.current()
        path = desk.get_store().undo(now.row.hash, now.type, desk.current_user())
        if path is None:
            place().say(_("There is nothing to undo."))
        else:
            place().choose(path)


def _reopen() -> None:
    desk.get_store().reopen(place().document, desk.current_user())


def _retype(key: str) -> None:
    with _kept():
        hash = place().document
        desk.get_store().set_type(hash, st.session_state[key], desk.current_user())
        now = review_desk.current()
        if not desk.get_store().has_extraction(hash, now.type, "builtin"):
            _extract()


def _extract() -> None:
    from extractor import create_extractor

    now, store = review_desk.current(), desk.get_store()
    extraction = create_extractor("builtin").extract(store.document(now.row.hash), now.type)
    store.save_extraction(now.row.hash, now.type, extraction)
    store.open_review(now.row.hash)
    if extraction.error:
        place().say(explain(extraction.error))


def _offer_extraction(now: Desk) -> None:
    with st.container(border=True, key="review-offer"):
        st.write(_("Nothing was extracted from this document yet. Extract now, or fill in the fields by hand."))
        st.button(_("Extract now"), key="review-extract", type="primary", shortcut="Alt+X", on_click=_extract)


def _ask() -> None:
    """Approve, or show first what is wrong."""
    now = review_desk.current()
    if now.problems:
        place().asked_to_approve = True
        place().choose(next(iter(now.problems)))
    else:
        _approve()


def _approve() -> None:
    with _kept():
        now, store, user = review_desk.current(), desk.get_store(), desk.current_user()
        for prefix in review.empty_items(now.type, now.values):
            store.remove(now.row.hash, now.type, prefix, user)
        store.approve(now.row.hash, now.type, user)
        place().asked_to_approve = False
        _go(store.next_document(after=now.row.hash))


def _cancel() -> None:
    place().asked_to_approve = False


def _approval(now: Desk) -> None:
    """What stands in the way of approving."""
    problems = now.problems
    if not problems:
        place().asked_to_approve = False
        return
    only_missing = all(review.is_missing(error) for error in problems.values())
    with st.container(border=True, key="review-problems", gap="small"):
        link = '<li><a role="button" data-show="{}">{}</a>: {}</li>'
        lines = "".join(
            link.format(escape(path), escape(_title(now, path)), escape(explain(error)))
            for path, error in problems.items()
        )
        asks = (
            _("Some required fields are empty.")
            if only_missing
            else _("Correct or clear these fields before approving.")
        )
        st.html(f'<div class="review-asks"><b>{escape(asks)}</b><ul>{lines}</ul></div>')
        with st.container(horizontal=True):
            if only_missing:
                st.button(_("Approve anyway"), key="review-anyway", shortcut="Ctrl+Shift+Enter", on_click=_approve)
            st.button(_("Go on editing"), key="review-cancel", on_click=_cancel)


def _title(now: Desk, path: str) -> str:
    try:
        return now.type.field_at(path).title(language())
    except KeyError:
        return path


if __name__ == "__main__":
    guard.run(show)
