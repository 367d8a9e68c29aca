"""Phone numbers as people write them, in their one spelling."""

import phonenumbers

from ascolto.text.normalise import normalise_line

MAX_CHARS = 40


class NotAPhone(Exception):
    """No number that could be called."""


def read_phone(written: str, *, region: str = "IT") -> str:
    """
    The number as +390612345678.

    :param region: the country of a number that is written without one, as "IT"
    :raises NotAPhone: no number, too short or too long for its country, or without an end
    """
    line = normalise_line(written)
    if len(line) > MAX_CHARS:
        raise NotAPhone(line)
    try:
        number = phonenumbers.parse(line, region)
    except phonenumbers.NumberParseException as error:
        raise NotAPhone(line) from error
    if not phonenumbers.is_possible_number(number):
        raise NotAPhone(line)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def phone_in_words(number: str) -> str:
    """«+39 06 1234 5678», as people read it; what is no number stays as it is."""
    try:
        return phonenumbers.format_number(phonenumbers.parse(number, None), phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    except phonenumbers.NumberParseException:
        return number
