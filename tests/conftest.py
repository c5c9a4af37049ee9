"""For all tests."""

import os
import tempfile
from pathlib import Path

from hypothesis import settings

# No test counts its spending in the store of whoever runs it.
os.environ["RIGHTSDESK_DATA"] = str(Path(tempfile.gettempdir()) / f"rightsdesk-tests-{os.getpid()}")
os.environ.pop("RIGHTSDESK_DATABASE_URL", None)

# Two runs share the cores. Threads of torch that wait for each other while another process has their core make a test
# of a model five times as long.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# A deadline is a timed figure: on a busy machine it fails tests that are right.
settings.register_profile("rightsdesk", deadline=None)
settings.load_profile("rightsdesk")
