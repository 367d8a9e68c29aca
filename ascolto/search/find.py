"""Someone looks for words and finds conversations, only those that they may see."""

import math
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ascolto.search.engines import Wanted, engine
from ascolto.search.models import Document
from ascolto.text.words import query_terms, query_tokens

MAX_MATCHES = 100
MAX_COUNT = 1_001  # "more than 1,000" is all that a screen says
MIN_PREFIX_CHARS = 3  # two letters begin every other word


class BadCursor(ValueError):
    """The place to go on from is none that a search has given."""


@dataclass(frozen=True, kw_only=True)
class Match:
    """The message that answers best of one conversation; `cursor` is where the next page goes on."""

    group: UUID
    key: UUID
    rank: float  # higher is better; comparable within one search only
    at: datetime
    cursor: str


def find(
    query: str, *, scopes: Collection[UUID] | None, internal: bool, limit: int = 50, before: str | None = None
) -> list[Match]:
    """
    Return the conversations in which every word of `query` is found, the best first, one match each.

    :param scopes: inboxes that the reader may see; None for all of them, empty for none
    :param internal: whether notes are searched as well; if not, they play no part at all
    :param limit: at most this many, 100 at most
    :param before: the `cursor` of the last match that was shown
    :raises BadCursor: `before` is not such a cursor
    """
    place = read_cursor(before) if before is not None else None
    wanted = wanted_by(query, scopes, internal)
    if wanted is None:
        return []
    best = engine().best(wanted, limit=max(1, min(limit, MAX_MATCHES)), before=place)
    documents = Document.objects.in_bulk([row for row, _ in best])
    return [match(documents[row], rank) for row, rank in best if row in documents]


def count(query: str, *, scopes: Collection[UUID] | None, internal: bool) -> int:
    """Return in how many conversations `find` would find something, counting no further than 1,001."""
    wanted = wanted_by(query, scopes, internal)
    return 0 if wanted is None else engine().count(wanted, limit=MAX_COUNT)


def wanted_by(query: str, scopes: Collection[UUID] | None, internal: bool) -> Wanted | None:
    """The search that a query means; None when there is nothing to look for or nowhere to look."""
    terms = query_terms(query)
    if not terms or (scopes is not None and not scopes):
        return None
    last = query_tokens(query)[-1]
    return Wanted(terms=terms, prefix=last if len(last) >= MIN_PREFIX_CHARS else "", scopes=scopes, internal=internal)


def match(document: Document, rank: float) -> Match:
    cursor = f"{rank.hex()}~{document.id}"
    return Match(group=document.group, key=document.key, rank=rank, at=document.at, cursor=cursor)


def read_cursor(text: str) -> tuple[float, int]:
    rank, _, row = text.partition("~")
    try:
        place = float.fromhex(rank), int(row)
    except (ValueError, OverflowError) as error:
        raise BadCursor(text[:50]) from error
    if not math.isfinite(place[0]) or not 0 <= place[1] < 2**63:
        raise BadCursor(text[:50])
    return place
