"""Any provider that speaks the OpenAI protocol: a provider is an entry in `cloud_model_config.yaml`.

A call: build the prompt, ask for JSON in the strictest way the provider takes, read the whole answer or raise one
of the errors of `extractor.core.errors`. What was charged is known in either case as far as the provider says.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from time import monotonic as clock
from typing import TYPE_CHECKING, Any

from extractor.core.document_types import DocumentType
from extractor.core.documents import Document
from extractor.core.errors import (
    N_,
    AnswerError,
    AuthenticationError,
    ConfigError,
    ExtractionError,
    ModelNotFoundError,
    NoCreditError,
    RateLimitError,
    RequestError,
    RightsdeskError,
    StoppedError,
)
from extractor.core.extractions import FieldValue, Usage
from extractor.core.model_keys import cloud_key
from extractor.extractors import prompt, sandboxed_text
from extractor.extractors.base import Extractor, Reply
from extractor.extractors.cloud import capabilities, chat_response, error_responses, rate_limits
from extractor.extractors.cloud.capabilities import LEVELS, Learned, Memory
from extractor.extractors.cloud.error_responses import Refusal
from extractor.extractors.cloud.provider_errors import NOTHING, as_error, refused
from extractor.settings.cloud import CloudConfig, CloudModel, Provider, load_cloud
from extractor.spending import idempotency, pricing

if TYPE_CHECKING:
    from extractor.extractors.cloud.chat_client import ChatClient

_learned = Memory()
"""What models turned out to take, by base URL and model id."""

READ_SHARE = 0.6
"""A server that counts less than this share of the tokens sent has read a part of the document."""
READ_CHECKED = 2000
"""So many tokens sent, and the share is looked at: no server's window is smaller."""


