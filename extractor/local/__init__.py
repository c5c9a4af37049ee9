"""The place that the docs named up to 0.2: see `extractor.extractors.local`."""

from extractor.extractors.local import *  # noqa: F403
