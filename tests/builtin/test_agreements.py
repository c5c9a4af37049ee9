"""Agreements in English: invented ones, written as such agreements are."""

from __future__ import annotations

from typing import Any

import pytest

from extractor import create_extractor

SCHEMA = {
    "title": "비밀유지계약서",
    "type": "object",
    "properties": {
        "from": {"type": ["string", "null"], "format": "date", "x-labels": ["Effective Date"]},
        "law": {"type": ["string", "null"], "title": "준거법", "x-title-en": "Governing law"},
        "lasts": {
            "type": ["string", "null"],
            "title": "기간",
            "x-title-en": "Term",
            "description": "As number and unit (2 years)",
        },
        "names": {"type": ["array", "null"], "items": {"type": "string"}, "title": "당사자", "x-title-en": "Parties"},
    },
}
AGREEMENT = """MUTUAL NON-DISCLOSURE AGREEMENT

This Mutual Non-Disclosure Agreement (this “Agreement”) is made and entered into as of this 5th day of March, 2021,
by and between Harrow and Vale Holdings, LLC, a Delaware limited liability company with offices at 12 Quay Row,
Eastmere (“Harrow”), Silver Orchard, Inc., a corporation (together with its affiliates, the “Company”), and
Mina J. Castellane (the “Recipient”).

WHEREAS, the parties wish to discuss a possible transaction and Recipient will not, for a period of one (1) year,
solicit any employee of the Company;

1. Confidentiality. Recipient shall keep Confidential Information secret.
2. Term. This Agreement shall remain in full force and effect for three (3) years from the date first written above.
3. Governing Law. This Agreement shall be governed by and construed in accordance with the internal laws of the
State of New Lowfield without regard to its conflict of laws principles. Venue lies in Otherton.
"""


def metadata(text: str) -> dict[str, Any]:
    return create_extractor("builtin").extract_metadata(text, SCHEMA, "NDA").metadata


def test_parties_law_term_and_date() -> None:
    found = create_extractor("builtin").extract_metadata(AGREEMENT, SCHEMA, "NDA")
    assert found.metadata == {
        "from": "2021-03-05",
        "law": "New Lowfield",
        "lasts": "3 years",
        "names": ["Harrow and Vale Holdings, LLC", "Silver Orchard, Inc.", "Mina J. Castellane"],
    }
    for path, value in found.fields.items():
        assert value.supported, path
    places = [AGREEMENT[place.start : place.end] for place in found.fields["names"].evidence]
    assert places == found.metadata["names"]


@pytest.mark.parametrize(
    ("sentence", "years"),
    [
        (
            "The obligations of confidentiality hereunder shall expire eighteen months after the date hereof.",
            "18 months",
        ),
        ("The term of this Agreement shall be one (1) year beginning with the date hereof.", "1 year"),
        ("Recipient shall hold Confidential Information in confidence for a period of five years.", "5 years"),
        ("For a period of two (2) years Recipient shall not solicit or hire any employee.", None),
        ("The Company shall pay the base salary for twelve (12) months.", None),
        ("During the term of this Agreement and for one (1) year thereafter he shall not compete.", None),
    ],
)
def test_only_what_the_agreement_lasts_is_its_term(sentence: str, years: str | None) -> None:
    assert metadata(f"NON-DISCLOSURE AGREEMENT\n\n1. Duties. {sentence}\n")["lasts"] == years


@pytest.mark.parametrize(
    ("sentence", "place"),
    [
        ("This letter shall be governed by the laws of the Commonwealth of Eastmere.", "Eastmere"),
        ("This Agreement shall be interpreted under Eastmere law.", None),
        ("The laws of the State of North Eastmere shall govern this Agreement.", "North Eastmere"),
        ("이 계약은 대한민국 법에 따라 해석한다.", "대한민국"),
        ("The Recipient complies with all laws of hygiene.", None),
    ],
)
def test_the_governing_law(sentence: str, place: str | None) -> None:
    assert metadata(f"AGREEMENT\n\n9. General. {sentence}\n")["law"] == place


def test_a_sentence_with_between_names_nobody() -> None:
    text = "NON-DISCLOSURE AGREEMENT\n\nNothing here changes the relation between the parties or between you and us.\n"
    assert metadata(text)["names"] is None


def test_the_day_of_signing_is_not_the_day_of_effect_where_a_form_asks_for_both() -> None:
    schema = {
        "title": "Contract",
        "type": "object",
        "properties": {
            "effective_date": {"type": ["string", "null"], "format": "date", "x-labels": ["Effective Date"]},
            "signature_date": {"type": ["string", "null"], "format": "date", "x-labels": ["Date of Signature"]},
        },
    }
    made = "LICENSE\n\nThis License is made on March 3, 2024 between A. Vale and B. Harrow.\n"
    found = create_extractor("builtin").extract_metadata(made, schema, "Contract").metadata
    assert found == {"effective_date": None, "signature_date": "2024-03-03"}
    both = made + "\n1. Start. The license is effective as of May 1, 2024.\n"
    found = create_extractor("builtin").extract_metadata(both, schema, "Contract").metadata
    assert found == {"effective_date": "2024-05-01", "signature_date": "2024-03-03"}
