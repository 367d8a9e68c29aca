"""What mail providers call in: mails as raw MIME, or what became of ours. Signatures and events are read by django-anymail."""

import json
import warnings
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl

from anymail.exceptions import AnymailError, AnymailWebhookValidationFailure
from anymail.signals import AnymailTrackingEvent, EventType, RejectReason
from django.utils.datastructures import CaseInsensitiveMapping
from django.utils.module_loading import import_string
from django.utils.translation import gettext_noop
from python_multipart import parse_form
from python_multipart.exceptions import FormParserError

from ascolto.channels.contract import Arrival, Door, Forged, HookCall, Raw, Receipt, State, Unreadable

WANT_RAW = gettext_noop("The provider sent this mail in pieces. Switch on raw MIME in its inbound settings.")
NO_MAIL = gettext_noop("This call of the mail provider cannot be read. It is kept as it came.")
NO_PROVIDER = gettext_noop("A mail provider called, but none is chosen in the settings.")
MAX_FIELDS = 1_000

STATES: Mapping[str, State] = {
    EventType.SENT: "sent",
    EventType.DELIVERED: "delivered",
    EventType.OPENED: "read",
    EventType.CLICKED: "read",
    EventType.REJECTED: "failed",
    EventType.FAILED: "failed",
    EventType.BOUNCED: "failed",
}
FOR_GOOD = (RejectReason.INVALID, RejectReason.BOUNCED)  # the address itself does not work


class Form(dict[str, str]):
    """The fields of a form, as anymail asks for them."""

    def dict(self) -> dict[str, str]:
        return dict(self)


@dataclass(frozen=True, kw_only=True)
class Called:
    """A call as anymail looks at it, by the names that it uses."""

    body: bytes
    content_type: str
    headers: Mapping[str, str]
    META: Mapping[str, str]
    POST: Form
    fields: Mapping[str, bytes]  # those of the form as bytes: a mail need not be UTF-8

    def said(self) -> Any:
        """The JSON of the body. :raises ValueError:"""
        return json.loads(self.body)


Mails = Callable[[Called], Iterator[bytes]]
BASIC = "webhook_secret"


@dataclass(frozen=True, kw_only=True)
class Provider:
    """
    How one provider proves itself, brings mails, and tells what became of ours.

    :param view: anymail's, which knows its signature and its events; loaded at its first call
    :param given_as: what the view calls our webhook secret; BASIC: it is user:password, and stands in the address called
    """

    view: str
    mails: Mails
    given_as: str = BASIC


# Is it the provider


