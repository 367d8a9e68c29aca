"""Who asks, and which conversation they may have: every view of the console starts here (threat K1)."""

from django.http import Http404, HttpRequest

from ascolto.accounts.models import User
from ascolto.conversations import access
from ascolto.conversations.models import Conversation
from ascolto.eventlog.event import Actor


def colleague(request: HttpRequest) -> User:
    """Who is signed in; the middleware has let nobody else come this far."""
    user = request.user
    if not isinstance(user, User):
        raise Http404
    return user


def acting(request: HttpRequest) -> Actor:
    """The same, as the log names them."""
    return Actor("agent", str(colleague(request).pk))


def conversation_or_404(request: HttpRequest, number: int) -> Conversation:
    """The conversation with this number, if this colleague may see it; what they may not see is not there."""
    try:
        return access.conversation_for(colleague(request), number)
    except (access.NotFound, OverflowError) as error:  # a number that no column holds names nothing
        raise Http404 from error
