"""Files beside the words of an agent: taken at once when they are chosen, sent with the message."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from ascolto.accounts.models import User
from ascolto.files import store
from ascolto.web.console.visible import colleague, conversation_or_404

REFUSALS: dict[type[store.Refused], tuple[int, str | Promise]] = {
    store.TooLarge: (413, gettext_lazy("“%(name)s” is larger than 25 MB.")),
    store.EmptyFile: (422, gettext_lazy("“%(name)s” is empty.")),
    store.QuotaExceeded: (429, gettext_lazy("“%(name)s” was not taken: you have uploaded as much as one may in a day.")),
    store.NoSpace: (503, gettext_lazy("“%(name)s” was not taken: the desk’s disk is nearly full.")),
}


def owner_of(user: User) -> str:
    """How files/store.py names this colleague."""
    return f"user:{user.pk}"


@require_POST
def upload(request: HttpRequest, number: int) -> HttpResponse:
    """Take one file and answer with its chip for the composer."""
    conversation = conversation_or_404(request, number)
    given = request.FILES.get("file")
    if given is None:
        return plain(_("No file came with the request."), 422)
    try:
        file = store.store(given, name=given.name or "", owner=owner_of(colleague(request)), at=timezone.now())
    except store.Refused as error:
        status, words = REFUSALS[type(error)]
        return plain(str(words) % {"name": given.name}, status)
    if not request.headers.get("HX-Request"):
        return redirect("conversation", number=conversation.number)
    return render(request, "console/composer/_chip.html", {"file": file}, status=201)


def plain(words: str, status: int) -> HttpResponse:
    return HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")
