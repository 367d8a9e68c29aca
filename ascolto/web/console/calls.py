"""Call the customer of a conversation, or take them out of the queue."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from ascolto.channels.dial import CannotCall, call_customer
from ascolto.web.console.actions import done
from ascolto.web.console.uploads import plain
from ascolto.web.console.visible import colleague, conversation_or_404


@require_POST
def calls(request: HttpRequest, number: int) -> HttpResponse:
    """Ring this colleague's phone and then `phone`, one of the customer's own; the thread tells what comes of it."""
    conversation = conversation_or_404(request, number)
    wanted = request.POST.get("phone", "")
    try:
        call_customer(conversation=conversation, number=wanted, by=colleague(request), at=timezone.now())
    except CannotCall as error:
        return plain(str(error.words), 422)
    return done(request, conversation)
