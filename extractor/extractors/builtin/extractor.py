"""The built-in extractor: no model, no network, any schema.

It pairs the labels that a document prints with the fields of the schema (`entries`, `roles`), reads the
value beside a label by the field's shape (`values`), the check marks (`check_marks`, `choice_fields`), the running text
(`prose`, `candidates`), the title (`titles`) and the signature blocks (`parties`), and keeps for each field the
candidate for which most speaks. Below `LEAST` a field stays empty: null rather than a guess. Where approved
documents taught a type (`extractor.learning`), the fields that read better so are read as they taught.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from extractor.core.document_types import DocumentType
from extractor.core.documents import Document
from extractor.core.extractions import FieldValue
from extractor.core.model_keys import BUILTIN
from extractor.evidence import legibility, span_evidence
from extractor.extractors import confidence_curves
from extractor.extractors.base import Extractor, Reply
from extractor.extractors.builtin import agreements, labelled, letters, sentences
from extractor.extractors.builtin.choice_fields import choose_all
from extractor.extractors.builtin.learned import library
from extractor.extractors.builtin.parties import party_items
from extractor.extractors.builtin.prepared_document import PreparedDocument
from extractor.extractors.builtin.profile import Profile, TypeProfile, type_profile
from extractor.extractors.builtin.values import Candidate
from extractor.extractors.builtin.version import rules_version
from extractor.normalize import find_amounts, match_key

if TYPE_CHECKING:
    from extractor.extractors.builtin.learned.model import TypeModel

LEAST = 0.42
"""The least score of a value; below it the field stays empty rather than guessed."""

STRATEGIES = (
    labelled.from_title,
    labelled.from_preamble,
    labelled.from_blocks,
    letters.from_addressee,
    letters.from_sender,
    letters.from_reference,
    labelled.from_mentions,
    labelled.from_shapes,
    labelled.from_headings,
    sentences.from_sentences,
    sentences.from_quotes,
    sentences.from_categories,
    sentences.from_terms,
    sentences.from_courts,
    sentences.from_payments,
    sentences.from_purpose,
    sentences.from_periods,
    sentences.from_closing,
    agreements.from_governing_law,
    agreements.from_durations,
    agreements.from_opening_date,
)
"""What is tried for every field besides its printed labels. Each is a function of (scene, profile)."""


class BuiltinExtractor(Extractor):
    """See the module. Holds no state: one instance serves all threads."""

    model = BUILTIN
    provider = "rightsdesk"

    def version(self, document_type: DocumentType) -> str:
        """That of the rules, of what was learned of the type, and of the curve of confidence."""
        return version_of(document_type.key)

    def reply(self, document: Document, document_type: DocumentType) -> Reply:
        """See Extractor. What was learned and the curve are looked up once: values and version are of the same."""
        used, curve = library.active_version(document_type.key), confidence_curves.curve_of(self.model)
        learned = None if used == library.RULES else library.load(document_type.key, used)
        return Reply(self._fields(document, document_type, learned, curve), version=_version(used, curve))

    def _fields(
        self, document: Document, document_type: DocumentType, learned: TypeModel | None, curve: confidence_curves.Curve
    ) -> dict[str, FieldValue]:
        prepared = type_profile(document_type)
        scene = PreparedDocument(document, prepared)
        ranked, chosen = ranked_candidates(scene, prepared)
        taught = learned.read(scene, prepared.fields, ranked) if learned else {}
        chosen |= taught
        _complete_currency(scene, prepared, chosen)
        values: dict[str, FieldValue] = {}
        for field in document_type.fields:
            if field.path in prepared.nested_fields:
                values |= self._items(scene, prepared, field.path, field.kind == "object")
            else:
                values[field.path] = self._value(document, chosen.get(field.path))
        # What was learned is calibrated already.
        return {
            path: value if path in taught else confidence_curves.calibrated(value, self.model, curve)
            for path, value in values.items()
        }

    def _items(self, scene: PreparedDocument, prepared: TypeProfile, path: str, single: bool) -> dict[str, FieldValue]:
        leaves = prepared.nested_fields[path]
        if single:
            candidates = {leaf.path: _assign_one(_candidates(scene, leaf)) for leaf in leaves}
            return {leaf: self._value(scene.document, candidate) for leaf, candidate in candidates.items()}
        items = party_items(scene, leaves)
        if not items:
            return {path: FieldValue(None, source=self.model)}
        return {
            f"{path}[{number}].{leaf.field.name}": self._value(scene.document, item.get(leaf.field.name))
            for number, item in enumerate(items)
            for leaf in leaves
        }

    def _value(self, document: Document, candidate: Candidate | None) -> FieldValue:
        if candidate is None or candidate.value is None:
            return FieldValue(None, source=self.model)
        spans = candidate.spans or ((candidate.start, candidate.end),)
        raw = document.text[candidate.start : candidate.end]
        alignment = candidate.alignment
        if (alignment == "exact" and isinstance(candidate.value, str) and candidate.value not in raw) or (
            alignment == "exact" and isinstance(candidate.value, (int, float))
        ):
            alignment = "normalized"
        evidence = tuple(part for span in spans for part in span_evidence(document, *span, alignment))
        confidence = round(min(max(candidate.score, 0.0), 0.99) * legibility(document, evidence), 3)
        return FieldValue(candidate.value, raw, evidence, confidence, self.model)


def version_of(document_type: str) -> str:
    """The version under which a result for a type (its key) would be filed now."""
    return _version(library.active_version(document_type), confidence_curves.curve_of(BuiltinExtractor.model))


def _version(used: str, curve: confidence_curves.Curve) -> str:
    base = rules_version() if used == library.RULES else f"{rules_version()}-{used}"
    return confidence_curves.version(BuiltinExtractor.model, base, curve)


def ranked_candidates(
    scene: PreparedDocument, prepared: TypeProfile
) -> tuple[dict[str, list[Candidate]], dict[str, Candidate | None]]:
    """What the rules find for the plain fields, by path: all candidates, the best first, and the chosen one.

    Fields whose values come from a list are only chosen.
    """
    chosen: dict[str, Candidate | None] = dict(choose_all(scene, prepared.fields))
    ranked = {p.path: _candidates(scene, p) for p in prepared.fields if p.shape not in ("choice", "choices", "boolean")}
    return ranked, chosen | _assign(prepared, ranked)


def _candidates(scene: PreparedDocument, profile: Profile) -> list[Candidate]:
    """All candidates for a field, the best first; none where the form leaves its own label blank."""
    candidates, blank = labelled.from_labels(scene, profile)
    dated, date_blank = labelled.from_dates(scene, profile)
    strong = max((candidate.score for candidate in candidates), default=0.0)
    if (blank >= 0.8 and blank > strong + 0.05) or (date_blank and strong < 0.8 and not _dated_late(scene, dated)):
        return [candidate for candidate in candidates if candidate.score >= blank]
    candidates.extend(dated)
    for strategy in STRATEGIES:
        candidates.extend(strategy(scene, profile))
    if "parties" in profile.groups and profile.shape == "list":
        labelled_names = [
            candidate for candidate in candidates if scene.is_korean and agreements.are_names(candidate.value)
        ]
        candidates = [*labelled_names, *agreements.from_parties(scene, profile)]
    if agreements.asks_number_and_unit(profile) and not scene.is_korean:
        candidates = list(agreements.from_durations(scene, profile))
    return sorted(candidates, key=lambda candidate: -candidate.score)


def _dated_late(scene: PreparedDocument, dated: list[Candidate]) -> bool:
    return any(candidate.start > 0.6 * len(scene.text) for candidate in dated)


def _assign_one(ranked: list[Candidate]) -> Candidate | None:
    return ranked[0] if ranked and ranked[0].score >= LEAST else None


def _assign(prepared: TypeProfile, ranked: dict[str, list[Candidate]]) -> dict[str, Candidate | None]:
    """The best candidate of each field; two names for opposite roles are never the same words of the page."""
    chosen: dict[str, Candidate | None] = {}
    names = [p for p in prepared.fields if p.shape == "name"]
    taken: dict[str, str] = {}
    order = sorted(names, key=lambda p: -(ranked[p.path][0].score if ranked[p.path] else 0.0))
    for profile in order:
        free = [c for c in ranked[profile.path] if taken.get(match_key(str(c.value)), profile.path) == profile.path]
        chosen[profile.path] = _assign_one(free)
        if best := chosen[profile.path]:
            taken[match_key(str(best.value))] = profile.path
    for profile in prepared.fields:
        if profile.path in ranked and profile.path not in chosen:
            chosen[profile.path] = _assign_one(ranked[profile.path])
    return chosen


def _complete_currency(scene: PreparedDocument, prepared: TypeProfile, chosen: dict[str, Candidate | None]) -> None:
    """A currency without a label of its own is the one of the amount that was found."""
    amounts = [chosen[p.path] for p in prepared.fields if p.shape == "amount" and chosen.get(p.path)]
    for profile in prepared.fields:
        if profile.shape == "currency" and not chosen.get(profile.path) and amounts:
            chosen[profile.path] = _currency_of(scene, amounts[0])


def _currency_of(scene: PreparedDocument, amount: Candidate | None) -> Candidate | None:
    if amount is None:
        return None
    begin = max(0, amount.start - 8)
    for mention in find_amounts(scene.flat_text[begin : amount.end + 24]):
        if mention.currency and mention.value == amount.value:
            return Candidate(mention.currency, begin + mention.start, begin + mention.end, amount.score, "normalized")
    return None
