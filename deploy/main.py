"""What functions-framework looks for in the root of the source."""

from extractor.serverless.cloud_function import extract_metadata

__all__ = ["extract_metadata"]
