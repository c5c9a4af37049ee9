"""A model in memory: loaded with transformers, asked one question at a time.

Only this module and those of the field tree import torch.
"""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from extractor.core.cancellation import acquired, check, stopped
from extractor.core.document_types import DocumentType
from extractor.core.documents import Document
from extractor.core.errors import N_, ExtractionError
from extractor.core.extractions import FieldValue
from extractor.extractors import prompt
from extractor.extractors.local import gguf_cache
from extractor.extractors.local.fieldtree.prefix_cache import PrefixCache
from extractor.extractors.local.json_stream import JsonStream, json_object, value_spans
from extractor.extractors.local.memory import free_bytes
from extractor.extractors.local.model_files import estimated_bytes
from extractor.extractors.local.passage_selection import PassageSelection
from extractor.extractors.local.planning import Plan
from extractor.settings.local_models import LocalModel

log = logging.getLogger(__name__)

Messages = Sequence[Mapping[str, str]]


@dataclass(frozen=True)
class Answer:
    """`text` ends with its JSON object when `complete`.

    `confidence` by value path is the mean probability of the tokens that spell the value.
    """

    text: str
    input_tokens: int
    output_tokens: int
    complete: bool
    confidence: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Reading:
    """What the field tree read, and what it took in tokens: of the prompt, of it read now, of branches; forwards."""

    fields: dict[str, FieldValue]
    input_tokens: int
    prefilled: int
    output_tokens: int
    forwards: int


CHECKED = ('{"title": "Blue River"', '{"author": "Mina Kang"', '{"date": null, "fee": 300')
"""Branches with which a model is checked for the field tree."""


