"""The answers behind a figure, last first."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from ascolto.accounts.models import User
from ascolto.surveys.models import SCORES
from ascolto.surveys.queries import answers_page
from ascolto.surveys.wording import wording
from ascolto.web.insights.choice import choice_of
from ascolto.web.page import page


@require_safe
def answers(request: HttpRequest) -> HttpResponse:
    """A page of answers to the questions of a period, of the inboxes this person may see; ?csat=1&csat=2 narrows it."""
    assert isinstance(request.user, User)
    choice = choice_of(request, request.user, now())
    csat, effort = points(request, "csat"), points(request, "effort")
    words = request.GET.get("words") == "1"
    rows, following = answers_page(choice.cohort, csat=csat, effort=effort, with_words=words, before=before_of(request))
    asked = wording()
    context = {
        "place": "insights",
        "choice": choice,
        "rows": [
            (row, dict(asked.csat_points).get(row.csat or 0), dict(asked.effort_points).get(row.effort or 0)) for row in rows
        ],
        "chosen": [label for point, label in asked.csat_points if point in csat]
        + [label for point, label in asked.effort_points if point in effort],
        "with_words": words,
        "numbers": f"../{choice.address()}",
        "following": choice.address(csat=csat, effort=effort, words=1 if words else "", before=following) if following else "",
    }
    return page(request, "insights/_answers.html", "insights/answers.html", context)


def points(request: HttpRequest, name: str) -> list[int]:
    return [score for score in SCORES if str(score) in request.GET.getlist(name)]


def before_of(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.GET.get("before", ""))
    except ValueError:
        return None
