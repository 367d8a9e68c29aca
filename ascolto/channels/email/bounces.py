"""What mail servers say became of a mail of ours: delivery reports (RFC 3464), receipts, bounces in plain text (threat J4)."""

import re
from collections.abc import Iterator
from datetime import datetime

from ascolto.channels.contract import Receipt, State
from ascolto.channels.email.addresses import read_address
from ascolto.channels.email.automatic import DAEMONS, Ours, domain_of, has_no_return
from ascolto.channels.email.charsets import decode
from ascolto.channels.email.headers import Headers, read_headers
from ascolto.channels.email.limits import gettext_noop
from ascolto.channels.email.mime import Part

MAX_RECIPIENTS = 50
MAX_TEXT_BYTES = 100_000
MAIL_ID = re.compile(rb"<[^<>\s]{3,990}@[^<>\s]{1,255}>")
QUOTED_ID = re.compile(rb"(?im)^[>|\s]{0,20}message-id[ \t]*:\s{0,5}(<[^<>\s]{3,990}>)")
STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
CODE = re.compile(r"(?<!\d)([45])([0-5]\d)(?!\d)")
# "<anna@example.com>:", "  anna@example.com", "To: anna@example.com": how servers name the one that failed
NAMED = re.compile(
    r"(?im)^[ \t]{0,8}(?:to:[ \t]*|recipient:[ \t]*|rcpt to:[ \t]*)?<?([^\s<>,;:()\"]{1,64}@[\w.-]{1,190}\w)>?[:.,]?(?:[ \t(]|$)"
)
STILL_TRYING = re.compile(
    r"(?i)\b(?:will (?:be retried|keep trying|continue|retry)|still (?:trying|being retried)|has been delayed|delivery delayed"
    r"|no action is required|not (?:yet )?been delivered (?:yet|within)|this is a warning message only|temporarily deferred)"
)
NO_SUCH_USER = re.compile(
    r"(?i)user (?:is )?unknown|unknown (?:user|recipient|address|local[- ]part|mailbox)"
    r"|no such (?:user|recipient|mailbox|address|person)|invalid (?:recipient|mailbox)|no mailbox here|recipientnotfound"
    r"|(?:user|recipient|mailbox|address|account)\b.{0,40}\b(?:does not exist|doesn't exist|not found|not exist)"
    r"|not a valid mailbox|not our customer|account (?:is|has been) disabled"
)
SERVERS = re.compile(r"(?:mailer-daemon|mail-daemon|mailerdaemon|postmaster)@")
FAILURE = re.compile(
    r"(?i)(?:could|can) ?not be delivered|(?:did not|didn't) reach|undeliverable|undelivered mail|delivery (?:has )?failed"
    r"|(?:konnte|kann) nicht zugestellt|unzustellbar|non (?:è stato|è stata|può essere) (?:possibile )?(?:consegn|recapit)"
    r"|n['’]a pas pu être (?:remis|distribu|livr)|no se (?:ha podido|pudo) entregar"
)
OTHER_REPORTS = ("message/disposition-notification", "message/feedback-report")
FULL = re.compile(r"(?i)mailbox (?:is )?full|over ?quota|quota (?:exceeded|full)|insufficient (?:disk )?(?:space|storage)")

