"""Where the files beside the package are: the configuration, the app, its samples.

In a checkout they stand beside `extractor/`; a wheel carries them in the folder `rightsdesk/` beside it
(`[tool.hatch.build]` in pyproject.toml), so that nothing called `config` or `pages` gets into a site-packages.
"""

from __future__ import annotations

from pathlib import Path

_BESIDE = Path(__file__).parents[2]
_INSTALLED = _BESIDE / "rightsdesk"

ROOT = _INSTALLED if _INSTALLED.is_dir() else _BESIDE
"""The folder of `app.py`, `config/` and `samples/`."""
CONFIG = ROOT / "config"
