"""The questions behind a link: /r/<token>. Looking counts nothing; only the button does (threat E1)."""

from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ascolto.channels.delivery import language_of
from ascolto.surveys import answer
from ascolto.surveys.models import SCORES, Invitation
from ascolto.surveys.wording import wording
from ascolto.text.normalise import TooLong
from ascolto.web.answers.privately import answer as respond
from ascolto.web.answers.privately import by_secret_link, gone, speaking
from ascolto.web.client import comes_too_often

RATES = "20/minute;120/hour"  # of answers from one address: a family, an office, not a machine


@by_secret_link
@require_http_methods(["GET", "HEAD", "POST"])
def survey(request: HttpRequest, token: str) -> HttpResponse:
    """The form, with the choice of the mail's link already made; by POST, the answer. Nothing of the conversation is on it."""
    try:
        invitation = answer.open_invitation(token, now=now())
    except answer.UnknownInvitation:
        return gone(request, "answers/survey_gone.html")
    with speaking(request, language_of(invitation.conversation)):
        return recorded(request, token, invitation) if request.method == "POST" else form(request, invitation)


def form(request: HttpRequest, invitation: Invitation, *, problem: str = "", status: int = 200) -> HttpResponse:
    said = request.POST if request.method == "POST" else request.GET
    earlier = answer.answer_to(invitation)
    context: dict[str, object] = {
        "number": invitation.conversation.number,
        "closed_at": invitation.invited_at,
        "asked": wording,
        "csat": choice(said.get("csat")),
        "effort": choice(said.get("effort")),
        "why": request.POST.get("why", ""),
        "is_from_link": request.method != "POST" and (choice(said.get("csat")) or choice(said.get("effort"))),
        "earlier": earlier,
        "may_amend": earlier is None or now() < earlier.answered_at + answer.AMEND_FOR,
        "problem": problem,
        "why_chars": answer.WHY_CHARS,
    }
    return respond(request, "answers/survey.html", context, status=status)


def recorded(request: HttpRequest, token: str, invitation: Invitation) -> HttpResponse:
    if comes_too_often(request, "survey", RATES):
        return form(
            request, invitation, problem=_("Too many answers from here at once. Wait a minute and press Send again."), status=429
        )
    if request.POST.get("website"):
        return thanks(request, invitation)  # a field that no person sees: a program filled it in, and learns nothing
    try:
        answer.record(
            token=token,
            csat=choice(request.POST.get("csat")),
            effort=choice(request.POST.get("effort")),
            why=request.POST.get("why", ""),
            at=now(),
            source="link",
        )
    except answer.NothingAnswered:
        return form(request, invitation, problem=_("Choose an answer or write a line, then press Send."), status=422)
    except TooLong:
        return form(request, invitation, problem=_("That is longer than fits. Shorten it and press Send again."), status=422)
    except answer.TooLate:
        return form(request, invitation, status=409)
    return thanks(request, invitation)


def thanks(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    context: dict[str, object] = {"days": answer.AMEND_FOR.days, "path": request.path}
    return respond(request, "answers/survey_thanks.html", context)


def choice(written: str | None) -> int | None:
    """A point of the scale, or None for anything else."""
    return int(written) if written in {str(score) for score in SCORES} and written else None
