"""What the voice says to callers: whole sentences in the inbox's language."""

from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _


def greeting(desk: str) -> str:
    return _("Hello, this is %(desk)s.") % {"desk": desk}


def is_recorded() -> str:
    return _("This call is recorded. If you do not want that, hang up and write to us.")


def we_are_closed(opens: datetime | None, now: datetime) -> str:
    """:param opens: when the desk opens next, in its own time; None: nobody knows"""
    if opens is None:
        return _("We are closed now.")
    told = {"time": f"{opens:%H:%M}", "day": day_in_words(opens)}
    if opens.date() == now.date():
        return _("We are closed now. We open today at %(time)s.") % told
    return _("We are closed now. We open on %(day)s at %(time)s.") % told


def day_in_words(day: datetime) -> str:
    """«lunedì 23 novembre»; Django writes the names of days and months large, as English alone does."""
    words = date_format(day, "l j F")
    return words.lower() if get_language() == "it" else words


def connecting() -> str:
    return _("One moment, we are ringing a colleague.")


def all_busy() -> str:
    return _("All colleagues are speaking.")


def position(place: int | None) -> str:
    """How many are before them, as the provider counts; nothing is said that is not known."""
    if place is None or place < 1:
        return _("You are in the queue.")
    if place == 1:
        return _("You are next.")
    before = place - 1
    words = ngettext("%(count)s person is before you.", "%(count)s people are before you.", before)
    return words % {"count": before}


def offer_call_back() -> str:
    return _("Press 1 and we call you back: you need not wait.")


def offer_voicemail() -> str:
    return _("Or stay on the line to leave a message.")


def ask_number() -> str:
    return _("Type the number at which we can reach you, then the hash key.")


def number_taken() -> str:
    return _("Thank you. We call you back as soon as we can. Goodbye.")


def number_not_understood() -> str:
    return _("That was no number that we can call.")


def speak_now() -> str:
    return _("Leave your message after the tone, with your name and your number. Then hang up.")


def nothing_heard() -> str:
    return _("We heard nothing. We see that you called and call you back. Goodbye.")


def nothing_heard_from_nobody() -> str:
    return _("We heard nothing. Goodbye.")


def message_kept() -> str:
    return _("Thank you, your message is with us. Goodbye.")


def goodbye() -> str:
    return _("Goodbye.")


def to_agent(name: str) -> str:
    return _("Ascolto calls %(name)s for you.") % {"name": name}


def gone() -> str:
    return _("This call is no longer there.")


def spaced(number: str) -> str:
    """A number as it is read out, digit by digit."""
    return " ".join(number.lstrip("+"))
