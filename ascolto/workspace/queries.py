"""Current settings of the desk."""

from datetime import date, time

from ascolto.workspace.models import Holiday, OpeningHours, Workspace

Week = dict[int, list[tuple[time, time]]]


def workspace() -> Workspace | None:
    """The desk, or None before set-up."""
    return Workspace.objects.filter(pk=1).first()


def week() -> Week:
    """Open periods by weekday (0 Monday), each day's in order; empty: always open."""
    found: Week = {}
    for row in OpeningHours.objects.order_by("weekday", "opens"):
        found.setdefault(row.weekday, []).append((row.opens, row.closes))
    return found


def holidays() -> set[date]:
    """Days on which the desk is closed."""
    return set(Holiday.objects.values_list("day", flat=True))


def holidays_from(day: date) -> list[Holiday]:
    """The days on which the desk is closed from this one on, in order."""
    return list(Holiday.objects.filter(day__gte=day).order_by("day"))
