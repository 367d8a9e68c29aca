"""A colleague says who they are: name, language, and how they sign."""

from ascolto.accounts.join import checked_name, one_of
from ascolto.accounts.models import Language, User
from ascolto.text.normalise import normalise

SIGNATURE_CHARS = 500


def describe(*, user: User, name: str, language: str, signature: str | None = None) -> User:
    """
    Change one's own name, language and signature (None: it stays). Twice is once.

    :raises BadDetails: one of them cannot be used
    """
    user.name = checked_name(name)
    user.language = one_of("language", language, Language.values)
    if signature is not None:
        user.signature = normalise(signature).strip()[:SIGNATURE_CHARS]
    user.save(update_fields=["name", "language", "signature"])
    return user
