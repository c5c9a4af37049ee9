"""What an unseen layout gives after learning: each layout is left out once. `python benchmarks/layouts.py [--write]`.

The samples and the forms developed against, by type. For each layout the built-in extractor learns from the documents
of all others of its type, then reads the one left out; beside it the rules alone. The rules were developed against
these layouts, so their own figure is that of seen ones; what learning adds or takes is that of an unseen one.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from extractor import create_extractor, load_document_types  # noqa: E402
from extractor.extractors.builtin.learned import library  # noqa: E402
from extractor.learning.training import train  # noqa: E402
from extractor.quality.evaluation import Evaluation, Gold, load_gold  # noqa: E402
from extractor.reading.formats import read  # noqa: E402

FOLDERS = (ROOT / "samples", ROOT / "benchmarks/forms/development")


def layout(gold: Gold) -> str:
    """Files of one layout differ behind the number: `transfer_01_haesong`, `transfer_01_gureum`."""
    kind, number, *_ = gold.path.stem.split("_")
    return f"{gold.path.parent.name}/{kind}_{number}"


def main() -> None:
    types, builtin = load_document_types(), create_extractor("builtin")
    cases = [(gold, read(gold.path)) for folder in FOLDERS for gold in load_gold(folder / "gold.jsonl")]
    lines = [
        "# An unseen layout, after learning",
        "",
        "`python benchmarks/layouts.py --write`; what is counted stands there.",
        "",
        "| type | layouts | documents | rules | learned from the other layouts |",
        "|---|---|---|---|---|",
    ]
    for key, document_type in types.items():
        own = [case for case in cases if case[0].document_type == key]
        by_layout = defaultdict(list)
        for case in own:
            by_layout[layout(case[0])].append(case)
        rules, learned = Evaluation(), Evaluation()
        for name, held_out in by_layout.items():
            others = [(document, gold.metadata) for gold, document in own if layout(gold) != name]
            for gold, document in held_out:
                rules.add(gold, builtin.extract(document, document_type), document_type)
            with tempfile.TemporaryDirectory() as folder:
                os.environ["RIGHTSDESK_LEARNED"] = folder
                library.take_over(key, library.keep(train(document_type, others)))
                for gold, document in held_out:
                    learned.add(gold, builtin.extract(document, document_type), document_type)
                del os.environ["RIGHTSDESK_LEARNED"]
        line = f"| {key} | {len(by_layout)} | {len(own)} | {rules.all.f1:.3f} | {learned.all.f1:.3f} |"
        print(line, flush=True)
        lines.append(line)
    if "--write" in sys.argv:
        (ROOT / "benchmarks" / "layouts.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
