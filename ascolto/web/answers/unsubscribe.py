"""No more automatic letters: /u/<token>. Looking changes nothing; only the button, or a mail program's POST, does (threat E4)."""

from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods

from ascolto.channels.unsubscribe import UnknownLink, address_behind, unsubscribe_by_link
from ascolto.web.answers.privately import answer, by_secret_link, gone, speaking


@by_secret_link
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Ask, and by POST do it: without cookie, without a form of ours (RFC 8058). Nothing of the address is on the page."""
    try:
        address = address_behind(token, now=now())
    except UnknownLink:
        return gone(request, "answers/unsubscribe_gone.html")
    with speaking(request, address.customer.language or request.LANGUAGE_CODE):
        if request.method == "POST":
            unsubscribe_by_link(token, at=now())
        return answer(request, "answers/unsubscribe.html", {"is_done": request.method == "POST", "path": request.path})
