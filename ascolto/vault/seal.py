"""Encrypts secrets at rest with the installation's key."""

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from ascolto.vault.keys import keys_for


class CannotUnseal(Exception):
    """Sealed with a secret that this installation does not have: put the earlier one into ASCOLTO_SECRET_FALLBACKS."""


def seal(text: str) -> str:
    """The text encrypted and signed; twice gives two different texts that open to the same."""
    return box().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """The text that was sealed, with this installation's secret or an earlier one. :raises CannotUnseal:"""
    try:
        return box().decrypt(sealed.encode()).decode()
    except (InvalidToken, UnicodeError) as error:
        raise CannotUnseal from error


def reseal(sealed: str) -> str:
    """
    Return the same text sealed with today's secret, after which its earlier one may be forgotten.

    :raises CannotUnseal: as `unseal`
    """
    try:
        return box().rotate(sealed.encode()).decode()
    except (InvalidToken, UnicodeError) as error:
        raise CannotUnseal from error


def box() -> MultiFernet:
    return MultiFernet([Fernet(urlsafe_b64encode(key)) for key in keys_for("seal")])
