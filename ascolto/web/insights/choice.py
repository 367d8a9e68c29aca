"""Which period and which inbox a page of numbers is about, read from its address."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest

from ascolto.accounts.models import User
from ascolto.conversations.access import visible_inboxes
from ascolto.conversations.models import Inbox
from ascolto.insights.metrics import period
from ascolto.surveys.queries import Cohort

PERIODS = (7, 28, 90)
USUAL = 28  # whole weeks, and enough of them for a small desk to have answers


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What was chosen, among what this person may see; anything else in the address is as if it were not there."""

    days: int
    inbox: Inbox | None
    inboxes: list[Inbox]
    cohort: Cohort

    def address(self, **more: Any) -> str:
        """The query of a link that keeps the choice."""
        kept = {"days": self.days, "inbox": self.inbox.key if self.inbox else "", **more}
        return "?" + urlencode({name: value for name, value in kept.items() if value != ""}, doseq=True)


def choice_of(request: HttpRequest, user: User, now: datetime) -> Choice:
    """Read the address of a page for one person."""
    days = next((days for days in PERIODS if request.GET.get("days") == str(days)), USUAL)
    inboxes = list(visible_inboxes(user).order_by("name"))
    inbox = next((inbox for inbox in inboxes if inbox.key == request.GET.get("inbox")), None)
    counted = [inbox.id] if inbox else [each.id for each in inboxes]
    return Choice(days=days, inbox=inbox, inboxes=inboxes, cohort=period(days=days, inboxes=counted, until=now))
