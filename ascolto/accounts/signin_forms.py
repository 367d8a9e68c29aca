"""allauth's forms in our words: its labels, hints and refusals are replaced, its checks stay."""

from typing import Any

from allauth.account.forms import (
    ChangePasswordForm,
    LoginForm,
    ReauthenticateForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
    SetPasswordForm,
)
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as ReauthenticateByCodeForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ascolto.accounts import jobs
from ascolto.accounts.models import User, written_alike
from ascolto.jobs.enqueue import enqueue

EMAIL = gettext_lazy("E-mail address")
PASSWORD = gettext_lazy("Password")
NEW_PASSWORD = gettext_lazy("New password")
AGAIN = gettext_lazy("The new password once more")
HOW_LONG = gettext_lazy("10 characters or more. A short sentence is easier to keep in mind.")
CODE = gettext_lazy("Code")


class InOurWords:
    """Gives fields other labels and hints; `labels` and `hints` by the name of the field."""

    labels: dict[str, str | Promise] = {}
    hints: dict[str, str | Promise] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields  # type: ignore[attr-defined]
        for name, label in self.labels.items():
            if name in fields:
                fields[name].label = label
        for name, hint in self.hints.items():
            if name in fields:
                fields[name].help_text = hint


class TwiceTheSame(InOurWords):
    """Says in our words that the two passwords are not the same."""

    def add_error(self, field: str | None, error: Any) -> None:
        differs = field == "password2" and isinstance(error, str | Promise)
        super().add_error(field, _("The two are not the same.") if differs else error)  # type: ignore[misc]


class SignInForm(InOurWords, LoginForm):  # type: ignore[misc]  # allauth has no types
    labels = {"login": EMAIL, "password": PASSWORD}


class OwnPasswordForm(TwiceTheSame, ChangePasswordForm):  # type: ignore[misc]
    labels = {"oldpassword": gettext_lazy("The password you have now"), "password1": NEW_PASSWORD, "password2": AGAIN}
    hints = {"password1": HOW_LONG}


class FirstPasswordForm(TwiceTheSame, SetPasswordForm):  # type: ignore[misc]
    labels = {"password1": NEW_PASSWORD, "password2": AGAIN}
    hints = {"password1": HOW_LONG}


class PasswordByLinkForm(TwiceTheSame, ResetPasswordKeyForm):  # type: ignore[misc]
    labels = {"password1": NEW_PASSWORD, "password2": AGAIN}
    hints = {"password1": HOW_LONG}


class ConfirmForm(InOurWords, ReauthenticateForm):  # type: ignore[misc]
    labels = {"password": PASSWORD}


class NewPasswordForm(InOurWords, ResetPasswordForm):  # type: ignore[misc]
    """Asks for a new password: the same work and the same answer whether the address is known or not (F5)."""

    labels = {"email": EMAIL}

    def clean_email(self) -> str:
        self.users: list[User] = []
        return written_alike(self.cleaned_data["email"])

    def save(self, request: Any, **kwargs: Any) -> str:
        email: str = self.cleaned_data["email"]
        enqueue(jobs.new_password_later, now=timezone.now(), email=email)
        return email


class CodeForm(InOurWords, AuthenticateForm):  # type: ignore[misc]
    labels = {"code": CODE}


class ConfirmByCodeForm(InOurWords, ReauthenticateByCodeForm):  # type: ignore[misc]
    labels = {"code": CODE}


class AppForm(InOurWords, ActivateTOTPForm):  # type: ignore[misc]
    labels = {"code": gettext_lazy("The code the app shows")}


class PasskeyForm(InOurWords, AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey; it signs in by itself unless the box is cleared."""

    labels = {"name": gettext_lazy("Name"), "passwordless": gettext_lazy("It signs you in by itself, without the password")}
    hints = {
        "name": gettext_lazy("So that you know it again: “Laptop”, “Phone”."),
        "passwordless": gettext_lazy("Clear the box for a key without PIN or fingerprint: it is then asked after the password."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["passwordless"].initial = True


class PasskeyNameForm(InOurWords, EditWebAuthnForm):  # type: ignore[misc]
    labels = {"name": gettext_lazy("Name")}
