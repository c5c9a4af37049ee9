"""English contracts: licence agreements, and an assignment of all rights."""

from __future__ import annotations

from samples.drawing.blocks import Block, Look, PageBreak, Rule, Space, Table, Text, heading, label, numbered, title

from . import people
from .values import RIGHTS, Sample, written


def licence() -> Sample:
    """A novel licensed for translation into English; non-exclusive, two pages, fee in US dollars."""
    licensor, licensee = people.HANEUL.without("registration_no"), people.NORTHLIGHT
    work = "The Lantern Keeper"
    blocks: list[Block] = [
        title("LICENSE AGREEMENT", 1.7),
        Space(1),
        Text(
            f"This License Agreement (the “Agreement”) is entered into as of {written('2025-03-05', 'english')} (the "
            "“Effective "
            f"Date”) by and between {licensor.name}, a corporation organized under the laws of the Republic of "
            "Korea, having "
            f"its principal office at {licensor.address} (“Licensor”), and {licensee.name}, a limited liability "
            "company having "
            f"its principal office at {licensee.address} (“Licensee”)."
        ),
        heading("RECITALS"),
        Text(
            f"WHEREAS, Licensor owns the copyright in the literary work entitled “{work}” by Sohn Iseul, first "
            "published in "
            "Korean on October 14, 2019 (the “Work”); and WHEREAS, Licensee wishes to publish excerpts of the Work "
            "in its "
            "quarterly magazine. NOW, THEREFORE, the parties agree as follows:"
        ),
        heading("1. Grant of License"),
        *numbered(
            "1.1  Licensor hereby grants to Licensee a non-exclusive, non-transferable license to reproduce, "
            "distribute and "
            "publicly transmit the Work in the English language in print and electronic editions.",
            "1.2  All rights not expressly granted herein, including the right to prepare derivative works and the "
            "right of "
            "public performance, are reserved by Licensor.",
        ),
        heading("2. Purpose"),
        Text("The license is granted for the publication of excerpts in the magazine “Northlight Quarterly”."),
        heading("3. Term"),
        Text(
            "This Agreement shall commence on the Effective Date and continue for a period of three (3) years from the "
            "Effective Date, unless terminated earlier in accordance with Section 7."
        ),
        heading("4. License Fee"),
        *numbered(
            "4.1  In consideration of the license, Licensee shall pay Licensor a one-time, non-refundable fee of "
            "US$12,000.",
            "4.2  Payment shall be made by wire transfer within thirty (30) days after receipt of Licensor’s invoice.",
        ),
        heading("5. Credit and Moral Rights"),
        Text(
            "Licensee shall print the name of the author and the copyright notice of Licensor in every copy. "
            "Licensee shall "
            "not alter the Work in a manner prejudicial to the honor or reputation of the author."
        ),
        heading("6. Warranties"),
        Text(
            "Licensor represents and warrants that it has full power to enter into this Agreement and that the Work "
            "does "
            "not infringe the rights of any third party."
        ),
        heading("7. Termination"),
        Text(
            "Either party may terminate this Agreement upon sixty (60) days’ written notice if the other party "
            "materially "
            "breaches any provision hereof and fails to cure such breach within that period."
        ),
        heading("8. Governing Law and Jurisdiction"),
        Text(
            "This Agreement shall be governed by the laws of the Republic of Korea. The Seoul Central District "
            "Court shall "
            "have exclusive jurisdiction over any dispute arising out of this Agreement."
        ),
        heading("9. Entire Agreement"),
        Text("This Agreement constitutes the entire understanding of the parties and may be amended only in writing."),
        PageBreak(),
        Text(
            "IN WITNESS WHEREOF, the parties have caused this Agreement to be executed by their authorized "
            "representatives."
        ),
        Space(1.5),
        Table(
            (
                ("LICENSOR", "LICENSEE"),
                (licensor.name, licensee.name),
                (" ", " "),
                ("By: ______________________", "By: ______________________"),
                (f"Name: {licensor.representative}", f"Name: {licensee.representative}"),
                ("Title: Chief Executive Officer", "Title: Managing Member"),
                ("Date: March 5, 2025", "Date: March 5, 2025"),
                (f"Tel: {licensor.phone}", f"Tel: {licensee.phone}"),
                (f"E-mail: {licensor.email}", f"E-mail: {licensee.email}"),
            ),
            (0.5, 0.5),
            ruled=False,
        ),
    ]
    metadata = {
        "contract_type": "LICENSE AGREEMENT",
        "work_title": work,
        "work_category": "literary work",
        "rights_holder": licensor.name,
        "licensee": licensee.name,
        "granted_rights": ["복제권", "공중송신권", "배포권"],
        "exclusivity": "비독점",
        "purpose": "the publication of excerpts in the magazine “Northlight Quarterly”",
        "term": "three (3) years from the Effective Date",
        "effective_date": "2025-03-05",
        "signature_date": "2025-03-05",
        "payment_amount": 12000,
        "payment_currency": "USD",
        "governing_court": "Seoul Central District Court",
        "parties": [
            licensor.gold("Licensor", "representative", "phone", "email", "address"),
            licensee.gold("Licensee", "representative", "phone", "email", "address"),
        ],
    }
    look = Look("myeongjo", 10, 1.5)
    return Sample("contract_english_01.pdf", "contract", "english_licence", blocks, metadata, look, "en")


