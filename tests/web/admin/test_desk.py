"""/settings/desk/."""

from datetime import date, time
from typing import Any

import pytest

from ascolto.channels.messenger import expectation
from ascolto.workspace import queries
from tests.conftest import NOON

CLOSED = {f"closed-{day}": "1" for day in range(7)}


def week(**changed: Any) -> dict[str, Any]:
    """Open on Monday from nine to one, closed else."""
    said = {**CLOSED, "open": "hours", "opens-0": ["09:00", ""], "closes-0": ["13:00", ""]}
    del said["closed-0"]
    return {**said, **{name.replace("_", "-"): value for name, value in changed.items()}}


def test_the_desk_is_renamed(signed_in: Any, world: Any) -> None:
    ada = signed_in(world.ada)
    response = ada.post("/settings/desk/identity/", {"name": "Lumen srl", "language": "it", "time_zone": "Europe/Lisbon"})
    page = ada.get("/settings/desk/").text

    assert response.status_code == 302
    assert 'value="Lumen srl"' in page
    assert '<option value="Europe/Lisbon" selected>' in page


def test_a_time_zone_that_is_none_is_refused(signed_in: Any, world: Any) -> None:
    said = {"name": "Lumen", "language": "it", "time_zone": "Europe/Nowhere"}

    assert signed_in(world.ada).post("/settings/desk/identity/", said).status_code == 422


def test_hours_with_a_lunch_break_until_midnight_come_back_as_they_were_written(signed_in: Any, world: Any) -> None:
    ada = signed_in(world.ada)
    ada.post("/settings/desk/hours/", week(opens_0=["14:00", "09:00"], closes_0=["00:00", "13:00"]))
    page = ada.get("/settings/desk/").text

    assert queries.week() == {0: [(time(9), time(13)), (time(14), time.max)]}
    assert page.count('name="closes-0" value="00:00"') == 1
    assert page.count('name="closed-0" value="1" checked') == 0
    assert page.count('name="closed-6" value="1" checked') == 1


@pytest.mark.parametrize(
    "odd",
    [
        {"opens_0": ["13:00"], "closes_0": ["09:00"]},
        {"opens_0": ["09:00", "12:00"], "closes_0": ["13:00", "18:00"]},
        {"opens_0": ["09:00"], "closes_0": [""]},
        {"opens_0": ["09:00Z"], "closes_0": ["25:00"]},
        {"opens_0": [""], "closes_0": [""]},
        {"closed_0": "1"},
        {"opens_0": ["٠٩:٠٠\x00"], "closes_0": ["13:00"]},
    ],
)
def test_hours_that_cannot_be_are_said_and_nothing_changes(signed_in: Any, world: Any, odd: dict[str, Any]) -> None:
    ada = signed_in(world.ada)
    ada.post("/settings/desk/hours/", week())

    response = ada.post("/settings/desk/hours/", week(**odd))

    assert response.status_code == 422
    assert "field__error" in response.text
    assert queries.week() == {0: [(time(9), time(13))]}


def test_always_open_leaves_the_times_aside(signed_in: Any, world: Any) -> None:
    ada = signed_in(world.ada)
    ada.post("/settings/desk/hours/", week())
    ada.post("/settings/desk/hours/", week(open="always", opens_0=["x"], closes_0=["y"]))

    assert queries.week() == {}


def test_the_messenger_says_the_new_hours_at_once(signed_in: Any, world: Any) -> None:
    expectation.forget()
    before = expectation.expectation(language="it", at=NOON)  # a Wednesday
    signed_in(world.ada).post("/settings/desk/hours/", week())
    after = expectation.expectation(language="it", at=NOON)
    expectation.forget()

    assert before.is_open
    assert not after.is_open


def test_a_day_off_is_added_shown_and_removed(signed_in: Any, world: Any) -> None:
    ada = signed_in(world.ada)
    assert ada.post("/settings/desk/holidays/", {"day": "2099-12-25", "name": "Natale"}).status_code == 302
    assert "Natale" in ada.get("/settings/desk/").text
    assert queries.holidays() == {date(2099, 12, 25)}

    assert ada.post("/settings/desk/holidays/2099-12-25/removal/").status_code == 302
    assert queries.holidays() == set()
    assert ada.post("/settings/desk/holidays/yesterday/removal/").status_code == 404
    assert ada.post("/settings/desk/holidays/", {"day": "31/02"}).status_code == 422


def test_agents_and_leads_change_no_desk(signed_in: Any, world: Any) -> None:
    for person in (world.bruno, world.carla):
        browser = signed_in(person)
        answers = [
            browser.get("/settings/desk/"),
            browser.post("/settings/desk/identity/", {"name": "x", "language": "it", "time_zone": "UTC"}),
            browser.post("/settings/desk/hours/", week()),
            browser.post("/settings/desk/holidays/", {"day": "2099-12-25"}),
            browser.post("/settings/desk/holidays/2099-12-25/removal/"),
        ]
        assert {each.status_code for each in answers} == {403}


def test_pages_show_times_in_the_desks_own_zone(signed_in: Any, world: Any, conversation: Any) -> None:
    ada = signed_in(world.ada)
    page = f"/conversations/{conversation.number}/"
    assert "12:00" in ada.get(page).text

    ada.post("/settings/desk/identity/", {"name": "Lumen", "language": "it", "time_zone": "Asia/Tokyo"})

    shown = ada.get(page).text
    assert "20:00" in shown
    assert "12:00" not in shown
