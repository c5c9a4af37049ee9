"""A letter agreement in English."""

from __future__ import annotations

from samples.drawing.blocks import Block, Look, Rule, Text

from . import people
from .values import Sample, written


def letter() -> Sample:
    """Permission for one photograph as a countersigned letter; no e-mails, no court."""
    holder, user = people.CASTELLANE.without("email"), people.NORTHLIGHT.without("phone", "email")
    work = "Harbor at First Light"
    blocks: list[Block] = [
        Text(user.name, "left", 1.3, bold=True),
        Text(user.address or "", "left"),
        Rule(),
        Text(written("2024-06-11", "english"), "right", before=6),
        Text(f"{holder.name}\n{(holder.address or '').replace(', ', ',' + chr(10), 1)}", "left", before=6),
        Text("Photograph Permission Agreement", "left", 1.15, bold=True, before=14),
        Text(f"Dear Ms. {holder.name.split()[-1]},", "left", before=10),
        Text(
            f"Thank you for agreeing that we may use your photograph “{work}” (the “Work”) on the cover of our "
            "forthcoming "
            "anthology. This letter sets out what we have agreed.",
            before=6,
        ),
        Text(
            "You, as the rights holder, grant us a non-exclusive right to reproduce and distribute the Work in the "
            "printed "
            "edition, for the term of five years from the date of this letter. We will not crop or recolor it without "
            "showing you a proof first.",
            before=6,
        ),
        Text(
            "We will pay you a fee of $1,200 within fifteen days of publication, now planned for October 2024, and "
            "send you "
            "three copies of the book.",
            before=6,
        ),
        Text("If this reflects our understanding, please sign below and return one copy to us.", before=6),
        Text("Sincerely,", "left", before=14),
        Text(f"{user.representative}\nManaging Member, {user.name}", "left", before=24),
        Text("Agreed and accepted:", "left", before=20),
        Text(f"_________________________\n{holder.name}", "left", before=14),
        Text("Date: ", "left"),
    ]
    metadata = {
        "contract_type": "Photograph Permission Agreement",
        "work_title": work,
        "work_category": "photograph",
        "rights_holder": holder.name,
        "licensee": user.name,
        "granted_rights": ["복제권", "배포권"],
        "exclusivity": "비독점",
        "term": "five years from the date of this letter",
        "signature_date": "2024-06-11",
        "payment_amount": 1200,
        "payment_currency": "USD",
        "parties": [holder.gold("rights holder", "address"), user.gold(None, "representative", "address")],
    }
    look = Look("gothic", 10, 1.5, footer="")
    return Sample("contract_english_04.pdf", "contract", "english_letter", blocks, metadata, look, "en")


def samples() -> list[Sample]:
    return [letter()]
