"""Reading speed against pdfplumber on the same PDFs in the same run, and what a long document costs to open.

    python benchmarks/reading.py [FOLDER] [--limit N]

FOLDER holds PDFs with a text layer; by default the samples. Pages a second are of CPU time, the best of four passes.
"""

from __future__ import annotations

import argparse
import io
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from extractor.core.errors import ReadingError  # noqa: E402
from extractor.reading.formats import read  # noqa: E402

_PAGE_COUNTS = (30, 300, 1500)
# Runs in a process of its own, so that the peak is that of one document.
_OPEN = """
import sys, time
from pathlib import Path
from extractor.desk.page_images import render_page
def peak():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")) / 1024
render_page(Path(sys.argv[1]), 1)  # loads the libraries
before = peak()
start = time.perf_counter()
render_page(Path(sys.argv[2]), 1)
first = time.perf_counter() - start
for number in range(2, 12):
    render_page(Path(sys.argv[2]), number)
print(first, peak(), before)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "samples")
    parser.add_argument("--limit", type=int, default=1000, help="at most this many files")
    arguments = parser.parse_args()
    files = [path for path in sorted(arguments.folder.glob("*.pdf"))[: arguments.limit] if _readable(path)]
    if not files:
        parser.error(f"no PDF with a text layer in {arguments.folder}")
    compare_readers(files)
    read_hancom_files()
    open_long_documents()


def compare_readers(files: Sequence[Path]) -> None:
    """Print pages a second of both readers over `files`."""
    theirs, ours = (_pages_a_second(reader, files) for reader in (_pdfplumber, _rightsdesk))
    print(f"{len(files)} PDFs of {files[0].parent.name}: words with boxes, pages / CPU-second")
    print(f"  pdfplumber extract_words                     {theirs:8.1f}")
    print(f"  Rightsdesk (reading order, table cells too)  {ours:8.1f}   {ours / theirs:.1f}x")


def read_hancom_files() -> None:
    """Print documents a second of HWP and HWPX, over the small files of the tests (one page each)."""
    folder = ROOT / "tests" / "reading" / "hancom"
    for format in ("hwp", "hwpx"):
        paths = [path for path in sorted(folder.glob(f"*.{format}")) if not path.name.startswith("protected")] * 10
        print(
            f"  {format.upper():5} documents / CPU-second                   {_pages_a_second(_rightsdesk, paths):8.1f}"
        )


def _readable(path: Path) -> bool:
    try:
        read(path)
    except ReadingError as error:
        print(f"left out: {error}")
        return False
    return True


def _pages_a_second(reader: Callable[[Path], int], files: Sequence[Path]) -> float:
    """The best of a few passes: other work on the machine only ever makes one slower."""
    best = 0.0
    for _ in range(1 if len(files) > 50 else 4):
        start = time.process_time()
        pages = sum(reader(path) for path in files)
        best = max(best, pages / (time.process_time() - start))
    return best


def _rightsdesk(path: Path) -> int:
    return len(read(path).pages)


def _pdfplumber(path: Path) -> int:
    import pdfplumber

    with pdfplumber.open(path) as pdf:
        for page in pdf.pages:
            page.extract_words()
            page.close()
        return len(pdf.pages)


def open_long_documents() -> None:
    """Print what the first page image of documents of growing length costs."""
    print("\nOpening a document: first page image, then ten more; peak memory of the process")
    with tempfile.TemporaryDirectory() as folder:
        small = Path(folder) / "small.pdf"
        small.write_bytes(make_pdf(1))
        for count in _PAGE_COUNTS:
            path = Path(folder) / f"{count}.pdf"
            path.write_bytes(make_pdf(count))
            command = [sys.executable, "-c", _OPEN, str(small), str(path)]
            result = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
            first, peak, before = map(float, result.stdout.split())
            print(
                f"  {count:5d} pages  first page {first * 1000:6.1f} ms   peak {peak:5.0f} MB (before {before:.0f} MB)"
            )


def make_pdf(pages: int) -> bytes:
    """A contract-like PDF of `pages` full pages."""
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen.canvas import Canvas

    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4)
    for page in range(pages):
        for line in range(48):
            canvas.drawString(
                60, 790 - 15 * line, f"Article {page + 1}.{line + 1} The Licensee may reproduce the Work."
            )
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


if __name__ == "__main__":
    main()
