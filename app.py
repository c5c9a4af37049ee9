"""The front door of Rightsdesk: an ASGI application. Start it with `streamlit run app.py`.

What people see is in `pages/navigation.py`. It does not lie beside the folder `pages`, because Streamlit takes a main
script beside such a folder for an app of the old kind, and answers its first link with "Page not found".
"""

from __future__ import annotations

import streamlit as st
from starlette.middleware import Middleware

from pages.components.guard import told_uncaught
from pages.components.root_url import RootUrl

app = st.App(
    "pages/navigation.py",
    middleware=[Middleware(RootUrl, base=str(st.get_option("server.baseUrlPath") or ""))],
    on_script_error=told_uncaught,
)
