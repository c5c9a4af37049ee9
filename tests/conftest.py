"""For all tests."""

from hypothesis import settings

# A deadline is a timed figure: on a busy machine it fails tests that are right.
settings.register_profile("rightsdesk", deadline=None)
settings.load_profile("rightsdesk")
