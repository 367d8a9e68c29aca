"""What the search index learns from conversations."""

from collections.abc import Mapping
from typing import Any

from ascolto.conversations.events import ConversationStarted, CustomerChanged, MessageReceived, NoteWritten, ReplyWritten
from ascolto.conversations.models import Conversation, Message
from ascolto.eventlog.event import Recorded
from ascolto.eventlog.reaction import Reactions
from ascolto.search.index import Document, put


def index_message(recorded: Recorded) -> None:
    """Make a message or note findable by its words and its files' names. Twice replaces the same document."""
    event = recorded.event
    assert isinstance(event, MessageReceived | ReplyWritten | NoteWritten)
    message = Message.objects.filter(pk=event.message).prefetch_related("attachments__file").first()
    if message is None:
        return  # forgotten since
    words = " ".join([message.text, *(attachment.file.name for attachment in message.attachments.all())])
    is_note = message.visibility == Message.Visibility.INTERNAL
    put(
        [
            Document(
                key=message.id,
                group=event.subject,
                scope=event.inbox,
                at=message.at,
                public="" if is_note else words,
                internal=words if is_note else "",
            )
        ]
    )


def index_conversation(recorded: Recorded) -> None:
    """Make a conversation findable by its subject and the customer's name. Twice replaces the same document."""
    conversation = Conversation.objects.filter(pk=recorded.event.subject).select_related("customer").first()
    if conversation is None:
        return
    put(
        [
            Document(
                key=conversation.id,
                group=conversation.id,
                scope=conversation.inbox_id,
                at=conversation.created_at,
                public=f"{conversation.subject} {conversation.customer.name}",
                internal=words_of(conversation.attributes),
            )
        ]
    )


def words_of(attributes: Mapping[str, Any]) -> str:
    """What was given with a conversation, for colleagues to find it by: texts and numbers, not names of attributes."""
    return " ".join(
        str(value) for value in attributes.values() if isinstance(value, (str, int, float)) and not isinstance(value, bool)
    )


REACTIONS = Reactions(
    "search",
    {
        ConversationStarted: index_conversation,
        CustomerChanged: index_conversation,
        MessageReceived: index_message,
        ReplyWritten: index_message,
        NoteWritten: index_message,
    },
)
