"""Have a reply tried again that could not be delivered."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from ascolto.channels.retry import retry as try_again
from ascolto.web.console.actions import done
from ascolto.web.console.letters import message_or_404


@require_POST
def retry(request: HttpRequest, number: int, id: UUID) -> HttpResponse:
    """Try once more; what is on its way already comes once. 404 when there is no such message here."""
    message = message_or_404(request, number, id)
    try_again(message=message, at=timezone.now())
    return done(request, message.conversation)
