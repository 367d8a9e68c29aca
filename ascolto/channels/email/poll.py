"""The only module that opens IMAP: what is new in a mailbox, its bytes, and what becomes of it there. UIDs only."""

import imaplib
import socket
import ssl
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from ipaddress import ip_address
from typing import Any, Self

from django.utils.translation import gettext_lazy, gettext_noop
from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import CapabilityError, LoginError

from ascolto.channels.contract import Door, Finding
from ascolto.channels.email.limits import MAX_HEADER_BLOCK_BYTES

CONNECT_S = 15.0
READ_S = 60.0  # a step of the conversation: a batch of mails over a slow line
IDLE_SLICE_S = 1.0  # how late a stop is noticed while we wait
# The answer to a search is one line; 10 MB are a million mails.
imaplib._MAXLINE = 10 * 1024 * 1024  # type: ignore[attr-defined]

HEAD = f"BODY.PEEK[HEADER]<0.{MAX_HEADER_BLOCK_BYTES}>"
DONE_FOLDER = "Ascolto"  # where mails go that are moved after they were fetched


NO_HOST = gettext_noop("The mail server was not found. Is its name written correctly?")
NO_ANSWER = gettext_noop("The mail server does not answer. Are name and port right?")
WRONG_PASSWORD = gettext_noop("The mail server does not take this user name and password.")
WRONG_CERTIFICATE = gettext_noop("The mail server’s certificate is not valid for its name, so nothing was sent to it.")
NO_ENCRYPTION = gettext_noop("The mail server offers no encryption, and a password is never sent without it.")
NO_FOLDER = gettext_noop("There is no such folder in this mailbox.")
BROKEN_OFF = gettext_noop("The connection to the mail server broke off.")
NOT_GIVEN = gettext_noop("The mail server does not give out a mail that is in the mailbox.")
NOT_MARKED = gettext_noop("Mails were fetched, but the mail server does not let them be marked, moved or deleted.")
WORKS = gettext_noop("The mailbox can be read.")

WHAT_TO_DO: Mapping[str, str] = {
    NO_HOST: gettext_noop("Look at the settings of your mail provider, under IMAP."),
    NO_ANSWER: gettext_noop("993 with TLS is usual. Perhaps a firewall stands between."),
    WRONG_PASSWORD: gettext_noop("Many providers want an app password, or IMAP switched on in their own settings first."),
    WRONG_CERTIFICATE: gettext_noop("Write the name that is on the certificate, or have it renewed."),
    NO_ENCRYPTION: gettext_noop("Choose TLS and port 993."),
    NO_FOLDER: gettext_noop("INBOX is the usual one; names differ in capital letters."),
}


class MailboxTrouble(Exception):
    """The mailbox cannot be used now; `words` says why, in English of the catalogue. Nothing is lost."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A mail in the mailbox, before it is fetched."""

    uid: int
    size_bytes: int
    flags: tuple[str, ...]


