"""A document enters, changes in or leaves the index, in the transaction of what it is about."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db import transaction

from ascolto.search import models
from ascolto.search.engines import Words, engine
from ascolto.text.words import stems

T = TypeVar("T")
BATCH = 500  # rows per statement: SQLite takes 32,766 values at once


@dataclass(frozen=True, kw_only=True)
class Document:
    """What can be found of one message. What only colleagues may read goes into `internal` and is kept apart."""

    key: UUID  # the message
    group: UUID  # its conversation
    scope: UUID  # its inbox
    at: datetime
    public: str
    internal: str = ""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A document with its words worked out, ready to be written."""

    document: Document
    public: Sequence[str]
    internal: Sequence[str]


def entries(documents: Iterable[Document]) -> list[Entry]:
    """
    Work out the words of documents; nearly all of what indexing costs, and it needs no transaction. Pure.

    Of one key given several times, the last counts.
    """
    latest = {document.key: document for document in documents}
    return [Entry(document=each, public=stems(each.public), internal=stems(each.internal)) for each in latest.values()]


def put(documents: Sequence[Document]) -> None:
    """
    Add documents to the index, in place of earlier ones with the same key.

    Twice is once. Of one key given several times, the last counts. Cost grows with the words given.
    """
    write(entries(documents))


@transaction.atomic(savepoint=False)
def write(ready: Sequence[Entry]) -> None:
    """Add documents whose words are worked out, each key once, in place of earlier ones with the same key. Twice is once."""
    for part in batches(ready):
        documents = [each.document for each in part]
        models.Document.objects.bulk_create(
            [models.Document(key=each.key, group=each.group, scope=each.scope, at=each.at) for each in documents],
            update_conflicts=True,
            unique_fields=["key"],
            update_fields=["group", "scope", "at"],
        )
        rows = dict(models.Document.objects.filter(key__in=[each.key for each in documents]).values_list("key", "id"))
        engine().write([Words(row=rows[each.document.key], public=each.public, internal=each.internal) for each in part])


@transaction.atomic
def remove(keys: Collection[UUID]) -> None:
    """Take documents out of the index; keys that are not in it are no matter."""
    for part in batches(list(keys)):
        rows = list(models.Document.objects.filter(key__in=part).values_list("id", flat=True))
        engine().forget(rows)
        models.Document.objects.filter(id__in=rows).delete()


def rescope(*, group: UUID, scope: UUID) -> None:
    """Let a conversation be found by those who may read another inbox, and no longer by those of the earlier one."""
    models.Document.objects.filter(group=group).update(scope=scope)


def batches(items: Sequence[T]) -> Iterable[Sequence[T]]:
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]
