"""400, 403, 404 and 500 as pages, each with a way on."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ascolto.web.security import open_to_all


def answer(request: HttpRequest, status: int, template: str) -> HttpResponse:
    return render(request, template, status=status)


@open_to_all
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(request, 400, "errors/400.html")


@open_to_all
def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(request, 403, "errors/403.html")


@open_to_all
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(request, 404, "errors/404.html")


@open_to_all
def server_error(request: HttpRequest) -> HttpResponse:
    """Whole without the database or a context: it must come even when nothing else works."""
    return HttpResponse(SERVER_ERROR, status=500)


SERVER_ERROR = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Ascolto</title>'
    "<h1>Something broke on our side</h1><p>What you wrote is kept if the page said so. Go back and try again. "
    '<span lang="it">Qualcosa si è rotto da noi. Torna indietro e riprova.</span></p></html>'
)
