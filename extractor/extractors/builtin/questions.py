"""Yes-or-no questions: which of a form's answers belongs to which field."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from extractor.classification.layout import Layout
from extractor.extractors.builtin.check_marks import Answer
from extractor.extractors.builtin.prepared_document import PreparedDocument
from extractor.extractors.builtin.printed_label import BULLET
from extractor.extractors.builtin.profile import Profile
from extractor.extractors.builtin.values import Candidate
from extractor.normalize import match_key, parse_boolean

YES, NO = "동의함", "동의하지 않음"
LEAST_MATCH = 0.3
_MOST_ANSWERS = 2_000
_BESIDE = 12
"""Pieces and cells to the left of an answer that may say what it answers."""
_LONGEST = 2_000
"""Characters before an answer in its own line or cell that may say so."""
_STOP = {
    "동의",
    "대한",
    "여부",
    "이용",
    "저작물",
    "관한",
    "체크된",
    "대해",
    "까지",
    "하면",
    "하는",
    "위한",
    "true",
    "consent",
    "동의함",
    "쪽",
    "저작재산권",
}
_PARTICLE = re.compile(r"(?:에|의|을|를|은|는|이|가|로|으로|에서|하면|하는|하고|함)$")
_OTHER_QUESTIONS = ("제3자", "제삼자", "고유식별", "민감정보", "홍보", "마케팅", "제공받는", "광고")
"""What forms also ask: an answer to such a question is no answer to a field that does not speak of it."""


def yes_no(values: Sequence[Any]) -> tuple[Any, Any] | None:
    """`(positive, negative)` when a field asks for a yes or a no, None for any other list."""
    if len(values) != 2:
        return None
    meant = {parse_boolean(str(value)): value for value in values}
    return (meant[True], meant[False]) if True in meant and False in meant else None


def answer_questions(scene: PreparedDocument, profiles: Sequence[Profile]) -> dict[str, Candidate]:
    """Pair the form's answers with the fields that ask: the best matching pairs first, each used once."""
    asked = [p for p in profiles if p.shape == "boolean" or (p.shape == "choice" and yes_no(p.field.choices))]
    if not asked:
        return {}
    answers = _joined([a for a in scene.answers((YES, NO)) if a.is_marked() or len(a.ticks) > 1])[:_MOST_ANSWERS]
    terms = {profile.path: _terms(profile) for profile in asked}
    rarity = Counter(term for own in terms.values() for term in own)
    pairs = []
    previous_end = 0
    for number, answer in enumerate(answers):
        texts = question(scene.layout, answer, previous_end)
        previous_end = answer.end
        for profile in asked:
            score = _match(texts, profile, {t: w / rarity[t] for t, w in terms[profile.path].items()})
            pairs.append((score, -number, profile))
    chosen: dict[str, Candidate] = {}
    used: set[int] = set()
    for score, number, profile in sorted(pairs, key=lambda pair: pair[:2], reverse=True):
        if score < LEAST_MATCH or number in used or profile.path in chosen:
            continue
        used.add(number)
        chosen[profile.path] = _candidate(answers[-number], profile, min(0.97, 0.6 + 0.4 * score))
    return chosen


def _terms(profile: Profile) -> dict[str, float]:
    """The words that tell this question from others, of its title and labels (1) and of its description (0.6)."""
    field = profile.field
    texts = [
        (field.title("ko"), 1.0),
        *((label, 1.0) for label in field.schema.get("x-labels", ())),
        (field.description, 0.6),
    ]
    terms: dict[str, float] = {}
    for text, weight in texts:
        for word in re.findall(r"[가-힣\dA-Za-z]+", text):
            term = _PARTICLE.sub("", word) if len(word) > 2 else word
            if len(term) >= 2 and term not in _STOP:
                terms[term] = max(terms.get(term, 0.0), weight)
    return terms


