"""What allauth leaves to us: who may sign in how, from where, which words are said, and what is recorded."""

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ascolto.accounts import jobs, join, letters
from ascolto.accounts.address import client_address
from ascolto.accounts.events import NOBODY, SignedIn, SignInRefused
from ascolto.accounts.models import User, is_short_enough, written_alike
from ascolto.eventlog import append
from ascolto.eventlog.event import Actor
from ascolto.jobs.enqueue import enqueue
from ascolto.vault import seal

WRONG_CODE = gettext_lazy("This code is not right. Codes change every 30 seconds: write the one shown now.")
TOO_OFTEN = gettext_lazy("Too many tries. Wait a few minutes, then try again.")
# How one can confirm who one is, by allauth's names.
CONFIRMATIONS = {
    "reauthenticate": gettext_lazy("Use your password"),
    "mfa_reauthenticate": gettext_lazy("Use a code"),
    "mfa_reauthenticate:webauthn": gettext_lazy("Use a passkey"),
}


class SignInAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Sign-in as this desk wants it. Names of the methods are allauth's."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": gettext_lazy("This account is closed"),
        "email_password_mismatch": gettext_lazy("The address or the password is not right."),
        "enter_current_password": gettext_lazy("This is not the password you have now."),
        "incorrect_code": WRONG_CODE,
        "incorrect_password": gettext_lazy("This password is not right."),
        "invalid_login": gettext_lazy("The address or the password is not right."),
        "invalid_password_reset": gettext_lazy("This link does not work any more. Ask for a new one."),
        "rate_limited": TOO_OFTEN,
        "same_as_current": gettext_lazy("The new one must be another than the one you have."),
        "too_many_login_attempts": TOO_OFTEN,
    }

    def is_open_for_signup(self, request: Any) -> bool:
        """Colleagues are invited; nobody signs up."""
        return False

    def is_safe_url(self, url: str) -> bool:
        """Only this desk: a whole path, or a link to the host that was asked or to ASCOLTO_URL (F14)."""
        if not url.startswith(("/", "http://", "https://")):
            return False
        here = {context.request.get_host(), urlsplit(settings.SITE_URL).netloc}
        return url_has_allowed_host_and_scheme(url, allowed_hosts=here, require_https=context.request.is_secure())

    def get_client_ip(self, request: Any) -> str:
        """Through as many proxies as are ours (F9)."""
        return client_address(
            peer=request.META.get("REMOTE_ADDR", ""),
            forwarded=request.META.get("HTTP_X_FORWARDED_FOR", ""),
            hops=settings.PROXIES,
        )

    def pre_authenticate(self, request: Any, **credentials: Any) -> None:
        """Refuse a password that nobody can have, before any hashing and whoever it is for (F6)."""
        super().pre_authenticate(request, **credentials)
        if not is_short_enough(str(credentials.get("password", ""))):
            raise self.validation_error("email_password_mismatch")

    def authentication_failed(self, request: Any, **credentials: Any) -> None:
        user = User.objects.filter(email=written_alike(str(credentials.get("email", "")))).first()
        record(SignInRefused(subject=user.pk if user else NOBODY))

    def login(self, request: Any, user: User) -> None:
        super().login(request, user)
        record(SignedIn(subject=user.pk, actor=Actor("agent", str(user.pk))))

    def clean_password(self, password: str, user: User | None = None) -> str:
        try:
            join.check_password(password, user)
        except join.BadDetails as error:
            raise ValidationError(error.words) from error
        return password

    def set_password(self, user: User, password: str) -> None:
        user.set_password(password)
        user.save(update_fields=["password"])

    def format_email_subject(self, subject: str) -> str:
        return str(subject)

    def get_reset_password_from_key_url(self, key: str) -> str:
        return letters.new_password_link(key)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        found = super().get_reauthentication_methods(user)
        return [{**each, "description": CONFIRMATIONS.get(each["id"], each["description"])} for each in found]

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Render now, send from a job; the desk's own address stands in it, whatever the request says (F4)."""
        site = {"name": "Ascolto", "domain": settings.SITE_URL}
        letter = self.render_mail(template_prefix, email, {"email": email, **context, "current_site": site})
        enqueue(jobs.letter_later, now=timezone.now(), to=email, subject=letter.subject, body=letter.body)


class ProviderAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Sign-in by OpenID Connect: for colleagues who are here already."""

    def is_open_for_signup(self, request: Any, sociallogin: Any) -> bool:
        return False


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Second factors: secrets sealed at rest, passkeys bound to the host of ASCOLTO_URL."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": WRONG_CODE,
        "cannot_delete_authenticator": gettext_lazy("The second factor cannot be switched off."),
        "cannot_generate_recovery_codes": gettext_lazy("They come with the first second factor."),
    }

    def generate_authenticator_name(self, user: User, type: str) -> str:  # noqa: A002  allauth's name
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return _("Passkey %(number)s") % {"number": count + 1} if count else _("Passkey")

    def encrypt(self, text: str) -> str:
        return seal.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return seal.unseal(encrypted_text)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": urlsplit(settings.SITE_URL).hostname or "localhost", "name": "Ascolto"}


@transaction.atomic
def record(fact: SignedIn | SignInRefused) -> None:
    append.append(fact, at=timezone.now())