def music_licence() -> Sample:
    """A song for a film as a DOCX: a key-terms table before the clauses, exclusive, dates the British way."""
    licensor, licensee = people.CASTELLANE, people.BLUEGATE.without("phone")
    work = "Tide Over Stone"
    terms = (
        (label("Title of Work"), work),
        (label("Type of Work"), "Musical work and sound recording"),
        (label("Licensor"), licensor.name),
        (label("Licensee"), licensee.name),
        (label("Purpose"), "Synchronization in the motion picture “The Long Ferry”"),
        (label("Exclusivity"), "Exclusive"),
        (label("Effective Date"), written("2024-09-01", "british")),
        (label("Expiration Date"), written("2029-08-31", "british")),
        (label("Fee"), "GBP 8,500.00"),
    )
    blocks: list[Block] = [
        title("SYNCHRONIZATION LICENCE AGREEMENT", 1.5),
        Space(0.5),
        Text("KEY TERMS", "left", bold=True),
        Table(terms, (0.3, 0.7)),
        heading("1. Licence"),
        Text(
            "The Licensor grants to the Licensee an exclusive licence to reproduce the Work in synchronization with "
            "the "
            "motion picture, to distribute copies of the motion picture and to perform the Work publicly as part of it."
        ),
        heading("2. Reserved rights"),
        Text("The Licensor keeps the right to perform the Work at live concerts."),
        heading("3. Payment"),
        Text("The Fee is payable within 21 days of signature. Late payment bears interest at 4 per cent a year."),
        heading("4. Law"),
        Text("This agreement is governed by the law of England and Wales."),
        Text("Signed by the parties on " + written("2024-08-19", "british"), before=12),
        Space(0.5),
        Table(
            (
                (label("Licensor"), label("Licensee")),
                (f"Name: {licensor.name}", f"Name: {licensee.name}"),
                ("Signature:", f"Represented by: {licensee.representative}"),
                (f"Address: {licensor.address}", f"Address: {licensee.address}"),
                (f"E-mail: {licensor.email}", f"E-mail: {licensee.email}"),
                ("Phone:", "Phone:"),
            ),
            (0.5, 0.5),
        ),
    ]
    metadata = {
        "contract_type": "SYNCHRONIZATION LICENCE AGREEMENT",
        "work_title": work,
        "work_category": "Musical work and sound recording",
        "rights_holder": licensor.name,
        "licensee": licensee.name,
        "granted_rights": ["복제권", "공연권", "배포권"],
        "exclusivity": "독점",
        "purpose": "Synchronization in the motion picture “The Long Ferry”",
        "effective_date": "2024-09-01",
        "expiration_date": "2029-08-31",
        "signature_date": "2024-08-19",
        "payment_amount": 8500,
        "payment_currency": "GBP",
        "parties": [
            licensor.gold("Licensor", "email", "address"),
            licensee.gold("Licensee", "representative", "email", "address"),
        ],
    }
    return Sample("contract_english_02.docx", "contract", "english_key_terms", blocks, metadata, Look(), "en")


def assignment() -> Sample:
    """A screenplay assigned outright for Korean won; all seven rights, notices with addresses."""
    assignor, assignee = people.HARTWELL, people.BLUEGATE
    work = "The Weather House"
    blocks: list[Block] = [
        title("COPYRIGHT ASSIGNMENT", 1.7),
        Rule(),
        Space(0.5),
        Text(
            f"THIS ASSIGNMENT is made the {written('2023-11-17', 'british')} between {assignor.name} of "
            f"{assignor.address} "
            f"(the “Assignor”) and {assignee.name} of {assignee.address} (the “Assignee”)."
        ),
        Text(
            f"1.  Work. The Assignor is the sole author of the unpublished screenplay “{work}”, completed in May 2022.",
            before=8,
        ),
        Text(
            "2.  Assignment. The Assignor assigns to the Assignee absolutely, throughout the world, the following "
            "rights in "
            "the Work: (a) reproduction; (b) public performance; (c) public transmission; (d) exhibition; (e) "
            "distribution; "
            "(f) rental; and (g) the making of derivative works.",
            before=6,
        ),
        Text(
            "3.  Consideration. The Assignee shall pay the Assignor USD 45,000, of which USD 15,000 falls due on "
            "signature "
            "and the balance on the first day of principal photography.",
            before=6,
        ),
        Text("4.  Effective date. The assignment takes effect on December 1, 2023.", before=6),
        Text(
            "5.  Warranty. The Assignor warrants that the Work is original and that no right in it has been assigned, "
            "licensed or charged before the date of this Assignment.",
            before=6,
        ),
        Text("6.  Disputes. The parties submit to the Superior Court of Lowfield County.", before=6),
        Space(1.5),
        Text("Signed:", "left", bold=True),
        Text(f"ASSIGNOR:  {assignor.name}", "left", before=6),
        Text(f"Telephone {assignor.phone}   E-mail {assignor.email}", "left", indent=2),
        Text(f"ASSIGNEE:  {assignee.name}", "left", before=8),
        Text(f"by {assignee.representative}, President", "left", indent=2),
        Text(f"Telephone {assignee.phone}   E-mail {assignee.email}", "left", indent=2),
    ]
    metadata = {
        "contract_type": "COPYRIGHT ASSIGNMENT",
        "work_title": work,
        "work_category": "screenplay",
        "rights_holder": assignor.name,
        "licensee": assignee.name,
        "granted_rights": list(RIGHTS),
        "effective_date": "2023-12-01",
        "signature_date": "2023-11-17",
        "payment_amount": 45000,
        "payment_currency": "USD",
        "governing_court": "Superior Court of Lowfield County",
        "parties": [
            assignor.gold("Assignor", "phone", "email", "address"),
            assignee.gold("Assignee", "representative", "phone", "email", "address"),
        ],
    }
    look = Look("barun", 10.3, 1.5, footer="")
    return Sample("contract_english_03.pdf", "contract", "english_assignment", blocks, metadata, look, "en")


def samples() -> list[Sample]:
    return [licence(), music_licence(), assignment()]
