"""API tokens: made, shown once, revoked."""

from datetime import timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods, require_POST

from ascolto.accounts import join, queries
from ascolto.accounts import tokens as verbs
from ascolto.accounts.models import Token, User
from ascolto.web.account.forms import TokenForm
from ascolto.web.admin.door import only_with


@require_http_methods(["GET", "HEAD", "POST"])
@only_with("manage_tokens")
def tokens(request: HttpRequest, admin: User) -> HttpResponse:
    """The list; by POST, one more token, which is shown this once."""
    form = TokenForm(request.POST) if request.method == "POST" else TokenForm()
    if request.method == "POST" and form.is_valid():
        days = form.cleaned_data["days"]
        try:
            token, raw = verbs.create(
                name=form.cleaned_data["name"],
                scopes=form.cleaned_data["scopes"],
                expires_at=now() + timedelta(days=days) if days else None,
                by=admin,
                at=now(),
            )
        except join.BadDetails as error:
            form.add_error("name", error.words)
        else:
            return shown(request, TokenForm(), status=201, made=token, raw=raw)
    return shown(request, form, status=422 if request.method == "POST" else 200)


def shown(request: HttpRequest, form: TokenForm, *, status: int = 200, **more: object) -> HttpResponse:
    context = {"place": "settings", "section": "tokens", "form": form, "tokens": queries.tokens(), "now": now()}
    return render(request, "settings/tokens.html", {**context, **more}, status=status)


@require_POST
@only_with("manage_tokens")
def revocation(request: HttpRequest, admin: User, token_id: UUID) -> HttpResponse:
    """Make a token useless."""
    verbs.revoke(token=get_object_or_404(Token, pk=token_id), by=admin, at=now())
    return HttpResponseRedirect(reverse("settings_tokens"))
