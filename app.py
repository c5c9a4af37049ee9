"""The front door of Rightsdesk: pages, language, who you are. Start it with `streamlit run app.py`."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages.components import ui
from pages.components.i18n import _

st.set_page_config(
    page_title="Rightsdesk",
    page_icon=str(Path(__file__).parent / "pages" / "components" / "icon.png"),
    layout="wide",
    # An entry of our own brings up the menu, and with it the choice between light and dark.
    menu_items={"About": "**Rightsdesk** · a review desk for copyright metadata"},
)
ui.frame()
page = st.navigation(
    [
        st.Page("pages/desk/documents.py", title=_("Documents"), default=True),
        st.Page("pages/desk/extract.py", title=_("Extract")),
        st.Page("pages/desk/review.py", title=_("Review")),
        st.Page("pages/desk/compare.py", title=_("Compare")),
        st.Page("pages/desk/export.py", title=_("Export")),
        st.Page("pages/lead/insights.py", title=_("Insights")),
        st.Page("pages/lead/models.py", title=_("Models")),
        st.Page("pages/lead/learning.py", title=_("Learning")),
    ],
    position="top",
)
ui.open_first_link_again(page)
page.run()
