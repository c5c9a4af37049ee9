"""AWS Lambda: `extractor.serverless.aws_lambda.lambda_handler`.

Takes a direct invocation (the event is the request itself), a function URL, and API Gateway in both versions.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from extractor.serverless.requests import (
    Answer,
    BadRequestError,
    carry_out,
    check_size,
    from_http,
    from_object,
    limit,
    problem_answer,
)


def lambda_handler(event: Mapping[str, Any], context: Any = None) -> dict[str, Any]:
    """The answer to one event. A direct invocation gets the body itself, with `status` in it when it failed; HTTP
    events get `statusCode`, `headers` and `body`. Never raises."""
    http = isinstance(event, Mapping) and ("requestContext" in event or "httpMethod" in event)
    try:
        answer = carry_out(_from_event(event) if http else from_object(event))
    except BadRequestError as problem:
        answer = problem_answer(problem)
    return _as_response(answer) if http else dict(answer.body)


def _from_event(event: Mapping[str, Any]) -> Any:
    """The call of an HTTP event: payload version 2.0 (function URL, HTTP API) or 1.0 (REST API)."""
    context = event.get("requestContext") or {}
    method = (context.get("http") or {}).get("method") or event.get("httpMethod") or ""
    headers = event.get("headers") or _first(event.get("multiValueHeaders"))
    query = event.get("queryStringParameters") or _first(event.get("multiValueQueryStringParameters"))
    return from_http(method, headers, _body(event), query)


def _first(many: Mapping[str, list[str]] | None) -> dict[str, str]:
    return {name: values[0] for name, values in (many or {}).items() if values}


def _body(event: Mapping[str, Any]) -> bytes:
    body = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return str(body).encode("utf-8", "replace")
    check_size(len(body) * 3 // 4 - 2)
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadRequestError(400, "The body is not valid base64.") from error


def _as_response(answer: Answer) -> dict[str, Any]:
    headers = {"Content-Type": "application/json; charset=utf-8"}
    if answer.status == 405:
        headers["Allow"] = "POST"
    body = answer.json
    if len(body.encode()) > max(limit(), 1024):
        # Lambda would throw it away. Where values stand takes most of the room.
        body = Answer(answer.status, {**answer.body, "evidence": {}, "evidence_left_out": True}).json
    return {"statusCode": answer.status, "headers": headers, "body": body, "isBase64Encoded": False}
