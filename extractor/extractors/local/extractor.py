"""The extractor of a local model."""

from __future__ import annotations

import time
from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from extractor.core.document_types import DocumentType
from extractor.core.documents import Document
from extractor.core.errors import N_, AnswerError, ExtractionError, RequestError, RightsdeskError
from extractor.core.extractions import FieldValue, Usage
from extractor.core.model_keys import local_key
from extractor.extractors import confidence_curves, prompt, responses, sandboxed_text
from extractor.extractors.base import Extractor, Reply
from extractor.extractors.field_events import Decided, publish
from extractor.extractors.local import chunks, merging
from extractor.extractors.local.model_pool import ModelPool, shared_models
from extractor.extractors.local.passage_selection import MOST_READ
from extractor.extractors.local.planning import check_memory, make_plan
from extractor.settings.local_models import LocalModel

if TYPE_CHECKING:
    from extractor.extractors.local.loading import Answer, LoadedModel, Reading

LEAST_SURE = 0.5
"""A value of less confidence is a suggestion. Of SmolLM2's values below it 4 of 38 were right on the samples, of those
above it 111 of 139."""

LEAST_BUDGET = 64
"""The fewest tokens of a document that a piece must have room for."""


class LocalExtractor(Extractor):
    """A model that runs on this machine. Loaded at the first document, into `holder`, which all threads share."""

    provider = "local"

    def __init__(
        self, model: LocalModel, cache_folder: Path | str, holder: ModelPool | None = None, tree: bool = True
    ) -> None:
        """`tree` False: the model writes its answer as text, as models without the field tree do."""
        self.config = model
        self.model = local_key(model.name)
        self._cache_folder = Path(cache_folder)
        self._holder = holder or shared_models()
        self._tree = tree

    def version(self, document_type: DocumentType) -> str:
        """That of the prompt and of the curve of confidence."""
        return confidence_curves.version(self.model, prompt.VERSION)

    @property
    def key(self) -> Hashable:
        """What the holder knows this model by: two extractors of one configuration share one copy."""
        return (self.config, str(self._cache_folder))

    @property
    def memory_bytes(self) -> int:
        """The bytes its weights take now; 0 while it is not loaded."""
        return self._holder.memory_bytes(self.key)

    def is_available(self) -> str | None:
        """None when the model can run here now, else the exact reason why not, for a person. Loads nothing."""
        problem = self.problem()
        return problem.message if problem else None

    def problem(self) -> ExtractionError | None:
        """The same as an error, whose text can be translated."""
        if self.memory_bytes:
            return None
        try:
            plan = make_plan(self.config, self._cache_folder)
            check_memory(self.config, plan, self._holder.reclaimable(plan.device))
        except ExtractionError as error:
            return error
        return None

    def load(self) -> None:
        """Load the model now. Raises ExtractionError (UnavailableError, NotDownloadedError) when it cannot be."""
        with self._loaded():
            pass

    def release(self) -> bool:
        """Take the model out of memory. False: it is at work, and leaves when that is done."""
        return self._holder.release(self.key)

    def reply(self, document: Document, document_type: DocumentType) -> Reply:
        """See Extractor. Who has subscribed to `field_events` hears of each field as the field tree knows it."""
        turn = _Turn(confidence_curves.curve_of(self.model))
        try:
            values, usage = self._read(document, document_type, turn)
        except RightsdeskError as error:
            return replace(self.failed(error), seconds=turn.seconds)
        version = confidence_curves.version(self.model, prompt.VERSION, turn.curve)
        return Reply(values, usage, version=version, seconds=turn.seconds)

    @contextmanager
    def _loaded(self) -> Iterator[LoadedModel]:
        plan = make_plan(self.config, self._cache_folder)

        def load() -> LoadedModel:
            from extractor.extractors.local.loading import load

            return load(self.config, plan)

        with self._holder.use(self.key, self.config.title, load, plan.needed, plan.device) as model:
            yield model

    def _read(
        self, document: Document, document_type: DocumentType, turn: _Turn
    ) -> tuple[dict[str, FieldValue], Usage]:
        def settle(value: FieldValue) -> FieldValue:
            return settled(confidence_curves.calibrated(value, self.model, turn.curve))

        def hear(path: str, value: FieldValue) -> None:
            publish(path, settle(value))

        with self._loaded() as model, model.turn():
            turn.begin()
            read = self._by_tree(model, document, document_type, hear) if self._tree and model.is_tree else None
            values, spent = read or self._by_answers(model, document, document_type)
        return {path: settle(value) for path, value in values.items()}, spent

    def _by_tree(
        self, model: LoadedModel, document: Document, document_type: DocumentType, decided: Decided
    ) -> tuple[dict[str, FieldValue], Usage] | None:
        """The values by the field tree: of a long document from what is worth reading of it. None as `read_tree`."""
        budget = min(self._budget(model, document_type), MOST_READ)
        if budget < LEAST_BUDGET:
            raise self._too_small(model)
        starts = model.token_starts(document.text)
        excerpt, back = chunks.excerpt(document, model.windows.choose(document, document_type, starts, budget))

        def hear(path: str, value: FieldValue) -> None:
            decided(path, back(value))

        read = model.read_tree(excerpt, document_type, self.model, hear)
        if read is None:
            return None
        return {path: back(value) for path, value in read.fields.items()}, _sum(Usage(0, 0), read)

    def _by_answers(
        self, model: LoadedModel, document: Document, document_type: DocumentType
    ) -> tuple[dict[str, FieldValue], Usage]:
        """The values from JSON that the model writes, of a long document piece by piece."""
        pieces = self._pieces(model, document, document_type)
        parts: list[dict[str, FieldValue]] = []
        spent = Usage(0, 0)
        for start, end in pieces:
            piece = document if len(pieces) == 1 else document.slice(start, end)
            messages = prompt.build(model.harmless(piece.text), document_type)
            answer = model.ask(messages, self.config.max_new_tokens, _opening(document_type))
            spent = _sum(spent, answer)
            values = self._values(piece, document_type, answer, spent)
            parts.append(values if len(pieces) == 1 else merging.located(piece, document_type, values, start))
        return (parts[0] if len(parts) == 1 else merging.merge(document_type, parts, self.model)), spent

    def _budget(self, model: LoadedModel, document_type: DocumentType) -> int:
        """The tokens of a document for which there is room beside instruction, fields and answer."""
        fixed = model.count(prompt.build("", document_type), _opening(document_type))
        return model.context - self.config.max_new_tokens - fixed

    def _too_small(self, model: LoadedModel) -> RequestError:
        template = N_("{model}: the fields alone fill its context of {context} tokens. Set a larger “context” for it.")
        return RequestError(template, model=self.config.title, context=model.context)

    def _pieces(self, model: LoadedModel, document: Document, document_type: DocumentType) -> list[tuple[int, int]]:
        """The pieces of the document, so long that prompt and answer fit the context. Raises RequestError."""
        room = model.context - self.config.max_new_tokens
        pieces = [(0, len(document.text))]
        over = self._longest(model, document, document_type, pieces) - room
        if over <= 0:
            return pieces
        budget = self._budget(model, document_type)
        starts = model.token_starts(document.text)
        while budget >= LEAST_BUDGET:
            pieces = chunks.spans(document, starts, budget)
            over = self._longest(model, document, document_type, pieces) - room
            if over <= 0:
                return pieces
            # Tokens at the borders and defused control tokens add a few.
            budget -= over
        raise self._too_small(model)

    def _longest(
        self, model: LoadedModel, document: Document, document_type: DocumentType, pieces: list[tuple[int, int]]
    ) -> int:
        texts = (model.harmless(document.text[start:end]) for start, end in pieces)
        return max(model.count(prompt.build(text, document_type), _opening(document_type)) for text in texts)

    def _values(
        self, document: Document, document_type: DocumentType, answer: Answer, spent: Usage
    ) -> dict[str, FieldValue]:
        if not answer.complete and answer.output_tokens >= self.config.max_new_tokens:
            template = N_(
                "{model}: the answer was not complete after {tokens} tokens. "
                "Raise “max_new_tokens” for it, or use a larger model."
            )
            raise AnswerError(template, spent=spent, model=self.config.title, tokens=answer.output_tokens)
        try:
            metadata = responses.parse(answer.text, document_type)
        except ExtractionError as error:
            error.spent = spent
            raise
        confidence = _fitting(metadata, answer.confidence)
        return sandboxed_text.to_fields(document, document_type, metadata, self.model, confidence)


