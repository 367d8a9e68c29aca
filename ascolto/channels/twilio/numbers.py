"""Which numbers we write to and call: of allowed countries, and none that costs more than a call (threat H9)."""

import phonenumbers
from django.utils.translation import gettext as _
from phonenumbers import PhoneNumberType

from ascolto.channels.contract import Door, Never, Sender

COSTLY = (PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST)


def sender_of(written: str) -> Sender:
    """Who is behind a caller id, which anybody can write; a withheld or alphanumeric one is no number (threat A3)."""
    number = number_of(written)
    return Sender(kind="phone", value=number, name="" if number else named(written))


def number_of(written: str) -> str:
    """+390612345 in its one spelling, or a short number as it is; empty for what is no number."""
    text = written.strip()
    if text.isascii() and text.isdigit() and 3 <= len(text) <= 6:
        return text
    try:
        number = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number) or str(number.national_number) in WITHHELD:
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


# What networks and the provider write when the number is withheld: "anonymous", "unknown", "restricted" on a keypad.
WITHHELD = frozenset({"266696687", "86282452253", "7378742833", "2562533", "8656696", "464"})
WORDS_FOR_NOBODY = frozenset({"", "anonymous", "unknown", "restricted", "unavailable", "private", "blocked"})


def named(written: str) -> str:
    """A sender's name, as companies write theirs; empty for the ways to say that there is none."""
    text = " ".join(written.split())[:50]
    return "" if text.lower() in WORDS_FOR_NOBODY or text.lstrip("+").isdigit() else text


def country_of(number: str) -> str:
    """The country of a number, as "IT"; empty when it has none."""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(number, None)) or ""
    except phonenumbers.NumberParseException:
        return ""


def allowed_countries(door: Door) -> frozenset[str]:
    """The countries of the settings; without any, that of our own number."""
    written = door.get("countries").upper().replace(",", " ").split()
    return frozenset(written or [country_of(door.get("number"))]) - {""}


def refuse_costly(door: Door, number: str) -> None:
    """Refuse a number of another country, or one that costs more than a call. :raises Never: with words for colleagues"""
    if country_of(number) not in allowed_countries(door):
        raise Never(_("Not to this country: add it to the countries of this inbox first."))
    if phonenumbers.number_type(phonenumbers.parse(number, None)) in COSTLY:
        raise Never(_("Not to this number: it costs more than an ordinary one."))
