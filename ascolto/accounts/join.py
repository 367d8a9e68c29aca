"""A colleague joins the desk."""

from datetime import datetime
from uuid import UUID

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from ascolto.accounts.events import Joined
from ascolto.accounts.models import Language, Role, User, is_short_enough, written_alike
from ascolto.eventlog import append
from ascolto.eventlog.event import Actor

NAME_LIMIT = 120  # letters, as in the models


class AlreadyHere(Exception):
    """A colleague with this address exists."""


class BadDetails(ValueError):
    """Something given cannot be used; `field` says which, `words` are for people."""

    def __init__(self, field: str, words: list[str]) -> None:
        super().__init__(" ".join(words))
        self.field = field
        self.words = words


@transaction.atomic
def join(
    *,
    email: str,
    name: str,
    role: str = Role.AGENT,
    language: str = Language.IT,
    password: str | None,
    at: datetime,
    invitation: UUID | None = None,
) -> User:
    """
    Make a colleague whose address counts as proven: they answered an invitation, or the operator vouches for them.

    :param password: None: nobody can sign in by password until one is set by mail
    :raises AlreadyHere: the address has an account, active or not
    :raises BadDetails: name, address, role, language or password cannot be used
    """
    user = User(
        email=checked_email(email),
        name=checked_name(name),
        role=one_of("role", role, Role.values),
        language=one_of("language", language, Language.values),
    )
    if password is not None:
        check_password(password, user)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        raise AlreadyHere(user.email) from error
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    append.append(Joined(subject=user.id, actor=Actor("agent", str(user.id)), role=user.role, invitation=invitation), at=at)
    return user


def checked_email(email: str) -> str:
    address = written_alike(email)
    try:
        validate_email(address)
    except ValidationError as error:
        raise BadDetails("email", list(error.messages)) from error
    return address


def checked_name(name: str) -> str:
    words = " ".join(name.split())
    if not words or len(words) > NAME_LIMIT or "\x00" in words:
        raise BadDetails("name", [_("Write a name of up to 120 letters.")])
    return words


def one_of(field: str, value: str, known: list[str]) -> str:
    if value not in known:
        raise BadDetails(field, [_("Choose one of the values shown.")])
    return value


def check_password(password: str, user: User | None = None) -> None:
    """
    Let a usable password pass.

    :raises BadDetails: too long, too short, too common or too like the person
    """
    if not is_short_enough(password):
        raise BadDetails("password", [_("This password is too long: 1,024 bytes are the limit.")])
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise BadDetails("password", [password_words(one) for one in error.error_list]) from error


def password_words(error: ValidationError) -> str:
    """What is wrong with a password, said in our words; Django's own for a rule that the operator added."""
    ours = {
        "password_too_short": _("This password is too short: write 10 characters or more."),
        "password_too_common": _("Many people use this password. Choose another one."),
        "password_too_similar": _("This password is too like your name or your address."),
    }
    return ours.get(error.code or "", " ".join(error.messages))
