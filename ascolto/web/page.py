"""What every page needs: language, brand, and the choice between whole page and fragment."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django_htmx.middleware import HtmxDetails

from ascolto.web.clock import desk_of


def what_every_page_needs(request: HttpRequest) -> dict[str, Any]:
    """Context of every template: the desk's name and the page's language."""
    here = desk_of(request)
    return {"desk": here, "desk_name": here.name if here else "Ascolto", "language": getattr(request, "LANGUAGE_CODE", "it")}


def is_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page it already shows."""
    htmx: HtmxDetails | None = getattr(request, "htmx", None)
    return htmx is not None and bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def page(request: HttpRequest, fragment: str, whole: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Render the fragment for htmx, the whole page (frame around the same fragment) for everyone else."""
    return render(request, fragment if is_fragment(request) else whole, context, status=status)
