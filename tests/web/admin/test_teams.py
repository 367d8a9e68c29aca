"""/settings/teams/."""

from typing import Any

from ascolto.people.models import Team


def test_a_team_is_made_changed_and_removed_by_page(signed_in: Any, world: Any) -> None:
    ada = signed_in(world.ada)

    assert ada.post("/settings/teams/", {"name": "Resi", "members": [world.dario.id]}).status_code == 302
    made = Team.objects.get(name="Resi")
    ada.post(f"/settings/teams/{made.id}/", {"name": "Resi e cambi", "members": [world.bruno.id, world.carla.id]})
    made.refresh_from_db()

    assert made.name == "Resi e cambi"
    assert set(made.members.all()) == {world.bruno, world.carla}
    assert ada.post(f"/settings/teams/{made.id}/removal/").status_code == 302
    assert not Team.objects.filter(pk=made.pk).exists()


def test_a_name_that_is_taken_is_said_beside_the_field(signed_in: Any, world: Any) -> None:
    response = signed_in(world.ada).post(f"/settings/teams/{world.team.id}/", {"name": "Altrove", "members": []})

    assert response.status_code == 422
    assert 'value="Altrove"' in response.text
    assert list(world.team.members.all())


def test_members_who_are_nobody_are_refused(signed_in: Any, world: Any) -> None:
    for odd in ("x", "019a0000-0000-7000-8000-000000000000"):
        response = signed_in(world.ada).post("/settings/teams/", {"name": "Resi", "members": [odd]})
        assert response.status_code == 422

    assert not Team.objects.filter(name="Resi").exists()


def test_a_team_that_still_sees_an_inbox_stays_and_the_page_says_which(signed_in: Any, world: Any) -> None:
    response = signed_in(world.ada).post(f"/settings/teams/{world.team.id}/removal/")

    assert response.status_code == 409
    assert "Sito" in response.text
    assert Team.objects.filter(pk=world.team.pk).exists()


def test_a_colleague_without_access_is_offered_only_where_they_still_are(signed_in: Any, world: Any) -> None:
    world.bruno.is_active = False
    world.bruno.save(update_fields=["is_active"])
    page = signed_in(world.ada).get("/settings/teams/").text

    assert page.count("Bruno Neri") == 1
    assert page.count("Dario Blu") == 3


def test_agents_and_leads_change_no_team(signed_in: Any, world: Any) -> None:
    for person in (world.bruno, world.carla):
        browser = signed_in(person)
        answers = [
            browser.get("/settings/teams/"),
            browser.post("/settings/teams/", {"name": "Resi"}),
            browser.post(f"/settings/teams/{world.team.id}/", {"name": "Resi"}),
            browser.post(f"/settings/teams/{world.team.id}/removal/"),
        ]
        assert {each.status_code for each in answers} == {403}
