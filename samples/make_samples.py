"""Make the sample documents and their gold metadata: `python samples/make_samples.py [FOLDER]`."""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from samples import layouts  # noqa: E402 (the repository root has to be on the path first)
from samples.drawing import fonts, pdf, word  # noqa: E402
from samples.layouts.values import Sample, complete  # noqa: E402

RENDERERS = {".pdf": pdf.render, ".docx": word.render}


def all_samples() -> list[Sample]:
    """Every sample of every layout module, by file name."""
    found: list[Sample] = []
    for module in pkgutil.iter_modules(layouts.__path__):
        found += getattr(importlib.import_module(f"samples.layouts.{module.name}"), "samples", list)()
    return sorted(found, key=lambda sample: sample.file)


def gold_line(sample: Sample) -> str:
    """The sample's line of `gold.jsonl`."""
    entry = {
        "file": sample.file,
        "document_type": sample.document_type,
        "language": sample.language,
        "layout": sample.layout,
        "metadata": complete(sample.document_type, sample.metadata),
    }
    return json.dumps(entry, ensure_ascii=False)


def rendered() -> Iterator[tuple[str, bytes]]:
    """Name and bytes of every file of the folder that is made: the documents, then the gold."""
    samples = all_samples()
    for sample in samples:
        name = Path(sample.file)
        yield sample.file, RENDERERS[name.suffix](sample.blocks, sample.look, name.stem)
    yield "gold.jsonl", "".join(f"{gold_line(sample)}\n" for sample in samples).encode()


def main() -> None:
    missing = fonts.missing_fonts()
    if missing:
        sys.exit(f"Fonts are missing: {', '.join(missing)}. Install fonts-nanum and fonts-dejavu-core.")
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    for name, data in rendered():
        (folder / name).write_bytes(data)
        print(f"{len(data) / 1000:7.1f} kB  {name}")


if __name__ == "__main__":
    main()