NO_ADDRESS = gettext_noop("This address does not exist.")
NO_DOMAIN = gettext_noop("The domain of this address does not exist or takes no mail.")
CLOSED = gettext_noop("This mailbox is closed.")
MAILBOX_FULL = gettext_noop("The mailbox is full.")
TOO_BIG = gettext_noop("The mail is too large for the recipient’s mail server.")
NOT_REACHED = gettext_noop("The recipient’s mail server could not be reached.")
NOT_ALLOWED = gettext_noop("The recipient’s mail server refuses mail from us.")
REFUSED = gettext_noop("The recipient’s mail server refused the mail.")
NOT_IN_TIME = gettext_noop("The recipient’s mail server did not take the mail in time.")
TRYING = gettext_noop("The recipient’s mail server does not take the mail yet; it is tried again.")
# RFC 3463: the second and third number of a status. Those of the first set say that the address itself is at fault.
ADDRESS_FAULTS = {
    (1, 0): NO_ADDRESS,
    (1, 1): NO_ADDRESS,
    (1, 2): NO_DOMAIN,
    (1, 3): NO_ADDRESS,
    (1, 6): NO_ADDRESS,
    (1, 10): NO_DOMAIN,
}
ADDRESS_FAULTS |= {(2, 1): CLOSED, (4, 4): NO_DOMAIN}
REASONS = {(2, 2): MAILBOX_FULL, (2, 3): TOO_BIG, (3, 1): MAILBOX_FULL, (3, 4): TOO_BIG}
BY_SUBJECT = {4: NOT_REACHED, 7: NOT_ALLOWED}
ACTIONS: dict[str, State] = {
    "failed": "failed",
    "delayed": "sent",
    "delivered": "delivered",
    "relayed": "sent",
    "expanded": "sent",
}


def read_bounce(root: Part, *, sender: str, envelope_from: str | None, ours: Ours, at: datetime) -> list[Receipt]:
    """
    Return what this mail says of one of ours, a receipt for each recipient; nothing when it is no report, or not of ours.

    :param sender: the address that it is from, as read
    """
    is_from_server = has_no_return(root.headers, envelope_from) or bool(DAEMONS.match(sender))
    # A person may attach a report to a mail; that is a mail.
    if root.type != "multipart/report" and not is_from_server and not root.headers.has("x-failed-recipients"):
        return []
    leaves = list(leaves_of(root))
    states = [part for part in leaves if part.type in ("message/delivery-status", "message/global-delivery-status")]
    if states:
        id = ours_in(root, leaves, ours)
        return [receipt for part in states for receipt in from_report(part, id, at)][:MAX_RECIPIENTS] if id else []
    other = next((part for part in leaves if part.type in OTHER_REPORTS), None)
    if other is not None:
        return from_notification(other, ours, at) if other.type == OTHER_REPORTS[0] else []
    return from_text(root, leaves, sender, ours, at)


def leaves_of(part: Part) -> Iterator[Part]:
    for child in part.children:
        yield from leaves_of(child)
    if not part.children:
        yield part


def ours_in(root: Part, leaves: list[Part], ours: Ours) -> str:
    """The Message-ID of our mail: in the mail sent back, in its quoted head, or in what the report says it answers."""
    for part in leaves:
        if part.type in ("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"):
            content = part.content()
            headers, _ = read_headers(content, 0, len(content))
            if id := own_id(headers.first("message-id"), ours):
                return id
    for name in ("in-reply-to", "references", "x-original-message-id"):
        if id := own_id(root.headers.first(name), ours):
            return id
    for part in leaves:
        if part.maintype == "text":
            for found in QUOTED_ID.finditer(part.content()[:MAX_TEXT_BYTES]):
                if id := own_id(found.group(1), ours):
                    return id
    return ""


def own_id(raw: bytes, ours: Ours) -> str:
    """The last Message-ID in `raw` that is one of ours; any, if we do not know what ours look like."""
    ids = [found.group().decode("latin-1") for found in MAIL_ID.finditer(raw)]
    return next((id for id in reversed(ids) if not ours.mail_domains or domain_of(id) in ours.mail_domains), "")


def from_report(part: Part, id: str, at: datetime) -> list[Receipt]:
    content = part.content()[:MAX_TEXT_BYTES].replace(b"\r\n", b"\n")
    groups = [read_headers(group, 0, len(group))[0] for group in re.split(rb"\n[ \t]*\n", content)[: MAX_RECIPIENTS + 1]]
    return [receipt for group in groups if (receipt := from_group(group, id, at)) is not None]


