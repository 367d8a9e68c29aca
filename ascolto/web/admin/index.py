"""Where the settings begin."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ascolto.accounts.models import User
from ascolto.web.admin.door import only_with


@require_safe
@only_with("manage_desk")
def index(request: HttpRequest, admin: User) -> HttpResponse:
    """The places of the settings, each with what it is for."""
    return render(request, "settings/index.html", {"place": "settings"})
