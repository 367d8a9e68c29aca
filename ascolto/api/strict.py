"""Reads JSON bodies without mercy: what is ambiguous, endless or not JSON at all is refused (threat G7)."""

import json
import math
import re
from typing import Any, NoReturn

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from ninja.parser import Parser

from ascolto.api.problems import Problem
from ascolto.files.store import LIMIT_BYTES

BODY_LIMIT_BYTES = 1024 * 1024
FORM_ROOM_BYTES = 64 * 1024  # what a multipart body needs around its file
DEPTH_LIMIT = 32
WHOLE_LIMIT = 2**63 - 1  # what both databases and most clients can hold
SURROGATE_OR_NUL = re.compile("[\x00\ud800-\udfff]")


def read_json(raw: bytes) -> Any:
    """The value that `raw` stands for. :raises Problem: 400, saying what is odd about it"""
    try:
        value = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=without_duplicates,
            parse_constant=no_constant,
            parse_int=whole_number,
            parse_float=finite_number,
        )
    except UnicodeDecodeError as error:
        raise odd("The body is not UTF-8.") from error
    except RecursionError as error:
        raise odd(f"The body is nested deeper than {DEPTH_LIMIT} levels.") from error
    except ValueError as error:
        raise odd("The body is not JSON.") from error
    refuse_odd_values(value)
    return value


class StrictParser(Parser):
    """Ninja's way to a body, by way of `read_json`."""

    def parse_body(self, request: HttpRequest) -> Any:
        return read_json(request.body)


def odd(detail: str) -> Problem:
    return Problem("bad-request", detail)


def without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise odd("A name stands twice in one object of the body.")
    return found


def no_constant(word: str) -> NoReturn:
    raise odd(f"{word} is not JSON.")


def whole_number(digits: str) -> int:
    if len(digits) > 20 or abs(int(digits)) > WHOLE_LIMIT:
        raise odd("A number in the body is larger than 64 bits.")
    return int(digits)


def finite_number(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise odd("A number in the body is too large.")
    return value


def refuse_odd_values(value: Any) -> None:
    """No deeper than DEPTH_LIMIT, and no letters that a database cannot keep."""
    waiting: list[tuple[Any, int]] = [(value, 1)]
    while waiting:
        each, depth = waiting.pop()
        if isinstance(each, (dict, list)):
            if depth > DEPTH_LIMIT:
                raise odd(f"The body is nested deeper than {DEPTH_LIMIT} levels.")
            waiting.extend((part, depth + 1) for part in (each.values() if isinstance(each, dict) else each))
            if isinstance(each, dict):
                waiting.extend((name, depth) for name in each)
        elif isinstance(each, str) and SURROGATE_OR_NUL.search(each):
            raise odd("A text in the body holds NUL or half of a surrogate pair.")


def refuse_odd_body(request: HttpRequest) -> None:
    """:raises Problem: 413 for too much, 415 for what is neither JSON nor, for files, multipart"""
    is_form = is_multipart(request)
    limit = LIMIT_BYTES + FORM_ROOM_BYTES if is_form else BODY_LIMIT_BYTES
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or len(length) > 15:
        raise odd("Content-Length is not a number.")
    if int(length) > limit:
        raise too_large(limit)
    if not is_form and (int(length) or request.method == "PATCH") and request.content_type != "application/json":
        raise Problem("unsupported-media-type", "Send the body as application/json.")


def body_bytes(request: HttpRequest) -> bytes:
    """The raw body. :raises Problem: 413 when it is longer than it said"""
    try:
        return request.body
    except RequestDataTooBig as error:
        raise too_large(BODY_LIMIT_BYTES) from error


def is_multipart(request: HttpRequest) -> bool:
    return request.content_type == "multipart/form-data" and request.path.rstrip("/").endswith("/files")


def too_large(limit: int) -> Problem:
    return Problem("too-large", f"The body may have {limit} bytes.")
