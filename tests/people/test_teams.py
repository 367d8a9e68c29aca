"""Teams: made, changed, taken away."""

from uuid import uuid4

import pytest

from ascolto.channels.configure import UnknownTeam, change_inbox
from ascolto.conversations.access import visible_inbox_ids
from ascolto.conversations.assign import assign_team
from ascolto.conversations.models import Conversation
from ascolto.eventlog.event import Actor
from ascolto.people import teams
from ascolto.people.models import Team
from tests.conftest import NOON, World


def test_a_team_is_made_with_its_members(world: World) -> None:
    made = teams.make_team(name="  Resi  ", members=[world.dario.id, uuid4()])

    assert made.name == "Resi"
    assert list(made.members.all()) == [world.dario]


@pytest.mark.parametrize("name", ["Assistenza", "ASSISTENZA", " assistenza "])
def test_two_teams_are_not_called_alike(world: World, name: str) -> None:
    with pytest.raises(teams.NameTaken):
        teams.make_team(name=name)


def test_a_team_without_a_name_is_refused(world: World) -> None:
    with pytest.raises(teams.NameMissing):
        teams.rename_team(team=world.team, name="  \n ")


def test_a_team_keeps_its_own_name_when_only_members_change(world: World) -> None:
    teams.change_team(team=world.team, name="Assistenza", members=[world.bruno.id])

    assert list(world.team.members.all()) == [world.bruno]


def test_who_leaves_a_team_sees_its_inboxes_no_more(world: World) -> None:
    assert world.inbox.id in visible_inbox_ids(world.bruno)

    teams.set_members(team=world.team, members=[world.carla.id])

    assert world.inbox.id not in visible_inbox_ids(world.bruno)


def test_an_inbox_is_not_opened_to_everybody_by_taking_its_team_away(world: World) -> None:
    with pytest.raises(teams.StillNeeded):
        teams.remove_team(team=world.team)

    assert Team.objects.filter(pk=world.team.pk).exists()
    assert world.inbox.id not in visible_inbox_ids(world.dario)


def test_conversations_go_on_without_the_team_that_is_gone(world: World, conversation: Conversation) -> None:
    resi = teams.make_team(name="Resi")
    assign_team(conversation=conversation, to=resi, by=Actor("agent", str(world.ada.id)), at=NOON)

    teams.remove_team(team=resi)
    teams.remove_team(team=resi)

    conversation.refresh_from_db()
    assert conversation.team is None


def test_a_team_that_is_gone_does_not_open_the_inbox_it_was_chosen_for(world: World) -> None:
    with pytest.raises(UnknownTeam):
        change_inbox(inbox=world.inbox, teams=[uuid4()])

    assert list(world.inbox.teams.all()) == [world.team]
