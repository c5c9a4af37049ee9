"""Learning: what approved documents can teach the built-in extractor, and what it gains by that."""

from __future__ import annotations

import streamlit as st

from pages.components import desk, guard, learning_panel, ui
from pages.components.i18n import _, language


def show() -> None:
    ui.heading(_("Learning"))
    st.caption(
        _(
            "Approved documents teach the built-in extractor how your documents print a value. "
            "Nothing leaves this machine, and nothing is read differently until you say so."
        )
    )
    counts = desk.get_store().approved_by_type()
    types = desk.get_types()
    known = [types[key] for key in sorted(counts, key=lambda key: -counts[key]) if key in types]
    if not known:
        st.info(_("No document is approved yet. Approve some in Review; from five of a type on it can be learned."))
        st.page_link(ui.REVIEW, label=_("Review"), query_params={"lang": language()})
        return
    for document_type in known:
        learning_panel.show(document_type, counts[document_type.key])


if __name__ == "__main__":
    guard.run(show)
