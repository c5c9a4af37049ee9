"""Fields whose values come from a list: yes and no, one of several, several of several, true or false."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ..normalize import parse_boolean, squash
from .entries import is_blank
from .marks import Answer, Choices, question, relevance
from .profile import Profile
from .scene import Scene
from .values import Candidate

YES, NO = "동의함", "동의하지 않음"
_DENIED = re.compile(
    r"제외|하지\s?(?:않|아니)|않는다|아니\s?한|포함되지|없다|유보|불포함|shall not include|exclud|except", re.IGNORECASE
)


def yes_no(values: Sequence[Any]) -> tuple[Any, Any] | None:
    """`(positive, negative)` when a field asks for a yes or a no, None for any other list."""
    if len(values) != 2:
        return None
    meant = {parse_boolean(str(value)): value for value in values}
    return (meant[True], meant[False]) if True in meant and False in meant else None


def choose_all(scene: Scene, profiles: Sequence[Profile]) -> dict[str, Candidate]:
    """The best candidate of every choice, choices and boolean field, by path."""
    found: dict[str, Candidate] = {}
    questions = [p for p in profiles if p.shape == "boolean" or (p.shape == "choice" and yes_no(p.field.choices))]
    found |= _answer_questions(scene, questions)
    for profile in profiles:
        if profile.path in found or profile in questions and profile.shape != "boolean":
            continue
        candidate = {"choice": _one_of, "choices": _several_of, "boolean": _boolean_in_prose}.get(
            profile.shape, _nothing
        )(scene, profile)
        if candidate:
            found[profile.path] = candidate
    return found


def _nothing(scene: Scene, profile: Profile) -> Candidate | None:
    return None


def _answer_questions(scene: Scene, profiles: Sequence[Profile]) -> dict[str, Candidate]:
    """Pair the form's yes/no answers with the fields that ask: the best matching pairs first, each used once."""
    if not profiles:
        return {}
    all_answers = _distinct([a for a in scene.answers((YES, NO)) if a.is_marked() or len(a.ticks) > 1])
    asked = []
    previous_end = 0
    for answer in all_answers:
        asked.append(question(scene.layout, answer, previous_end))
        previous_end = answer.end
    vocabulary = {p.path: _own_words(p) for p in profiles}
    pairs = []
    for i, texts in enumerate(asked):
        for profile in profiles:
            if profile.shape == "boolean" and not any(
                label in text for label in profile.labels for text, _ in texts[:3]
            ):
                continue
            avoid = [
                w
                for path, words in vocabulary.items()
                if path != profile.path
                for w in words - vocabulary[profile.path]
            ]
            avoid += [
                w
                for w in ("제3자", "제삼자", "고유식별", "민감정보", "홍보", "마케팅")
                if w not in squash(profile.field.description)
            ]
            score = relevance(texts, _telling(profile, len(profiles)), squash(profile.field.description), avoid)
            pairs.append((score, -i, profile))
    found: dict[str, Candidate] = {}
    used: set[int] = set()
    for score, i, profile in sorted(pairs, key=lambda pair: (pair[0], pair[1]), reverse=True):
        if score < 0.3 or -i in used or profile.path in found:
            continue
        used.add(-i)
        found[profile.path] = _from_answer(all_answers[-i], profile, min(0.97, 0.55 + score / 2))
    return {path: candidate for path, candidate in found.items() if candidate.value is not None}


def _telling(profile: Profile, fields: int) -> dict[str, float]:
    """Labels that tell one question from another; where one field asks alone, any of its labels will do."""
    if fields == 1:
        return profile.labels
    common = {"동의", "동의여부", "이용", "개인정보"}
    return {label: weight * (0.6 if label in common else 1.0) for label, weight in profile.labels.items()}


def _own_words(profile: Profile) -> set[str]:
    return {label for label in profile.labels if len(label) >= 2 and not re.search("동의$|^동의|consent", label)}


def _distinct(answers: list[Answer]) -> list[Answer]:
    """Answers in text order; lines that only continue one choice each are joined to one answer."""
    ordered = sorted(answers, key=lambda answer: answer.start)
    joined: list[Answer] = []
    for answer in ordered:
        last = joined[-1] if joined else None
        values = {tick.choice for tick in answer.ticks}
        if (
            last
            and len(values) == 1
            and len({t.choice for t in last.ticks}) == 1
            and values != {t.choice for t in last.ticks}
            and answer.piece.row - last.piece.row <= 1
        ):
            last.ticks.extend(answer.ticks)
            last.end = answer.end
        elif not last or answer.start >= last.end:
            joined.append(answer)
    return joined


def _from_answer(answer: Answer, profile: Profile, score: float) -> Candidate:
    chosen = {tick.choice: tick for tick in answer.ticks if tick.state}
    if len(chosen) != 1:
        return Candidate(None, answer.start, answer.end, score)
    ((choice, tick),) = chosen.items()
    value: Any = choice == YES
    if profile.shape == "choice":
        positive, negative = yes_no(profile.field.choices) or (YES, NO)
        value = positive if choice == YES else negative
    return Candidate(value, tick.start, tick.end, score, "mark")


