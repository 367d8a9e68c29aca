"""Each person in their own language: colleagues in the one they chose, visitors in the one their browser asks for."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation

OURS = ("it", "en")


class SpeakTheirLanguage:
    """`?lang=` first, then the signed-in person's choice, then what the browser asks for, then the desk's own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        language = language_for(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            if hasattr(response, "render") and callable(response.render):
                response.render()  # lazily rendered pages too are written in this language
            response.headers.setdefault("Content-Language", language)
        return response


def language_for(request: HttpRequest) -> str:
    """The language of this request: it or en."""
    asked = request.GET.get("lang")
    if asked in OURS:
        return asked
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated and user.language in OURS:
        return str(user.language)
    return preferred(request.headers.get("Accept-Language", ""))


def preferred(header: str) -> str:
    """The first of it and en in an Accept-Language header (quality values are in order in every browser), else the desk's own."""
    for part in header[:200].split(","):
        code = part.split(";")[0].strip().lower()[:2]
        if code in OURS:
            return code
    return str(settings.LANGUAGE_CODE)