class _Turn:
    """One document's turn: the curve of confidence it is read with, and how long it took.

    Not how long it waited for the model to be loaded or to be free: that depends on what else is going on, and would
    count again in the forecast of every run.
    """

    def __init__(self, curve: confidence_curves.Curve) -> None:
        self.curve = curve
        self.begin()

    def begin(self) -> None:
        self._began = time.perf_counter()

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self._began


def settled(value: FieldValue) -> FieldValue:
    """A value of less than `LEAST_SURE` as a suggestion: its place stays, the field is left empty."""
    if value.value is None or value.confidence is None or value.confidence >= LEAST_SURE:
        return value
    said = value.value if isinstance(value.value, str) else value.raw
    return replace(value, value=None, raw=said if value.evidence else None)


def _opening(document_type: DocumentType) -> str:
    """How every answer begins."""
    return f'{{"{document_type.fields[0].name}":'


def _sum(spent: Usage, answer: Answer | Reading) -> Usage:
    return Usage((spent.input_tokens or 0) + answer.input_tokens, (spent.output_tokens or 0) + answer.output_tokens)


def _fitting(metadata: Mapping[str, Any], confidence: Mapping[str, float]) -> dict[str, float]:
    """`confidence` without lists of which `parse` left out items: their indices are not those of the answer."""
    fits = dict(confidence)
    for name, value in metadata.items():
        if isinstance(value, list) and any(path.startswith(f"{name}[{len(value)}].") for path in fits):
            fits = {path: sure for path, sure in fits.items() if not path.startswith(f"{name}[")}
    return fits
