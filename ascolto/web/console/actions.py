"""What is done to a conversation: who holds it, whose turn it is, tags, priority, private links."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ascolto.accounts.models import User
from ascolto.conversations.assign import MayNotHold, assign, assign_team
from ascolto.conversations.links import revoke_links
from ascolto.conversations.models import Conversation
from ascolto.conversations.status import resolve, set_turn
from ascolto.conversations.tag import BadTags, set_priority, set_tags
from ascolto.people.models import Team
from ascolto.web.console.uploads import plain
from ascolto.web.console.visible import acting, colleague, conversation_or_404

CHANGED = "conversation-changed"  # the page's parts hear it and fetch what they show


def done(request: HttpRequest, conversation: Conversation) -> HttpResponse:
    """Nothing to show by itself: live parts fetch what changed; without scripts the page comes again."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Trigger": CHANGED})
    return redirect("conversation", number=conversation.number)


@require_POST
def assignee(request: HttpRequest, number: int) -> HttpResponse:
    """Give it to a colleague (`assignee` is their id), to oneself (`me`) or to nobody (empty)."""
    conversation = conversation_or_404(request, number)
    wanted = request.POST.get("assignee", "")
    to = colleague(request) if wanted == "me" else user_of(wanted)
    if wanted and to is None:
        return plain(_("There is no such colleague."), 422)
    try:
        assign(conversation=conversation, to=to, by=acting(request), at=timezone.now())
    except MayNotHold:
        return plain(_("Not given: this colleague cannot see this inbox."), 422)
    return done(request, conversation)


@require_POST
def team(request: HttpRequest, number: int) -> HttpResponse:
    """Give it to a team (`team` is its id) or to none (empty)."""
    conversation = conversation_or_404(request, number)
    wanted = request.POST.get("team", "")
    to = team_of(wanted)
    if wanted and to is None:
        return plain(_("There is no such team."), 422)
    assign_team(conversation=conversation, to=to, by=acting(request), at=timezone.now())
    return done(request, conversation)


@require_POST
def status(request: HttpRequest, number: int) -> HttpResponse:
    """Resolve, reopen, or say whose turn it is."""
    conversation = conversation_or_404(request, number)
    wanted = request.POST.get("status", "")
    if wanted not in Conversation.Status.values:
        return plain(_("A conversation is open, waiting or resolved."), 422)
    if wanted == Conversation.Status.RESOLVED:
        resolve(conversation=conversation, by=acting(request), at=timezone.now())
    else:
        set_turn(conversation=conversation, status=wanted, by=acting(request), at=timezone.now())
    return done(request, conversation)


@require_POST
def tags(request: HttpRequest, number: int) -> HttpResponse:
    """Make `tags` (each a field of its own) with the words of `new` (between commas) the conversation's tags."""
    conversation = conversation_or_404(request, number)
    names = [*request.POST.getlist("tags"), *request.POST.get("new", "").split(",")]
    without = request.POST.get("without", "")
    try:
        set_tags(
            conversation=conversation, names=[each for each in names if each != without], by=acting(request), at=timezone.now()
        )
    except BadTags:
        return plain(_("Not tagged: at most 20 tags, each of at most 50 characters."), 422)
    return done(request, conversation)


@require_POST
def priority(request: HttpRequest, number: int) -> HttpResponse:
    """Set the priority, 1 low to 4 urgent."""
    conversation = conversation_or_404(request, number)
    wanted = request.POST.get("priority", "")
    if wanted not in ("1", "2", "3", "4"):
        return plain(_("A priority is 1 to 4."), 422)
    set_priority(conversation=conversation, priority=int(wanted), by=acting(request), at=timezone.now())
    return done(request, conversation)


@require_POST
def links(request: HttpRequest, number: int) -> HttpResponse:
    """Close all private links of this conversation: what was mailed opens nothing any more."""
    conversation = conversation_or_404(request, number)
    revoke_links(conversation=conversation, at=timezone.now())
    return done(request, conversation)


def user_of(text: str) -> User | None:
    """The colleague that a field names; None for an empty or a senseless one."""
    id = id_of(text)
    return User.objects.filter(pk=id).first() if id else None


def team_of(text: str) -> Team | None:
    """The team that a field names; None for an empty or a senseless one."""
    id = id_of(text)
    return Team.objects.filter(pk=id).first() if id else None


def id_of(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
