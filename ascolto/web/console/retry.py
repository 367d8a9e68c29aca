"""Have a reply tried again that could not be delivered."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from ascolto.channels.retry import retry as try_again
from ascolto.conversations.models import Message
from ascolto.web.console.actions import done
from ascolto.web.console.visible import conversation_or_404


@require_POST
def retry(request: HttpRequest, number: int, id: UUID) -> HttpResponse:
    """Try once more; of what is on its way already nothing comes twice. 404 when there is no such message here."""
    conversation = conversation_or_404(request, number)
    message = Message.objects.filter(pk=id, conversation=conversation, visibility=Message.Visibility.PUBLIC).first()
    if message is None:
        raise Http404
    try_again(message=message, at=timezone.now())
    return done(request, conversation)
