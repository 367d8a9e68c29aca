"""Every fact a conversation can record, typed: ids and small facts, never words."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ascolto.eventlog.event import Event, kind


@dataclass(frozen=True, kw_only=True)
class ConversationFact(Event):
    """What every event of a conversation carries, so that whoever passes it on knows who may hear it."""

    inbox: UUID
    customer: UUID
    number: int


@kind("conversation.started")
@dataclass(frozen=True, kw_only=True)
class ConversationStarted(ConversationFact):
    sentence: ClassVar[str | Promise] = _("The conversation began")


@kind("conversation.message_received")
@dataclass(frozen=True, kw_only=True)
class MessageReceived(ConversationFact):
    sentence: ClassVar[str | Promise] = _("The customer wrote")
    message: UUID
    is_automatic: bool = False  # a machine did (out of office): nobody waits


@kind("conversation.reply_written")
@dataclass(frozen=True, kw_only=True)
class ReplyWritten(ConversationFact):
    sentence: ClassVar[str | Promise] = _("%(actor)s replied")
    message: UUID
    is_first: bool = False  # the first reply of its episode


@kind("conversation.note_written")
@dataclass(frozen=True, kw_only=True)
class NoteWritten(ConversationFact):
    sentence: ClassVar[str | Promise] = _("%(actor)s left a note")
    message: UUID


@kind("conversation.assigned")
@dataclass(frozen=True, kw_only=True)
class ConversationAssigned(ConversationFact):
    sentence: ClassVar[str | Promise] = _("%(actor)s assigned the conversation")
    assignee: UUID | None = None
    team: UUID | None = None
    previous_assignee: UUID | None = None


@kind("conversation.resolved")
@dataclass(frozen=True, kw_only=True)
class ConversationResolved(ConversationFact):
    sentence: ClassVar[str | Promise] = _("%(actor)s resolved the conversation")
    episode: int


@kind("conversation.reopened")
@dataclass(frozen=True, kw_only=True)
class ConversationReopened(ConversationFact):
    sentence: ClassVar[str | Promise] = _("The conversation was reopened")
    episode: int


@kind("conversation.status_set")
@dataclass(frozen=True, kw_only=True)
class StatusSet(ConversationFact):
    sentence: ClassVar[str | Promise] = _("%(actor)s changed whose turn it is")
    status: str


@kind("conversation.tagged")
@dataclass(frozen=True, kw_only=True)
class ConversationTagged(ConversationFact):
    sentence: ClassVar[str | Promise] = _("%(actor)s changed the tags")
    tags: tuple[int, ...] = ()  # ids of all tags it has now


@kind("conversation.priority_set")
@dataclass(frozen=True, kw_only=True)
class PrioritySet(ConversationFact):
    sentence: ClassVar[str | Promise] = _("%(actor)s set the priority")
    priority: int
    previous: int


@kind("conversation.customer_changed")
@dataclass(frozen=True, kw_only=True)
class CustomerChanged(ConversationFact):
    sentence: ClassVar[str | Promise] = _("The conversation joined the customer’s history")
    earlier: UUID


@kind("message.sent")
@dataclass(frozen=True, kw_only=True)
class MessageSent(ConversationFact):
    sentence: ClassVar[str | Promise] = _("The reply went out")
    message: UUID


@kind("message.delivered")
@dataclass(frozen=True, kw_only=True)
class MessageDelivered(ConversationFact):
    sentence: ClassVar[str | Promise] = _("The reply was delivered")
    message: UUID


@kind("message.edited")
@dataclass(frozen=True, kw_only=True)
class MessageEdited(ConversationFact):
    sentence: ClassVar[str | Promise] = _("The customer changed a message")
    message: UUID


@kind("message.sign_received")
@dataclass(frozen=True, kw_only=True)
class SignReceived(ConversationFact):
    sentence: ClassVar[str | Promise] = _("The customer answered with a sign")
    message: UUID


@kind("conversation.call_changed")
@dataclass(frozen=True, kw_only=True)
class CallChanged(ConversationFact):
    sentence: ClassVar[str | Promise] = _("Something happened in a phone call")
    message: UUID | None = None  # that tells of the call


@kind("message.failed")
@dataclass(frozen=True, kw_only=True)
class MessageFailed(ConversationFact):
    sentence: ClassVar[str | Promise] = _("The reply could not be delivered")
    message: UUID


@kind("message.read")
@dataclass(frozen=True, kw_only=True)
class MessagesRead(ConversationFact):
    sentence: ClassVar[str | Promise] = _("The customer read the reply")
    message: UUID | None = None  # None: all up to now