class Mailbox:
    """
    One open folder. Every method raises MailboxTrouble when the server does not do it; then close and open anew.

    :param access_token: instead of the password where the settings say OAuth2
    """

    def __init__(self, door: Door, *, access_token: str = "") -> None:
        self.door = door
        self.folder = door.get("imap_folder") or "INBOX"
        self.after = door.get("imap_after") or "keep"
        self.client = connect(door)
        try:
            with troubles(WRONG_PASSWORD):
                sign_in(self.client, door, access_token)
            with troubles(NO_FOLDER):
                self.validity = int(self.client.select_folder(self.folder)[b"UIDVALIDITY"])
            with troubles(BROKEN_OFF):
                self.can_idle = bool(self.client.has_capability("IDLE"))
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Say goodbye if the server listens. Twice is once."""
        self.client.__exit__(None, None, None)  # logs out, and drops every error of that

    def uids_after(self, uid: int) -> list[int]:
        """What came after this UID, oldest first."""
        self.was_told()
        with troubles(BROKEN_OFF):
            # n:* always has the last mail in it, even when that is below n.
            return sorted(each for each in self.client.search(["UID", f"{uid + 1}:*"]) if each > uid)

    def uids_unseen(self) -> list[int]:
        with troubles(BROKEN_OFF):
            return sorted(self.client.search("UNSEEN"))

    def uids_since(self, day: date) -> list[int]:
        """What was put into the mailbox on this day or later."""
        with troubles(BROKEN_OFF):
            return sorted(self.client.search(["SINCE", day]))

    def last_uid(self) -> int:
        """The highest UID that there is; 0 for an empty folder."""
        with troubles(BROKEN_OFF):
            return max(self.client.search(["UID", "*"]), default=0)

    def look_at(self, uids: Sequence[int]) -> list[Seen]:
        """Sizes and flags, without fetching; what is gone by now is left out."""
        with troubles(BROKEN_OFF):
            found = self.client.fetch(uids, ["RFC822.SIZE", "FLAGS"])
        return [
            Seen(uid=uid, size_bytes=int(facts[b"RFC822.SIZE"]), flags=tuple(text_of(each) for each in facts.get(b"FLAGS", ())))
            for uid, facts in sorted(found.items())
            if b"RFC822.SIZE" in facts
        ]

    def fetch(self, uids: Sequence[int]) -> dict[int, bytes]:
        """The mails as they are; nothing is marked. What the server refuses to give out is left out."""
        try:
            return self.fetch_parts(uids, "BODY.PEEK[]")
        except MailboxTrouble as trouble:
            if trouble.words != NOT_GIVEN:
                raise
        return {uid: content for uid in uids for content in self.fetch_one(uid, "BODY.PEEK[]")}

    def fetch_heads(self, uids: Sequence[int]) -> dict[int, bytes]:
        """Only the header lines, and of those only as much as is ever read; nothing at all when the server gives out none."""
        return {uid: next(iter(self.fetch_one(uid, HEAD)), b"") for uid in (each.uid for each in self.look_at(uids))}

    def fetch_one(self, uid: int, part: str) -> list[bytes]:
        try:
            return list(self.fetch_parts([uid], part).values())
        except MailboxTrouble as trouble:
            if trouble.words != NOT_GIVEN:
                raise
            return []

    def fetch_parts(self, uids: Sequence[int], part: str) -> dict[int, bytes]:
        with troubles(NOT_GIVEN):
            found = self.client.fetch(uids, [part])
        return {uid: content for uid, facts in found.items() if (content := part_in(facts)) is not None}

    @property
    def takes_all(self) -> bool:
        """What is fetched does not stay, so whatever is there is for us."""
        return self.after != "keep"

    def put_away(self, uids: Sequence[int]) -> None:
        """Mark as seen, and move or delete if the settings say so. Only these, by UID; twice is once."""
        with troubles(NOT_MARKED):
            self.client.add_flags(uids, [rb"\Seen"], silent=True)
            if self.after == "move":
                self.move(uids)
            elif self.after == "delete":
                self.delete(uids)

    def move(self, uids: Sequence[int]) -> None:
        if not self.client.folder_exists(DONE_FOLDER):
            self.client.create_folder(DONE_FOLDER)
        if self.client.has_capability("MOVE"):
            self.client.move(uids, DONE_FOLDER)
        else:
            self.client.copy(uids, DONE_FOLDER)
            self.delete(uids)

    def delete(self, uids: Sequence[int]) -> None:
        self.client.delete_messages(uids, silent=True)
        if self.client.has_capability("UIDPLUS"):
            self.client.uid_expunge(uids)  # a plain EXPUNGE would take along what others have marked
        # Without UIDPLUS they stay marked as deleted: any mail program shows them so and clears them away.

    def wait(self, stop: threading.Event, *, seconds: float) -> bool:
        """Wait until the server tells of something, at the most so long or until `stop`; true when it told of something."""
        if self.was_told():
            return True
        if not self.can_idle:
            stop.wait(seconds)
            return False
        deadline = time.monotonic() + seconds
        with troubles(BROKEN_OFF):
            self.client.idle()
            told = False
            while not told and not stop.is_set() and time.monotonic() < deadline:
                began = time.monotonic()
                news = self.client.idle_check(IDLE_SLICE_S)
                told = any(len(each) > 1 and each[1] in (b"EXISTS", b"RECENT") for each in news)
                if not news and time.monotonic() - began < IDLE_SLICE_S / 2:
                    break  # the connection has ended: DONE will say so
            self.client.idle_done()
        return told

    def was_told(self) -> bool:
        """
        Whether the server has told of mail since this was last asked, among its answers to anything.

        It tells once: what it said beside the answer to a search or a mark, it does not say again in IDLE.
        """
        told = self.client._imap.untagged_responses
        return bool(told.pop("EXISTS", None)) | bool(told.pop("RECENT", None))


class troubles:  # noqa: N801  # reads as a verb: with troubles(...)
    """Turn what goes wrong within into MailboxTrouble; `refused` is what it means when the server says no."""

    def __init__(self, refused: str) -> None:
        self.refused = refused

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, MailboxTrouble) or not isinstance(error, Exception):
            return
        raise MailboxTrouble(words_for(error, self.refused)) from error


def words_for(error: Exception, refused: str) -> str:
    """What an error means to people. Never the server's own words: they may be anybody's (threat I1)."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return WRONG_CERTIFICATE
    if isinstance(error, socket.gaierror | UnicodeError):
        return NO_HOST
    if isinstance(error, LoginError):
        return WRONG_PASSWORD
    if isinstance(error, imaplib.IMAP4.abort):
        return BROKEN_OFF
    if isinstance(error, CapabilityError | imaplib.IMAP4.error):
        return refused
    if isinstance(error, OSError):
        return NO_ANSWER if refused == NO_ANSWER else BROKEN_OFF
    return BROKEN_OFF  # an answer that is no IMAP


