"""Connect an inbox to its provider: settings checked, secrets sealed, pause and resume."""

import json
from collections.abc import Mapping
from datetime import datetime
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings as desk_settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ascolto.channels.configure import make_inbox
from ascolto.channels.contract import Door, Setting
from ascolto.channels.models import Channel, Delivery
from ascolto.channels.registry import KINDS
from ascolto.conversations.models import Inbox
from ascolto.text.normalise import TooLong, normalise, normalise_line
from ascolto.text.phones import NotAPhone, read_phone
from ascolto.vault.seal import seal, unseal
from ascolto.workspace.queries import workspace

LONGEST = 500
LONGEST_LONG = 10_000  # keys in PEM, signatures

NEEDED = _("This is needed.")
NOT_EMAIL = _("This is not an e-mail address.")
NOT_HOST = _("This is not the name of a server, as in imap.example.com.")
NOT_PORT = _("A port is a number from 1 to 65535.")
NOT_URL = _("This is not an address that begins with https://.")
NOT_PHONE = _("Write the number with its country, as in +39 06 12345678.")
NOT_CHOICE = _("Choose one of these.")
TOO_LONG = _("This is too long.")
TAKEN = _("Another inbox has this address already.")


class BadSettings(Exception):
    """Some settings cannot be; `problems` says which and why, in words for people."""

    def __init__(self, problems: Mapping[str, str | Promise]) -> None:
        super().__init__(", ".join(problems))
        self.problems = problems


class UnknownKind(Exception):
    """There is no such kind of channel."""


@transaction.atomic
def make_channel(*, kind: str, name: str, language: str, values: Mapping[str, Any], at: datetime, key: str = "") -> Inbox:
    """A new inbox of a registered kind with its settings. Twice makes two. :raises BadSettings, UnknownKind:"""
    if kind not in KINDS:
        raise UnknownKind(kind)
    inbox = make_inbox(name=name, kind=kind, language=language, at=at, key=key)
    Channel.objects.create(inbox=inbox)
    fill = getattr(KINDS[kind], "fill", None)  # what a kind can tell from the rest, as servers from an address
    change_settings(inbox=inbox, values=fill(values) if fill else values)
    return inbox


@transaction.atomic
def change_settings(*, inbox: Inbox, values: Mapping[str, Any]) -> Channel:
    """
    Take over settings; those not named stay as they are, a secret left empty too. Twice is once.

    :raises BadSettings: nothing is changed
    """
    if inbox.kind not in KINDS:
        raise UnknownKind(inbox.kind)
    channel = Channel.objects.select_for_update().get_or_create(inbox=inbox)[0]
    plain, secrets = dict(channel.settings), opened(channel)
    problems: dict[str, str | Promise] = {}
    for setting in KINDS[inbox.kind].settings:
        kept = secrets if setting.form == "secret" else plain
        if setting.name in values and not (setting.form == "secret" and not values[setting.name]):
            try:
                kept[setting.name] = checked(setting, values[setting.name])
            except WrongValue as error:
                problems[setting.name] = error.words
        if setting.is_required and not kept.get(setting.name) and setting.name not in problems:
            problems[setting.name] = NEEDED
    if is_taken(inbox, str(plain.get("address") or "")):
        problems["address"] = TAKEN
    if problems:
        raise BadSettings(problems)
    channel.settings, channel.secrets = plain, seal(json.dumps(secrets))
    channel.save(update_fields=["settings", "secrets"])
    return channel


def is_taken(inbox: Inbox, address: str) -> bool:
    """Whether another open inbox has this address: each mail to it would be two conversations, or anybody's."""
    rows = Channel.objects.filter(settings__address=address, inbox__is_active=True).exclude(pk=inbox.pk)
    return bool(address) and rows.exists()


def rename(*, inbox: Inbox, name: str, language: str) -> None:
    """Another name and language for the inbox. Twice is once."""
    inbox.name, inbox.language = normalise_line(name)[:100] or inbox.name, language
    inbox.save(update_fields=["name", "language"])


def pause(*, inbox: Inbox, at: datetime) -> None:
    """Poll and send nothing; what the provider calls in is still kept. Twice is once."""
    Channel.objects.filter(inbox=inbox, paused_at=None).update(paused_at=at)


