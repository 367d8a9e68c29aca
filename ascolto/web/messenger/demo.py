"""A plain page of a shop that is not ours, to try the messenger where customers meet it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import override
from django.views.decorators.http import require_GET

from ascolto.web.messenger.door import language_of_visitor, messenger_with
from ascolto.web.security import open_to_all


@open_to_all
@require_GET
def demo(request: HttpRequest, key: str) -> HttpResponse:
    """The shop, with nothing of ours on it but the one script tag."""
    inbox = messenger_with(key)
    language = language_of_visitor(request, inbox)
    with override(language):
        response = render(request, "messenger/demo.html", {"inbox": inbox, "language": language})
    response["Content-Language"] = language
    response["Content-Security-Policy"] = "default-src 'self'"  # strict, so that the loader is tried under one
    return response