def connect(door: Door) -> IMAPClient:
    host, port, security = door.get("imap_host"), int(door.get("imap_port") or 993), door.get("imap_security") or "tls"
    patience = SocketTimeout(CONNECT_S, READ_S)
    if security == "none" and not is_loopback(host):
        raise MailboxTrouble(NO_ENCRYPTION)
    with troubles(NO_ANSWER):
        if security == "tls":
            return IMAPClient(host, port, ssl=True, ssl_context=certificates(), timeout=patience)
        client = IMAPClient(host, port, ssl=False, timeout=patience)
    if security == "starttls":
        try:
            with troubles(NO_ENCRYPTION):
                client.starttls(certificates())
        except MailboxTrouble:
            client.shutdown()
            raise
    return client


def certificates() -> ssl.SSLContext:
    """Checks the server's name and certificate against the system's authorities (SSL_CERT_FILE adds one's own)."""
    return ssl.create_default_context()


def is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def sign_in(client: IMAPClient, door: Door, access_token: str) -> None:
    if door.get("imap_auth") == "oauth2":
        client.oauth2_login(door.get("imap_user"), access_token)
    else:
        client.login(door.get("imap_user"), door.get("imap_password"))


def text_of(value: Any) -> str:
    return value.decode("ascii", "replace") if isinstance(value, bytes) else str(value)


def part_in(facts: Mapping[bytes, Any]) -> bytes | None:
    """The part among the answers; servers spell its name with or without the place it begins at."""
    return next((bytes(value) for name, value in facts.items() if name.startswith(b"BODY[") and value is not None), None)


def in_batches(seen: Iterable[Seen], *, count: int, size_bytes: int) -> Iterable[list[Seen]]:
    """Cut where a batch would be longer or larger; a mail that is larger by itself is one of its own."""
    batch: list[Seen] = []
    held_bytes = 0
    for each in seen:
        if batch and (len(batch) >= count or held_bytes + each.size_bytes > size_bytes):
            yield batch
            batch, held_bytes = [], 0
        batch.append(each)
        held_bytes += each.size_bytes
    if batch:
        yield batch


def day_before(text: str) -> date:
    """The day before an ISO date: servers count days in their own time zone."""
    return date.fromisoformat(text) - timedelta(days=1)


def try_settings(door: Door, *, access_token: str = "") -> Finding:
    """Open the mailbox and close it again, reading nothing. Twice is the same."""
    try:
        with Mailbox(door, access_token=access_token):
            return Finding(is_well=True, words=gettext_lazy(WORKS))
    except MailboxTrouble as trouble:
        todo = WHAT_TO_DO.get(trouble.words, "")
        return Finding(is_well=False, words=gettext_lazy(trouble.words), todo=gettext_lazy(todo) if todo else "")
