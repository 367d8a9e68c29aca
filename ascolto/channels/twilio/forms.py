"""A provider's call as a form: values by name, several under one name as the signature needs them."""

from urllib.parse import parse_qsl

from django.utils.translation import gettext_noop

from ascolto.channels.contract import Unreadable
from ascolto.text.normalise import normalise

MAX_FIELDS = 1000
NO_FORM = gettext_noop("This is not a form as the provider sends it.")


class Form(dict[str, str]):
    """The last value of each name; `getlist` has them all, which is what the SDK asks for when it signs."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        super().__init__(pairs)
        self.pairs = pairs

    def getlist(self, name: str) -> list[str]:
        return [value for each, value in self.pairs if each == name]

    def line(self, name: str) -> str:
        """A value on one line, fit to be kept; empty where it is not given."""
        return " ".join(normalise(self.get(name, "")[:1000]).split())

    def number(self, name: str) -> int | None:
        """A value that counts something; None where it is not given, or is no such number."""
        value = self.get(name, "")
        return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else None


def read_form(body: bytes) -> Form:
    """The fields of a body. :raises Unreadable: it is no form in UTF-8"""
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)
    except (ValueError, UnicodeError) as error:
        raise Unreadable(NO_FORM) from error
    return Form(pairs)
