"""The place that the docs named up to 0.2: see `extractor.extractors.local.downloads`."""

from extractor.extractors.local.downloads import *  # noqa: F403
