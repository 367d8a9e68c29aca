"""Errors as RFC 9457 problem documents with stable types."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

PREFIX = "/api/v1/"
CONTENT_TYPE = "application/problem+json"
URN = "urn:ascolto:problem:"

# The stable names and their titles. A name may be added; none changes its meaning.
TITLES = {
    "bad-request": (400, "The request cannot be read"),
    "unauthenticated": (401, "A valid token is needed"),
    "forbidden": (403, "The token may not do this"),
    "not-found": (404, "There is no such thing, or not for this token"),
    "method-not-allowed": (405, "This address does not take this method"),
    "conflict": (409, "Something else was there first"),
    "idempotency-conflict": (409, "The Idempotency-Key was used for another request"),
    "changed-meanwhile": (412, "It was changed since it was read"),
    "too-large": (413, "The request is too large"),
    "unsupported-media-type": (415, "The body has the wrong content type"),
    "invalid": (422, "Something in the request is not as it should be"),
    "not-yet": (422, "This is promised but not built yet"),
    "too-many-requests": (429, "Too many requests"),
    "broken": (500, "Something broke on our side"),
    "unavailable": (503, "The desk cannot answer now"),
    "no-space": (507, "There is no room left on the disk"),
}
BY_STATUS = {status: name for name, (status, _) in reversed(TITLES.items())}


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: where (dotted path; the place in the body or the name of a parameter) and what, in words."""

    path: str
    message: str


class Problem(Exception):
    """An answer that is a refusal; raised anywhere below a view it becomes the document."""

    def __init__(
        self, name: str, detail: str, *, errors: Sequence[Fault] = (), headers: Mapping[str, str] | None = None, status: int = 0
    ) -> None:
        super().__init__(detail)
        self.name = name
        self.status = status or TITLES[name][0]
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})


def invalid(path: str, message: str) -> Problem:
    """422 about one place of the request."""
    return Problem("invalid", f"{path}: {message}", errors=[Fault(path, message)])


def not_yet(path: str) -> Problem:
    """422 for what the contract promises and this version has not got."""
    message = "not yet: this version of the desk does not know it"
    return Problem("not-yet", f"{path}: {message}", errors=[Fault(path, message)])


def not_found() -> Problem:
    """404; the same words whether it does not exist or may not be seen."""
    return Problem("not-found", "Nothing here, or nothing that this token may see.")


def body_of(problem: Problem, request_id: str) -> dict[str, Any]:
    return {
        "type": URN + problem.name,
        "title": TITLES[problem.name][1],
        "status": problem.status,
        "detail": problem.detail,
        "errors": [{"path": fault.path, "message": fault.message} for fault in problem.errors],
        "request_id": request_id,
    }


def response_of(problem: Problem, request: HttpRequest) -> HttpResponse:
    """The problem as the answer to this request."""
    written = json.dumps(body_of(problem, request_id_of(request)), ensure_ascii=False)
    return HttpResponse(written, status=problem.status, content_type=CONTENT_TYPE, headers=problem.headers)


def request_id_of(request: HttpRequest) -> str:
    """The id of this request, the same in the answer's header, in a problem document and in our log."""
    found = getattr(request, "request_id", "")
    if not found:
        found = uuid4().hex
        request.request_id = found  # type: ignore[attr-defined]
    return str(found)


class SpeakProblems:
    """
    Middleware: whatever refuses a request to the API, wherever, answers in problem documents with a request id.

    HEAD is answered like GET without the words, as HTTP asks.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith(PREFIX):
            return self.get_response(request)
        is_head = request.method == "HEAD"
        if is_head:
            request.method = "GET"
        response = self.get_response(request)
        if response.status_code >= 400 and isinstance(response, HttpResponse) and response["Content-Type"] != CONTENT_TYPE:
            rewrite(response, request)
        response["X-Request-Id"] = request_id_of(request)
        if is_head and isinstance(response, HttpResponse):
            response.content = b""
        return response


def rewrite(response: HttpResponse, request: HttpRequest) -> None:
    """Put a problem document in place of a page, keeping status and headers."""
    status = response.status_code
    name = BY_STATUS.get(status) or ("broken" if status >= 500 else "bad-request")
    problem = Problem(name, f"{HTTPStatus(status).phrase}.", status=status)
    response.content = json.dumps(body_of(problem, request_id_of(request)))
    response["Content-Type"] = CONTENT_TYPE
    response["Content-Length"] = str(len(response.content))
