"""Fields whose values come from a list: one of several, several of several, true or false."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from extractor.core.extractions import Alignment
from extractor.extractors.builtin.check_marks import Choices, Tick, choices_for
from extractor.extractors.builtin.entries import is_blank
from extractor.extractors.builtin.prepared_document import PreparedDocument
from extractor.extractors.builtin.profile import Profile
from extractor.extractors.builtin.questions import NO, YES, answer_questions, yes_no
from extractor.extractors.builtin.values import Candidate
from extractor.normalize import match_key, parse_boolean

_DENIED = re.compile(
    r"제외|포함\s?(?:하|되)?지\s?(?:않|아니)|허락하지|양도하지|하지\s?(?:않|아니)|없다|유보|보유한다|보유합니다|보유하|남는다|남습니다|귀속|별도|불포함|미포함",
    re.IGNORECASE,
)
_DENIED_EN = re.compile(
    r"\breserved?\b|\bno right|not (?:expressly )?granted|not include|exclud|\bexcept\b|retain", re.IGNORECASE
)


def choose_all(scene: PreparedDocument, profiles: Sequence[Profile]) -> dict[str, Candidate]:
    """The best candidate of every choice, choices and boolean field, by path."""
    chosen = answer_questions(scene, profiles)
    for profile in sorted(profiles, key=lambda p: p.shape == "boolean"):
        if profile.path in chosen:
            continue
        candidate = None
        if profile.shape == "choice" and yes_no(profile.field.choices):
            candidate = _beside_label(scene, profile)
        elif profile.shape == "choice":
            candidate = _one_of(scene, profile)
        elif profile.shape == "choices":
            candidate = _several_of(scene, profile)
        elif profile.shape == "boolean":
            candidate = (
                _as_in_list(profile, profiles, chosen)
                or _beside_label(scene, profile)
                or _true_or_false(scene, profile)
            )
        if candidate:
            chosen[profile.path] = candidate
    _take_out_refused(profiles, chosen)
    return {path: candidate for path, candidate in chosen.items() if candidate.value is not None}


def _take_out_refused(profiles: Sequence[Profile], chosen: dict[str, Candidate]) -> None:
    """A right that a question of its own refuses is not in the list of rights that the text names."""
    refused = [p for p in profiles if p.shape == "boolean" and p.path in chosen and chosen[p.path].value is False]
    for profile in profiles:
        listed = chosen.get(profile.path)
        if profile.shape == "choices" and listed and listed.value and listed.alignment != "mark":
            kept = [
                (v, s)
                for v, s in zip(listed.value, listed.spans, strict=True)
                if not any(match_key(str(v)) in p.labels for p in refused)
            ]
            if kept and len(kept) < len(listed.value):
                chosen[profile.path] = replace(listed, value=[v for v, _ in kept], spans=tuple(s for _, s in kept))


def _as_in_list(profile: Profile, profiles: Sequence[Profile], chosen: dict[str, Candidate]) -> Candidate | None:
    """A yes or no about one value of a list that was found: true when the list has it, false when it was left unticked."""
    for other in profiles:
        listed = chosen.get(other.path)
        if other.shape != "choices" or listed is None or not listed.value:
            continue
        for value, span in zip(listed.value, listed.spans, strict=True):
            if match_key(str(value)) in profile.labels:
                return Candidate(True, *span, listed.score, listed.alignment)
        if listed.alignment == "mark" and any(
            match_key(str(choice)) in profile.labels for choice in other.field.choices
        ):
            return Candidate(False, listed.start, listed.end, 0.8 * listed.score, "mark")
    return None


def _marked(scene: PreparedDocument, profile: Profile) -> list[Tick]:
    return [tick for answer in scene.answers(profile.field.choices) for tick in answer.ticks if tick.state is not None]


def _one_of(scene: PreparedDocument, profile: Profile) -> Candidate | None:
    """One of several: the ticked one, else the one named beside the field's label, else the one the text names."""
    marked = _marked(scene, profile)
    ticked = {tick.choice: tick for tick in reversed(marked) if tick.state}
    if len(ticked) == 1:
        (tick,) = ticked.values()
        return Candidate(tick.choice, tick.start, tick.end, 0.95, "mark")
    if len({tick.choice for tick in marked}) >= 2:
        return None
    return _beside_label(scene, profile) or _named_once(scene, choices_for(profile.field.choices))


