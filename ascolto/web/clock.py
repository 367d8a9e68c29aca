"""Times in the desk's own time zone: an admin may change it while the desk runs, and every page follows."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from ascolto.workspace.models import Workspace
from ascolto.workspace.queries import workspace


class KeepTheDesksTime:
    """For colleagues from the start; for visitors from when a page is drawn (page.py), which reads the desk anyway."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            if request.user.is_authenticated:
                desk_of(request)
            return self.get_response(request)
        finally:
            timezone.deactivate()


def desk_of(request: HttpRequest) -> Workspace | None:
    """The desk, read once for a request; from now on times are shown in its zone."""
    if not hasattr(request, "desk"):
        here = workspace()
        request.desk = here  # type: ignore[attr-defined]
        if here is not None:
            timezone.activate(ZoneInfo(here.time_zone))
    found: Workspace | None = request.desk  # type: ignore[attr-defined]
    return found
