"""A colleague says who they are: name and language."""

from ascolto.accounts.join import checked_name, one_of
from ascolto.accounts.models import Language, User


def describe(*, user: User, name: str, language: str) -> User:
    """Change one's own name and language. Twice is once. :raises BadDetails: one of them cannot be used"""
    user.name = checked_name(name)
    user.language = one_of("language", language, Language.values)
    user.save(update_fields=["name", "language"])
    return user