def _beside_label(scene: PreparedDocument, profile: Profile) -> Candidate | None:
    """The one choice, or the word for yes or no, that stands beside the field's printed label."""
    for entry in scene.entries:
        if entry.blank or scene.naming(entry, profile) < 0.6:
            continue
        text = scene.text[entry.start : entry.end]
        if profile.shape == "boolean":
            value = parse_boolean(text) if len(text) <= 20 else None
            if value is not None:
                return Candidate(value, entry.start, entry.end, 0.9, "normalized")
            continue
        named = list(choices_for(profile.field.choices).find(text))
        if len({value for _, _, value in named}) == 1:
            start, end, value = named[0]
            printed = choices_for(profile.field.choices).is_printed(text[start:end])
            return Candidate(value, entry.start + start, entry.start + end, 0.9, "exact" if printed else "fuzzy")
    return None


def _named_once(scene: PreparedDocument, choices: Choices) -> Candidate | None:
    """The value that running text names: the only one, or with little confidence the first; none of a printed choice of all."""
    named = [
        (start, end, value)
        for start, end, value in choices.find(scene.flat_text)
        if not re.match(r"\w*\s+(?:jurisdiction|venue)|\s?관할", scene.flat_text[end : end + 24], re.IGNORECASE)
    ]
    if not named:
        return None
    start, end, first = named[0]
    if len(choices.values) > 2 and {value for _, _, value in named} == choices.values:
        return None
    score = 0.72 if all(value == first for _, _, value in named) else 0.5
    return Candidate(first, start, end, score, "exact" if choices.is_printed(scene.flat_text[start:end]) else "fuzzy")


def _several_of(scene: PreparedDocument, profile: Profile) -> Candidate | None:
    """Several of a list: the ticked ones; on a form without ticks those named where the field's label stands."""
    marked = _marked(scene, profile)
    ticked = {tick.choice: tick for tick in reversed(marked) if tick.state}
    if ticked:
        kept = [ticked[value] for value in profile.field.choices if value in ticked]
        spans = tuple((tick.start, tick.end) for tick in kept)
        return Candidate([tick.choice for tick in kept], kept[0].start, kept[-1].end, 0.93, "mark", spans)
    if len({tick.choice for tick in marked}) >= 2:
        return None
    candidates = [
        c for weight, start, end in _regions(scene, profile) if (c := _named_in(scene, profile, start, end, weight))
    ]
    return max(candidates, key=lambda c: (round(c.score, 1), len(c.value)), default=None)


def _regions(scene: PreparedDocument, profile: Profile) -> list[tuple[float, int, int]]:
    """Where a list in words may stand: beside a label, in an article of that title, in a sentence that grants."""
    regions = []
    for entry in scene.entries:
        named = scene.naming(entry, profile)
        if named >= 0.6 and not entry.blank:
            regions.append(((0.7 if entry.relation == "space" else 0.9) * named, entry.start, entry.end))
    for article in scene.articles:
        named = scene.naming_title(article.title, profile)
        if named < 0.7 and re.search(r"허락|양도|권리|범위|grant|rights|assign|licen[sc]e$", article.title):
            named = 0.7
        if named >= 0.6:
            regions.append((0.85 * named, article.body_start, article.end))
    for match in itertools.islice(_GRANTS.finditer(scene.flat_text), _MOST_GRANTS):
        begin = max(
            (m.end() for m in _BOUNDARY.finditer(scene.flat_text, max(0, match.start() - 300), match.start())),
            default=max(0, match.start() - 300),
        )
        stop = _BOUNDARY.search(scene.flat_text, match.end(), match.end() + 260)
        regions.append((0.55, begin, stop.end() if stop else min(len(scene.flat_text), match.end() + 260)))
    return regions


_GRANTS = re.compile(r"양도|허락|설정|부여|기증|\bgrants?\b|\bassigns?\b|\blicen[sc]es?\b")
_MOST_GRANTS = 2_000
"""Words for a grant whose sentences are read."""
_MOST_MENTIONS = 1_000
"""Mentions of values in one place, and of one label, that are weighed."""
_LONGEST_SENTENCE = 1_000
_BOUNDARY = re.compile(r"다\.|[a-z)]\.\s|;|제\s?\d+\s?조[\s(\[]|\s\d{1,2}[.)]\s")


