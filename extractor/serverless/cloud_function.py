"""Google Cloud Functions and anything else that functions-framework serves: `extract_metadata(request)`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from extractor.serverless.requests import BadRequestError, carry_out, check_size, from_http, limit, problem_answer

if TYPE_CHECKING:
    from flask import Request


def extract_metadata(request: Request) -> tuple[str, int, dict[str, str]]:
    """The answer to one HTTP request: body, status, headers. Never raises."""
    try:
        # Not more than is taken: a body without a length could go on for ever.
        check_size(request.content_length or 0)
        body = request.stream.read(limit() + 1)
        answer = carry_out(from_http(request.method, dict(request.headers), body, request.args))
    except BadRequestError as problem:
        answer = problem_answer(problem)
    headers = {"Content-Type": "application/json; charset=utf-8"}
    if answer.status == 405:
        headers["Allow"] = "POST"
    return answer.json, answer.status, headers
