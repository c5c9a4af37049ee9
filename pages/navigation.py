"""All pages and the frame around them: language, who you are. Streamlit runs it before the page that is asked for."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages.components import ui
from pages.components.i18n import _

st.set_page_config(
    page_title="Rightsdesk",
    page_icon=str(Path(__file__).parent / "components" / "icon.png"),
    layout="wide",
    # An entry of our own brings up the menu, and with it the choice between light and dark.
    menu_items={"About": "**Rightsdesk** · a review desk for copyright metadata"},
)
ui.frame()
page = st.navigation(
    [
        # The first page stands at `/`; a page of its name leads there, whose place Streamlit would keep for nobody.
        st.Page(ui.DOCUMENTS, title=_("Documents"), url_path="first", default=True),
        st.Page(ui.open_documents, title=_("Documents"), url_path="documents", visibility="hidden"),
        st.Page(ui.EXTRACT, title=_("Extract")),
        st.Page(ui.REVIEW, title=_("Review")),
        st.Page(ui.COMPARE, title=_("Compare")),
        st.Page(ui.EXPORT, title=_("Export")),
        st.Page(ui.INSIGHTS, title=_("Insights")),
        st.Page(ui.MODELS, title=_("Models")),
        st.Page(ui.LEARNING, title=_("Learning")),
    ],
    position="top",
)
page.run()
