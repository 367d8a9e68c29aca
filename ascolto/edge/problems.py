"""Refusals of the programs' API that the edge speaks itself: RFC 9457 documents of the same shape as the API's own."""

import json
from collections.abc import Mapping
from uuid import uuid4

from ascolto.edge import headers
from ascolto.edge.answer import Answer, Problem
from ascolto.edge.words import said_in

PREFIX = "/api/v1/"
CONTENT_TYPE = "application/problem+json"
URN = "urn:ascolto:problem:"

# Of the API's stable names (api/problems.py) those that the edge can say; any other status takes the last.
BY_STATUS = {
    401: ("unauthenticated", "A valid token is needed"),
    403: ("forbidden", "The token may not do this"),
    404: ("not-found", "There is no such thing, or not for this token"),
    405: ("method-not-allowed", "This address does not take this method"),
    413: ("too-large", "The request is too large"),
    422: ("invalid", "Something in the request is not as it should be"),
    429: ("too-many-requests", "Too many requests"),
    503: ("unavailable", "The desk cannot answer now"),
}
OTHER = ("bad-request", "The request cannot be read")


def is_for_programs(path: str) -> bool:
    """Whether answers at this address are the API's."""
    return path.startswith(PREFIX)


def document(problem: Problem, more: Mapping[str, str] | None = None) -> Answer:
    """The refusal as a program reads it; its words are English, as all words of the API. :param more: headers"""
    name, title = BY_STATUS.get(problem.status, OTHER)
    detail = said_in("en", problem.message)
    request_id = uuid4().hex
    said = {
        "type": URN + name,
        "title": title,
        "status": problem.status,
        "detail": detail,
        "errors": [{"path": problem.code, "message": detail}] if name == "invalid" else [],
        "request_id": request_id,
    }
    head = {"X-Request-Id": request_id, **problem.headers, **(more or {})}
    if problem.status == 401:
        head["WWW-Authenticate"] = 'Bearer realm="ascolto"'
    return Answer(problem.status, json.dumps(said, ensure_ascii=False).encode(), headers.private(CONTENT_TYPE, head))
