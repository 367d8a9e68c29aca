"""Set the desk up, and change its settings."""

from datetime import datetime, time

from django.db import transaction

from ascolto.workspace.models import OpeningHours, Workspace


class AlreadySetUp(Exception):
    """There is a desk here already."""


@transaction.atomic
def set_up(*, name: str, language: str, time_zone: str, at: datetime) -> Workspace:
    """Make the one workspace. :raises AlreadySetUp: the second time"""
    _, is_new = Workspace.objects.get_or_create(
        pk=1, defaults={"name": name, "language": language, "time_zone": time_zone, "created_at": at}
    )
    if not is_new:
        raise AlreadySetUp
    return Workspace.objects.get(pk=1)


@transaction.atomic
def set_hours(periods: list[tuple[int, time, time]]) -> None:
    """Replace the opening hours by these (weekday 0 Monday, opens, closes), in the desk's own time. Twice is once."""
    OpeningHours.objects.all().delete()
    OpeningHours.objects.bulk_create(OpeningHours(weekday=day, opens=opens, closes=closes) for day, opens, closes in periods)
