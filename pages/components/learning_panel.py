"""Teaching the built-in extractor one document type: train, see the gain on held-back documents, take over, go back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from extractor.core.document_types import DocumentType
from extractor.desk.training_process import Training
from extractor.extractors.builtin.learned import library
from pages.components import desk, guard, ui
from pages.components.i18n import _, ago, explain, language

if TYPE_CHECKING:
    from extractor.extractors.builtin.learned.model import TypeModel

LEAST = 5


def show(document_type: DocumentType, approved: int) -> None:
    """One type with its `approved` documents. Polls while it is trained."""
    key = document_type.key
    training = desk.get_trainings().get(key)
    running = training is not None and not training.finished
    with st.container(border=True, key=f"learn-{key}", gap="small"):
        st.fragment(_draw, run_every=1 if running else None)(document_type, approved, running)


def _draw(document_type: DocumentType, approved: int, was_running: bool) -> None:
    key = document_type.key
    training = desk.get_trainings().get(key)
    running = training is not None and not training.finished
    if was_running != running:
        st.rerun()  # The whole page, so that polling begins or ends.
    with guard.failures():
        used = library.active_version(key)
        made = library.versions(key)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{ui.plain(document_type.title(language()))}**", width="content")
            st.caption(" · ".join(_facts(key, approved, used)), width="stretch")
            st.button(
                _("Train"),
                key=f"train-{key}",
                type="secondary" if made and made[0][0] != used else "primary",
                disabled=running or approved < LEAST,
                help=_("Needs at least {count} approved documents.").format(count=LEAST) if approved < LEAST else None,
                on_click=_start,
                args=(key,),
            )
            if used != library.RULES:
                st.button(_("Go back"), key=f"back-{key}", disabled=running, on_click=_go_back, args=(key,),
                          help=_("Read with what was used before; at last with the rules alone."))  # fmt: skip
        if running and training:
            _progress(key, training)
            return
        if training and training.error:
            st.error(ui.plain(explain(training.error)))
        if made:
            _newest(document_type, made[0][0], used)


def _facts(key: str, approved: int, used: str) -> list[str]:
    facts = [_("{count} approved").format(count=f"{approved:,}")]
    if used == library.RULES:
        return [*facts, _("read by the rules")]
    model = library.load(key, used)
    return [*facts, _("read by what {count} documents taught").format(count=f"{model.documents:,}")]


def _progress(key: str, training: Training) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        text = _("Starting …")
        if training.total:
            text = _("{done} of {total} documents prepared").format(done=training.done, total=training.total)
            if training.done == training.total:
                text = _("Learning and measuring …")
        st.progress(training.done / training.total if training.total else 0.0, text)
        st.button(_("Cancel"), key=f"cancel-{key}", on_click=guard.callback(training.cancel))


def _newest(document_type: DocumentType, version: str, used: str) -> None:
    """What the last training found, and the button that lets it read."""
    key = document_type.key
    model = library.load(key, version)
    when = ago(dict(library.versions(key))[version])
    rules, learned = model.f1
    with st.container(horizontal=True, vertical_alignment="center", gap="large", key=f"gain-{key}"):
        st.metric(_("F1 by the rules"), f"{rules:.3f}", width="content")
        st.metric(_("F1 after learning"), f"{learned:.3f}", f"{learned - rules:+.3f}", width="content")
        if version == used:
            st.badge(_("In use"), color="green")
        elif model.fields:
            st.button(_("Use it"), key=f"use-{key}", type="primary", on_click=_use, args=(key, version))
    template = _(
        "Measured on {count} approved documents in five parts, each read by what the other four taught. "
        "A new document can be expected to read like these."
    )
    st.caption(f"{template.format(count=model.documents)} · {when}")
    if not model.fields:
        st.info(_("No field read better than by the rules, so nothing changes. More approved documents may help."))
    with st.expander(_("Field by field"), expanded=version != used):
        figure = st.column_config.NumberColumn(format="%.3f")
        st.dataframe(
            _by_field(document_type, model),
            hide_index=True,
            key=f"fields-{key}",
            height="content",
            column_config={_("F1 by the rules"): figure, _("F1 after learning"): figure},
        )


def _by_field(document_type: DocumentType, model: TypeModel) -> list[dict[str, object]]:
    from extractor.extractors.builtin.learned.model import f1

    return [
        {
            _("Field"): document_type.field_at(path).title(language()),
            _("F1 by the rules"): round(f1(*measured.rules), 3),
            _("F1 after learning"): round(f1(*measured.learned), 3),
            _("Values"): measured.rules[0] + measured.rules[2],
            _("Read by"): _("what was learned") if measured.used else _("the rules"),
        }
        for path, measured in model.measured.items()
    ]


@guard.callback
def _start(key: str) -> None:
    desk.get_trainings().start(key)


@guard.callback
def _use(key: str, version: str) -> None:
    library.take_over(key, version)


@guard.callback
def _go_back(key: str) -> None:
    library.go_back(key)
