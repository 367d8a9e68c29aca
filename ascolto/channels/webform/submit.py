"""A submitted form becomes a conversation."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import transaction

from ascolto.channels.inbound import InboundMessage, accept
from ascolto.channels.jobs import acknowledge_later
from ascolto.channels.pace import take_turn
from ascolto.conversations.models import Inbox
from ascolto.conversations.receive import Received
from ascolto.jobs.enqueue import enqueue
from ascolto.people.identify import Claim
from ascolto.text.normalise import is_blank, normalise, normalise_line


class NothingWritten(Exception):
    """Neither words nor a file."""


@dataclass(frozen=True, kw_only=True)
class Submission:
    """
    A form as it was filled in. `nonce` came with the empty form; `file_owner` is who uploaded the files.

    :param answers: to the form's own fields, checked, by the fields' names; they become the conversation's attributes
    """

    name: str
    email: str
    subject: str
    text: str
    nonce: str
    file_owner: str
    files: tuple[UUID, ...] = ()
    file_names: tuple[str, ...] = ()
    language: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)


@transaction.atomic
def submit(*, inbox: Inbox, submission: Submission, at: datetime) -> Received:
    """
    Start a conversation with what was written, and have the address told once a day at most that it arrived.

    The same form with the same words twice is one conversation; with other words (back, changed, sent again) it is two.
    :raises NothingWritten, normalise.TooLong, inbound.NotYours:
    """
    text = normalise(submission.text)
    if is_blank(text) and not submission.files:
        raise NothingWritten
    email = submission.email.strip().lower()
    received = accept(
        InboundMessage(
            inbox=inbox.id,
            text=text,
            at=at,
            source=source_of(submission),
            files=submission.files,
            file_owner=submission.file_owner,
            claim=Claim(name=submission.name, email=email, language=submission.language),
            subject=normalise_line(submission.subject),
            language=submission.language,
            attributes=dict(submission.answers),
        )
    )
    if not received.is_repeated and take_turn(address=email, kind="acknowledgement", at=at):
        enqueue(acknowledge_later, now=at, key=str(received.conversation), conversation_id=str(received.conversation))
    return received


def source_of(submission: Submission) -> str:
    answers = json.dumps(submission.answers, sort_keys=True) if submission.answers else ""
    parts = (submission.email, submission.name, submission.subject, submission.text, *submission.file_names, answers)
    digest = sha256("\x00".join(parts).encode("utf-8", "replace")).hexdigest()[:32]
    return f"w:{normalise_line(submission.nonce, max_chars=40)}:{digest}"
