"""Colleagues: who is here, who is invited, roles, access."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ascolto.accounts import invite, join, letters, queries, staff
from ascolto.accounts.models import Invitation, Role, User
from ascolto.web.account.forms import InviteForm, RoleForm
from ascolto.web.admin.door import only_with
from ascolto.workspace.queries import workspace


@require_http_methods(["GET", "HEAD", "POST"])
@only_with("manage_people")
def people(request: HttpRequest, admin: User) -> HttpResponse:
    """The list; by POST, one more invitation, whose link is shown this once."""
    if request.method != "POST":
        return shown(request, InviteForm())
    form = InviteForm(request.POST)
    if form.is_valid():
        try:
            invitation, token = invite.invite(**form.cleaned_data, by=admin, at=now())
        except join.BadDetails as error:
            form.add_error(error.field if error.field in form.fields else None, error.words)
        except join.AlreadyHere:
            form.add_error("email", _("This address already has an account."))
        else:
            return shown(request, InviteForm(), status=201, **mailed(invitation, token, admin))
    return shown(request, form, status=422)


def shown(request: HttpRequest, form: InviteForm, *, status: int = 200, **more: object) -> HttpResponse:
    context = {
        "form": form,
        "people": queries.colleagues(),
        "invitations": queries.open_invitations(now()),
        "roles": Role.choices,
        "last_admin": queries.last_admin(),
        "has_server": bool(settings.SMTP_URL),
    }
    return render(request, "settings/people.html", {"place": "settings", "section": "people", **context, **more}, status=status)


def mailed(invitation: Invitation, token: str, admin: User) -> dict[str, object]:
    """Send the link by mail, and say whether it went; the page shows it in any case."""
    desk = workspace()
    try:
        letters.send_invitation(invitation, token, desk_name=desk.name if desk else "Ascolto", language=admin.language)
    except OSError:
        went = False
    else:
        went = True
    return {"invited": invitation, "link": letters.invitation_link(token), "went": went}


@require_POST
@only_with("manage_people")
def role(request: HttpRequest, admin: User, user_id: UUID) -> HttpResponse:
    """Another role for a colleague; they sign in anew."""
    user = get_object_or_404(User, pk=user_id)
    form = RoleForm(request.POST)
    if not form.is_valid():
        return shown(request, InviteForm(), status=422)
    try:
        staff.change_role(user=user, role=form.cleaned_data["role"], by=admin, at=now())
    except staff.LastAdmin:
        return refused(request)
    messages.success(request, _("%(name)s has another role and signs in again.") % {"name": user.name})
    return back()


@require_POST
@only_with("manage_people")
def access(request: HttpRequest, admin: User, user_id: UUID) -> HttpResponse:
    """Close a colleague's access, or open it again."""
    user = get_object_or_404(User, pk=user_id)
    if request.POST.get("access") == "open":
        staff.reactivate(user=user, by=admin, at=now())
        messages.success(request, _("%(name)s can sign in again.") % {"name": user.name})
        return back()
    try:
        staff.deactivate(user=user, by=admin, at=now())
    except staff.LastAdmin:
        return refused(request)
    messages.success(request, _("%(name)s is signed out everywhere and cannot sign in any more.") % {"name": user.name})
    return back()


@require_POST
@only_with("manage_people")
def revocation(request: HttpRequest, admin: User, invitation_id: UUID) -> HttpResponse:
    """Take an invitation back."""
    invite.revoke(invitation=get_object_or_404(Invitation, pk=invitation_id), by=admin, at=now())
    return back()


def refused(request: HttpRequest) -> HttpResponse:
    problem = _("This is the only admin. Make someone else an admin first.")
    return shown(request, InviteForm(), status=409, problem=problem)


def back() -> HttpResponse:
    return HttpResponseRedirect(reverse("settings_people"))
