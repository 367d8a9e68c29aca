"""A reply leaves by mail: through the inbox's own server, or the desk's where it has none."""

import time
from datetime import timedelta

from django.utils.translation import gettext as _

from ascolto.channels.contract import Door, Never, OutboundMessage, Taken, TryLater
from ascolto.channels.email.compose import compose
from ascolto.channels.email.sign import BadKey, signed
from ascolto.channels.email.turns import Turns
from ascolto.egress import mail, providers

TURNS = Turns()
DEFAULT_PER_MINUTE = 60


def send(message: OutboundMessage, door: Door) -> Taken:
    """
    One attempt. Its own Message-ID is the name by which bounces come back.

    :raises TryLater, Never:
    """
    take_turn(message, door)
    try:
        return hand_over(message, door)
    except mail.Refused as error:
        words = _("Not sent: the mail server refused it for good (%(reason)s). The text is safe here.")
        raise Never(words % {"reason": str(error)[:120]}) from error
    except mail.TryLater as error:
        words = _("Not sent yet: the mail server does not take it (%(reason)s). The text is safe, we keep trying.")
        raise TryLater(words % {"reason": str(error)[:120]}) from error
    except BadKey as error:
        raise TryLater(_("Not sent yet: the DKIM key of this inbox cannot be used. Look at its settings.")) from error
    except OSError as error:
        raise TryLater(_("Not sent yet: a file of it could not be read.")) from error


def hand_over(message: OutboundMessage, door: Door) -> Taken:
    """To the mail provider where there is one (it signs by itself), else by SMTP."""
    written = compose(message, door)
    if provider := provider_of(door):
        return Taken(id=providers.send_by(provider, written, envelope_to=[message.to]) or message.mail_id)
    sender = "" if message.is_automatic else door.get("address")
    mail.send_raw(signed(written, door), envelope_from=sender, envelope_to=[message.to], server=server_of(door))
    return Taken(id=message.mail_id)


def take_turn(message: OutboundMessage, door: Door) -> None:
    domain = message.to.rpartition("@")[2].lower()
    per_minute = per_minute_of(door)
    wait_s = TURNS.wait_s(id=message.id, domain=domain, per_minute=per_minute, now_s=time.monotonic())
    if wait_s:
        words = _("Not sent yet: at most %(count)s mails a minute go to %(domain)s.") % {"count": per_minute, "domain": domain}
        raise TryLater(words, after=timedelta(seconds=wait_s))


def per_minute_of(door: Door) -> int:
    written = door.get("per_minute").strip()
    return int(written) if written.isascii() and written.isdigit() else DEFAULT_PER_MINUTE


def provider_of(door: Door) -> providers.Provider | None:
    """The provider by whose API mail leaves; None: it leaves by SMTP."""
    name, key = door.get("provider"), door.get("provider_key")
    return providers.Provider(name=name, key=key) if name in providers.BACKENDS and key else None


def server_of(door: Door) -> mail.Server | None:
    """The inbox's own mail server; None: the desk's."""
    if not door.get("smtp_host"):
        return None
    security = door.get("smtp_security")
    return mail.Server(
        host=door.get("smtp_host"),
        port=int(door.get("smtp_port") or 587),
        security="tls" if security == "tls" else "none" if security == "none" else "starttls",
        user=door.get("smtp_user"),
        password=door.get("smtp_password"),
    )
