"""Mail that leaves by a provider's API instead of SMTP, by django-anymail; fixed addresses, nothing else is called."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.utils.module_loading import import_string

from ascolto.egress.smtp import Refused, TryLater

TIMEOUT_S = 30
OWN_FIELDS = {"from", "to", "subject", "reply-to", "mime-version", "date"}  # or what the provider writes itself
BUSY = (401, 403, 408, 425, 429)  # a key to be mended, or a provider that is busy: nothing is wrong with the mail
# By name: anymail's module, and how it calls what our key is cut into at its colons.
BACKENDS = {
    "brevo": ("brevo", ("api_key",)),
    "mailgun": ("mailgun", ("api_key",)),
    "mailjet": ("mailjet", ("api_key", "secret_key")),
    "mandrill": ("mandrill", ("api_key",)),
    "postmark": ("postmark", ("server_token",)),
    "sendgrid": ("sendgrid", ("api_key",)),
    "sparkpost": ("sparkpost", ("api_key",)),
}


@dataclass(frozen=True, kw_only=True)
class Provider:
    """Which provider, and the key to it; :param api_url: instead of the provider's own, for a stand-in."""

    name: str
    key: str = field(repr=False)
    api_url: str = ""


def send_by(provider: Provider, raw: bytes, *, envelope_to: Sequence[str]) -> str:
    """
    Hand a written mail to the provider, which writes it anew; returns the provider's id of it. Twice sends it twice.

    :raises TryLater: not now, or nobody knows
    :raises Refused: never
    """
    from anymail import exceptions

    message = rewritten(message_from_bytes(raw, policy=policy.default), envelope_to)
    try:
        with backend_of(provider) as backend:
            backend.send_messages([message])
    except exceptions.AnymailRecipientsRefused as error:
        raise Refused("the provider refuses this recipient") from error
    except exceptions.AnymailAPIError as error:
        status = getattr(error, "status_code", None)
        words = f"{provider.name} answered {status}" if status else f"{provider.name} does not answer"
        raise (Refused if status and 400 <= status < 500 and status not in BUSY else TryLater)(words) from error
    except exceptions.AnymailConfigurationError as error:
        raise TryLater("the settings of the provider are not complete") from error
    except (exceptions.AnymailError, ValueError, TypeError) as error:
        raise Refused(f"the provider cannot carry this mail ({type(error).__name__})") from error
    became: Any = getattr(message, "anymail_status")  # noqa: B009  anymail puts it there
    if became.status and became.status <= {"rejected", "invalid", "failed"}:
        raise Refused("the provider refuses this recipient")
    return str(became.message_id or "")


def backend_of(provider: Provider) -> Any:
    module, names = BACKENDS[provider.name]
    given = dict(zip(names, provider.key.split(":", len(names) - 1), strict=False))
    if len(given) < len(names):
        raise TryLater("the key of the provider has two parts, with a colon between them")
    more = {"api_url": provider.api_url} if provider.api_url else {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about providers that anymail can no longer try for itself
        return import_string(f"anymail.backends.{module}.EmailBackend")(**given, **more, timeout=TIMEOUT_S)


def rewritten(mail: EmailMessage, envelope_to: Sequence[str]) -> EmailMultiAlternatives:
    """The same mail as Django's, which anymail takes apart again."""
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    others = {
        name: " ".join(str(value).split())
        for name, value in mail.items()
        if name.lower() not in OWN_FIELDS and not name.lower().startswith("content-")
    }
    message = EmailMultiAlternatives(
        subject=str(mail["Subject"]),
        body=plain.get_content() if plain else "",
        from_email=str(mail["From"]),
        to=[str(mail["To"])] if mail["To"] and len(envelope_to) == 1 else list(envelope_to),
        reply_to=[str(mail["Reply-To"])] if mail["Reply-To"] else None,
        headers=others,
    )
    if html:
        message.attach_alternative(html.get_content(), "text/html")
    for part in mail.iter_attachments():
        message.attach(part.get_filename() or "file", part.get_payload(decode=True), part.get_content_type())
    return message