def load(model: LocalModel, plan: Plan) -> LoadedModel:
    """Load the model; takes seconds to minutes. Raises ExtractionError with the library's reason."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()
    kwargs: dict[str, Any] = {"local_files_only": True}
    number_format = _cpu_dtype(plan) if plan.dtype == "auto" else plan.dtype
    unpacked = gguf_cache.ready(plan.converted, number_format)
    folder = unpacked or plan.files.folder
    packed = plan.files.gguf_file if unpacked is None else None
    if packed:
        kwargs["gguf_file"] = packed
    dtype = getattr(torch, number_format)
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, **kwargs)
        if packed:
            # Unpacked at once. Packed weights need compiled kernels that the library would fetch from the hub.
            kwargs["quantization_config"] = GgufConfig(dequantize=True)
        elif plan.quantization != "none":
            kwargs["quantization_config"] = _quantization(plan.quantization, dtype)
        if plan.quantization != "none" or plan.device != "cpu":
            # Straight to the device, without a copy of the whole in main memory.
            kwargs["device_map"] = {"": plan.device}
        network: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=dtype, **kwargs)
        if packed and plan.converted:
            gguf_cache.keep(network, tokenizer, plan.converted, number_format)
    except Exception as error:  # the libraries raise nearly everything: OSError, ValueError, KeyError, RuntimeError …
        log.warning("Cannot load %s", model.name, exc_info=error)
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise ExtractionError(N_("{model}: cannot be loaded ({reason})."), model=model.title, reason=reason) from error
    return LoadedModel(model, tokenizer, network.eval())


def _cpu_dtype(plan: Plan) -> str:
    """bfloat16 where the processor computes with it or float32 does not fit, else float32."""
    import torch

    native = any(getattr(torch.cpu, name, bool)() for name in ("_is_avx512_bf16_supported", "_is_amx_tile_supported"))
    fits = estimated_bytes(plan.files, "float32") <= free_bytes()
    return "bfloat16" if native or not fits else "float32"


def _quantization(wanted: str, dtype: Any) -> Any:
    from transformers import BitsAndBytesConfig

    if wanted == "int8":
        return BitsAndBytesConfig(load_in_8bit=True)
    return BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_compute_dtype=dtype, bnb_4bit_quant_type="nf4")


class LoadedModel:
    """Tokenizer and network. One question at a time: a second one would share the processor and double the memory."""

    def __init__(self, model: LocalModel, tokenizer: Any, network: Any) -> None:
        self._title = model.title
        self._tokenizer, self._network = tokenizer, network
        self._lock = threading.RLock()
        self._fits: bool | None = None
        self._trunks = PrefixCache(network)
        self.windows = PassageSelection()
        self.memory_bytes = int(network.get_memory_footprint())
        trained = getattr(network.config.get_text_config(), "max_position_embeddings", None)
        self.context = min(model.context, trained) if trained else model.context
        special = {token.content for token in tokenizer.added_tokens_decoder.values() if token.special}
        self._special = sorted(special | set(tokenizer.all_special_tokens), key=len, reverse=True)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Inside the block no other thread asks this model anything. Raises StoppedError when cancelled before."""
        with acquired(self._lock):
            yield

    @property
    def dtype(self) -> str:
        """The number format of the weights: `bfloat16`, `float32` …"""
        return str(self._network.dtype).removeprefix("torch.")

    def close(self) -> None:
        """Let go of the weights. The caller sees to it that nobody is at work."""
        self._network = self._tokenizer = None
        self._trunks.clear()
        import torch

        if torch.cuda.is_available():
            import gc

            gc.collect()
            torch.cuda.empty_cache()

    def token_starts(self, text: str) -> list[int]:
        """The offsets in `text` at which its tokens begin."""
        if self._tokenizer.is_fast:
            encoded = self._tokenizer(text, add_special_tokens=False, return_offsets_mapping=True, verbose=False)
            return [start for start, _ in encoded["offset_mapping"]]
        starts, at = [], 0
        for line in text.splitlines(keepends=True):
            count = len(self._tokenizer(line, add_special_tokens=False, verbose=False)["input_ids"])
            starts += [at + len(line) * index // count for index in range(count)]
            at += len(line)
        return starts

    def harmless(self, text: str) -> str:
        """`text` without the model's control tokens: a document must not be able to end its own message."""
        for token in self._special:
            if len(token) > 1 and token in text:
                text = text.replace(token, f"{token[0]} {token[1:]}")
        return text

    @property
    def is_tree(self) -> bool:
        """Whether this model reads as a field tree what it says plainly: measured once, at the first question."""
        with acquired(self._lock):
            if self._fits is None:
                from extractor.extractors.local.fieldtree.tree import fits

                ids = self._tokenizer("Title: Blue River. Author: Mina Kang.", add_special_tokens=False)["input_ids"]
                branches = [self._tokenizer(text, add_special_tokens=False)["input_ids"] for text in CHECKED]
                self._fits = bool(self._tokenizer.is_fast) and fits(self._network, ids * 3, branches)
                if not self._fits:
                    log.warning("%s cannot be read as a field tree: it writes its answers as text", self._title)
            return self._fits

    def read_tree(
        self,
        document: Document,
        document_type: DocumentType,
        name: str,
        decided: Callable[[str, FieldValue], None] = lambda _path, _value: None,
    ) -> Reading | None:
        """The values of all fields by the field tree (see `fieldtree.reader`). None: the template changed the document.

        Raises ExtractionError out of memory.
        """
        from extractor.extractors.local.fieldtree.reader import TreeReader
        from extractor.extractors.local.fieldtree.token_constraints import SourceTokens

        prompt_text = self._text(prompt.document_first(document.text, document_type))
        at = prompt_text.find(document.text)
        if at < 0 or self.harmless(document.text) != document.text:
            return None
        encoded = self._tokenizer(
            prompt_text,
            add_special_tokens=not self._tokenizer.chat_template,
            return_offsets_mapping=True,
            verbose=False,
        )
        ids = encoded["input_ids"]
        inside = [
            (token, (max(start - at, 0), end - at))
            for token, (start, end) in zip(ids, encoded["offset_mapping"], strict=True)
            if start < at + len(document.text) and end > at and end <= at + len(document.text)
        ]
        ends = [
            position for position, (start, _) in enumerate(encoded["offset_mapping"]) if start < at + len(document.text)
        ]
        own = min(ends[-1] + 1, len(ids) - 1)
        source = SourceTokens(document.text, [t for t, _ in inside], [span for _, span in inside], self._ids)
        with acquired(self._lock), self._told_of_memory(len(ids)):
            tree = self._trunks.tree(ids, own)
            before = tree.forwards, tree.tokens, tree.prefilled
            reader = TreeReader(self._network, tree, self._ids, self._tokenizer.decode, name)
            fields = reader.read(document, document_type, source, ids, decided)
            self._trunks.keep()
            forwards, tokens, prefilled = (
                after - b for after, b in zip((tree.forwards, tree.tokens, tree.prefilled), before, strict=True)
            )
        return Reading(fields, len(ids), prefilled, tokens - prefilled, forwards)

    def _ids(self, text: str) -> list[int]:
        return list(self._tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"])

    def count(self, messages: Messages, opening: str = "") -> int:
        """The tokens of a prompt."""
        return int(self._encoded(messages, opening)["input_ids"].shape[1])

    def ask(self, messages: Messages, max_new_tokens: int, opening: str = "") -> Answer:
        """The model's likeliest answer, up to the end of its JSON object. Raises ExtractionError out of memory.

        The answer begins with `opening`: small models answer in JSON when its first letters are already there.
        """
        import torch
        from transformers import LogitsProcessorList, StoppingCriteriaList

        encoded = self._encoded(messages, opening).to(self._network.device)
        length = encoded["input_ids"].shape[1]
        chances: list[float] = []

        def note(_: Any, scores: Any) -> Any:
            # Greedy: the chosen token is the likeliest one, so its probability is known here without keeping logits.
            chances.append(float(torch.log_softmax(scores[0].float(), -1).max()))
            return scores

        with acquired(self._lock), torch.inference_mode(), self._told_of_memory(length):
            output = self._network.generate(
                **encoded,
                max_new_tokens=max_new_tokens,
                do_sample=False,
                temperature=None,
                top_p=None,
                top_k=None,
                repetition_penalty=1.0,
                pad_token_id=self._pad(),
                stopping_criteria=StoppingCriteriaList([self._stop(opening)]),
                logits_processor=LogitsProcessorList([note]),
            )
        check()
        tokens = output[0, length:].tolist()
        text = opening + self._tokenizer.decode(tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False)
        whole = json_object(text)
        confidence = self._confidence(opening, tokens, chances)
        return Answer(whole or text, length, len(tokens), whole is not None, confidence)

    @contextmanager
    def _told_of_memory(self, tokens: int) -> Iterator[None]:
        """Out of memory as an error for a person."""
        import torch

        try:
            yield
        except (torch.OutOfMemoryError, MemoryError, RuntimeError) as error:
            if isinstance(error, RuntimeError) and "memory" not in str(error).lower():
                raise
            template = N_("{model}: out of memory while it read {tokens} tokens. Set a smaller “context” for it.")
            raise ExtractionError(template, model=self._title, tokens=tokens) from error

    def _pad(self) -> int | None:
        if self._tokenizer.pad_token_id is not None:
            return int(self._tokenizer.pad_token_id)
        end: int | None = self._tokenizer.eos_token_id
        return end

    def _stop(self, opening: str) -> Any:
        import torch

        end = JsonStream()
        end.feed(opening)

        def stop(input_ids: Any, _scores: Any, **_kwargs: Any) -> Any:
            ended = end.feed(self._tokenizer.decode(input_ids[0, -1:])) or stopped()
            return torch.full((1,), ended, dtype=torch.bool, device=input_ids.device)

        return stop

    def _confidence(self, opening: str, tokens: Sequence[int], chances: Sequence[float]) -> dict[str, float]:
        """By value path the geometric mean of the probabilities of the tokens that spell the value."""
        # A letter of several tokens decodes to several stand-ins: lengths differ from the text's, quotes do not.
        pieces = [self._tokenizer.decode([token], clean_up_tokenization_spaces=False) for token in tokens]
        starts = [len(opening)]
        for piece in pieces:
            starts.append(starts[-1] + len(piece))
        text = opening + "".join(pieces)
        confidence = {}
        for path, (begin, end) in value_spans(json_object(text) or "").items():
            inside = [c for c, a, b in zip(chances, starts, starts[1:], strict=False) if a < end and b > begin]
            if inside:
                confidence[path] = round(math.exp(sum(inside) / len(inside)), 3)
        return confidence

    def _encoded(self, messages: Messages, opening: str = "") -> Any:
        """The prompt as the model's template writes it, with the first letters of the answer, as token ids."""
        plain = not self._tokenizer.chat_template
        text = self._text(messages) + opening
        return self._tokenizer(text, add_special_tokens=plain, return_tensors="pt", verbose=False)

    def _text(self, messages: Messages) -> str:
        if self._tokenizer.chat_template:
            return self._templated(messages)
        return "".join(f"{message['content']}\n\n" for message in messages)

    def _templated(self, messages: Messages) -> str:
        try:
            return self._apply(messages)
        except Exception as error:
            # Some templates refuse a system message; what it says goes before the first question then.
            if messages[0]["role"] != "system" or "system" not in str(error).lower():
                raise
            content = f"{messages[0]['content']}\n\n{messages[1]['content']}"
            return self._apply([{**messages[1], "content": content}, *messages[2:]])

    def _apply(self, messages: Messages) -> str:
        # enable_thinking: Qwen3 and others answer at once; templates that do not know it ignore it.
        text: str = self._tokenizer.apply_chat_template(
            list(messages), add_generation_prompt=True, enable_thinking=False, tokenize=False
        )
        return text
