"""For all tests."""

import os
import tempfile
from pathlib import Path

from hypothesis import settings

# No test counts its spending in the store of whoever runs it.
os.environ["RIGHTSDESK_DATA"] = str(Path(tempfile.gettempdir()) / f"rightsdesk-tests-{os.getpid()}")
os.environ.pop("RIGHTSDESK_DATABASE_URL", None)

# A deadline is a timed figure: on a busy machine it fails tests that are right.
settings.register_profile("rightsdesk", deadline=None)
settings.load_profile("rightsdesk")
