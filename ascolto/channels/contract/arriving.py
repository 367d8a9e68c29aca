"""What arrives, as values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class Sender:
    """
    Who wrote, as the channel knows it.

    :param kind: of address, as people.models.Address.Kind: email, phone, telegram, custom
    :param value: in its one spelling (e-mail lower-cased, phone as +390612345); empty when nobody can tell (threat A3)
    :param is_proven: the channel itself vouches that it is theirs; else it joins and reveals nothing (threat D1)
    """

    kind: str
    value: str
    name: str = ""
    language: str = ""
    is_proven: bool = False


@dataclass(frozen=True, kw_only=True)
class ArrivedFile:
    """A file with its bytes. `type` is what the sender says; files/ looks for itself. `content_id` is without < >."""

    name: str
    content: bytes
    type: str = ""
    content_id: str = ""
    is_inline: bool = False


@dataclass(frozen=True, kw_only=True)
class Media:
    """A file that the provider keeps and `Kind.fetch` brings; `id` is what the provider calls it, an address or an id."""

    id: str
    name: str = ""
    type: str = ""
    size_bytes: int | None = None


@dataclass(frozen=True, kw_only=True)
class ArrivedMessage:
    """
    Words (and files) of a customer, normalised.

    :param id: the sender's or provider's own id, unique within the inbox; empty: the digest of what arrived stands for it
    :param answers_to: ids of messages it says it answers (References and In-Reply-To; quoted message ids), oldest first
    :param tokens: our own thread tokens found in it (reply address, deep link), not yet checked
    :param subject_number: the conversation number in its subject; only ever a hint for people
    :param automatic: empty for a person; else what makes us think a machine wrote: auto-reply, bounce, list, own-loop …
    :param head: what a person wants to see of its head: {"from", "to", "cc", "subject", "date"…}, plain texts and lists
    :param warnings: what was cut or could not be read, in plain words (English source texts of this room's catalogue)
    :param matter: the provider's own name of what this is a part of (a phone call): one matter is one conversation
    """

    id: str
    sender: Sender
    text: str
    html: str = ""
    subject: str = ""
    files: Sequence[ArrivedFile | Media] = ()
    claimed_at: datetime | None = None
    answers_to: Sequence[str] = ()
    tokens: Sequence[str] = ()
    subject_number: int | None = None
    language: str = ""
    automatic: str = ""
    head: Mapping[str, Any] = field(default_factory=dict)
    warnings: Sequence[str] = ()
    matter: str = ""


State = Literal["sent", "delivered", "read", "failed"]


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """
    What became of a message of ours.

    :param id: what the provider called it when it took it, or our own Message-ID
    :param to: the address it is about, where one message goes to several; empty: whoever it went to
    :param is_for_good: the address itself does not work (a hard bounce)
    """

    id: str
    state: State
    at: datetime | None = None
    to: str = ""
    reason: str = ""
    is_for_good: bool = False


@dataclass(frozen=True, kw_only=True)
class Edited:
    """The customer changed a message; both versions are kept."""

    id: str  # of the message, as it arrived
    text: str
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Reacted:
    """The customer answered a message with a sign; an empty sign takes it back."""

    id: str  # of the message reacted to: ours as the provider called it, or theirs
    sign: str
    sender: Sender
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Called:
    """
    What is known of a phone call from one of its events; they come in any order, again, or not at all (threats H3, H6).

    :param id: the provider's name of the call; one call is one conversation
    :param ours: of a call that we began: our row, as the provider hands it back
    :param caller: who calls; None where the event does not say
    :param is_over: it has ended; with nothing of the following said by then, it was missed
    :param is_answered: somebody of ours spoke with them; `talked_s` for how long
    :param why: of a call of ours that did not come about: busy, no-answer, failed, canceled
    :param waits: it stands in the queue now, or has left it
    :param call_back: the number at which they want to be called back, as +390612345
    :param recording: the provider's name of a voicemail (the id of its ArrivedMessage); `recorded_s` long
    :param transcript: what was said in that recording
    """

    id: str
    ours: str = ""
    caller: Sender | None = None
    is_over: bool = False
    is_answered: bool = False
    talked_s: int | None = None
    waits: bool | None = None
    why: str = ""
    call_back: str = ""
    recording: str = ""
    recorded_s: int | None = None
    transcript: str = ""


Arrival = ArrivedMessage | Receipt | Edited | Reacted | Called


@dataclass(frozen=True, kw_only=True)
class Raw:
    """Bytes as they arrived, kept and committed before anybody reads them. `head` is what the door noted beside them."""

    id: UUID
    content: bytes
    received_at: datetime
    head: Mapping[str, Any] = field(default_factory=dict)
