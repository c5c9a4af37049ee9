"""How right and how fast the built-in extractor is: micro F1 by type and field, every failing case, documents a second.

    python benchmarks/accuracy.py [FOLDER …] [--write]

A FOLDER holds documents and their `gold.jsonl`; by default the samples and the two sets in `benchmarks/forms/`.
`--write` puts the report into `benchmarks/accuracy.md`.

Field rule: values are compared as `normalize.comparable` leaves them (NFKC, lower case, no white space, no
punctuation; numbers as numbers), lists as sets, parties by their names. A wrong value is one false positive and one
false negative; only fields named in the gold count. Time is CPU time of `extract` on one core, reading left out,
the best of three passes after one to warm up.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from extractor import Document, create_extractor, load_document_types  # noqa: E402
from extractor.normalize import comparable  # noqa: E402
from extractor.reading import read  # noqa: E402
from extractor.recognition import propose_type  # noqa: E402

FOLDERS = {
    ROOT / "samples": "the samples (developed against)",
    ROOT / "benchmarks/forms/development": "forms of other layouts, measured unseen, then developed against",
    ROOT / "benchmarks/forms/held_out": "held-out forms: only measured",
}


@dataclass
class Case:
    """One document with its gold."""

    name: str
    kind: str
    gold: dict[str, Any]
    document: Document


@dataclass
class Report:
    counts: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0, 0]))
    failures: list[str] = field(default_factory=list)
    right_types: int = 0
    documents: int = 0
    per_second: float = 0.0

    def f1(self, key: str) -> float:
        right, extra, missing = self.counts[key]
        return 2 * right / (2 * right + extra + missing) if right else 0.0


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


def load(folder: Path) -> Iterator[Case]:
    for line in (folder / "gold.jsonl").read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        gold = dict(entry["metadata"])
        if "parties" in gold:
            gold["parties.name"] = [party["name"] for party in gold.pop("parties") or []]
        yield Case(entry["file"], entry["document_type"], gold, read(folder / entry["file"]))


def measure(folder: Path) -> Report:
    """Extract every document of `folder` with its gold type and compare."""
    types, extractor, report = load_document_types(), create_extractor("builtin"), Report()
    cases = list(load(folder))
    for case in cases:
        result = extractor.extract(case.document, types[case.kind])
        compare(case, result.metadata, report)
        report.right_types += propose_type(case.document, types)[0] == case.kind
    report.documents = len(cases)
    passes = []
    for _ in range(3):
        started = time.process_time()
        for case in cases:
            extractor.extract(case.document, types[case.kind])
        passes.append(time.process_time() - started)
    report.per_second = len(cases) / min(passes)
    return report


def compare(case: Case, metadata: dict[str, Any], report: Report) -> None:
    for name, expected in case.gold.items():
        found = value_of(metadata, name)
        wanted, got = as_set(expected), as_set(found)
        for key in ("all", f"type {case.kind}", f"field {name}"):
            counts = report.counts[key]
            counts[0] += len(wanted & got)
            counts[1] += len(got - wanted)
            counts[2] += len(wanted - got)
        if wanted != got:
            report.failures.append(f"| {case.name} | {name} | {show(expected)} | {show(found)} |")


def value_of(metadata: dict[str, Any], name: str) -> Any:
    if name == "parties.name":
        return [party.get("name") for party in metadata.get("parties") or [] if party.get("name")]
    return metadata.get(name)


def as_set(value: Any) -> set[str]:
    if value in (None, "", []):
        return set()
    return {comparable(item) for item in value} if isinstance(value, list) else {comparable(value)}


def show(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False).replace("|", "\\|")


def render(folder: Path, report: Report) -> list[str]:
    title = FOLDERS.get(folder.resolve(), folder.name)
    right, extra, missing = report.counts["all"]
    lines = [
        f"## {folder.name}: {title}",
        "",
        f"Micro F1 **{report.f1('all'):.3f}** ({right} right, {extra} wrong or invented, {missing} missed) over "
        f"{report.documents} documents; type proposed right for {report.right_types} of {report.documents}; "
        f"{report.per_second:.0f} documents a CPU-second.",
        "",
        "| | F1 | right | extra | missed |",
        "|---|---|---|---|---|",
    ]
    for key in sorted(report.counts):
        lines.append(f"| {key} | {report.f1(key):.3f} | " + " | ".join(map(str, report.counts[key])) + " |")
    lines += [
        "",
        f"Failing cases ({len(report.failures)}):",
        "",
        "| file | field | gold | found |",
        "|---|---|---|---|",
    ]
    return [*lines, *report.failures, ""]


if __name__ == "__main__":
    main()
