"""The desk's own settings."""

from datetime import date, time

import pytest

from ascolto.workspace import configure, queries
from tests.conftest import World


def test_the_desk_gets_another_name_language_and_clock(world: World) -> None:
    configure.change_desk(name="Lumen srl", language="en", time_zone="Europe/Lisbon")

    here = queries.workspace()
    assert here is not None
    assert (here.name, here.language, here.time_zone) == ("Lumen srl", "en", "Europe/Lisbon")


@pytest.mark.parametrize("zone", ["Europe/Nowhere", "../etc/passwd", "", "Europe"])
def test_a_clock_that_is_none_is_refused(world: World, zone: str) -> None:
    with pytest.raises(configure.UnknownZone):
        configure.change_desk(name="Lumen", language="it", time_zone=zone)


def test_a_day_off_is_one_however_often_it_is_added(world: World) -> None:
    configure.add_holiday(day=date(2026, 12, 25), name="Natale")
    configure.add_holiday(day=date(2026, 12, 25), name="Natale!")
    configure.add_holiday(day=date(2026, 12, 8))

    assert [(each.day, each.name) for each in queries.holidays_from(date(2026, 12, 9))] == [(date(2026, 12, 25), "Natale!")]

    configure.remove_holiday(day=date(2026, 12, 25))
    configure.remove_holiday(day=date(2026, 12, 25))

    assert queries.holidays() == {date(2026, 12, 8)}


def test_hours_are_replaced_as_a_whole(world: World) -> None:
    configure.set_hours([(0, time(9), time(13)), (0, time(14), time(18))])
    configure.set_hours([(1, time(9), time(13))])

    assert queries.week() == {1: [(time(9), time(13))]}
