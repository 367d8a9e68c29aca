"""What a conversation can be given: to whom, to which team, which priority."""

from typing import Any

from django.db.models import Q

from ascolto.accounts.models import Role, User
from ascolto.conversations.models import Conversation, Inbox
from ascolto.people.models import Team
from ascolto.web.console.lines import PRIORITIES


def holders(inbox: Inbox) -> list[User]:
    """Active colleagues who may see this inbox, by name. Two queries."""
    teams = list(inbox.teams.values_list("id", flat=True))
    rows = User.objects.filter(is_active=True).order_by("name", "email")
    if teams:
        rows = rows.filter(Q(role=Role.ADMIN) | Q(teams__in=teams)).distinct()
    return list(rows)


def choices_context(conversation: Conversation, user: User) -> dict[str, Any]:
    """What the selects beside the thread offer."""
    return {
        "holders": [each for each in holders(conversation.inbox) if each.pk != user.pk],
        "all_teams": list(Team.objects.order_by("name")),
        "priorities": list(PRIORITIES.items()),
        "tags": sorted(tag.name for tag in conversation.tags.all()),
    }
