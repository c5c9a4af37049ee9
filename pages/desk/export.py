"""The page."""

import streamlit as st

from pages.components import guard
from pages.components.i18n import _


def show() -> None:
    st.title(_("Documents"))


if __name__ == "__main__":
    guard.run(show)
