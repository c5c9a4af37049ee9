"""Any provider that speaks the OpenAI protocol: a provider is an entry in `cloud_model_config.yaml`.

A call: build the prompt, ask for JSON in the strictest way the provider takes, read the whole answer or raise one
of the errors of `extractor.errors`. What was charged is known in either case as far as the provider says.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from . import cancellation, cost, prompt, repeats, text_work
from .config import CloudConfig, CloudModel, Provider, load_cloud
from .core import Attempt, Document, Extraction, FieldValue, Usage
from .document_types import DocumentType
from .errors import (
    N_,
    AnswerError,
    AuthenticationError,
    ConfigError,
    ExtractionError,
    RequestError,
    RightsdeskError,
    StoppedError,
)
from .extractors import Extractor
from .faults import NOTHING, as_error, too_long, unsupported

LEVELS = ("json_schema", "json_object", "text")
"""Ways to ask for JSON, strictest first."""


@dataclass(frozen=True)
class _Learned:
    """What a model turned out to take: the level to begin with, the name of the length limit, what it refuses."""

    level: int = 0
    length_name: str = "max_tokens"
    refused: frozenset[str] = frozenset()


_learned: dict[tuple[str, str], _Learned] = {}
"""By base URL and model id, for the life of the process."""


class CloudExtractor(Extractor):
    """One model of one provider. Safe to use from several threads; they share its connections.

    `api_key` "" is for providers that need none. Raises AuthenticationError for a key that cannot be sent.
    """

    paid = True

    def __init__(self, provider: Provider, model: CloudModel, api_key: str, config: CloudConfig) -> None:
        self.model = f"cloud_{model.key}"
        self.provider = provider.name
        self.settings = model
        self.price = cost.price(provider.prices or provider.name, model.model_id, model.price)
        self._provider = provider
        self._config = config
        self._key = _checked(api_key, provider)
        self._lock = threading.Lock()
        self._made: Any = None

    def __repr__(self) -> str:
        return f"CloudExtractor(provider={self.provider!r}, model_id={self.settings.model_id!r})"

    def __getstate__(self) -> None:
        raise TypeError("A CloudExtractor holds a key and is not to be pickled.")

    def version(self, document_type: DocumentType) -> str:
        """That of the prompt."""
        return prompt.VERSION

    def fields(self, document: Document, document_type: DocumentType) -> dict[str, FieldValue]:
        """One `FieldValue` for every field. Raises ExtractionError with `spent`."""
        return self.ask(document, document_type)[0]

    def extract(
        self, document: Document, document_type: DocumentType, fields: Sequence[str] | None = None
    ) -> Extraction:
        """The metadata of `document`, of the top-level `fields` alone when given.

        An ExtractionError ends up in `Extraction.error`, with the tokens and USD that it cost all the same.
        """
        result = Extraction(self.model, self.provider, document_type.title(), prompt_version=prompt.VERSION)
        started = time.perf_counter()
        error: str | None = None
        try:
            found, usage = self.ask(document, document_type, fields)
            result = replace(result, fields=found)
        except ExtractionError as failure:
            error, usage = str(failure), failure.spent or Usage()
        except RightsdeskError as failure:
            error, usage = str(failure), NOTHING
        seconds = time.perf_counter() - started
        usd = 0.0 if usage == NOTHING else cost.cost(self.price, usage)
        attempt = Attempt(self.model, self.provider, error, seconds, usd)
        return replace(result, error=error, usage=usage, cost_usd=usd, processing_time=seconds, attempts=(attempt,))

    def ask(
        self, document: Document, document_type: DocumentType, fields: Sequence[str] | None = None
    ) -> tuple[dict[str, FieldValue], Usage]:
        """Field values and the tokens used. Raises ExtractionError; its `spent` says what was charged."""
        messages = prompt.build(document, document_type, fields)
        self._check_length(messages)
        text, usage = self.complete(messages, prompt.json_schema(document_type, fields))
        try:
            return text_work.answered(document, document_type, text, fields, self.model), usage
        except AnswerError as error:
            error.spent = usage
            raise

    def complete(self, messages: list[dict[str, str]], schema: Mapping[str, Any] | None = None) -> tuple[str, Usage]:
        """The text that the model answers to `messages`, whole, and the tokens used.

        `schema` asks for JSON of that shape as strictly as the provider takes it. The whole call, retries
        included, ends within the configured timeout. Raises ExtractionError, and StoppedError when the run was
        cancelled while the call waited for its turn.
        """
        from .deadline import within

        with _slots(self._provider.base_url).taken(self._config.concurrent_requests), within(self._config.timeout):
            return self._read(self._send(messages, schema))

    def _send(self, messages: list[dict[str, str]], schema: Mapping[str, Any] | None) -> Any:
        """The provider's response. A request it refuses costs nothing, so it is asked again in a plainer way."""
        from .deadline import UnsentError

        place = (self._provider.base_url, self.settings.model_id)
        known = _learned.get(place, self._beginning())
        first: ExtractionError | None = None
        while True:
            options = self._options(known, schema)
            failure: BaseException
            try:
                answer = self._post({"model": self.settings.model_id, "messages": messages, **options})
            except Exception as error:
                failure = error
            else:
                _learned[place] = known
                return answer
            # Outside of the except block: the SDK's exceptions hold the request with its key.
            if isinstance(failure, UnsentError):
                raise StoppedError
            problem = as_error(failure, self._provider, self.settings.model_id, self._config.timeout, self._key)
            first = first or problem
            plainer = self._plainer(known, failure, options) if isinstance(problem, RequestError) else None
            if plainer is None:
                raise first if isinstance(problem, RequestError) else problem
            known = plainer

    def _post(self, body: dict[str, Any]) -> Any:
        """`chat.completions.create`, which would walk through messages and schema to rename what needs no renaming:
        a quarter of all the SDK does in a call."""
        from openai.types.chat import ChatCompletion

        options: Any = {"security": {"bearer_auth": True}, "headers": repeats.headers(body)}
        return self._client().post("/chat/completions", cast_to=ChatCompletion, body=body, options=options)

    def _beginning(self) -> _Learned:
        output = self._provider.output
        return _Learned(level=0 if output == "auto" else LEVELS.index(output))

    def _options(self, known: _Learned, schema: Mapping[str, Any] | None) -> dict[str, Any]:
        settings = self.settings
        sampling = {"temperature": settings.temperature, "top_p": settings.top_p}
        options: dict[str, Any] = {
            name: value for name, value in sampling.items() if value is not None and name not in known.refused
        }
        options[known.length_name] = settings.max_length
        level = LEVELS[known.level]
        if schema is not None and level == "json_schema":
            shape = {"name": "metadata", "strict": True, "schema": schema}
            options["response_format"] = {"type": level, "json_schema": shape}
        elif schema is not None and level == "json_object":
            options["response_format"] = {"type": level}
        return options

    def _plainer(self, known: _Learned, failure: BaseException, options: Mapping[str, Any]) -> _Learned | None:
        """What to try after a refused request, None when nothing is left to leave out."""
        if too_long(failure):
            return None
        name = unsupported(failure, options)
        if name == "max_tokens":
            return replace(known, length_name="max_completion_tokens")
        if name in ("temperature", "top_p"):
            return replace(known, refused=known.refused | {name})
        if "response_format" in options and self._provider.output == "auto":
            return replace(known, level=known.level + 1)
        return None

    def _read(self, response: Any) -> tuple[str, Usage]:
        """Text and usage of a response. Raises AnswerError for anything but a whole answer."""
        from .faults import check_whole

        return check_whole(response, self._provider, self.settings)

    def _check_length(self, messages: Sequence[Mapping[str, str]]) -> None:
        context = self.settings.context
        if context is None:
            return
        tokens = sum(cost.count_tokens(message["content"]) for message in messages)
        if tokens + self.settings.max_length > context:
            template = N_(
                "The document needs about {tokens} tokens and {model} has room for {room}. "
                "Choose a model with a larger context."
            )
            room = max(context - self.settings.max_length, 0)
            raise RequestError(template, spent=NOTHING, tokens=tokens, model=self.settings.name, room=room)

    def _client(self) -> Any:
        with self._lock:
            if self._made is None:
                self._made = self._make_client()
            return self._made

    def _make_client(self) -> Any:
        import httpx2

        from .deadline import CONNECT, Client

        provider, timeout = self._provider, self._config.timeout
        headers = dict(provider.headers)
        if provider.key_header:
            headers[provider.key_header] = self._key
        return Client(
            base_url=provider.base_url,
            api_key=self._key or "none",
            timeout=httpx2.Timeout(timeout, connect=min(timeout, CONNECT)),
            max_retries=self._config.retry_attempts,
            default_headers=headers or None,
            default_query=dict(provider.query) or None,
        )


