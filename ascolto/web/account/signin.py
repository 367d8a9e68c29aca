"""Coming in: the first run, and an invitation. Signing in itself is allauth's, in our frame (templates/allauth)."""

from allauth.account.utils import perform_login
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from ascolto.accounts import begin, invite, join
from ascolto.web.account.forms import FirstRunForm, JoinForm
from ascolto.web.security import open_to_all


@open_to_all
def not_here(request: HttpRequest, *args: str) -> HttpResponse:
    raise Http404


@open_to_all
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponseBase:
    """An invitation's page: the form, and joining. GET uses nothing up: mail programs open links before people do."""
    try:
        found = invite.find(token=token, at=now())
    except invite.NotInvited:
        return render(request, "account/invitation_gone.html", status=404)
    language = getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE)
    form = JoinForm(request.POST or None, initial={"name": found.name, "language": language})
    if request.method == "POST" and form.is_valid():
        try:
            user = invite.accept(token=token, at=now(), **form.cleaned_data)
        except join.BadDetails as error:
            blame(form, error)
        except (invite.NotInvited, join.AlreadyHere):
            return render(request, "account/invitation_gone.html", status=409)
        else:
            return perform_login(request, user)  # type: ignore[no-any-return]
    status = 422 if request.method == "POST" else 200
    return render(request, "account/invitation.html", {"form": form, "invitation": found}, status=status)


@open_to_all
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def first_run(request: HttpRequest) -> HttpResponseBase:
    """The desk's first page: name and first admin. Not there any more once somebody has an account."""
    if begin.has_begun():
        raise Http404
    form = FirstRunForm(request.POST or None, initial={"language": getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE)})
    if request.method == "POST" and form.is_valid():
        try:
            user = begin.begin(**form.cleaned_data, time_zone=settings.TIME_ZONE, at=now())
        except join.BadDetails as error:
            blame(form, error)
        except begin.AlreadyBegun as error:
            raise Http404 from error
        else:
            return perform_login(request, user)  # type: ignore[no-any-return]
    return render(request, "account/first_run.html", {"form": form}, status=422 if request.method == "POST" else 200)


def blame(form: JoinForm, error: join.BadDetails) -> None:
    """Put the words beside the field they are about."""
    form.add_error(error.field if error.field in form.fields else None, error.words or [_("This cannot be used.")])
