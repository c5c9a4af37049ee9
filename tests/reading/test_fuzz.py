"""A hundred damaged files on the way of an upload; ten thousand are tried by `benchmarks/fuzz.py`."""

from __future__ import annotations

import pytest

from benchmarks.fuzz import files, tried
from extractor.reading.ocr import pages as scans

if scans.problem() is not None:
    pytest.skip("Tesseract is missing: apt-get install tesseract-ocr tesseract-ocr-kor", allow_module_level=True)


def test_damaged_files_end_in_a_document_or_a_message() -> None:
    outcomes = [tried(*file) for file in files(100)]
    assert [outcome for outcome in outcomes if not outcome.foreseen] == []
    assert 10 < sum(outcome.said == "read" for outcome in outcomes) < 90
    assert max(outcome.reading + outcome.extracting for outcome in outcomes) < 30
