"""Teams: what they are called, who is in them."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from ascolto.accounts import queries as accounts
from ascolto.accounts.models import User
from ascolto.people import queries
from ascolto.people import teams as verbs
from ascolto.people.models import Team
from ascolto.web.admin.door import only_with


class TeamForm(forms.Form):
    """What a team is made of."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=verbs.NAME_CHARS)
    members = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Colleagues"), coerce=UUID, required=False, widget=forms.CheckboxSelectMultiple
    )

    @classmethod
    def for_desk(cls, said: object = None, *, team: Team | None = None) -> "TeamForm":
        """The form, bound to what was said; a team's own with what it is now."""
        members = list(team.members.all()) if team else []
        form = cls(
            said,  # type: ignore[arg-type]
            initial={"name": team.name, "members": [each.pk for each in members]} if team else None,
            auto_id=f"team-{team.pk}-%s" if team else "new-%s",
        )
        here = {each.pk: each for each in accounts.colleagues() if each.is_active} | {each.pk: each for each in members}
        form.fields["members"].choices = [(pk, str(each)) for pk, each in here.items()]  # type: ignore[attr-defined]
        return form


@require_http_methods(["GET", "HEAD", "POST"])
@only_with("manage_people")
def teams(request: HttpRequest, admin: User) -> HttpResponse:
    """The list; by POST, one more team."""
    if request.method != "POST":
        return shown(request, TeamForm.for_desk())
    form = TeamForm.for_desk(request.POST)
    if form.is_valid():
        try:
            made = verbs.make_team(**form.cleaned_data)
        except (verbs.NameTaken, verbs.NameMissing) as error:
            form.add_error("name", words_for(error))
        else:
            messages.success(request, _("The team “%(name)s” is here. Choose in the inboxes what it sees.") % {"name": made.name})
            return HttpResponseRedirect(reverse("settings_teams"))
    return shown(request, form, status=422)


def shown(request: HttpRequest, form: TeamForm, *, of: Team | None = None, status: int = 200, problem: str = "") -> HttpResponse:
    """The page; with `of`, the form is this team's own and the others are as they stand."""
    rows = [(team, form if of and of.pk == team.pk else TeamForm.for_desk(team=team)) for team in queries.teams_with_members()]
    context = {
        "place": "settings",
        "section": "teams",
        "rows": rows,
        "form": TeamForm.for_desk() if of else form,
        "open": of.pk if of else None,
        "problem": problem,
    }
    return render(request, "settings/teams.html", context, status=status)


@require_POST
@only_with("manage_people")
def team(request: HttpRequest, admin: User, team_id: UUID) -> HttpResponse:
    """Another name, other members."""
    found = get_object_or_404(Team, pk=team_id)
    form = TeamForm.for_desk(request.POST, team=found)
    if form.is_valid():
        try:
            verbs.change_team(team=found, **form.cleaned_data)
        except (verbs.NameTaken, verbs.NameMissing) as error:
            form.add_error("name", words_for(error))
        else:
            messages.success(request, _("“%(name)s” is changed.") % {"name": found.name})
            return HttpResponseRedirect(reverse("settings_teams"))
    return shown(request, form, of=found, status=422)


@require_POST
@only_with("manage_people")
def removal(request: HttpRequest, admin: User, team_id: UUID) -> HttpResponse:
    """Take a team away, unless an inbox is shown to it."""
    found = get_object_or_404(Team, pk=team_id)
    try:
        verbs.remove_team(team=found)
    except verbs.StillNeeded as error:
        names = {"inboxes": ", ".join(error.args[0]), "name": found.name}
        problem = _("“%(name)s” still sees these inboxes: %(inboxes)s. Choose other teams for them first.") % names
        return shown(request, TeamForm.for_desk(), status=409, problem=problem)
    messages.success(request, _("The team “%(name)s” is gone; its conversations go on without a team.") % {"name": found.name})
    return HttpResponseRedirect(reverse("settings_teams"))


def words_for(error: Exception) -> str:
    if isinstance(error, verbs.NameTaken):
        return _("Another team is called so already.")
    return _("Give the team a name.")