def _one_of(scene: Scene, profile: Profile) -> Candidate | None:
    """One of several: the ticked one, else the one named beside the field's label, else the only one the text names."""
    choices = Choices(profile.field.choices)
    marked = [
        tick for answer in scene.answers(profile.field.choices) for tick in answer.ticks if tick.state is not None
    ]
    ticked = {tick.choice: tick for tick in reversed(marked) if tick.state}
    if len(ticked) == 1:
        (tick,) = ticked.values()
        return Candidate(tick.choice, tick.start, tick.end, 0.95, "mark")
    if len({tick.choice for tick in marked}) >= 2:
        return None
    for entry in scene.entries:
        if entry.blank or max((profile.score(form) for form in entry.key.forms), default=0) < 0.7:
            continue
        named = list(choices.find(scene.text[entry.start : entry.end]))
        if named and len({value for _, _, value in named}) == 1:
            start, end, value = named[0]
            return Candidate(value, entry.start + start, entry.start + end, 0.9, "exact")
    named = list(choices.find(scene.flow))
    counted = {value: sum(1 for _, _, other in named if other == value) for _, _, value in named}
    if not counted:
        return None
    best = max(counted, key=lambda value: counted[value])
    start, end, _ = next(item for item in named if item[2] == best)
    if len(counted) == 1:
        return Candidate(best, start, end, 0.72)
    first = named[0]
    ahead = counted[best] > sum(counted.values()) - counted[best]
    return Candidate(best, start, end, 0.5) if ahead and first[2] == best else None


def _several_of(scene: Scene, profile: Profile) -> Candidate | None:
    """Several of a list: the ticked ones; on a form without ticks those named where the field's label stands."""
    answers = scene.answers(profile.field.choices)
    marked = [tick for answer in answers for tick in answer.ticks if tick.state is not None]
    if len({tick.choice for tick in marked}) >= 2 or any(tick.state for tick in marked):
        ticked = {tick.choice: tick for tick in reversed(marked) if tick.state}
        if not ticked:
            return None
        kept = [ticked[value] for value in profile.field.choices if value in ticked]
        spans = tuple((tick.start, tick.end) for tick in kept)
        return Candidate([tick.choice for tick in kept], kept[0].start, kept[-1].end, 0.93, "mark", spans)
    regions = _regions(scene, profile)
    best: Candidate | None = None
    for weight, start, end in regions:
        candidate = _named_in(scene, profile, start, end, weight)
        if candidate and (best is None or (candidate.score, len(candidate.value)) > (best.score, len(best.value))):
            best = candidate
    return best


def _regions(scene: Scene, profile: Profile) -> list[tuple[float, int, int]]:
    """Where a list in words may stand: beside a label, in an article of that title, in a sentence that grants."""
    found = []
    for entry in scene.entries:
        named = max((profile.score(form) for form in entry.key.forms), default=0.0)
        if named >= 0.6 and not entry.blank:
            found.append((0.9 * named, entry.start, entry.end))
    for article in scene.articles:
        named = max(
            profile.score(article.title),
            max((0.85 for label in profile.labels if len(label) > 3 and label in article.title), default=0.0),
        )
        if named < 0.6 and re.search(r"허락|양도|권리|범위|grant|rights|assign", article.title):
            named = 0.7
        if named >= 0.6:
            found.append((0.85 * named, article.body_start, article.end))
    for match in re.finditer(r"[^.]{0,200}(?:양도|허락|grants?|assigns?|licen[sc]es?)[^.]{0,160}", scene.flow):
        found.append((0.55, *match.span()))
    return found


def _named_in(scene: Scene, profile: Profile, start: int, end: int, weight: float) -> Candidate | None:
    if is_blank(scene.text[start:end]):
        return None
    kept: dict[Any, tuple[int, int]] = {}
    denied: set[Any] = set()
    for a, b, value in Choices(profile.field.choices).find(scene.flow[start:end]):
        clause = re.split(r"다\.|[;]|되,|하며,|고,|\. ", scene.flow[start + b : min(start + b + 60, end)])[0]
        if _DENIED.search(clause) and not re.search(r"포함(?:하|한|된)", clause.split("제외")[0]):
            denied.add(value)
        else:
            kept.setdefault(value, (start + a, start + b))
    values = [value for value in profile.field.choices if value in kept and value not in denied]
    if not values:
        return None
    spans = tuple(kept[value] for value in values)
    return Candidate(values, min(a for a, _ in spans), max(b for _, b in spans), weight, "exact", spans)


def _boolean_in_prose(scene: Scene, profile: Profile) -> Candidate | None:
    """True or false by a tick beside the label, or by what a sentence says of it."""
    for answer in scene.answers(tuple(profile.field.schema.get("x-labels", ())) or (profile.field.title(),)):
        for tick in answer.ticks:
            if tick.state is not None:
                return Candidate(tick.state, tick.start, tick.end, 0.85, "mark")
    for label in sorted(profile.labels, key=len, reverse=True):
        if len(label) < 3:
            continue
        for match in re.finditer(r"[\s·]?".join(map(re.escape, label)), scene.flow, re.IGNORECASE):
            stop = re.search(r"다\.|다\s|함\.|\.\s", scene.flow[match.end() : match.end() + 90])
            clause = scene.flow[match.end() : match.end() + (stop.end() if stop else 40)]
            if _DENIED.search(clause):
                return Candidate(False, match.start(), match.end() + len(clause), 0.8, "normalized")
            if re.search(r"포함|양도|허락|included?", clause):
                return Candidate(True, match.start(), match.end() + len(clause), 0.72, "normalized")
    return None
