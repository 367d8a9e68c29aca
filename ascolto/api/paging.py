"""Cursor paging, the same everywhere: newest first by id, so that a page stays what it was while rows are added."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.core import signing
from django.db.models import Model, QuerySet

from ascolto.api.problems import Problem, invalid

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Rows of one page and the cursor of the next; None after the last."""

    rows: Sequence[Row]
    next: str | None


def page_of(rows: QuerySet[Row, Any], *, of: str, limit: int, cursor: str | None) -> Page[Row]:
    """
    One page of `rows`, newest id first; ids are UUIDv7 and sort by the time they were made.

    :param of: the name of the list; a cursor of another list is refused
    :raises Problem: 422, the cursor was not made here
    """
    if cursor is not None:
        rows = rows.filter(pk__lt=read_id(cursor, of=of))
    found = list(rows.order_by("-pk")[: limit + 1])
    return Page(found[:limit], write_cursor(str(found[limit - 1].pk), of=of) if len(found) > limit else None)


def write_cursor(place: str, *, of: str) -> str:
    """A cursor for what comes after `place`: opaque, good for this list alone."""
    return urlsafe_b64encode(signer(of).sign(place).encode()).decode().rstrip("=")


def read_cursor(cursor: str, *, of: str) -> str:
    """The place that a cursor stands for. :raises Problem: 422"""
    try:
        return signer(of).unsign(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode())
    except (signing.BadSignature, ValueError) as error:
        raise bad_cursor() from error


def read_id(cursor: str, *, of: str) -> UUID:
    """The id that a cursor stands for. :raises Problem: 422"""
    try:
        return UUID(read_cursor(cursor, of=of))
    except ValueError as error:
        raise bad_cursor() from error


def read_position(cursor: str, *, of: str) -> int:
    """The position in the log that a cursor stands for. :raises Problem: 422"""
    try:
        return int(read_cursor(cursor, of=of))
    except ValueError as error:
        raise bad_cursor() from error


def bad_cursor() -> Problem:
    return invalid("cursor", "this list did not make it; begin again without a cursor")


def signer(of: str) -> signing.Signer:
    return signing.Signer(salt=f"ascolto.api.paging:{of}")