def verify(call: HookCall, door: Door) -> None:
    """
    Check the signature, or user and password where a provider has none. :raises Forged: also when no secret is filled in

    Pure, in constant time by anymail.
    """
    provider = PROVIDERS.get(door.get("provider"))
    secret = door.get("provider_webhook_secret")
    if provider is None or not secret or (provider.given_as == BASIC and ":" not in secret):
        raise Forged("no provider, or no webhook secret of its form, is filled in")
    try:
        view_of(door, url=call.url).run_validators(called(call.body, call.headers))
    except (AnymailWebhookValidationFailure, AnymailError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Forged(f"{type(error).__name__} at the signature") from error


def key(call: HookCall) -> str:
    """The digest of the body: providers send the same bytes again, and number only some of what they send."""
    return f"hook:{sha256(call.body).hexdigest()}"


def view_of(door: Door, *, url: str = "") -> Any:
    provider = PROVIDERS[door.get("provider")]
    given = {provider.given_as: door.get("provider_webhook_secret")}
    if door.get("provider") == "mandrill":
        given["webhook_url"] = url  # part of what it signs
    return made(provider.view, **given)


def made(view: str, **given: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about providers that anymail can no longer try for itself
        return import_string(f"anymail.webhooks.{view}WebhookView")(**given)


def called(body: bytes, headers: Mapping[str, str]) -> Called:
    kind = headers.get("content-type", "")
    content_type = kind.partition(";")[0].strip().lower()
    fields: dict[str, bytes] = {}
    if content_type == "application/x-www-form-urlencoded":
        pairs = parse_qsl(body, keep_blank_values=True, max_num_fields=MAX_FIELDS)
        fields = {name.decode("utf-8", "replace"): value for name, value in pairs}
    elif content_type == "multipart/form-data":
        fields = form_in(body, kind)
    return Called(
        body=body,
        content_type=content_type,
        headers=CaseInsensitiveMapping(headers),
        META={f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()},
        POST=Form({name: value.decode("utf-8", "replace") for name, value in fields.items()}),
        fields=fields,
    )


def form_in(body: bytes, content_type: str) -> dict[str, bytes]:
    """The fields of a form, the last of each name; files are left out, for mails come whole or not at all."""
    found: dict[str, bytes] = {}

    def take(field: Any) -> None:
        if field.field_name is not None and len(found) < MAX_FIELDS:
            found[field.field_name.decode("utf-8", "replace")] = field.value or b""

    try:
        head = {"Content-Type": content_type.encode("latin-1", "replace"), "Content-Length": str(len(body)).encode()}
        parse_form(head, BytesIO(body), take, None)
    except (FormParserError, ValueError) as error:
        raise ValueError("no form") from error
    return found


# What it says


def read(raws: Sequence[Raw], door: Door, read_mails: Callable[[Sequence[Raw]], Sequence[Any]]) -> list[Any]:
    """
    What each of these says, in their order: mails as they are go to `read_mails`, calls of the provider are opened first.

    :param read_mails: Raw mails → what each says, or Unreadable
    """
    opened = [opened_or_not(raw, door) for raw in raws]
    mails = [mail for each in opened if not isinstance(each, Unreadable) for mail in each[0]]
    said = iter(read_mails(mails))
    results: list[Any] = []
    for each in opened:
        if isinstance(each, Unreadable):
            results.append(each)
            continue
        of_mails = [next(said) for _ in each[0]]
        broken = next((one for one in of_mails if isinstance(one, Unreadable)), None)
        results.append(broken or [*(arrival for one in of_mails for arrival in one), *each[1]])
    return results


def is_call(raw: Raw) -> bool:
    """Whether a provider brought it; mailbox, LMTP and pipe note which door it was."""
    return "door" not in raw.head and "content-type" in raw.head


def opened_or_not(raw: Raw, door: Door) -> tuple[list[Raw], list[Arrival]] | Unreadable:
    if not is_call(raw):
        return [raw], []
    provider = PROVIDERS.get(door.get("provider"))
    if provider is None:
        return Unreadable(NO_PROVIDER)
    call = called_again(raw)
    if isinstance(call, Unreadable):
        return call
    try:
        mails = [
            replace(raw, content=content, head={"door": "hook", "digest": digest_of(content)}) for content in provider.mails(call)
        ]
        return mails, [] if mails else [*receipts_in(call, door, raw.received_at)]
    except Unreadable as error:
        return error
    except (AnymailError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
        return Unreadable(NO_MAIL)


def called_again(raw: Raw) -> Called | Unreadable:
    try:
        return called(raw.content, {"content-type": str(raw.head["content-type"])})
    except ValueError:
        return Unreadable(NO_MAIL)


def digest_of(content: bytes) -> str:
    return sha256(content).hexdigest()


def receipts_in(call: Called, door: Door, now: datetime) -> Iterator[Receipt]:
    """What became of mails of ours. Sent with our Message-ID as metadata (mail_id), it is known by that."""
    for event in view_of(door).parse_events(call):
        state = STATES.get(event.event_type)
        if state is None or not isinstance(event, AnymailTrackingEvent):
            continue
        at = event.timestamp if isinstance(event.timestamp, datetime) and event.timestamp.tzinfo else None
        yield Receipt(
            id=str((event.metadata or {}).get("mail_id") or event.message_id or ""),
            state=state,
            at=min(at.astimezone(UTC), now) if at else None,
            to=str(event.recipient or "").lower(),
            reason=" ".join(str(event.mta_response or event.description or event.reject_reason or "").split())[:300],
            is_for_good=state == "failed" and event.event_type == EventType.BOUNCED and event.reject_reason in FOR_GOOD,
        )


def bytes_of(text: Any) -> bytes:
    """A mail that stood in JSON; what was no UTF-8 in it the provider has already made something else of."""
    return str(text).encode("utf-8", "surrogatepass")


def mailgun_mails(call: Called) -> Iterator[bytes]:
    if "body-mime" in call.fields:
        yield call.fields["body-mime"]
    elif "body-plain" in call.fields or "message-headers" in call.fields:
        raise Unreadable(WANT_RAW)


def sendgrid_mails(call: Called) -> Iterator[bytes]:
    if "email" in call.fields:
        yield call.fields["email"]
    elif "headers" in call.fields:
        raise Unreadable(WANT_RAW)


def postmark_mails(call: Called) -> Iterator[bytes]:
    said = call.said()
    if "RecordType" in said or "FromFull" not in said:
        return
    if said.get("RawEmail"):
        yield bytes_of(said["RawEmail"])
    else:
        yield written("postmark.PostmarkInbound", call)


def mailjet_mails(call: Called) -> Iterator[bytes]:
    said = call.said()
    if isinstance(said, dict) and "Headers" in said and "event" not in said:
        yield written("mailjet.MailjetInbound", call)


def written(view: str, call: Called) -> bytes:
    """A mail that came in pieces, put together by anymail."""
    (event,) = made(view).parse_events(call)
    whole: bytes = event.message.as_bytes()
    return whole


def mandrill_mails(call: Called) -> Iterator[bytes]:
    for event in json.loads(call.POST["mandrill_events"]):
        if event.get("event") == "inbound":
            yield bytes_of(event["msg"]["raw_msg"])


def sparkpost_mails(call: Called) -> Iterator[bytes]:
    for event in call.said():
        message = event.get("msys", {}).get("relay_message")
        if message:
            content = message["content"]
            whole = content["email_rfc822"]
            yield b64decode(whole) if content.get("email_rfc822_is_base64") else bytes_of(whole)


def no_mails(call: Called) -> Iterator[bytes]:
    """Brevo gives out inbound mail only by a call of ours; that is not there yet."""
    if isinstance(said := call.said(), dict) and "items" in said:
        raise Unreadable(NO_MAIL)
    return iter(())


PROVIDERS: Mapping[str, Provider] = {
    "brevo": Provider(view="brevo.BrevoTracking", mails=no_mails),
    "mailgun": Provider(view="mailgun.MailgunTracking", mails=mailgun_mails, given_as="webhook_signing_key"),
    "mailjet": Provider(view="mailjet.MailjetTracking", mails=mailjet_mails),
    "mandrill": Provider(view="mandrill.MandrillCombined", mails=mandrill_mails, given_as="webhook_key"),
    "postmark": Provider(view="postmark.PostmarkTracking", mails=postmark_mails),
    "sendgrid": Provider(view="sendgrid.SendGridTracking", mails=sendgrid_mails),
    "sparkpost": Provider(view="sparkpost.SparkPostTracking", mails=sparkpost_mails),
}
