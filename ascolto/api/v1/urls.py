"""Resources of version 1."""

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path, re_path
from django.views.decorators.csrf import csrf_exempt

from ascolto.api.problems import not_found, response_of
from ascolto.api.v1 import document, files
from ascolto.api.v1.resources import api


@csrf_exempt  # no cookie opens anything here
def unknown(request: HttpRequest) -> HttpResponse:
    """Whatever else is asked for under this prefix."""
    return response_of(not_found(), request)


urlpatterns: list[URLPattern | URLResolver] = [
    path("openapi.json", document.openapi, name="api-openapi"),
    path("docs", document.docs, name="api-docs"),
    path("files/<uuid:id>/content", files.content, name="api-file-content"),
    *(each for each in api.urls[0] if getattr(each, "name", "") != "api-root"),
    re_path(r"^.*$", unknown),
]
