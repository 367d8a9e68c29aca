"""Internal notes: words between colleagues, never shown to a customer."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from ascolto.accounts.models import User
from ascolto.conversations.events import NoteWritten
from ascolto.conversations.models import Conversation, Draft, Message
from ascolto.conversations.receive import about
from ascolto.conversations.reply import append, lock, refuse_nothing, written_before
from ascolto.eventlog.append import append as record
from ascolto.eventlog.event import Actor


@transaction.atomic
def write_note(
    *,
    conversation: Conversation,
    text: str,
    by: Actor,
    author: User | None,
    at: datetime,
    files: Sequence[UUID] = (),
    source: str | None = None,
) -> Message:
    """
    Append an internal note and record NoteWritten. No clock starts or stops, nobody's turn changes.

    Twice with the same `source` returns the first.
    :raises NothingSaid, TooManyFiles, ConversationGone: see reply.py
    """
    if known := written_before(source):
        return known
    refuse_nothing(text, files)
    locked = lock(conversation)
    if known := written_before(source):  # by its twin, while this one waited for the lock
        return known
    message = append(locked, text, Message.Visibility.INTERNAL, by, author, at, "", files, source, Message.Delivery.NONE)
    if author is not None:
        Draft.objects.filter(conversation=locked, user=author).delete()
    locked.updated_at = at
    locked.version += 1
    locked.save(update_fields=["updated_at", "version"])
    record(NoteWritten(message=message.id, actor=by, **about(locked)), at=at)
    return message
