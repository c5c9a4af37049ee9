"""For all tests."""

import os
import tempfile
from pathlib import Path

import pytest
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


@pytest.fixture(scope="session")
def unpacked_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache folder of local models for all processes of a run: to unpack the real one takes half a minute."""
    of_process = tmp_path_factory.getbasetemp()
    return (of_process.parent if "PYTEST_XDIST_WORKER" in os.environ else of_process) / "models"
