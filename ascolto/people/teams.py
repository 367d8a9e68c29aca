"""Make, change and remove teams."""

from collections.abc import Collection
from uuid import UUID

from django.db import IntegrityError, transaction

from ascolto.accounts.models import User
from ascolto.people.models import Team
from ascolto.text.normalise import normalise_line

NAME_CHARS = 100


class NameMissing(Exception):
    """A team needs a name."""


class NameTaken(Exception):
    """Another team is called so already."""


class StillNeeded(Exception):
    """Inboxes are seen by this team: without it others might see them, or everybody. Its argument: their names."""


def make_team(*, name: str, members: Collection[UUID] = ()) -> Team:
    """A new team with these colleagues. Twice is refused. :raises NameMissing, NameTaken:"""
    team = Team(name=checked_name(name))
    with transaction.atomic():
        keep_name(team, is_new=True)
        set_members(team=team, members=members)
    return team


@transaction.atomic
def change_team(*, team: Team, name: str, members: Collection[UUID]) -> Team:
    """Another name, other colleagues; see the two verbs below. Twice is once. :raises NameMissing, NameTaken:"""
    set_members(team=rename_team(team=team, name=name), members=members)
    return team


def rename_team(*, team: Team, name: str) -> Team:
    """Another name for a team; twice is once. :raises NameMissing, NameTaken:"""
    team.name = checked_name(name, but=team)
    keep_name(team)
    return team


def set_members(*, team: Team, members: Collection[UUID]) -> None:
    """
    Let exactly these colleagues be in the team; ids that nobody has are left out. Twice is once.

    What they may see follows at once: the rights are read with every request.
    """
    team.members.set(User.objects.filter(pk__in=members))


@transaction.atomic
def remove_team(*, team: Team) -> None:
    """
    Take a team away; its conversations go on without one. Twice is once.

    :raises StillNeeded: an inbox is shown to this team
    """
    Team.objects.select_for_update().filter(pk=team.pk).first()  # no inbox may be given to it meanwhile
    if names := list(team.inboxes.order_by("name").values_list("name", flat=True)):
        raise StillNeeded(names)
    Team.objects.filter(pk=team.pk).delete()


def checked_name(name: str, *, but: Team | None = None) -> str:
    clean = normalise_line(name)[:NAME_CHARS]
    if not clean:
        raise NameMissing
    others = Team.objects.exclude(pk=but.pk) if but else Team.objects.all()
    if others.filter(name__iexact=clean).exists():
        raise NameTaken
    return clean


def keep_name(team: Team, *, is_new: bool = False) -> None:
    try:
        with transaction.atomic():
            if is_new:
                team.save(force_insert=True)
            else:
                team.save(update_fields=["name"])
    except IntegrityError as error:  # two at once
        raise NameTaken from error
