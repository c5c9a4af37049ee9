"""The front door of Rightsdesk: an ASGI application. Start it with `streamlit run app.py`.

What people see is in `pages/navigation.py`. It does not lie beside the folder `pages`, because Streamlit takes a main
script beside such a folder for an app of the old kind, and answers its first link with "Page not found".

Tools that run a main script by themselves, such as `AppTest.from_file("app.py")`, get the same pages from this file.
"""

from __future__ import annotations

import runpy
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages.components.delivery import deliver_all
from pages.components.guard import told_uncaught
from pages.components.root_url import RootUrl

deliver_all()

NAVIGATION = Path(__file__).parent / "pages" / "navigation.py"

app = st.App(
    NAVIGATION,
    middleware=[Middleware(RootUrl, base=str(st.get_option("server.baseUrlPath") or ""))],
    on_script_error=told_uncaught,
)

if get_script_run_ctx(suppress_warning=True):
    runpy.run_path(str(NAVIGATION))
