"""A colleague says who they are: name, language, how they sign, and the phone that rings when they call a customer."""

from django.utils.translation import gettext as _

from ascolto.accounts.join import BadDetails, checked_name, one_of
from ascolto.accounts.models import Language, User
from ascolto.text.normalise import normalise
from ascolto.text.phones import NotAPhone, read_phone

SIGNATURE_CHARS = 500


def describe(*, user: User, name: str, language: str, signature: str | None = None, phone: str | None = None) -> User:
    """
    Change one's own name, language, signature and phone (None: it stays). Twice is once.

    :raises BadDetails: one of them cannot be used
    """
    user.name = checked_name(name)
    user.language = one_of("language", language, Language.values)
    if signature is not None:
        user.signature = normalise(signature).strip()[:SIGNATURE_CHARS]
    if phone is not None:
        user.phone = checked_phone(phone)
    user.save(update_fields=["name", "language", "signature", "phone"])
    return user


def checked_phone(written: str) -> str:
    """The number as +390612345; empty for none."""
    if not written.strip():
        return ""
    try:
        return read_phone(written)
    except NotAPhone as error:
        raise BadDetails(
            "phone", [_("This is not a number that can be called. Write it with its country, as in +39 …")]
        ) from error
