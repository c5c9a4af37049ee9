"""Deleting: nothing of a deleted document is left in the data folder, whoever keeps it and however it is packed."""

from __future__ import annotations

import json
import sqlite3
import zlib
from pathlib import Path

import pytest

from extractor.core.claims import Claim, Work
from extractor.core.document_types import DocumentType
from extractor.core.documents import Document
from extractor.core.extractions import FieldValue
from extractor.extractors.builtin.learned import library
from extractor.extractors.builtin.learned.model import FieldModel, TypeModel
from extractor.reading.ocr import cache
from extractor.reading.ocr.engines.base import Piece
from extractor.reading.text import document_from_text
from extractor.store import Store
from tests.store.making import LETTER, extraction

OTHER = "은빛강가의노래"
CANARIES = ("한가람미디어", "900101-1234567", "hangaram")


def everything(folder: Path) -> bytes:
    """All bytes of the folder, as they lie and unpacked, and what the database gives."""
    found = [str(sorted(folder.rglob("*"))).encode()]
    for path in folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            found.append(data)
            if path.suffix == ".json":
                found.append(json.dumps(json.loads(data), ensure_ascii=False).encode())
    database = sqlite3.connect(folder / "rightsdesk.db")
    for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        for row in database.execute(f"SELECT * FROM {table}"):
            for value in row:
                if isinstance(value, bytes):
                    try:
                        found.append(zlib.decompress(value))
                    except zlib.error:
                        found.append(value)
                else:
                    found.append(
                        str(value).encode() + str(value).encode().decode("unicode_escape").encode("utf-8", "replace")
                    )
    database.close()
    return b"\n".join(found)


def told(text: str) -> list[bytes]:
    """How a text may stand in a file: as it is, and as JSON in ASCII."""
    return [text.encode(), json.dumps(text)[1:-1].encode()]


def traces(folder: Path, *texts: str) -> list[str]:
    data = everything(folder)
    return [text for text in texts if any(form in data for form in told(text))]


def fill(store: Store, name: str, values: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> str:
    """A document with everything that is ever made of one."""
    text = " ".join(values)
    data = text.encode()
    document: Document = document_from_text(text, f"{values[0]}.txt")
    row, _ = store.add(data, document, LETTER.key, 0.9)
    store.save_extraction(row.hash, LETTER, extraction("builtin", work_title=values[0]))
    store.save_extraction(row.hash, LETTER, extraction("cloud_a", work_title=values[0]).failed(f"{values[0]}: no."))
    store.set_value(row.hash, LETTER, "work_title", FieldValue(values[1]), values[2])
    store.undo(row.hash, LETTER, values[2])
    store.set_value(row.hash, LETTER, "work_title", FieldValue(values[1]), "kim")
    store.approve(row.hash, LETTER, "kim")
    work = Work(row.hash, LETTER.key, LETTER.version, "cloud_b", "1")
    claim = store.claim(work, "another machine:1:x")
    assert isinstance(claim, Claim)
    store.keep_answer(claim, extraction("cloud_b", work_title=values[0]))
    monkeypatch.setenv("RIGHTSDESK_DATA", str(store.folder))
    monkeypatch.delenv("RIGHTSDESK_LEARNED", raising=False)
    with cache.of_file(data):
        read = cache.cached("tesseract", lambda grey, scale: [Piece(0, 0, 9, 9, text, 0.9, 1)])

    import numpy as np

    read(np.full((2, len(text)), len(name), dtype="uint8"), 1.0)
    printed = store.rendition(row.hash)
    printed.parent.mkdir(exist_ok=True)
    printed.write_bytes(data)
    printed.with_suffix(".1.part").write_bytes(data)
    return row.hash


def taught(*sources: str, known: str) -> str:
    field = FieldModel("name", {f"ends {known}": 1.0}, 0.0, 0.5, {known: (known, 1)})
    return library.keep(TypeModel(LETTER.key, len(sources), {"work_title": field}, {}, sources))


def test_nothing_is_left_of_one_or_of_all(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = fill(store, "one", CANARIES, monkeypatch)
    stays = fill(store, "other", (OTHER, OTHER, "lee"), monkeypatch)
    library.take_over(LETTER.key, taught(stays, known=OTHER))
    library.take_over(LETTER.key, taught(stays, gone, known=CANARIES[0]))
    assert traces(store.folder, *CANARIES, gone) == [*CANARIES, gone], "else this test would see nothing"
    assert store.delete(gone) == [LETTER.key], "it is read by less now"
    assert traces(store.folder, *CANARIES, gone) == []
    assert OTHER in traces(store.folder, OTHER) and store.values(stays, LETTER)["work_title"].value == OTHER
    learned = library.active(LETTER.key)
    assert learned is not None and learned.sources == (stays,), "the version before reads on"
    assert store.delete(stays) == [LETTER.key]
    assert traces(store.folder, OTHER, stays) == []
    assert library.active_version(LETTER.key) == library.RULES
    assert not any(
        path.is_file() for name in ("files", "recognised", "renditions") for path in (store.folder / name).rglob("*")
    )


def test_what_older_versions_kept_without_saying_whose_it_is_goes_too(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = fill(store, "one", CANARIES, monkeypatch)
    old = store.folder / "recognised" / "ab" / "abcd.json"
    old.parent.mkdir(parents=True)
    old.write_text(json.dumps([[CANARIES[0]]]), "utf-8")
    path = library.folder() / LETTER.key / f"{taught('x', known=CANARIES[1])}.json"
    data = json.loads(path.read_text("ascii"))
    del data["sources"]
    path.write_text(json.dumps(data), "ascii")
    store.delete(gone)
    assert traces(store.folder, *CANARIES, gone) == []


def test_a_curve_of_confidence_stays(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from extractor.extractors import confidence_curves

    gone = fill(store, "one", CANARIES, monkeypatch)
    confidence_curves.keep("builtin", ((0.1, 0.2), (0.9, 0.8)))
    store.delete(gone)
    assert confidence_curves.curve_of("builtin") == ((0.1, 0.2), (0.9, 0.8))


def test_another_type_keeps_what_it_learned(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = fill(store, "one", CANARIES, monkeypatch)
    kept = library.keep(TypeModel("form", 1, {}, {}, ("another",)))
    library.take_over("form", kept)
    assert store.delete(gone) == []
    assert library.active_version("form") == kept


def test_what_recognition_kept_after_the_deletion_goes(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from extractor.desk.background_ocr import BackgroundOcr

    gone = fill(store, "one", CANARIES, monkeypatch)

    def read(self: BackgroundOcr, row: object, most: int) -> None:
        store.delete(gone)
        with cache.of_file(" ".join(CANARIES).encode()):
            import numpy as np

            cache.cached("x", lambda grey, scale: [Piece(0, 0, 9, 9, CANARIES[0], 0.9, 1)])(
                np.zeros((2, 2), "uint8"), 1.0
            )
        raise_unknown = store.row
        raise_unknown(gone)

    monkeypatch.setattr(BackgroundOcr, "_read", read)
    monkeypatch.setattr(store, "row", lambda hash, row=store.row: row(hash))
    with store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE documents SET unread = 3")
    recognition = BackgroundOcr(store, lambda: {LETTER.key: DocumentType(LETTER.key, LETTER.schema)})
    with pytest.raises(Exception, match="not in the store"):
        recognition._finish(gone)
    assert traces(store.folder, *CANARIES, gone) == []
