"""Template tags for small shared pieces: times, words of ours as HTML."""

from datetime import datetime, timedelta

from django import template
from django.utils import formats, timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from ascolto.text import phones
from ascolto.text.render import to_html

register = template.Library()


@register.filter
def as_words(text: str) -> SafeString:
    """Plain text from people as paragraphs and links; escaped by text/render.py."""
    return mark_safe(to_html(text))  # noqa: S308


@register.filter
def waited(since: datetime | None, now: datetime | None = None) -> str:
    """How long ago, short: «4 min», «2 h 40», «3 g». Empty without a time."""
    if since is None:
        return ""
    passed = max((now or timezone.now()) - since, timedelta())
    minutes = int(passed.total_seconds() // 60)
    if minutes < 1:
        return _("now")
    if minutes < 60:
        return _("%(minutes)s min") % {"minutes": minutes}
    if minutes < 60 * 24:
        hours, rest = divmod(minutes, 60)
        return (
            _("%(hours)s h %(minutes)02d") % {"hours": hours, "minutes": rest}
            if hours < 10
            else _("%(hours)s h") % {"hours": hours}
        )
    days = minutes // (60 * 24)
    return ngettext("%(days)s day", "%(days)s days", days) % {"days": days}


@register.filter
def day_in_words(day: datetime) -> str:
    """«oggi, giovedì 19 novembre», «ieri, …», «mercoledì 18 novembre», with the year when it is another."""
    local = timezone.localtime(day)
    today = timezone.localtime().date()
    words = as_spoken(formats.date_format(local, "l j F" if local.year == today.year else "l j F Y"))
    if local.date() == today:
        return _("today, %(day)s") % {"day": words}
    if local.date() == today - timedelta(days=1):
        return _("yesterday, %(day)s") % {"day": words}
    return words


@register.filter
def moment(at: datetime | None) -> str:
    """A time as short as it can be said: «14:06» today, «lun 16 nov» this year, «8 mar 2024» before."""
    if at is None:
        return ""
    local, now = timezone.localtime(at), timezone.localtime()
    if local.date() == now.date():
        return formats.date_format(local, "H:i")
    return as_spoken(formats.date_format(local, "D j M" if local.year == now.year else "j M Y"))


@register.filter
def on_day(at: datetime) -> str:
    """«18 novembre», «20 febbraio 2027» in another year: for the middle of a sentence."""
    local = timezone.localtime(at)
    return as_spoken(formats.date_format(local, "j F" if local.year == timezone.localtime().year else "j F Y"))


@register.filter
def day_and_clock(at: datetime) -> str:
    """«18 nov, 14:06»."""
    return as_spoken(formats.date_format(timezone.localtime(at), "j M, H:i"))


def as_spoken(date: str) -> str:
    """Italian writes days and months small; Django's words for them are written large."""
    return date.lower() if get_language() == "it" else date


@register.filter
def clock(at: datetime) -> str:
    """«14:06», in the desk's own time."""
    return formats.date_format(timezone.localtime(at), "H:i")


@register.filter
def size_in_words(size_bytes: int) -> str:
    """«184 kB», «1,2 MB» (1 kB = 1000 bytes, as file managers count)."""
    if size_bytes < 1000:
        return _("%(size)s bytes") % {"size": size_bytes}
    if size_bytes < 1_000_000:
        return _("%(size)s kB") % {"size": size_bytes // 1000}
    return _("%(size)s MB") % {"size": formats.number_format(size_bytes / 1_000_000, 1)}


@register.filter
def phone_in_words(number: str) -> str:
    """«+39 06 1234 5678», as people read it."""
    return phones.phone_in_words(number)


@register.filter
def initials(name: str) -> str:
    """Two letters for a face; the last two digits of a number, which tell callers apart."""
    if name[:1] == "+" and (digits := "".join(each for each in name if each.isdigit())):
        return digits[-2:]
    parts = [part for part in name.split() if part[0].isalnum()]
    letters = "".join(part[0] for part in parts[:2]) if len(parts) > 1 else name.strip()[:2]
    return letters.upper() or "?"


@register.filter
def count_up_to_thousand(count: int) -> str:
    """«12», or «oltre 1 000» when there are more than a list counts."""
    return str(count) if count <= 1000 else _("over 1,000")
