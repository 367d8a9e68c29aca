"""What a kind of channel is: settings, capabilities, how it reads what arrives and sends what leaves; values, no database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar, Literal, Protocol
from uuid import UUID

from django.utils.functional import Promise

Words = str | Promise


class Unreadable(Exception):
    """What arrived cannot be read; it is kept, shown with this reason (in plain words), and can be read again later."""


class Forged(Exception):
    """A call that does not prove to be from the provider; it is answered 403 and nothing of it is kept."""


class TryLater(Exception):
    """The provider does not answer or does not take it now, for a reason (in plain words) that passes."""

    def __init__(self, reason: str, *, after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.after = after  # what the provider asked for (Retry-After); None: the desk's own waits


class Never(Exception):
    """The provider refuses this message for good; the reason, in plain words, is shown beside it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


# What arrives


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


# What leaves


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


# A kind of channel


@dataclass(frozen=True, kw_only=True)
class Setting:
    """
    One thing that the operator fills in.

    :param form: how it is asked for and checked; secrets are sealed, never shown again, kept when left empty
    :param part: the group of settings it stands in, folded on the page; empty: the few that everybody fills in
    """

    name: str
    label: Words
    help: Words = ""
    form: Literal["text", "secret", "email", "host", "port", "url", "phone", "choice", "flag", "long"] = "text"
    choices: Sequence[tuple[str, Words]] = ()
    default: Any = ""
    is_required: bool = False
    placeholder: str = ""
    part: Words = ""


@dataclass(frozen=True, kw_only=True)
class Capabilities:
    """
    What a channel can carry; the composer and the delivery keep to it.

    :param reply_window: how long after the customer's last word a free reply may go (WhatsApp: 24 h); None: always
    :param has_templates: outside the window an approved template may go
    """

    max_chars: int = 100_000
    files: bool = True
    max_files: int = 50
    max_file_bytes: int = 25 * 1024 * 1024
    html: bool = False
    subject: bool = False
    receipts: frozenset[State] = frozenset()
    edits: bool = False
    reactions: bool = False
    reply_window: timedelta | None = None
    has_templates: bool = False
    can_begin: bool = False  # an agent may write first


@dataclass(frozen=True, kw_only=True)
class Door:
    """An inbox as its kind sees it: the settings with secrets opened, and where the world reaches it."""

    inbox: UUID
    key: str
    name: str
    language: str
    settings: Mapping[str, Any]
    hook_url: str = ""  # https://desk.example/hooks/<kind>/<inbox key>/, built from ASCOLTO_URL alone (threat H2)
    site_url: str = ""
    desk_name: str = ""

    def get(self, name: str) -> str:
        """A setting as text; empty when it is not filled in."""
        value = self.settings.get(name)
        return "" if value is None else str(value)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What a try of the settings found, in words for the one who filled them in."""

    is_well: bool
    words: Words
    todo: Words = ""


@dataclass(frozen=True, kw_only=True)
class HookCall:
    """
    A provider's call as it came. Header names are lower-case.

    :param url: our public address (ASCOLTO_URL, whatever the Host header says) with the query as it was sent (threat H2)
    :param facts: what `facts` of the kind has found out, only when its answer is asked for
    """

    method: str
    url: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    at: datetime
    facts: Any = None


@dataclass(frozen=True, kw_only=True)
class HookAnswer:
    """What the provider gets back, after what it brought is committed."""

    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"
    status: int = 200


class Kind(Protocol):
    """
    One kind of channel, one row of the registry. Everything but `fetch`, `send` and `check` is pure.

    A kind knows the contract alone: no other kind, no database.
    """

    name: ClassVar[str]
    label: ClassVar[Words]
    hint: ClassVar[Words]  # one sentence: what it is for and what one needs for it
    address_kind: ClassVar[str]
    capabilities: ClassVar[Capabilities]
    settings: ClassVar[Sequence[Setting]]

    def read(self, raws: Sequence[Raw], door: Door) -> Sequence[Sequence[Arrival] | Unreadable]:
        """What each of these says, in their order; Unreadable stands in the place of one that cannot be read."""

    def fetch(self, media: Media, door: Door) -> ArrivedFile:
        """Bring a file that the provider keeps. :raises TryLater, Never:"""

    def send(self, message: OutboundMessage, door: Door) -> Taken:
        """One attempt. :raises TryLater, Never:"""

    def check(self, door: Door) -> Sequence[Finding]:
        """Try the settings against the provider, reading only; twice is the same. Never raises for what a provider does."""


class HookKind(Kind, Protocol):
    """A kind whose provider calls us (edge/doors.py)."""

    def verify(self, call: HookCall, door: Door) -> None:
        """Check the provider's signature, in constant time, over the raw bytes. No secret configured refuses. :raises Forged:"""

    def key(self, call: HookCall) -> str:
        """What makes this call the same as an earlier one: the provider's id of it, else the digest of its body."""

    def greet(self, call: HookCall, door: Door) -> HookAnswer | None:
        """The answer to a call that brings nothing to keep (a set-up challenge); None: keep it. :raises Forged:"""

    def answer(self, call: HookCall, door: Door) -> HookAnswer:
        """The answer once the call is committed."""


class InformedHookKind(HookKind, Protocol):
    """One whose answer depends on what the desk knows, as that of a call that is being answered."""

    def facts(self, call: HookCall, door: Door) -> Any:
        """What `answer` needs, as `call.facts`: asked in a thread that may read the database, after the call is committed."""


class ConnectedKind(HookKind, Protocol):
    """One that can tell its provider where to call, so that nobody has to copy an address."""

    def connect(self, door: Door) -> Sequence[Finding]:
        """Have the provider call `door.hook_url` from now on. Twice is once. Never raises for what a provider does."""
