"""`app.py` is an ASGI application; run as a script, by a tool that does not know that, it shows the same desk."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from .conftest import ROOT, texts


def test_the_main_script_shows_the_desk_and_leads_to_every_page() -> None:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.query_params["lang"] = "en"
    app.run()
    assert [title.value for title in app.title] == ["Documents"]
    for path in sorted([*ROOT.glob("pages/desk/*.py"), *ROOT.glob("pages/lead/*.py")]):
        app.switch_page(str(path.relative_to(ROOT))).run()
        assert not app.exception and not app.error, path.name
        assert path.stem == "review" or path.stem in texts(app).lower() or path.stem == "compare", path.name
