"""What a printed form is made of. A layout builds blocks; `pdf` and `word` draw them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Align = Literal["left", "center", "right", "justify"]

LEFT = "\ue000"
"""A table cell that belongs to the cell on its left."""
UP = "\ue001"
"""A table cell that belongs to the cell above it."""

MARKS = "☑☐☒✔✓"
"""Check marks that the Nanum fonts lack."""


SEAL_START, SEAL_END = "\ue002", "\ue003"
"""Around the characters of a seal that is stamped over the text that follows."""


@dataclass(frozen=True)
class Text:
    """A paragraph. `size` is relative to the body text, `indent` and `hang` in ems, `before` in points."""

    text: str
    align: Align = "justify"
    size: float = 1.0
    bold: bool = False
    indent: float = 0.0
    hang: float = 0.0
    before: float = 0.0


@dataclass(frozen=True)
class Cell:
    """A table cell. A label is shaded and centred."""

    text: str
    label: bool = False
    align: Align = "left"


@dataclass(frozen=True)
class Table:
    """Rows of cells (a plain string is a left-aligned cell); `widths` are fractions of the text width."""

    rows: tuple[tuple[str | Cell, ...], ...]
    widths: tuple[float, ...]
    ruled: bool = True


@dataclass(frozen=True)
class Space:
    """Empty height in ems of the body text."""

    ems: float = 1.0


@dataclass(frozen=True)
class Rule:
    """A horizontal line over the text width."""

    thickness: float = 0.8


@dataclass(frozen=True)
class PageBreak:
    """The next block starts a new page."""


Block = Text | Table | Space | Rule | PageBreak


@dataclass(frozen=True)
class Look:
    """How a document is set. `footer` may hold `{page}`; `wrap` breaks lines between words or characters."""

    font: Literal["gothic", "myeongjo", "barun"] = "gothic"
    size: float = 10.0
    leading: float = 1.6
    margin: float = 62.0
    wrap: Literal["word", "character"] = "word"
    header: str = ""
    footer: str = "- {page} -"


def label(text: str) -> Cell:
    """A shaded label cell."""
    return Cell(text, label=True, align="center")


def centred(text: str) -> Cell:
    """A centred content cell."""
    return Cell(text, align="center")


def title(text: str, size: float = 1.8) -> Text:
    """The document's title."""
    return Text(text, "center", size, bold=True)


def heading(text: str, before: float = 6.0) -> Text:
    """A section heading or an article's head."""
    return Text(text, "left", 1.05, bold=True, before=before)


def lines(*texts: str, indent: float = 0.0, before: float = 0.0) -> list[Block]:
    """Paragraphs under one another."""
    return [Text(text, indent=indent, before=before) for text in texts]


def numbered(*texts: str, indent: float = 0.0) -> list[Block]:
    """Paragraphs whose first token (①, 1., ○) hangs to the left."""
    return [Text(text, indent=indent + 1.4, hang=1.4) for text in texts]


def sealed(characters: str, text: str) -> str:
    """`text` with a seal of `characters` (a name's three or four, an institution's nine) stamped over it."""
    return f"{SEAL_START}{characters}{SEAL_END}{text}"
