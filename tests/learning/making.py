"""Receipts of an invented archive, of a type whose schema does not know the words that the receipts print."""

from __future__ import annotations

from typing import Any

from extractor.core.document_types import DocumentType
from extractor.core.documents import Document
from extractor.learning.training import Example
from extractor.reading.formats import read_bytes

SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "자료 인수증",
    "type": "object",
    "properties": {
        "item": {"type": ["string", "null"], "title": "품명"},
        "giver": {"type": ["string", "null"], "title": "giver"},
        "shelf": {"type": ["string", "null"], "title": "shelf"},
        "received_on": {"type": ["string", "null"], "format": "date", "title": "received on"},
    },
}
RECEIPT = DocumentType("receipt", SCHEMA)
_FAMILY = "한남궁선우황보제갈독고사공"
_GIVEN = ("가람", "나루", "다솜", "라온", "마루", "바다", "새벽", "아라", "자람", "하늘", "온새", "해솔")
_ITEMS = ("흑백 사진첩", "등산 일기", "편지 묶음", "강연 녹음테이프", "수학여행 기념엽서", "동네 지도")


def receipt(number: int) -> tuple[str, dict[str, Any]]:
    """The text of a receipt, and what is right."""
    giver = _FAMILY[number % len(_FAMILY)] + _GIVEN[number * 5 % len(_GIVEN)]
    clerk = _FAMILY[(number + 4) % len(_FAMILY)] + _GIVEN[(number * 7 + 3) % len(_GIVEN)]
    item = _ITEMS[number % len(_ITEMS)]
    shelf = f"{chr(ord('A') + number % 7)}-{10 + number * 3}"
    day, other = number % 28 + 1, (number * 11 + 5) % 28 + 1
    lines = [
        "자료 인수증",
        f"품명 : {item} {number + 2}점",
        f"맡기신 분 : {giver}",
        f"받은 사람 : {clerk}",
        f"서가 자리 : {shelf}",
        f"돌려드릴 날 : 2031년 {number % 12 + 1}월 {other}일",
        f"접수한 날 : 2026년 {(number + 3) % 12 + 1}월 {day}일",
    ]
    if number % 3 == 0:
        lines[2], lines[3] = lines[3], lines[2]
    right = {
        "item": f"{item} {number + 2}점",
        "giver": giver,
        "shelf": shelf,
        "received_on": f"2026-{(number + 3) % 12 + 1:02d}-{day:02d}",
    }
    return "\n".join(lines) + "\n", right


def document(number: int) -> Document:
    return read_bytes(receipt(number)[0].encode(), f"receipt_{number:02d}.txt")


def examples(count: int) -> list[Example]:
    return [(document(number), receipt(number)[1]) for number in range(count)]
