"""Rows of the heart: inboxes, conversations, messages, and what agents keep beside them."""

from ascolto.conversations.models.conversation import Conversation, Episode, Tag
from ascolto.conversations.models.desk import Draft, PrivateLink, ReadMark
from ascolto.conversations.models.inbox import Inbox
from ascolto.conversations.models.message import Attachment, Message

__all__ = ["Attachment", "Conversation", "Draft", "Episode", "Inbox", "Message", "PrivateLink", "ReadMark", "Tag"]
