"""Accuracy on real agreements in English, such as Kleister-NDA: zero-shot, and after learning from some of them.

    python benchmarks/agreements.py FOLDER SCHEMA.json [--write]

FOLDER holds PDFs and a `gold.jsonl` (`file`, `metadata`), SCHEMA.json the document type. Documents are split by the
SHA-256 of their file names: the first 54 are held out, only measured and never listed; the others were developed
against, and their failing cases are listed. Of these the first 5, 20, 50, 100, 200 are learned from, as approved
documents are in the app, and the held out ones read with each. Scored as `extractor/quality/evaluation.py` says.
`--write`
keeps agreements.md.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from extractor import create_extractor  # noqa: E402
from extractor.core.document_types import DocumentType  # noqa: E402
from extractor.core.documents import Document  # noqa: E402
from extractor.extractors.builtin.learned import library  # noqa: E402
from extractor.learning.training import train  # noqa: E402
from extractor.quality.evaluation import Evaluation, Gold, load_gold  # noqa: E402
from extractor.reading.formats import read  # noqa: E402

HELD_OUT = 54
STEPS = (5, 20, 50, 100, 200)
Documents = Sequence[tuple[Gold, Document]]


def split(gold: Sequence[Gold]) -> tuple[list[Gold], list[Gold]]:
    """What was developed against, and what is only measured."""
    ordered = sorted(gold, key=lambda one: hashlib.sha256(one.path.name.encode()).hexdigest())
    return ordered[HELD_OUT:], ordered[:HELD_OUT]


def measure(documents: Documents, document_type: DocumentType) -> tuple[Evaluation, float]:
    """The scores, and documents a CPU-second of extraction."""
    found, builtin = Evaluation(), create_extractor("builtin")
    start = time.process_time()
    for one, document in documents:
        found.add(one, builtin.extract(document, document_type), document_type)
    return found, len(documents) / (time.process_time() - start)


def learning_curve(developed: Documents, held_out: Documents, document_type: DocumentType) -> list[str]:
    """What the held out documents gain from learning, in lines of a table."""
    names = [field.name for field in document_type.fields]
    lines = [
        "| learned from | micro F1, held out | promised by the fields' held-back documents | seconds to learn | "
        + " | ".join(names)
        + " |",
        "|---" * (4 + len(names)) + "|",
    ]
    for count in (0, *STEPS):
        promised, seconds = "", ""
        if count:
            start = time.perf_counter()
            model = train(document_type, [(document, gold.metadata) for gold, document in developed[:count]])
            seconds, promised = f"{time.perf_counter() - start:.0f}", f"{model.f1[1]:.3f}"
            library.take_over(document_type.key, library.keep(model))
        found, _ = measure(held_out, document_type)
        each = " | ".join(f"{found.fields[name].f1:.3f}" for name in names)
        lines.append(f"| {count} | {found.all.f1:.3f} | {promised} | {seconds} | {each} |")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("schema", type=Path)
    parser.add_argument("--write", action="store_true", help="keep the report in agreements.md")
    arguments = parser.parse_args()
    document_type = DocumentType(arguments.schema.stem, json.loads(arguments.schema.read_text(encoding="utf-8")))
    lines = [
        "# Agreements in English",
        "",
        f"`python benchmarks/agreements.py FOLDER SCHEMA.json --write` over {arguments.folder.name}.",
        "",
        "Zero-shot:",
        "",
        "| documents | | micro F1 | right | extra | missed | documents a CPU-second |",
        "|---|---|---|---|---|---|---|",
    ]
    os.environ["RIGHTSDESK_LEARNED"] = tempfile.mkdtemp()
    developed, held_out = (
        [(gold, read(gold.path)) for gold in part] for part in split(load_gold(arguments.folder / "gold.jsonl"))
    )
    misses = []
    for name, documents in (("developed against", developed), ("held out", held_out)):
        found, speed = measure(documents, document_type)
        scores = {"all": found.all} | dict(sorted(found.fields.items()))
        for key, score in scores.items():
            label = f"{len(documents)} {name}" if key == "all" else ""
            rate = f"{speed:.0f}" if key == "all" else ""
            lines.append(
                f"| {label} | {key} | {score.f1:.3f} | {score.right} | {score.extra} | {score.missed} | {rate} |"
            )
        misses += found.misses if name != "held out" else []
    lines += ["", *learning_curve(developed, held_out, document_type)]
    lines += [
        "",
        f"Failing cases of those developed against, zero-shot ({len(misses)}):",
        "",
        "| file | field | gold | found |",
    ]
    lines += ["|---|---|---|---|"]
    for miss in misses:
        shown = [json.dumps(value, ensure_ascii=False).replace("|", "\\|") for value in (miss.gold, miss.extracted)]
        lines.append(f"| {miss.file[:12]} | {miss.field} | {shown[0]} | {shown[1]} |")
    report = "\n".join([*lines, ""])
    print(report if not arguments.write else "\n".join(lines[:27]))
    if arguments.write:
        (ROOT / "benchmarks" / "agreements.md").write_text(report, encoding="utf-8")


if __name__ == "__main__":
    main()
