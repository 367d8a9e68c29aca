"""What leaves, as values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ascolto.channels.contract.arriving import State


@dataclass(frozen=True, kw_only=True)
class OutboundFile:
    """A file of a reply; `path` is where its bytes are, `url` a signed address where the provider may fetch it for minutes."""

    name: str
    type: str
    size_bytes: int
    path: str
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class OutboundMessage:
    """
    One reply for one address, with everything any kind needs to send it; the same at every attempt.

    :param id: ours; kinds that can, hand it to the provider so that a second attempt is known as the same
    :param mail_id: the Message-ID, fixed before the first attempt
    :param reply_token: whoever answers with it answers this conversation (email/tokens.py, deep links)
    :param answers_to: provider ids or Message-IDs of earlier messages of the thread, oldest first
    :param signature: how the author signs, plain text
    :param last_in_at: when this address last wrote to us; for channels with a reply window
    """

    id: UUID
    conversation: UUID
    number: int
    to: str
    to_name: str
    author: str
    text: str
    at: datetime
    language: str
    html: str = ""
    subject: str = ""
    files: Sequence[OutboundFile] = ()
    mail_id: str = ""
    reply_token: str = ""
    signature: str = ""
    page_url: str = ""
    unsubscribe_url: str = ""  # of letters that no colleague wrote
    answers_to: Sequence[str] = ()
    last_in_at: datetime | None = None
    template: str = ""
    is_automatic: bool = False


@dataclass(frozen=True, kw_only=True)
class Taken:
    """The provider has it. `id` is its name for the message, by which receipts come back."""

    id: str
    state: State = "sent"
