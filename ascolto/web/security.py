"""Who may see a page at all, what no page may do, and how odd requests are refused."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.http.response import HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode

from ascolto.accounts import begin

BEGUN: list[bool] = []  # filled once somebody has an account: a desk never loses its last admin
GetResponse = Callable[[HttpRequest], HttpResponseBase]


def open_to_all(view: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a view as public. Everything else asks for a sign-in first; tests/architecture keeps the list of these."""
    view.is_open_to_all = True  # type: ignore[attr-defined]
    return view


class RefuseOddRequests:
    """A NUL or broken UTF-8 in an address or a form has no meaning here: 400, before anything reads it (threat A13)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        for name in [name for name, value in request.COOKIES.items() if "\x00" in value]:
            del request.COOKIES[name]  # no session is called so, and PostgreSQL refuses to be asked for one
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", "") or "\ufffd" in request.path:
            return HttpResponse("This address has characters that cannot be read.", status=400, content_type="text/plain")
        return self.get_response(request)


class PrivateByDefault:
    """No answer of ours is kept by anyone in between (threat D3), and a fragment is never taken for a page."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if "Cache-Control" not in response:
            response["Cache-Control"] = "no-store, private"
        response["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
        patch_vary_headers(response, ["HX-Request", "Accept-Language", "Cookie"])
        return response


class SignInFirst:
    """Every page asks for a sign-in, unless its view says `open_to_all` (threat K2: denied by default)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        if getattr(view, "is_open_to_all", False) or is_api(request):
            return None
        user = request.user
        if user.is_authenticated and user.is_active:
            return None
        if request.method in ("GET", "HEAD") and not somebody_is_here():
            return HttpResponseRedirect(reverse("setup"))
        if is_sign_in_page(view):
            return None
        if request.headers.get("HX-Request"):
            return HttpResponse(status=401, headers={"HX-Refresh": "true"})
        if request.method != "GET":
            return HttpResponse(status=403)
        return HttpResponseRedirect(f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': request.get_full_path()})}")


def somebody_is_here() -> bool:
    """Whether the desk has an account: asked of the database until it has, then never again in this process."""
    if not BEGUN and begin.has_begun():
        BEGUN.append(True)
    return bool(BEGUN)


def is_sign_in_page(view: Any) -> bool:
    """The pages of allauth guard themselves; those that need a sign-in ask for it."""
    return str(getattr(view, "__module__", "")).startswith("allauth.")


def is_api(request: HttpRequest) -> bool:
    """The API has its own door (api/authenticate.py): tokens, never cookies."""
    return request.path.startswith("/api/")
