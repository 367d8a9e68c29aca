"""A kind of channel: its settings, what it can do, how it reads, sends and is called."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Literal, Protocol
from uuid import UUID

from ascolto.channels.contract.arriving import Arrival, ArrivedFile, Media, Raw, State
from ascolto.channels.contract.failing import Unreadable, Words
from ascolto.channels.contract.leaving import OutboundMessage, Taken


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
