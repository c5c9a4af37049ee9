"""How right and how fast the built-in extractor is: micro F1 by type and field, every failing case, documents a second.

    python benchmarks/accuracy.py [FOLDER …] [--write]

A FOLDER holds documents and their `gold.jsonl`; by default the samples and the two sets in `benchmarks/forms/`.
`--write` puts the report into `benchmarks/accuracy.md`.

Field rule: see `extractor/quality/evaluation.py`. Time is CPU time of `extract` on one core, reading left out,
the best of three passes after one to warm up.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from extractor import load_document_types  # noqa: E402
from extractor.classification.document_type import propose_type  # noqa: E402
from extractor.core.document_types import DocumentType, Field  # noqa: E402
from extractor.core.extractions import Extraction, FieldValue  # noqa: E402
from extractor.extractors.builtin.extractor import BuiltinExtractor  # noqa: E402
from extractor.normalize import comparison_key, normalize  # noqa: E402
from extractor.quality.evaluation import Evaluation, Gold, as_set, load_gold  # noqa: E402
from extractor.reading.formats import read  # noqa: E402

FOLDERS = {
    ROOT / "samples": "the samples (developed against)",
    ROOT / "benchmarks/forms/development": "forms of other layouts, measured unseen, then developed against",
    ROOT / "benchmarks/forms/held_out": "held-out forms: only measured",
}


@dataclass
class Report:
    evaluation: Evaluation = field(default_factory=Evaluation)
    right_types: int = 0
    per_second: float = 0.0
    placed: int = 0
    """Of the values that are right, those whose evidence says them, in PDFs with a box."""
    sure: list[tuple[float, bool]] = field(default_factory=list)
    """Confidence and whether the value is right, for every single value that was found."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path, default=list(FOLDERS))
    parser.add_argument("--write", action="store_true", help="write benchmarks/accuracy.md")
    arguments = parser.parse_args()
    lines = ["# Accuracy of the built-in extractor", "", "Made by `python benchmarks/accuracy.py --write`.", ""]
    for folder in arguments.folders:
        if (folder / "gold.jsonl").exists():
            lines += render(folder, measure(folder))
        else:
            print(f"{folder}: no gold.jsonl, skipped", file=sys.stderr)
    print("\n".join(lines))
    if arguments.write:
        (ROOT / "benchmarks" / "accuracy.md").write_text("\n".join(lines), encoding="utf-8")


def measure(folder: Path) -> Report:
    """Extract every document of `folder` with its gold type and compare."""
    types, extractor, report = load_document_types(), BuiltinExtractor(), Report()
    cases = [(gold, read(gold.path), types[gold.document_type]) for gold in load_gold(folder / "gold.jsonl")]
    for gold, document, document_type in cases:
        result = extractor.extract(document, document_type)
        report.evaluation.add(gold, result, document_type)
        look_closer(report, gold, result, document_type)
        report.right_types += propose_type(document, types)[0] == gold.document_type
    passes = []
    for _ in range(3):
        started = time.process_time()
        for _gold, document, document_type in cases:
            extractor.extract(document, document_type)
        passes.append(time.process_time() - started)
    report.per_second = len(cases) / min(passes)
    return report


def look_closer(report: Report, gold: Gold, result: Extraction, document_type: DocumentType) -> None:
    """Count evidence and confidence of the plain fields that the gold names."""
    for path, value in result.fields.items():
        if value.value is None or path not in gold.metadata:
            continue
        found, wanted = as_set(value.value), as_set(gold.metadata[path])
        report.sure.append((value.confidence or 0.0, found == wanted))
        if found == wanted:
            report.placed += is_placed(value, document_type.field_at(path), gold.path.suffix == ".pdf")


def is_placed(value: FieldValue, kind: Field, boxes: bool) -> bool:
    """Whether the evidence says the value: its words, its words normalised, or a tick beside the words for it."""
    if not value.evidence or (boxes and not all(place.boxes for place in value.evidence)):
        return False
    if value.evidence[0].alignment == "mark" or kind.kind in ("choice", "choices", "boolean"):
        return True
    text = " ".join(place.text for place in value.evidence)
    said = as_set(normalize(kind, text))
    return bool(as_set(value.value) & said) or all(one in comparison_key(text) for one in as_set(value.value))


def reliability(report: Report) -> list[str]:
    """How often values of a confidence are right."""
    lines = ["Confidence:", "", "| confidence | values | mean | right |", "|---|---|---|---|"]
    for low, high in ((0.0, 0.6), (0.6, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 0.95), (0.95, 1.01)):
        own = [one for one in report.sure if low <= one[0] < high]
        if own:
            mean, right = sum(sure for sure, _ in own) / len(own), sum(right for _, right in own) / len(own)
            lines.append(f"| {low:.2f} to {min(high, 1):.2f} | {len(own)} | {mean:.3f} | {right:.3f} |")
    return [*lines, ""]


def show(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False).replace("|", "\\|")


def render(folder: Path, report: Report) -> list[str]:
    title = FOLDERS.get(folder.resolve(), folder.name)
    found = report.evaluation
    total = found.all
    lines = [
        f"## {folder.name}: {title}",
        "",
        f"Micro F1 **{total.f1:.3f}** ({total.right} right, {total.extra} wrong or invented, {total.missed} missed) "
        f"over {found.documents} documents; type proposed right for {report.right_types} of {found.documents}; "
        f"{report.per_second:.0f} documents a CPU-second.",
        "",
        f"Evidence says {report.placed} of {sum(right for _, right in report.sure)} right values of plain fields.",
        "",
        *reliability(report),
        "| | F1 | right | extra | missed |",
        "|---|---|---|---|---|",
    ]
    scores = {"all": total}
    scores |= {f"field {name}": score for name, score in sorted(found.fields.items())}
    scores |= {f"type {name}": score for name, score in sorted(found.types.items())}
    for key, score in scores.items():
        lines.append(f"| {key} | {score.f1:.3f} | {score.right} | {score.extra} | {score.missed} |")
    lines += [
        "",
        f"Failing cases ({len(found.misses)}):",
        "",
        "| file | field | gold | found |",
        "|---|---|---|---|",
    ]
    lines += [f"| {miss.file} | {miss.field} | {show(miss.gold)} | {show(miss.extracted)} |" for miss in found.misses]
    return [*lines, ""]


if __name__ == "__main__":
    main()