class CloudExtractor(Extractor):
    """One model of one provider. Safe to use from several threads; they share its connections.

    `api_key` "" is for providers that need none. Raises AuthenticationError for a key that cannot be sent.
    """

    paid = True

    def __init__(self, provider: Provider, model: CloudModel, api_key: str, config: CloudConfig) -> None:
        self.model = cloud_key(model.key)
        self.provider = provider.name
        self.settings = model
        self.price = pricing.price(provider.prices or provider.name, model.asked_id, model.price)
        self._provider = provider
        self._config = config
        self._key = checked_key(api_key, provider)
        self._lock = threading.Lock()
        self._timeout = config.timeout_of(model)
        self._made: ChatClient | None = None

    def __repr__(self) -> str:
        return f"CloudExtractor(provider={self.provider!r}, model_id={self.settings.asked_id!r})"

    def __getstate__(self) -> None:
        raise TypeError("A CloudExtractor holds a key and is not to be pickled.")

    def version(self, document_type: DocumentType) -> str:
        """That of the prompt."""
        return prompt.VERSION

    def reply(self, document: Document, document_type: DocumentType) -> Reply:
        """See Extractor. Raises ExtractionError with `spent`."""
        values, usage = self.ask(document, document_type)
        return Reply(values, usage, self._cost(usage), prompt.VERSION)

    def failed(self, error: RightsdeskError) -> Reply:
        """See Extractor: with the tokens and USD that it cost all the same."""
        usage = (error.spent or Usage()) if isinstance(error, ExtractionError) else NOTHING
        return Reply(usage=usage, cost_usd=self._cost(usage), version=prompt.VERSION, error=error.message)

    def _cost(self, usage: Usage) -> float | None:
        return 0.0 if usage == NOTHING else pricing.cost(self.price, usage)

    def ask(
        self, document: Document, document_type: DocumentType, fields: Sequence[str] | None = None
    ) -> tuple[dict[str, FieldValue], Usage]:
        """Field values, of the top-level `fields` alone when given, and the tokens used.

        Raises ExtractionError; its `spent` says what was charged.
        """
        messages = prompt.build(document, document_type, fields)
        tokens = sum(pricing.count_tokens(message["content"]) for message in messages)
        self._check_length(tokens)
        self._check_there()
        reply = self._reply(messages, prompt.json_schema(document_type, fields))
        try:
            self._check_read(tokens, reply.usage)
        except AnswerError as error:
            error.spent = reply.usage
            raise
        try:
            return sandboxed_text.answered(document, document_type, reply.texts, fields, self.model), reply.usage
        except AnswerError as error:
            _learned.no_json(self._place, self._beginning)
            error.spent = reply.usage
            raise

    def complete(self, messages: list[dict[str, str]], schema: Mapping[str, Any] | None = None) -> tuple[str, Usage]:
        """The text that the model answers to `messages`, whole, and the tokens used.

        `schema` asks for JSON of that shape as strictly as the provider takes it. The whole call, retries
        included, ends within the configured timeout; a wait for the provider's limits comes before it. Raises
        ExtractionError, StoppedError when the run was cancelled while the call waited for its turn, and PutOffError
        instead of such a wait where `rate_limits.put_off` asks for it.
        """
        reply = self._reply(messages, schema)
        return reply.texts[0], reply.usage

    def _reply(self, messages: list[dict[str, str]], schema: Mapping[str, Any] | None) -> chat_response.Reply:
        """A whole answer. A limit that passes is waited for, by all calls of the provider and key together."""
        pace = rate_limits.pace(self._provider.base_url, self._key, self._at_once())
        patience = self._timeout if self._config.limit_wait is None else self._config.limit_wait
        provider = self._provider.title or self._provider.name
        tries, wait = 0, 0.0
        limit: RateLimitError | None = None
        while True:
            try:
                with pace.turn(provider, patience, first=tries > 0) as turn:
                    try:
                        return self._read(self._send(messages, schema), pace)
                    except NoCreditError as error:
                        pace.close(error)
                        raise
                    except RateLimitError as error:
                        limit = error
                        patience -= wait
                        wait = pace.limited(turn, error.wait)
                        tries += 1
                        # How long a limit without a time will last nobody knows.
                        unknown = error.wait is None and tries > self._config.retry_attempts
                        if wait > patience or unknown or pace.in_vain > patience:
                            raise
            except StoppedError:
                if limit is None:
                    raise
                raise limit from None  # It was asked for, and this is what came of it.

    def _at_once(self) -> int:
        return self._provider.concurrent_requests or self._config.concurrent_requests

    def _send(self, messages: list[dict[str, str]], schema: Mapping[str, Any] | None) -> Any:
        """The HTTP response. What the provider refuses costs nothing; where it says what it does not take, it is asked
        again without that."""
        from extractor.extractors.cloud.http_client import UnsentError, within

        shape = capabilities.digest(schema)
        with within(self._timeout):
            while True:
                known = _learned.get(self._place, self._beginning)
                options = self._options(known, schema)
                asked = merged(messages) if known.merged else messages
                body = {"model": self.settings.asked_id, "messages": asked, **options}
                try:
                    return self._client().send("/chat/completions", body, idempotency.headers(body))
                except Exception as error:
                    failure: BaseException = error
                # Outside of the except block: the SDK's exceptions hold the request with its key.
                if isinstance(failure, UnsentError):
                    raise StoppedError
                problem = as_error(failure, self._provider, self.settings.asked_id, self._timeout, self._key)
                self._learn(known, error_responses.of(failure), problem, options, shape)

    def _learn(
        self, known: Learned, refusal: Refusal | None, problem: ExtractionError, options: Mapping[str, Any], shape: str
    ) -> None:
        """Note what can be asked for otherwise. Raises `problem` when that is nothing."""
        if isinstance(problem, ModelNotFoundError):
            problem = self._missing(str(problem.params.get("reason", "–")))
            until = clock() + capabilities.MISSING
            reason = str(problem.params["reason"])
            _learned.change(self._place, self._beginning, lambda now: replace(now, missing=(until, reason)))
        how = None
        if refusal is not None and refusal.kind in ("other", "fault", "not_json"):
            how = capabilities.plainer(known, refusal, options, shape) if refusal.kind != "not_json" else None
        if how is None or (self._provider.output != "auto" and how(known).level != known.level):
            raise problem
        if how(known) == known:
            raise problem
        _learned.change(self._place, self._beginning, how)

    def _missing(self, reason: str) -> ModelNotFoundError:
        provider, model = self._provider.title or self._provider.name, self.settings.asked_id
        if heir := self.settings.replaced_by:
            template = N_("{provider} does not have the model {model} ({reason}). It was replaced by {heir}.")
            return ModelNotFoundError(template, spent=NOTHING, provider=provider, model=model, reason=reason, heir=heir)
        template = N_("{provider} does not have the model {model} ({reason}). Check its model_id.")
        return ModelNotFoundError(template, spent=NOTHING, provider=provider, model=model, reason=reason)

    def _check_there(self) -> None:
        """Raises ModelNotFoundError while the provider is known not to have the model."""
        missing = _learned.get(self._place, self._beginning).missing
        if missing and clock() < missing[0]:
            raise self._missing(missing[1])

    @property
    def _place(self) -> capabilities.Place:
        return self._provider.base_url, self.settings.asked_id

    @property
    def _beginning(self) -> Learned:
        output = self._provider.output
        level = 0 if output == "auto" else LEVELS.index(output)
        return Learned(level=level, length_name=self._provider.length_name)

    def _options(self, known: Learned, schema: Mapping[str, Any] | None) -> dict[str, Any]:
        settings = self.settings
        sampling = {"temperature": settings.temperature, "top_p": settings.top_p}
        options: dict[str, Any] = {
            name: value for name, value in sampling.items() if value is not None and name not in known.refused
        }
        options[known.length_name] = settings.max_length
        if settings.reasoning_effort is not None:
            options["reasoning_effort"] = settings.reasoning_effort
        options |= settings.extra_body
        level = LEVELS[min(known.level_for(capabilities.digest(schema)), len(LEVELS) - 1)]
        if schema is not None and level == "json_schema":
            shape = {"name": "metadata", "strict": True, "schema": schema}
            options["response_format"] = {"type": level, "json_schema": shape}
        elif schema is not None and level == "json_object":
            options["response_format"] = {"type": level}
        return options

    def _read(self, response: Any, pace: rate_limits.Pace) -> chat_response.Reply:
        """The answer in a response. Raises AnswerError for anything but a whole one, and what an error in it says."""
        names = {"provider": self._provider.title or self._provider.name, "model": self.settings.name}
        data = chat_response.decode(response.text, response.headers.get("content-type", ""), names)
        if isinstance(data, dict) and data.get("error") and not data.get("choices"):
            headers = {name.lower(): value for name, value in response.headers.items()}
            refusal = error_responses.read(response.status_code, data, headers)
            raise refused(refusal, self._provider, self.settings.asked_id, self._key)
        pace.passed()
        return chat_response.read(data, self._provider, self.settings)

    def _check_length(self, tokens: int) -> None:
        context = self.settings.context
        if context is not None and tokens + self.settings.max_length > context:
            template = N_(
                "The document needs about {tokens} tokens and {model} has room for {room}. "
                "Choose a model with a larger context."
            )
            room = max(context - self.settings.max_length, 0)
            raise RequestError(template, spent=NOTHING, tokens=tokens, model=self.settings.name, room=room)

    def _check_read(self, tokens: int, usage: Usage) -> None:
        """Raises AnswerError when the server dropped a part of the prompt without a word, as Ollama does."""
        counted = (usage.input_tokens or 0) + usage.cache_read_tokens + usage.cache_write_tokens
        if not usage.input_tokens:
            return
        if tokens < READ_CHECKED:
            # What its tokenizer makes of a text of which no server drops anything: some need half of the estimate.
            _learned.change(
                self._place, self._beginning, lambda now: replace(now, share=min(now.share, counted / tokens))
            )
            return
        if counted >= READ_SHARE * _learned.get(self._place, self._beginning).share * tokens:
            return
        template = N_(
            "{provider} read only a part of the document: {counted} tokens of about {tokens}. Raise the context of its "
            "server (Ollama: OLLAMA_CONTEXT_LENGTH), and give the model's context in the cloud configuration."
        )
        names = {"provider": self._provider.title or self._provider.name, "counted": usage.input_tokens}
        raise AnswerError(template, spent=usage, tokens=tokens, **names)

    def _client(self) -> ChatClient:
        with self._lock:
            if self._made is None:
                from extractor.extractors.cloud.chat_client import ChatClient

                self._made = ChatClient(self._provider, self._key, self._timeout, self._config.retry_attempts)
            return self._made


def merged(messages: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """The messages for a template without a system role: the instructions in front of the first user message."""
    system = [message["content"] for message in messages if message["role"] == "system"]
    rest = [dict(message) for message in messages if message["role"] != "system"]
    if system and rest:
        rest[0]["content"] = "\n\n".join([*system, rest[0]["content"]])
    return rest


def checked_key(api_key: str, provider: Provider) -> str:
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
    the file gets the file's defaults. By its own name a model is asked though the file has another answer in its
    place. Raises ConfigError for an unknown provider, AuthenticationError for no key.
    """
    config = load_cloud(config_path)
    if provider not in config.providers:
        template = N_("There is no provider “{provider}”. Known providers: {known}.")
        raise ConfigError(template, provider=provider, known=", ".join(config.providers))
    mine = [model for model in config.models.values() if model.provider == provider]
    named = [model for model in mine if model_id in (model.model_id, model.key)]
    model = named[0] if named else CloudModel(model_id, model_id, provider, model_id)
    if model.replaced is not None and model_id != model.key:
        model = CloudModel(model.key, model.replaced, provider, model_id, replaced_by=model.replaced_by)
    return CloudExtractor(config.providers[provider], model, api_key, config)
