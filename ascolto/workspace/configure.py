"""Set the desk up, and change its settings."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import transaction

from ascolto.workspace.models import Holiday, OpeningHours, Workspace


class AlreadySetUp(Exception):
    """There is a desk here already."""


class UnknownZone(Exception):
    """No time zone of the IANA list is called so."""


@transaction.atomic
def set_up(*, name: str, language: str, time_zone: str, at: datetime) -> Workspace:
    """Make the one workspace. :raises AlreadySetUp: the second time"""
    _, is_new = Workspace.objects.get_or_create(
        pk=1, defaults={"name": name, "language": language, "time_zone": time_zone, "created_at": at}
    )
    if not is_new:
        raise AlreadySetUp
    return Workspace.objects.get(pk=1)


def change_desk(*, name: str, language: str, time_zone: str) -> None:
    """
    Change what the desk is called, its language and its clock; nothing before set-up. Twice is once.

    :raises UnknownZone:
    """
    try:
        ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UnknownZone(time_zone) from error
    Workspace.objects.filter(pk=1).update(name=name, language=language, time_zone=time_zone)


@transaction.atomic
def set_hours(periods: list[tuple[int, time, time]]) -> None:
    """Replace the opening hours by these (weekday 0 Monday, opens, closes), in the desk's own time. Twice is once."""
    OpeningHours.objects.all().delete()
    OpeningHours.objects.bulk_create(OpeningHours(weekday=day, opens=opens, closes=closes) for day, opens, closes in periods)


def add_holiday(*, day: date, name: str = "") -> Holiday:
    """Close the desk on this day, in its own time. Twice is one day, with the later name."""
    holiday, _ = Holiday.objects.update_or_create(day=day, defaults={"name": name})
    return holiday


def remove_holiday(*, day: date) -> None:
    """Let this day be as any other of its weekday. Twice is once."""
    Holiday.objects.filter(day=day).delete()
