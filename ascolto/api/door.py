"""Every call passes here: who is it, how often, is the body sane; then the call, once; then what every answer carries."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.db import IntegrityError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils import timezone
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.operation import Operation

from ascolto.accounts import tokens
from ascolto.api import idempotency, limits, strict
from ascolto.api.authenticate import SAFE, authenticate
from ascolto.api.problems import BY_STATUS, Fault, Problem, invalid, request_id_of, response_of
from ascolto.workspace.numbers import NotSetUp

log = logging.getLogger(__name__)

Run = Callable[..., HttpResponse]


def door(run: Run) -> Run:
    """Wrap the running of one operation (ninja's `view` decorators get its bound method)."""
    operation: Operation = run.__self__  # type: ignore[attr-defined]
    known = query_names(operation)

    @wraps(run)
    def enter(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        headers: dict[str, str] = {}
        try:
            now = timezone.now()
            caller = authenticate(request, now)
            headers = limits.take(str(caller.token.pk)).headers()
            refuse_unknown_query(request, known)
            request.caller, request.now = caller, now  # type: ignore[attr-defined]
            if request.method in SAFE:
                response = run(request, **kwargs)
            else:
                strict.refuse_odd_body(request)
                response = idempotency.once(request, caller, lambda: noted(request, run, kwargs), now=now)
        except Exception as error:
            response = refused(request, error)
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        return response

    return enter


def noted(request: HttpRequest, run: Run, kwargs: dict[str, Any]) -> HttpResponse:
    """Run a write, and in the same transaction remember that its token is in use."""
    tokens.note_use(request.caller.token, now=request.now)  # type: ignore[attr-defined]
    return run(request, **kwargs)


def query_names(operation: Operation) -> frozenset[str]:
    """The parameters that a call knows, as its OpenAPI document lists them."""
    names: set[str] = set()
    for model in operation.models:
        if model.__ninja_param_source__ == "query":
            names |= set(getattr(model, "__ninja_flatten_map__", None) or model.model_fields)
    return frozenset(names)


def refuse_unknown_query(request: HttpRequest, known: frozenset[str]) -> None:
    """Filters and orders come from a list of ours (threat G1); a slip of the pen is told, not ignored."""
    for name, values in request.GET.lists():
        if name not in known:
            raise invalid(name[:50], f"unknown parameter; known here: {', '.join(sorted(known)) or 'none'}")
        if len(values) > 1:
            raise invalid(name, "given twice")
        if strict.SURROGATE_OR_NUL.search(values[0]):
            raise Problem("bad-request", f"{name} holds NUL or broken UTF-8.")


def handle_errors(api: NinjaAPI) -> None:
    """Give all that ninja catches to `refused`."""
    for kind in (Exception, HttpError, ValidationError, AuthenticationError):
        api.add_exception_handler(kind, refused)


def refused(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    """The answer to whatever went wrong; what nobody expected is logged with the request's id."""
    problem = problem_of(error) if isinstance(error, Exception) else None
    if problem is None:
        log.error("request %s failed", request_id_of(request), exc_info=error if isinstance(error, Exception) else None)
        problem = Problem("broken", "It is in our log under this request_id. What was sent was not kept; try again later.")
    return response_of(problem, request)


def problem_of(error: Exception) -> Problem | None:
    match error:
        case Problem():
            return error
        case ValidationError():
            return of_validation(error)
        case HttpError():
            cause = error.__cause__  # ninja wraps what our parser raised
            if isinstance(cause, Problem):
                return cause
            return Problem(BY_STATUS.get(error.status_code, "bad-request"), str(error), status=error.status_code)
        case SuspiciousOperation() | BadRequest() | MultiPartParserError() | UnreadablePostError():
            return Problem("bad-request", "The body or the address cannot be read to its end.")
        case IntegrityError():
            return Problem("conflict", "Another request wrote the same thing at this moment; read it and try again.")
        case OperationalError() | InterfaceError():
            log.warning("the database did not answer", exc_info=error)
            return Problem("unavailable", "The database does not answer; nothing was kept.", headers={"Retry-After": "2"})
        case NotSetUp():
            return Problem("unavailable", "The desk has not been set up yet.", headers={"Retry-After": "60"})
    return None


def of_validation(error: ValidationError) -> Problem:
    """422 with each place that is wrong, as the caller wrote it."""
    faults = [Fault(path_of(each["loc"]), words_of(each)) for each in error.errors[:50]]
    if any(each["type"] == "extra_forbidden" for each in error.errors):
        detail = f"Unknown: {', '.join(fault.path for fault in faults if fault.message == UNKNOWN)}."
    else:
        detail = "; ".join(f"{fault.path}: {fault.message}" for fault in faults[:3])
    return Problem("invalid", detail[:1000], errors=faults)


UNKNOWN = "unknown field"


def words_of(error: dict[str, Any]) -> str:
    if error["type"] == "extra_forbidden":
        return UNKNOWN
    return str(error["msg"]).removeprefix("Value error, ")


def path_of(loc: tuple[str | int, ...]) -> str:
    """The place in the body, or the name of the parameter: what ninja puts in front is ours, not the caller's."""
    source, *rest = loc
    if source == "body" and len(rest) > 1:
        rest = rest[1:]
    return ".".join(str(part) for part in rest)[:200] or str(source)
