"""The place that the docs named up to 0.2: see `extractor.core.errors`."""

from extractor.core.errors import *  # noqa: F403