def _match(texts: list[tuple[str, float]], profile: Profile, terms: dict[str, float]) -> float:
    if not terms:
        labels = [label for label in profile.labels if len(label) >= 4]
        best = 1.0 if any(label in text for label in labels for text, near in texts if near >= 0.9) else 0.6
    else:
        hits = sorted(
            (
                max((near for text, near in texts if term in text), default=0.0) * weight
                for term, weight in terms.items()
            ),
            reverse=True,
        )
        best = hits[0] + 0.2 * sum(hits[1:3])
        if profile.shape == "boolean" and not _asks_for(profile, texts):
            return 0.0
    own = match_key(profile.field.description + "".join(profile.field.labels))
    strange = any(word in text for word in _OTHER_QUESTIONS if word not in own for text, near in texts if near >= 0.85)
    return best - (0.3 if strange else 0.0)


def _asks_for(profile: Profile, texts: list[tuple[str, float]]) -> bool:
    """Whether the question is about the field: its label opens a text close by, or fills half of it."""
    close = [(text, near) for text, near in texts if near >= 0.9 and text]
    return any(
        text.startswith(label) or (near == 1.0 and label in text and len(label) * 2 >= len(text))
        for label in profile.labels
        for text, near in close
    )


def question(layout: Layout, answer: Answer, previous_end: int) -> list[tuple[str, float]]:
    """The texts that may say what `answer` answers, squashed, with how close they stand (1: on its own line).

    Its own line before the first choice, the cells to its left, then the lines above back to the heading
    they stand under, but not past the answer before.
    """
    first = max(answer.piece.start, answer.start - _LONGEST)
    texts: list[tuple[str, float]] = [(match_key(BULLET.sub("", layout.text[first : answer.start])), 1.0)]
    column = answer.piece.column
    texts += [(match_key(o.text), 1.0) for o in layout.rows[answer.piece.row][max(column - _BESIDE, 0) : column]]
    if answer.piece.cell is not None:
        cell = layout.document.cells[answer.piece.cell]
        table = layout.tables[cell.table]
        texts += [(match_key(table.texts[i]), 1.0) for i in itertools.islice(table.left_of(answer.piece.cell), _BESIDE)]
        texts.append((match_key(layout.text[max(cell.start, answer.start - _LONGEST) : answer.start]), 0.9))
        if any(text for text, _ in texts):
            return texts
    at = layout.index_of(answer.piece) - 1
    near = 0.9
    while at >= 0 and near > 0.3 and layout.pieces[at].end > previous_end:
        text = layout.pieces[at].text
        heads = (
            len(text) < 90
            and re.match(r"\s*(?:제\s?\d+\s?[조항]|\(?\d{1,2}\s?[.)]|[가-하][.)]|[①-⑳]|[□■◆▣【])", text) is not None
        )
        texts.append((match_key(BULLET.sub("", text)), max(near, 0.95) if heads else near))
        if heads:
            break
        at, near = at - 1, near * 0.94
    return texts


def _joined(answers: list[Answer]) -> list[Answer]:
    """Answers in text order; lines of one choice each that follow one another are one answer."""
    joined: list[Answer] = []
    for answer in sorted(answers, key=lambda answer: answer.start):
        last = joined[-1] if joined else None
        values = {tick.choice for tick in answer.ticks}
        seen = {tick.choice for tick in last.ticks} if last else set()
        if (
            last
            and len(values) == len(seen) == 1
            and values != seen
            and answer.piece.row - last.piece.row <= 1
            and answer.piece.cell == last.piece.cell
        ):
            last.ticks.extend(answer.ticks)
            last.end = answer.end
        elif not last or answer.start >= last.end:
            joined.append(answer)
    return joined


def _candidate(answer: Answer, profile: Profile, score: float) -> Candidate:
    """What was ticked; a candidate without a value when nothing was, or both."""
    chosen = {tick.choice: tick for tick in answer.ticks if tick.state}
    if len(chosen) != 1:
        return Candidate(None, answer.start, answer.end, score)
    ((choice, tick),) = chosen.items()
    value: Any = choice == YES
    if profile.shape == "choice":
        positive, negative = yes_no(profile.field.choices) or (YES, NO)
        value = positive if choice == YES else negative
    return Candidate(value, tick.start, tick.end, score, "mark")
