"""How each database keeps and finds words."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from django.db import connection


@dataclass(frozen=True, kw_only=True)
class Words:
    """The stems of one document, public and internal apart (threat L3)."""

    row: int
    public: Sequence[str]
    internal: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A search: every term must be there, in any of its forms; a `prefix` belongs to the last term."""

    terms: Sequence[tuple[str, ...]]
    prefix: str
    scopes: Collection[UUID] | None
    internal: bool


class Engine(Protocol):
    def write(self, words: Iterable[Words]) -> None: ...
    def forget(self, rows: Sequence[int]) -> None: ...
    def best(self, wanted: Wanted, *, limit: int, before: tuple[float, int] | None) -> list[tuple[int, float]]: ...
    def count(self, wanted: Wanted, *, limit: int) -> int: ...


def engine() -> Engine:
    """The engine of the database in use."""
    if connection.vendor == "postgresql":
        from ascolto.search.engines import postgres

        return postgres.Postgres()
    from ascolto.search.engines import sqlite

    return sqlite.Sqlite()
