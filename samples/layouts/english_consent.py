"""A consent form in English, for a filmed interview."""

from __future__ import annotations

from samples.drawing.blocks import Block, Look, Rule, Space, Table, Text, lines, title

from . import people
from .values import Sample, answer, written


def release() -> Sample:
    """Numbered sections with labels, a box ticked before `I agree`; no third party, no address."""
    studio, person = people.BLUEGATE, people.CASTELLANE.without("address")
    name = "Interview and Personal Data Consent Form"
    purpose = "production and promotion of the documentary “Keepers of the Shore”"
    items = ["full name", "e-mail address", "voice", "likeness"]
    retention = "seven years after first broadcast"
    blocks: list[Block] = [
        title(name, 1.6),
        Rule(),
        Space(0.5),
        Text(f"Data controller: {studio.name}, {studio.address}", "left"),
        Text(f"Contact: {studio.email}, {studio.phone}", "left"),
        Text("1. What we collect and why", "left", bold=True, before=10),
        *lines(
            f"Purpose: {purpose}", f"Collected items: {', '.join(items)}", f"Retention period: {retention}", indent=1
        ),
        Text("2. Your rights", "left", bold=True, before=10),
        Text(
            "You may withdraw this consent in writing at any time before the picture is locked on 30 June 2025. "
            "Refusing consent has no consequence other than that the interview will not be used."
        ),
        Text("3. Your decision", "left", bold=True, before=10),
        Text("☑ I agree          ☐ I do not agree", "left", indent=2, before=4),
        Space(2),
        Table(
            (
                (f"Name: {person.name}", "Signature: ____________________"),
                (f"E-mail: {person.email}", "Phone:"),
                (f"Date: {written('2025-02-14', 'british')}", "Address:"),
            ),
            (0.5, 0.5),
            ruled=False,
        ),
    ]
    metadata = {
        "consent_type": name,
        "data_controller": studio.name,
        "data_subject": person.name,
        "collection_purpose": purpose,
        "collected_items": items,
        "retention_period": retention,
        "consent_status": answer(True),
        "consent_date": "2025-02-14",
        "email": person.email,
    }
    look = Look("gothic", 10.5, 1.55, footer="")
    return Sample("consent_english_01.pdf", "consent", "english_consent", blocks, metadata, look, "en")


def samples() -> list[Sample]:
    return [release()]
