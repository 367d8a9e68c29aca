"""What allauth leaves to us: who may sign in how, from where, which words are said, and what is recorded."""

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import ResetPasswordForm
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from ascolto.accounts import jobs, join, letters
from ascolto.accounts.address import client_address
from ascolto.accounts.events import NOBODY, SignedIn, SignInRefused
from ascolto.accounts.models import User, is_short_enough, written_alike
from ascolto.eventlog import append
from ascolto.eventlog.event import Actor
from ascolto.jobs.enqueue import enqueue
from ascolto.vault import seal


class SignInAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Sign-in as this desk wants it. Names of the methods are allauth's."""

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

    def encrypt(self, text: str) -> str:
        return seal.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return seal.unseal(encrypted_text)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": urlsplit(settings.SITE_URL).hostname or "localhost", "name": "Ascolto"}


class NewPasswordForm(ResetPasswordForm):  # type: ignore[misc]  # allauth has no types
    """Asks for a new password: the same work and the same answer whether the address is known or not (F5)."""

    def clean_email(self) -> str:
        self.users: list[User] = []
        return written_alike(self.cleaned_data["email"])

    def save(self, request: Any, **kwargs: Any) -> str:
        email: str = self.cleaned_data["email"]
        enqueue(jobs.new_password_later, now=timezone.now(), email=email)
        return email


@transaction.atomic
def record(fact: SignedIn | SignInRefused) -> None:
    append.append(fact, at=timezone.now())
