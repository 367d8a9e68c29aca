"""What all pages behind a secret link have in common."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt

from ascolto.web.language import OURS
from ascolto.web.security import open_to_all

View = Callable[..., HttpResponseBase]


def by_secret_link(view: View) -> View:
    """
    Open to whoever holds the link: the token in the address is the whole right, no cookie gives any.

    So there is nothing that another site could do in the customer's name (no CSRF token), and the address must not
    travel on: no referrer, nothing kept, nothing indexed.
    """

    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex"
        response.setdefault("Cache-Control", "no-store, private")
        response._has_been_logged = True  # type: ignore[attr-defined]  # Django would write the address, which is the secret
        return response

    return open_to_all(csrf_exempt(opened))


@contextmanager
def speaking(request: HttpRequest, language: str) -> Iterator[None]:
    """Everything said inside is in the language of the conversation, unless the reader chose another with ?lang=."""
    asked = request.GET.get("lang")
    request.LANGUAGE_CODE = asked if asked in OURS else language
    with translation.override(request.LANGUAGE_CODE):
        yield


def answer(request: HttpRequest, template: str, context: dict[str, object], *, status: int = 200) -> HttpResponse:
    """Render in the language that is spoken."""
    response = render(request, template, context, status=status)
    response["Content-Language"] = translation.get_language() or ""
    return response


def gone(request: HttpRequest, template: str, **kept: object) -> HttpResponse:
    """The one answer to forged, mutilated, unknown, revoked and old links."""
    return render(request, template, kept, status=404)
