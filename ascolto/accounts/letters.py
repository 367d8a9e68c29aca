"""What the desk writes to its colleagues by mail: invitations, new passwords, news about their account."""

from urllib.parse import quote

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from ascolto.accounts.models import Invitation, User


def whole_link(name: str, **parts: str) -> str:
    """A whole link into this desk, from ASCOLTO_URL alone: no header of a request can bend it (threat F4)."""
    return f"{settings.SITE_URL}{reverse(name, kwargs=parts)}"


def invitation_link(token: str) -> str:
    """The link that an invited colleague opens."""
    return whole_link("account_invitation", token=token)


def send_invitation(invitation: Invitation, token: str, *, desk_name: str, language: str) -> None:
    """
    Mail the invitation.

    :raises OSError: the mail server does not take it; the invitation is good all the same
    """
    with translation.override(language):
        subject = _("%(desk)s: you are invited") % {"desk": desk_name}
        body = _(
            "You are invited to work at %(desk)s with Ascolto.\n\n"
            "Open this link and choose a password:\n%(link)s\n\n"
            "The link is good once, until %(day)s. If you do not expect it, do nothing."
        ) % {"desk": desk_name, "link": invitation_link(token), "day": f"{invitation.expires_at:%d/%m/%Y}"}
    send(invitation.email, subject, body)


def send_new_password(user: User) -> None:
    """
    Mail the link that sets a new password.

    :raises OSError: the mail server does not take it
    """
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    with translation.override(user.language):
        subject = _("A new password for Ascolto")
        body = _(
            "Someone asked for a new password for this address.\n\n"
            "To choose one, open this link:\n%(link)s\n\n"
            "If it was not you, do nothing: the old password stays."
        ) % {"link": new_password_link(key)}
    send(user.email, subject, body)


def new_password_link(key: str) -> str:
    """The link of allauth's page that sets a new password."""
    return whole_link("account_reset_password_from_key", uidb36="UID", key="KEY").replace("UID-KEY", quote(key))


def send(to: str, subject: str, body: str) -> None:
    EmailMessage(subject=" ".join(subject.split()), body=body, from_email=settings.DEFAULT_FROM_EMAIL, to=[to]).send()