@transaction.atomic
def resume(*, inbox: Inbox, at: datetime) -> None:
    """Go on; what waits begins to wait anew, so that a long rest makes nothing of it fail. Twice is once."""
    if Channel.objects.filter(inbox=inbox).exclude(paused_at=None).update(paused_at=None):
        Delivery.objects.filter(inbox=inbox, state__in=(Delivery.State.QUEUED, Delivery.State.SENDING)).update(queued_at=at)


def door_of(inbox: Inbox) -> Door:
    """The inbox as its kind sees it, defaults filled in, secrets opened; never hand it to a page."""
    channel = Channel.objects.filter(inbox=inbox).first()
    values = {setting.name: setting.default for setting in KINDS[inbox.kind].settings}
    if channel is not None:
        values |= {**channel.settings, **opened(channel)}
    desk = workspace()
    return Door(
        inbox=inbox.id,
        key=inbox.key,
        name=inbox.name,
        language=inbox.language,
        settings=values,
        hook_url=f"{desk_settings.SITE_URL}/hooks/{inbox.kind}/{inbox.key}/",
        site_url=desk_settings.SITE_URL,
        desk_name=desk.name if desk else "Ascolto",
    )


def opened(channel: Channel) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(unseal(channel.secrets)) if channel.secrets else {}
    return found


def has_secret(channel: Channel, name: str) -> bool:
    """Whether a secret is filled in; all that a page may know of it (threat A22)."""
    return bool(opened(channel).get(name))


def own_addresses() -> frozenset[str]:
    """The desk's own e-mail addresses and numbers, which are never customers (threat J3)."""
    found = {parseaddr(desk_settings.MAIL_FROM)[1].lower()}
    for values in Channel.objects.values_list("settings", flat=True):
        found.update(str(value).lower() for name, value in values.items() if name in OWN and value)
        found.update(str(each).lower() for each in str(values.get("aliases") or "").split())
    return frozenset(found - {""})


OWN = ("address", "number")  # settings that say how an inbox itself is called


class WrongValue(Exception):
    """A value that its form does not take."""

    def __init__(self, words: str | Promise) -> None:
        super().__init__(str(words))
        self.words = words


def checked(setting: Setting, value: Any) -> Any:
    """The value in its one spelling. :raises WrongValue:"""
    if setting.form == "flag":
        return value in (True, "on", "true", "1", "yes")
    try:
        long = setting.form in ("long", "secret")
        text = (
            normalise(str(value or ""), max_chars=LONGEST_LONG).strip()
            if long
            else normalise_line(str(value or ""), max_chars=LONGEST)
        )
    except TooLong as error:
        raise WrongValue(TOO_LONG) from error
    if not text:
        return setting.default if setting.form in ("choice", "port") else ""
    check = CHECKS.get(setting.form)
    if setting.form == "choice" and text not in {name for name, _ in setting.choices}:
        raise WrongValue(NOT_CHOICE)
    return check(text) if check else text


def check_email(text: str) -> str:
    try:
        validate_email(text)
    except ValidationError as error:
        raise WrongValue(NOT_EMAIL) from error
    return text.lower()


def check_host(text: str) -> str:
    host = text.lower().rstrip(".")
    if not host.isascii() or any(each in host for each in " /@?#") or host.startswith("-") or len(host) > 253:
        raise WrongValue(NOT_HOST)
    return host


def check_port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text[:6]) < 65536:
        raise WrongValue(NOT_PORT)
    return int(text)


def check_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        raise WrongValue(NOT_URL)
    return text


def check_phone(text: str) -> str:
    try:
        if not text.startswith("+"):
            raise NotAPhone(text)
        return read_phone(text)
    except NotAPhone as error:
        raise WrongValue(NOT_PHONE) from error


CHECKS = {"email": check_email, "host": check_host, "port": check_port, "url": check_url, "phone": check_phone}


def channel_of(inbox_id: UUID) -> Channel | None:
    """The channel of an inbox; None for doors of the desk's own."""
    return Channel.objects.filter(pk=inbox_id).first()
