"""Every way into the package that takes a text of any length: a name, and a function of the text."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from functools import cache, partial
from typing import Any

from extractor import evidence
from extractor.classification import binders
from extractor.classification.document_type import propose_type
from extractor.core import messages, old_sentences
from extractor.core.document_types import DocumentType, Field, load_document_types
from extractor.core.documents import Box, Cell, Document, Page
from extractor.core.errors import RightsdeskError
from extractor.core.extractions import Extraction, FieldValue
from extractor.desk import review, text_view
from extractor.extractors import prompt, responses
from extractor.extractors.builtin.extractor import BuiltinExtractor, ranked_candidates
from extractor.extractors.builtin.learned.features import Surroundings, features
from extractor.extractors.builtin.learned.options import options
from extractor.extractors.builtin.learned.spelling import learn_spelling
from extractor.extractors.builtin.prepared_document import PreparedDocument
from extractor.extractors.builtin.profile import type_profile
from extractor.extractors.cloud import provider_errors
from extractor.extractors.local import chunks, json_stream, passage_selection
from extractor.extractors.local.fieldtree.token_constraints import SourceTokens
from extractor.normalize import normalize
from extractor.quality import comparison
from extractor.reading import columns as layout_columns
from extractor.reading import docx, layout, office_blocks
from extractor.reading import text as text_reader
from extractor.reading.document_writer import DocumentWriter
from extractor.spending import pricing
from extractor.store.pack import search_key

_LABELS = {"x-labels": ["성명", "Name", "상호"]}
NESTED = DocumentType(
    "nested",
    {
        "title": "nested",
        "type": "object",
        "properties": {
            "work": {"type": "object", "properties": {
                "title": {"type": "string", "x-labels": ["저작물명", "Work"]},
                "made": {"type": "string", "format": "date", "x-labels": ["창작일", "Date"]},
                "fee": {"type": "number", "x-labels": ["이용료", "Fee"]},
                "law": {"type": "string", "x-labels": ["준거법", "Governing Law"]},
            }},
            "parties": {"type": "array", "items": {"type": "object", "properties": {
                "role": {"type": "string", "x-labels": ["갑", "을", "양도인", "양수인"]},
                "name": {"type": "string", **_LABELS},
                "address": {"type": "string", "x-labels": ["주소", "Address"]},
                "phone": {"type": "string", "x-labels": ["전화번호", "Phone"]},
            }}},
        },
    },
)  # fmt: skip
AGREEMENT = DocumentType(
    "agreement",
    {
        "title": "Non-disclosure agreement",
        "type": "object",
        "properties": {
            "effective_date": {"type": "string", "format": "date", "title": "Effective date"},
            "jurisdiction": {"type": "string", "title": "Governing law"},
            "party": {"type": "array", "items": {"type": "string"}, "title": "Parties"},
            "term": {"type": "string", "title": "Term", "description": "number and unit"},
            "court": {"type": "string", "title": "Jurisdiction"},
            "sender": {"type": "string", "title": "From"},
            "number": {"type": "string", "title": "Document No."},
            "count": {"type": "integer", "title": "Copies"},
        },
    },
)


@cache
def types() -> dict[str, DocumentType]:
    return {**load_document_types(), "nested": NESTED, "agreement": AGREEMENT}


def plain(text: str) -> Document:
    """As the text reader gives it, whatever the text: one page, words without boxes."""
    writer = DocumentWriter("text")
    writer.add_text(text)
    writer.end_page(last=True)
    return writer.document(b"", "text")


def paged(text: str) -> Document:
    """Pages of forty lines, each word with a box."""
    writer = DocumentWriter("pages")
    lines = text.replace("\f", "\n").split("\n")
    for number, line in enumerate(lines):
        x, y = 0.1, 0.02 * (number % 40)
        for word in line.split():
            width = min(0.008 * len(word), 0.8)
            writer.add_word(" " if x > 0.1 else "", word, Box(x, y, x + width, y + 0.015))
            x = x + width + 0.01 if x < 0.9 else 0.1
        if number + 1 == len(lines) or number % 40 == 39:
            writer.end_page(595, 842, last=number + 1 == len(lines))
        else:
            writer.write("\n")
    return writer.document(b"", "pdf")


def tabled(text: str, width: int = 4) -> Document:
    """A table of rows of `width` cells, a few characters each, then the text itself."""
    pieces = [text[at : at + 6].replace("\t", " ").replace("\n", " ") for at in range(0, len(text) // 2, 6)]
    writer = DocumentWriter("table")
    number = writer.new_table()
    for at, piece in enumerate(pieces):
        row, column = divmod(at, width)
        writer.write(("\t" if column else "\n") if at else "")
        start = writer.length
        writer.add_text(piece)
        writer.add_cell(Cell(number, row, column, start, writer.length, 1))
    writer.write("\n")
    writer.add_text(text[len(text) // 2 :])
    writer.end_page(last=True)
    return writer.document(b"", "docx")


def _extract(key: str, made: Callable[[str], Document], text: str) -> None:
    BuiltinExtractor().fields(made(text), types()[key])


def _align(kind: str, text: str) -> None:
    evidence._dates.cache_clear()
    evidence.squashed_text.cache_clear()
    field, value = FIELDS[kind]
    evidence.align(plain(text), field, value)


def _align_itself(text: str) -> None:
    """A value as long as its document, which is not quite in it."""
    evidence.squashed_text.cache_clear()
    half = len(text) // 2
    evidence.align(plain(text[:half] + "끝" + text[half:]), FIELDS["string"][0], text[: len(text) - 3])


def _field(schema: dict[str, Any], name: str = "성명") -> Field:
    return DocumentType("x", {"title": "x", "type": "object", "properties": {name: schema}}).fields[0]


FIELDS: dict[str, tuple[Field, Any]] = {
    "string": (_field({"type": "string"}, "memo"), "가나다라마바사 아자차"),
    "phone": (_field({"type": "string"}, "전화번호"), "010-9999-8888"),
    "name": (_field({"type": "string"}), "홍길순"),
    "title": (_field({"type": "string"}, "저작물명"), "여름밤의 노래"),
    "registration": (_field({"type": "string"}, "사업자등록번호"), "123-45-67890"),
    "email": (_field({"type": "string", "format": "email"}), "none@example.invalid"),
    "currency": (_field({"type": "string", "pattern": "^[A-Z]{3}$"}), "EUR"),
    "date": (_field({"type": "string", "format": "date"}), "1999-01-09"),
    "number": (_field({"type": "number"}), 987654.25),
    "integer": (_field({"type": "integer"}), 7777777),
    "boolean": (_field({"type": "boolean"}), True),
    "choice": (_field({"type": "string", "enum": ["독점", "비독점"]}), "비독점"),
    "choices": (_field({"type": "array", "items": {"enum": ["복제권", "대여권"]}}), ["대여권", "복제권"]),
    "list": (_field({"type": "array", "items": {"type": "string"}}), ["가나다라마바사", "홍길순이다"]),
    "numbers": (_field({"type": "array", "items": {"type": "number"}}), [987654]),
}


def _review(text: str) -> None:
    review.tidy(text)
    review.beside_tick(text, len(text) // 2, len(text) // 2 + 1)
    review.beside_tick(text + "☑" + text, len(text), len(text) + 1)


def _picked(kind: str, text: str) -> None:
    field = FIELDS[kind][0]
    review.picked(field, FieldValue(None), text, ())
    if field.kind not in ("choices", "boolean"):
        review.typed(field, text)
    review.taken(field, FieldValue(None, text, evidence.span_evidence(plain("a"), 0, 1)))


def _typed_value(text: str) -> None:
    evidence.squashed_text.cache_clear()
    page = Page(1, 0, len(text), ())
    review.typed_value(FIELDS["string"][0], FieldValue(None), "가나다라마바사 아자차", [(page, text)])


def _learning(key: str, text: str) -> None:
    document_type = types()[key]
    prepared = type_profile(document_type)
    scene = PreparedDocument(plain(text), prepared)
    ranked, _ = ranked_candidates(scene, prepared)
    around = Surroundings(scene)
    for profile in prepared.fields:
        if profile.path in ranked:
            known = {"홍길동": ("홍 길동", 2), "가": ("가 가", 1)}
            features(around, options(scene, profile, ranked[profile.path], known))


def _spelling(text: str) -> None:
    found = options_of_one = [_option(text), _option(text[: len(text) // 2])]
    learned = learn_spelling([(options_of_one, [text[:-1] + " Inc"])] * 3)
    learned.apply(found)


def _option(value: str) -> Any:
    from extractor.extractors.builtin.learned.options import Option

    return Option(value, places=[(0, 1)])


def _prompt(text: str) -> None:
    contract = types()["contract"]
    prompt.build(text, contract)
    prompt.document_first(text, contract)
    prompt.size(plain(text), contract)
    pricing.count_tokens(text)


def _answers(text: str) -> None:
    _parse(text)
    _parse(json.dumps({"work_title": text, "licensor": text[:50]}))


def _repaired(text: str) -> None:
    _parse('{"work_title": ' + text + "}")
    _parse("<think>" + text + '</think>```json\n{"work_title": "a",}```')
    _parse('{"work_title": "' + text + '",}')


def _parse(answer: str) -> None:
    with contextlib.suppress(RightsdeskError):
        responses.parse(answer, types()["contract"])


def _retell(text: str) -> None:
    old_sentences.retell(text, "ko")
    old_sentences.retell(f"It failed: {text}", "ko")
    messages.explain(
        ValueError(f"{text} is damaged or incomplete. Open it in Word, save it again and upload that."), "ko"
    )


def _view(text: str) -> None:
    for made in (plain, tabled):
        document = made(text)
        for start, end in text_view.parts(document.text, document.cells):
            text_view.blocks(document.text, start, end, document.cells)


def _compare(text: str) -> None:
    field = types()["contract"].fields[0].path
    values = [text, text[::2], text[1:] + text[:1]]
    found = {
        str(number): Extraction(str(number), "", "contract", {field: FieldValue(value)})
        for number, value in enumerate(values)
    }
    comparison.compare(found, types()["contract"])
    comparison.same(FIELDS["list"][0], values, values[::-1])


def _compare_items(text: str) -> None:
    items = {
        f"parties[{number}].name": FieldValue(text[at : at + 4]) for number, at in enumerate(range(0, len(text), 4))
    }
    found = {str(n): Extraction(str(n), "", "nested", items) for n in range(2)}
    comparison.compare(found, NESTED)


def _read_text(text: str) -> None:
    with contextlib.suppress(RightsdeskError):
        text_reader.read(text.encode("utf-8", "replace"), "a.txt")


def _docx(text: str) -> None:
    docx._prepared("word/document.xml", text.encode("utf-8", "replace"))
    office_blocks._plain(text)


def _words(text: str, columns: int) -> list[layout_columns.Token]:
    """The words of a text set in columns on one page, as many lines as it takes."""
    found = []
    for number, at in enumerate(range(0, len(text), 8)):
        word = "".join(text[at : at + 8].split()) or "가"
        row, column = divmod(number, columns * 3)
        x = 40.0 + 50 * (column // 3) * 4 + 48 * (column % 3)
        found.append(layout_columns.Token(x, 12.0 * row, x + 44, 12.0 * row + 9, word))
    return found


def _layout(columns: int, text: str) -> None:
    for line in layout.lines_in_reading_order(_words(text, columns)):
        layout.separated(line)


def _sideways(text: str) -> None:
    layout.sideways_lines(_words(text, 1))


def _tokens(text: str) -> list[tuple[int, int]]:
    return [(at, min(at + 3, len(text))) for at in range(0, len(text), 3)]


def _windows(text: str) -> None:
    document = plain(text)
    starts = [start for start, _ in _tokens(text)]
    spans = passage_selection.worth_reading(document, types()["contract"], starts, 200)
    chunks.excerpt(document, spans)
    for start, end in chunks.spans(document, starts, 400):
        document.slice(start, end)


def _local_tokens(text: str) -> None:
    spans = _tokens(text)
    source = SourceTokens(text, list(range(len(spans))), spans, lambda piece: [1] * len(piece))
    for path in source.open_paths:
        path.token(0)


def _json_end(text: str) -> None:
    json_stream.json_object(text)
    json_stream.json_object('{"a": "' + text + '"}')
    json_stream.value_spans('{"a": [' + text)
    json_stream.value_spans(json.dumps({"a": text, "b": [text]}))


def _scrub(text: str) -> None:
    provider_errors.scrub(text, "sk-none")


def _binder(text: str) -> None:
    binders.propose_parts(paged(text))


def _type(made: Callable[[str], Document], text: str) -> None:
    propose_type(made(text), load_document_types())


ENTRIES: dict[str, Callable[[str], object]] = {
    "propose_type": partial(_type, plain),
    "propose_type of pages": partial(_type, paged),
    "propose_parts": _binder,
    **{f"extract {key}": partial(_extract, key, plain) for key in types()},
    "extract contract of pages": partial(_extract, "contract", paged),
    "extract agreement of pages": partial(_extract, "agreement", paged),
    "extract contract of a table": partial(_extract, "contract", tabled),
    "extract transfer_consent of a table": partial(_extract, "transfer_consent", tabled),
    "extract nested of a table": partial(_extract, "nested", tabled),
    "extract nested of a wide table": partial(_extract, "nested", partial(tabled, width=1_000_000)),
    "extract contract of a wide table": partial(_extract, "contract", partial(tabled, width=1_000_000)),
    "extract consent of a column": partial(_extract, "consent", partial(tabled, width=1)),
    **{f"align {kind}": partial(_align, kind) for kind in FIELDS},
    "align a long value": _align_itself,
    **{f"normalize {kind}": partial(normalize, field) for kind, (field, _) in FIELDS.items()},
    **{f"pick and type {kind}": partial(_picked, kind) for kind in FIELDS},
    "review": _review,
    "typed_value": _typed_value,
    "learning contract": partial(_learning, "contract"),
    "learning agreement": partial(_learning, "agreement"),
    "spelling": _spelling,
    "prompt and cost": _prompt,
    "answers": _answers,
    "answers to repair": _repaired,
    "retell": _retell,
    "textview": _view,
    "compare": _compare,
    "compare items": _compare_items,
    "search_key": search_key,
    "text reader": _read_text,
    "DOCX": _docx,
    **{f"layout of {count} columns": partial(_layout, count) for count in (1, 2, 3, 8)},
    "sideways lines": _sideways,
    "windows": _windows,
    "local tokens": _local_tokens,
    "JSON end": _json_end,
    "scrub": _scrub,
}
