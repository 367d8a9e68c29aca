"""tsvector over stems: a table `search_words` with one column of words per kind, each with its GIN index."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from ascolto.search.engines import Wanted, Words

# No foreign key to the document, as FTS5 has none: index.py writes and removes both in one transaction.
CREATE = """
    CREATE TABLE search_words (
        id bigint PRIMARY KEY,
        public tsvector NOT NULL,
        internal tsvector NOT NULL
    );
    CREATE INDEX search_words_by_public ON search_words USING gin (public);
    CREATE INDEX search_words_by_internal ON search_words USING gin (internal);
"""
DROP = "DROP TABLE search_words"
CANDIDATES = 10_000  # the newest documents that match are ranked; a word that is everywhere stays quick
MAX_POSITION = 16_383  # tsvector counts no further
MAX_POSITIONS = 255  # and keeps no more of one word


class Postgres:
    def write(self, words: Iterable[Words]) -> None:
        rows = [(each.row, vector(each.public), vector(each.internal)) for each in words]
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO search_words (id, public, internal) VALUES (%s, %s::tsvector, %s::tsvector) "
                "ON CONFLICT (id) DO UPDATE SET public = excluded.public, internal = excluded.internal",
                rows,
            )

    def forget(self, rows: Sequence[int]) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM search_words WHERE id = ANY(%s)", [list(rows)])

    def best(self, wanted: Wanted, *, limit: int, before: tuple[float, int] | None) -> list[tuple[int, float]]:
        hits, values = matching(wanted, 'd.id, d."group" AS of')
        query = expression(wanted)
        words = "w.public || w.internal" if wanted.internal else "w.public"
        after = "AND (rank, id) < (%s, %s)" if before else ""
        sql = f"""
            WITH hits AS MATERIALIZED ({hits} ORDER BY d.id DESC LIMIT {CANDIDATES}),
            ranked AS (SELECT id, of, ts_rank({words}, %s::tsquery)::float8 AS rank FROM hits JOIN search_words w USING (id)),
            ordered AS (SELECT id, rank, row_number() OVER (PARTITION BY of ORDER BY rank DESC, id DESC) AS place FROM ranked)
            SELECT id, rank FROM ordered WHERE place = 1 {after} ORDER BY rank DESC, id DESC LIMIT %s
        """  # noqa: S608 (only words of this module and placeholders)
        with connection.cursor() as cursor:
            cursor.execute(sql, [*values, query, *(before or ()), limit])
            return [(int(row), float(rank)) for row, rank in cursor.fetchall()]

    def count(self, wanted: Wanted, *, limit: int) -> int:
        hits, values = matching(wanted, 'DISTINCT d."group"')
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM ({hits} LIMIT %s) AS seen", [*values, limit])  # noqa: S608
            return int(cursor.fetchone()[0])


def matching(wanted: Wanted, columns: str) -> tuple[str, list[Any]]:
    """The documents that match and that the reader may see, as SQL and its values."""
    query = expression(wanted)
    where, values = "w.public @@ %s::tsquery", [query]
    if wanted.internal:
        where, values = f"({where} OR w.internal @@ %s::tsquery)", [query, query]
    found: list[Any] = [*values]
    if wanted.scopes is not None:
        where += " AND d.scope = ANY(%s)"
        found.append(list(wanted.scopes))
    return f"SELECT {columns} FROM search_words w JOIN search_document d ON d.id = w.id WHERE {where}", found  # noqa: S608


def vector(stems: Sequence[str]) -> str:
    """Stems as a tsvector is written, with their places: to_tsvector would cut and stem them again in its own way."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, stem in enumerate(stems, start=1):
        if place <= MAX_POSITION and len(places[stem]) < MAX_POSITIONS:
            places[stem].append(place)
    return " ".join(f"'{stem}':{','.join(map(str, found))}" if found else f"'{stem}'" for stem, found in places.items())


def expression(wanted: Wanted) -> str:
    """The search in tsquery's language; every word stands in quotes, and words are letters and digits only."""
    terms = [[f"'{form}'" for form in forms] for forms in wanted.terms]
    if wanted.prefix:
        terms[-1].append(f"'{wanted.prefix}':*")
    return " & ".join(f"({' | '.join(forms)})" for forms in terms)
