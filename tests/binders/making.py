"""Binders of invented people who all filled in the same form, with pages swapped or missing."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import lru_cache

import pypdfium2

from samples.drawing import pdf
from samples.drawing.blocks import Look
from samples.layouts import people
from samples.layouts.people import Party
from samples.layouts.transfer_five import form

SIGNERS: tuple[Party, ...] = tuple(
    Party(family + given, phone=f"010-0000-{1000 + 37 * number}", address=f"다온시 물빛구 나루길 {3 * number + 1}")
    for number, (family, given) in enumerate(
        zip(
            "한남궁선우황보제갈독고사공윤서강오민최백임류",
            ("가람", "나루", "다솜", "라온", "마루", "바다", "아라") * 4,
            strict=False,
        )
    )
)
PROJECT = "2020 솔뫼 풍류 한마당 실황 영상"


@lru_cache(maxsize=64)
def two_pages(number: int) -> bytes:
    """Person `number`'s form: five consents on the first page, date and signature on the second, which has no head."""
    given = (True, number % 3 != 1, number % 4 != 2, True, None if number % 2 else False)
    date = f"2020. {number % 12 + 1}. {number % 28 + 1}."
    look = Look("gothic", 10.3, 1.68)
    return pdf.render(form(people.SOLMOE, SIGNERS[number], PROJECT, given, "ballot", date), look, f"form {number}")


def binder(pages: Sequence[tuple[int, int]]) -> bytes:
    """One PDF of the given (person, page of the form) in that order; pages of the form from 1."""
    made = pypdfium2.PdfDocument.new()
    for person, page in pages:
        made.import_pages(pypdfium2.PdfDocument(two_pages(person)), [page - 1])
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def together(*files: bytes) -> bytes:
    """Several PDFs as one."""
    made = pypdfium2.PdfDocument.new()
    for data in files:
        made.import_pages(pypdfium2.PdfDocument(data))
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def whole(count: int) -> list[tuple[int, int]]:
    """`count` people's forms, complete and in order."""
    return [(person, page) for person in range(count) for page in (1, 2)]


def cuts(pages: Sequence[tuple[int, int]]) -> list[int]:
    """The pages (from 1) at which another person's form begins."""
    return [number for number in range(2, len(pages) + 1) if pages[number - 1][0] != pages[number - 2][0]]