def _named_in(scene: PreparedDocument, profile: Profile, start: int, end: int, weight: float) -> Candidate | None:
    """The values that `text[start:end]` names and does not deny. Full words (복제권) silence short ones (복제)."""
    if is_blank(scene.text[start:end]):
        return None
    matches = choices_for(profile.field.choices).find(scene.flat_text[start:end])
    mentions = [(start + a, start + b, value) for a, b, value in itertools.islice(matches, _MOST_MENTIONS)]
    whole = [mention for mention in mentions if _is_whole(scene.flat_text[mention[0] : mention[1]], mention[2])]
    kept: dict[Any, tuple[int, int]] = {}
    denied: set[Any] = set()
    for a, b, value in whole or mentions:
        if not whole and re.match(r"물|본|권자|비용|하지|of (?:his|her|its|this|any)", scene.flat_text[b : b + 8]):
            continue
        if _is_denied(scene.flat_text, a, b, start, end):
            denied.add(value)
        else:
            kept.setdefault(value, (a, b))
    values = [value for value in profile.field.choices if value in kept and value not in denied]
    if not values or (values == [profile.field.choices[-1]] and _ALL.search(scene.flat_text[start:end])):
        return None
    spans = tuple(kept[value] for value in values)
    printed = all(choices_for(profile.field.choices).is_printed(scene.flat_text[a:b]) for a, b in spans)
    alignment: Alignment = "exact" if printed else "fuzzy"
    return Candidate(values, min(a for a, _ in spans), max(b for _, b in spans), weight, alignment, spans)


_ALL = re.compile(r"저작재산권\s?(?:의\s?)?(?:전부|일체|모두|전체)|모든\s?저작재산권")
"""A grant of everything, with one right named in brackets: no list of rights."""


def _is_whole(mention: str, value: Any) -> bool:
    """복제권 and 2차적 저작물 작성권 are whole words for their value, 복제 is not."""
    return mention[-1:] == str(value)[-1:] and mention[-1:] == "권"


def _is_denied(flat_text: str, start: int, end: int, least: int, most: int) -> bool:
    """Whether the sentence around a mention says that it is not granted."""
    stop = re.search(r"다\.|함[.)]|음[.)]|[;]|\.\s", flat_text[end : min(end + 110, most)])
    rest = flat_text[end : end + stop.end()] if stop else flat_text[end : min(end + 60, most)]
    if re.search(r"[가-힣]", rest):
        rest = re.split(r"(?:하며|하고|하되|으며|이며|되|고),?\s|동의(?:함|합|하)|\s?\((?=[^)]{8})", rest)[0]
        return _DENIED.search(rest) is not None
    least = max(least, start - _LONGEST_SENTENCE)
    begin = max(least, *(flat_text.rfind(mark, least, start) + 1 for mark in (". ", "; ")), least)
    return _DENIED_EN.search(flat_text[begin : end + (stop.end() if stop else 60)]) is not None


def _true_or_false(scene: PreparedDocument, profile: Profile) -> Candidate | None:
    """True or false by a tick beside the label, or by what a sentence says of it."""
    labels = tuple(profile.field.schema.get("x-labels", ())) or (profile.field.title(),)
    for answer in scene.answers(labels):
        for tick in answer.ticks:
            if tick.state is not None:
                return Candidate(tick.state, tick.start, tick.end, 0.85, "mark")
    for label in sorted(profile.labels, key=len, reverse=True):
        if len(label) < 4 or label not in scene.squashed:
            continue
        named = re.finditer(r"[\s·]?".join(map(re.escape, label)), scene.flat_text, re.IGNORECASE)
        for match in itertools.islice(named, _MOST_MENTIONS):
            stop = re.search(r"다\.|다\s|함[.)]|\.\s|[)）]", scene.flat_text[match.end() : match.end() + 90])
            clause = scene.flat_text[match.end() : match.end() + (stop.end() if stop else 40)]
            span = (match.start(), match.end() + len(clause.rstrip()))
            if {choice for _, _, choice in choices_for((YES, NO)).find(match.group() + clause)} == {YES, NO}:
                continue  # The printed choices of a question, neither of them marked.
            if _DENIED.search(clause):
                return Candidate(False, *span, 0.8, "normalized")
            if re.search(r"포함|양도|허락|전부|모두|일체|include|^(?:\s?[,·및]|\s?등)|^\s*$|^\s?[)）]", clause):
                return Candidate(True, *span, 0.72, "normalized")
    return None