class _Slots:
    """The calls at work at one provider, whoever makes them and however many each of them allows at once."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._taken = 0

    @contextmanager
    def taken(self, most: int) -> Iterator[None]:
        """Inside the block this call is one of at most `most`. Raises StoppedError when cancelled before."""
        with self._changed:
            cancellation.check()
            while self._taken >= most:
                cancellation.wait(self._changed)
            self._taken += 1
        try:
            yield
        finally:
            with self._changed:
                self._taken -= 1
                self._changed.notify_all()


_all_slots: dict[str, _Slots] = {}


def _slots(base_url: str) -> _Slots:
    return _all_slots.setdefault(base_url, _Slots())


def _checked(api_key: str, provider: Provider) -> str:
    """The key, stripped. A key with odd characters would end up in the HTTP library's error message."""
    key = (api_key or "").strip()
    if not key and provider.api_key_env:
        template = N_("There is no key for {provider}. Set the variable {variable}.")
        raise AuthenticationError(template, spent=NOTHING, provider=provider.title, variable=provider.api_key_env)
    if not all("!" <= letter <= "~" for letter in key):
        template = N_("The key for {provider} has characters that no key has. Copy it again.")
        raise AuthenticationError(template, spent=NOTHING, provider=provider.title)
    return key


def create_cloud_extractor(
    provider: str, api_key: str, model_id: str, config_path: Path | str | None = None
) -> CloudExtractor:
    """An extractor for a model of a provider of the YAML.

    `model_id` is the provider's own name of the model or a key of `models` in the YAML; a model that is not in
    the file gets the file's defaults. Raises ConfigError for an unknown provider, AuthenticationError for no key.
    """
    config = load_cloud(config_path)
    if provider not in config.providers:
        template = N_("There is no provider “{provider}”. Known providers: {known}.")
        raise ConfigError(template, provider=provider, known=", ".join(config.providers))
    mine = [model for model in config.models.values() if model.provider == provider]
    named = [model for model in mine if model_id in (model.model_id, model.key)]
    model = named[0] if named else CloudModel(model_id, model_id, provider, model_id)
    return CloudExtractor(config.providers[provider], model, api_key, config)
