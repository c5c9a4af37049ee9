"""Zero-shot accuracy on real agreements in English, such as Kleister-NDA.

    python benchmarks/agreements.py FOLDER SCHEMA.json [--write]

FOLDER holds PDFs and a `gold.jsonl` (`file`, `metadata`), SCHEMA.json the document type. Documents are split by the
SHA-256 of their file names: the first 54 are held out, only measured and never listed; the others were developed
against, and their failing cases are listed. Scored as `extractor/evaluate.py` says. `--write` keeps agreements.md.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from extractor import create_extractor  # noqa: E402
from extractor.document_types import DocumentType  # noqa: E402
from extractor.evaluate import Evaluation, Gold, load_gold  # noqa: E402
from extractor.reading import read  # noqa: E402

HELD_OUT = 54


def split(gold: Sequence[Gold]) -> tuple[list[Gold], list[Gold]]:
    """What was developed against, and what is only measured."""
    ordered = sorted(gold, key=lambda one: hashlib.sha256(one.path.name.encode()).hexdigest())
    return ordered[HELD_OUT:], ordered[:HELD_OUT]


def measure(gold: Sequence[Gold], document_type: DocumentType) -> tuple[Evaluation, float]:
    """The scores, and documents a CPU-second of extraction."""
    found, builtin, seconds = Evaluation(), create_extractor("builtin"), 0.0
    for one in gold:
        document = read(one.path)
        start = time.process_time()
        result = builtin.extract(document, document_type)
        seconds += time.process_time() - start
        found.add(one, result, document_type)
    return found, len(gold) / seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("schema", type=Path)
    parser.add_argument("--write", action="store_true", help="keep the report in agreements.md")
    arguments = parser.parse_args()
    document_type = DocumentType(arguments.schema.stem, json.loads(arguments.schema.read_text(encoding="utf-8")))
    lines = [
        "# Agreements in English, zero-shot",
        "",
        f"`python benchmarks/agreements.py FOLDER SCHEMA.json --write` over {arguments.folder.name}.",
        "",
        "| documents | | micro F1 | right | extra | missed | documents a CPU-second |",
        "|---|---|---|---|---|---|---|",
    ]
    developed, held_out = split(load_gold(arguments.folder / "gold.jsonl"))
    misses = []
    for name, gold in (("developed against", developed), ("held out", held_out)):
        found, speed = measure(gold, document_type)
        scores = {"all": found.all} | dict(sorted(found.fields.items()))
        for key, score in scores.items():
            label = f"{len(gold)} {name}" if key == "all" else ""
            rate = f"{speed:.0f}" if key == "all" else ""
            lines.append(
                f"| {label} | {key} | {score.f1:.3f} | {score.right} | {score.extra} | {score.missed} | {rate} |"
            )
        misses += found.misses if name != "held out" else []
    lines += ["", f"Failing cases of those developed against ({len(misses)}):", "", "| file | field | gold | found |"]
    lines += ["|---|---|---|---|"]
    for miss in misses:
        shown = [json.dumps(value, ensure_ascii=False).replace("|", "\\|") for value in (miss.gold, miss.found)]
        lines.append(f"| {miss.file[:12]} | {miss.field} | {shown[0]} | {shown[1]} |")
    report = "\n".join([*lines, ""])
    print(report if not arguments.write else "\n".join(lines[:18]))
    if arguments.write:
        (ROOT / "benchmarks" / "agreements.md").write_text(report, encoding="utf-8")


if __name__ == "__main__":
    main()
