"""Who comes into the settings."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from ascolto.accounts.models import User
from ascolto.accounts.permissions import Right, may

View = Callable[..., HttpResponse]


def only_with(right: Right) -> Callable[[View], View]:
    """Answer 403 to everyone without the right, whatever they ask."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not isinstance(request.user, User) or not may(request.user, right):
                raise PermissionDenied
            return view(request, request.user, *args, **kwargs)

        return guarded

    return guard