def from_group(group: Headers, id: str, at: datetime) -> Receipt | None:
    """One recipient's fields (RFC 3464, 2.3)."""
    if not group.has("final-recipient") and not group.has("original-recipient"):
        return None
    recipients = [group.first(name) for name in ("original-recipient", "final-recipient")]
    to = next((found for raw in recipients if (found := address_in(raw))), "")
    said = f"{decode(group.first('diagnostic-code'))} {decode(group.first('x-display-name'))}"
    status = f"{group.ascii('status')} {said}"
    action = group.ascii("action").partition(" ")[0] or ("delayed" if status.startswith("4") else "failed")
    return receipt(id=id, to=to, state=ACTIONS.get(action, "failed"), status=status, said=said, at=at)


def address_in(raw: bytes) -> str:
    """The address of "rfc822; anna@example.com"."""
    return read_address(raw.partition(b";")[2].decode("utf-8", "replace").strip() or raw.decode("utf-8", "replace"))


def from_notification(part: Part, ours: Ours, at: datetime) -> list[Receipt]:
    """A read receipt (RFC 8098), if the recipient's program says that it was displayed."""
    content = part.content()[:MAX_TEXT_BYTES]
    headers, _ = read_headers(content, 0, len(content))
    id = own_id(headers.first("original-message-id"), ours)
    if not id or "displayed" not in headers.ascii("disposition"):
        return []
    return [Receipt(id=id, state="read", to=address_in(headers.first("final-recipient")), at=at)]


def from_text(root: Part, leaves: list[Part], sender: str, ours: Ours, at: datetime) -> list[Receipt]:
    """
    A bounce without a report: only with our own Message-ID in it, since everything else in it is words.

    Notes of absence want no answer and name our mail as well: from those who are no mail server it takes words of failure.
    """
    id = ours_in(root, leaves, ours)
    text = next((part for part in leaves if part.type in ("text/plain", "text/html")), None)
    if not id or text is None or not ours.mail_domains:
        return []
    said = decode(text.content()[:MAX_TEXT_BYTES], text.content_type.get("charset"))
    ours_begins = re.search(
        r"(?im)^-+ *(?:below this line|this is a copy|.{0,40}original message|.{0,30}returned message)|^return-path:", said
    )
    said = said[: ours_begins.start()] if ours_begins else said
    if not (SERVERS.match(sender) or root.headers.has("x-failed-recipients") or FAILURE.search(said)):
        return []
    state: State = "sent" if STILL_TRYING.search(said) else "failed"
    recipients = failed_recipients(root.headers, said, ours) or [""]
    return [receipt(id=id, to=to, state=state, status=said, said=said, at=at) for to in recipients]


def failed_recipients(headers: Headers, said: str, ours: Ours) -> list[str]:
    named = decode(headers.first("x-failed-recipients")).split(",") if headers.has("x-failed-recipients") else NAMED.findall(said)
    found = [address for each in named[:MAX_RECIPIENTS] if (address := read_address(each)) and address not in ours.addresses]
    return list(dict.fromkeys(found))


def receipt(*, id: str, to: str, state: State, status: str, said: str, at: datetime) -> Receipt:
    if state == "failed":
        reason, is_for_good = why(status, said)
    else:
        reason, is_for_good = TRYING if state == "sent" else "", False
    return Receipt(id=id, state=state, to=to, at=at, reason=reason, is_for_good=is_for_good)


def why(status: str, said: str) -> tuple[str, bool]:
    """The reason in plain words, and whether the address itself is at fault; from the status, else from the server's words."""
    found = STATUS.search(status)
    code = CODE.search(said)
    first = found or code
    is_permanent = first is None or first.group(1) == "5"
    detail = (int(found.group(2)), int(found.group(3))) if found else (0, 0)
    if detail in ADDRESS_FAULTS:
        return ADDRESS_FAULTS[detail], is_permanent
    if FULL.search(said) or detail in REASONS:
        return REASONS.get(detail, MAILBOX_FULL), False
    if NO_SUCH_USER.search(said):
        return NO_ADDRESS, is_permanent
    return BY_SUBJECT.get(detail[0], REFUSED if is_permanent else NOT_IN_TIME), False
