"""What can be done on the customer's own page besides writing: hear what is new, ask for a call, put an end to the link."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirect
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ascolto.channels.ask_for_call import ask_for_call
from ascolto.channels.delivery import language_of
from ascolto.channels.end_link import end
from ascolto.channels.inbound import NotYours
from ascolto.channels.link_view import messages_after, view_of
from ascolto.channels.messenger.expectation import expectation
from ascolto.conversations.links import LinkGone, open_link
from ascolto.web.answers.call_form import CallForm
from ascolto.web.answers.customer_page import PAGE, RATES, not_open, shown, source_of, uuid_in
from ascolto.web.answers.privately import answer, by_secret_link, speaking
from ascolto.web.client import comes_too_often

NEWS_RATES = "30/minute"  # an open page asks three times a minute


@by_secret_link
@require_safe
def news(request: HttpRequest, token: str) -> HttpResponse:
    """What was said after the message that stands last on the page, as a piece of it; 204 when that is nothing."""
    if comes_too_often(request, "customer page news", NEWS_RATES):
        return HttpResponse(status=429)
    try:
        link = open_link(token, now=now())
    except LinkGone:
        return HttpResponse(status=404)
    last = uuid_in(request.GET.get("after"))
    messages = messages_after(view_of(link), last, limit=PAGE) if last else []
    if not messages:
        return HttpResponse(status=204)
    with speaking(request, language_of(link.conversation)):
        context: dict[str, object] = {"token": token, "conversation": link.conversation, "messages": messages}
        context |= {"last_shown": messages[-1].id, "expected": expectation(language=get_language() or "it", at=now())}
        return answer(request, "answers/_news.html", context)


@by_secret_link
@require_POST
def call(request: HttpRequest, token: str) -> HttpResponse:
    """Ask to be called: a message of the customer's, with the wish beside it."""
    try:
        link = open_link(token, now=now())
    except LinkGone:
        return not_open(request)
    with speaking(request, language_of(link.conversation)):
        form = CallForm(request.POST)
        if comes_too_often(request, "customer page", RATES):
            words = _("Too many messages from here at once. Wait a minute and ask again.")
            return shown(request, token, link, problem=words, call=form, status=429)
        if not form.is_valid():
            return shown(request, token, link, problem=_("Not asked yet: something is missing."), call=form, status=422)
        wish = form.wish()
        try:
            ask_for_call(link=link, wish=wish, source=source_of(request, link, "call", repr(wish)), at=now())
        except NotYours:
            return not_open(request)
    return HttpResponseRedirect(f"{reverse('customer_page', args=[token])}?sent=call#last", status=303)


@by_secret_link
@require_POST
def ending(request: HttpRequest, token: str) -> HttpResponse:
    """Close the link for good: it came to someone whom it does not concern, or who wants it gone."""
    try:
        link = open_link(token, now=now())
    except LinkGone:
        return not_open(request)
    with speaking(request, language_of(link.conversation)):
        end(link=link, at=now())
        return answer(request, "answers/page_ended.html", {})
