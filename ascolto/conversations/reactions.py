"""What the search index learns from conversations."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Model

from ascolto.conversations.events import (
    CallChanged,
    ConversationStarted,
    CustomerChanged,
    MessageEdited,
    MessageReceived,
    NoteWritten,
    ReplyWritten,
)
from ascolto.conversations.models import Conversation, Message
from ascolto.database.select import select_many
from ascolto.eventlog.event import Recorded
from ascolto.eventlog.reaction import Reactions
from ascolto.search.index import Document, Entry, entries, write

TELLS_OF_A_MESSAGE = (MessageReceived, ReplyWritten, NoteWritten, MessageEdited, CallChanged)


def index(recorded: Recorded) -> None:
    """Make findable what one event tells of. Twice replaces the same document."""
    prepare([recorded])()


def prepare(batch: Sequence[Recorded]) -> Callable[[], None]:
    """
    Read what these events tell of and work out its words; what is returned writes them.

    Messages and notes are found by their words and their files' names, conversations by their subject, the customer's name
    and what was given with them. What was forgotten meanwhile is left out.
    """
    subjects = {each.event.subject for each in batch if isinstance(each.event, ConversationStarted | CustomerChanged)}
    told = {each.event.message for each in batch if isinstance(each.event, TELLS_OF_A_MESSAGE) and each.event.message}
    conversations = entries(documents_of_conversations(subjects))
    messages = entries(documents_of_messages(told))

    def write_what_is_still_there() -> None:
        write(still_there(Conversation, conversations) + still_there(Message, messages))

    return write_what_is_still_there


def still_there(model: type[Model], ready: Sequence[Entry]) -> list[Entry]:
    found = {id for (id,) in select_many(model, ("id",), by="id", values=[each.document.key for each in ready])}
    return [each for each in ready if each.document.key in found]


def documents_of_messages(ids: Collection[UUID]) -> Iterable[Document]:
    if not ids:
        return
    rows = Message.objects.filter(pk__in=ids).select_related("conversation").prefetch_related("attachments__file")
    for message in rows:
        words = " ".join([message.text, *(attachment.file.name for attachment in message.attachments.all())])
        is_note = message.visibility == Message.Visibility.INTERNAL
        yield Document(
            key=message.id,
            group=message.conversation_id,
            scope=message.conversation.inbox_id,
            at=message.at,
            public="" if is_note else words,
            internal=words if is_note else "",
        )


def documents_of_conversations(ids: Collection[UUID]) -> Iterable[Document]:
    if not ids:
        return
    for conversation in Conversation.objects.filter(pk__in=ids).select_related("customer"):
        yield Document(
            key=conversation.id,
            group=conversation.id,
            scope=conversation.inbox_id,
            at=conversation.created_at,
            public=f"{conversation.subject} {conversation.customer.name}",
            internal=words_of(conversation.attributes),
        )


def words_of(attributes: Mapping[str, Any]) -> str:
    """What was given with a conversation, for colleagues to find it by: texts and numbers, not names of attributes."""
    return " ".join(
        str(value) for value in attributes.values() if isinstance(value, (str, int, float)) and not isinstance(value, bool)
    )


REACTIONS = Reactions(
    "search",
    {
        ConversationStarted: index,
        CustomerChanged: index,
        MessageReceived: index,
        ReplyWritten: index,
        NoteWritten: index,
        MessageEdited: index,
        CallChanged: index,
    },
    prepare=prepare,
)
