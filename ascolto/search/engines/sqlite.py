"""FTS5 over stems: a virtual table `search_words` whose rowid is the document's id."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from ascolto.search.engines import Wanted, Words

# The words come folded, so that all FTS5 has to do is cut at spaces: its "ascii" takes every other letter as it is.
CREATE = "CREATE VIRTUAL TABLE search_words USING fts5(public, internal, tokenize = 'ascii', prefix = '3 4')"
DROP = "DROP TABLE search_words"
CANDIDATES = 10_000  # the newest documents that match are ranked; a word that is everywhere stays quick


class Sqlite:
    def write(self, words: Iterable[Words]) -> None:
        rows = [(each.row, " ".join(each.public), " ".join(each.internal)) for each in words]
        self.forget([row for row, _, _ in rows])
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO search_words (rowid, public, internal) VALUES (%s, %s, %s)", rows)

    def forget(self, rows: Sequence[int]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany("DELETE FROM search_words WHERE rowid = %s", [(row,) for row in rows])

    def best(self, wanted: Wanted, *, limit: int, before: tuple[float, int] | None) -> list[tuple[int, float]]:
        hits, values = matching(wanted, 'w.rowid AS id, d."group" AS of, -bm25(search_words) AS rank')
        after = "AND (rank, id) < (%s, %s)" if before else ""
        sql = f"""
            WITH hits AS MATERIALIZED ({hits} ORDER BY w.rowid DESC LIMIT {CANDIDATES}),
            ordered AS (SELECT id, rank, row_number() OVER (PARTITION BY of ORDER BY rank DESC, id DESC) AS place FROM hits)
            SELECT id, rank FROM ordered WHERE place = 1 {after} ORDER BY rank DESC, id DESC LIMIT %s
        """  # noqa: S608 (only words of this module and placeholders)
        with connection.cursor() as cursor:
            cursor.execute(sql, [*values, *(before or ()), limit])
            return [(int(row), float(rank)) for row, rank in cursor.fetchall()]

    def count(self, wanted: Wanted, *, limit: int) -> int:
        hits, values = matching(wanted, 'd."group"')
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM (SELECT DISTINCT * FROM ({hits}) LIMIT %s)", [*values, limit])  # noqa: S608
            return int(cursor.fetchone()[0])


def matching(wanted: Wanted, columns: str) -> tuple[str, list[Any]]:
    """The documents that match and that the reader may see, as SQL and its values."""
    where, values = "", [expression(wanted)]
    if wanted.scopes is not None:
        where = f"AND d.scope IN ({', '.join(['%s'] * len(wanted.scopes))})"
        values += stored(wanted.scopes)
    joined = "search_words w JOIN search_document d ON d.id = w.rowid"
    return f"SELECT {columns} FROM {joined} WHERE search_words MATCH %s {where}", values  # noqa: S608


def stored(ids: Collection[UUID]) -> list[str]:
    return [each.hex for each in ids]  # as Django's UUIDField keeps them on SQLite


def expression(wanted: Wanted) -> str:
    """The search in FTS5's language; every word stands in quotes, and words are letters and digits only."""
    terms = [[f'"{form}"' for form in forms] for forms in wanted.terms]
    if wanted.prefix:
        terms[-1].append(f'"{wanted.prefix}" *')
    every = " AND ".join(f"({' OR '.join(forms)})" for forms in terms)
    return f"{{public}} : ({every})" + (f" OR {{internal}} : ({every})" if wanted.internal else "")
