"""One inbox: its name, words, sites and teams; closed and opened; its identity secret made anew."""

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

from ascolto.accounts.models import User
from ascolto.channels import configure, identity
from ascolto.channels.registry import KINDS as CHANNELS
from ascolto.conversations.models import Inbox
from ascolto.people.queries import teams
from ascolto.web.admin.door import only_with
from ascolto.web.admin.inboxes import InboxForm, address_of, kind_words, snippet_of

NOT_FOR: dict[str, tuple[str, ...]] = {Inbox.Kind.WEBFORM: (), Inbox.Kind.API: ("origins", "welcome"), Inbox.Kind.MESSENGER: ()}


class ChangeForm(InboxForm):
    """What can be changed of an inbox; its kind cannot."""

    teams = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Seen by"),
        help_text=gettext_lazy("None chosen: all colleagues see it. Admins always do."),
        coerce=UUID,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    @classmethod
    def of(cls, inbox: Inbox, said: object = None) -> "ChangeForm":
        """The form, bound to what was said, with what the inbox is now."""
        form = cls(
            said,  # type: ignore[arg-type]
            initial={
                "name": inbox.name,
                "language": inbox.language,
                "welcome": inbox.welcome,
                "origins": "\n".join(inbox.allowed_origins),
                "teams": list(inbox.teams.values_list("pk", flat=True)),
            },
        )
        choices = [(team.pk, team.name) for team in teams()]
        form.fields["teams"].choices = choices  # type: ignore[attr-defined]
        for field in ("kind", *NOT_FOR.get(inbox.kind, ("origins", "welcome")), *(() if choices else ("teams",))):
            del form.fields[field]
        return form


class KeyForm(forms.Form):
    """The public key of a site that signs identities itself."""

    pem = forms.CharField(
        label=gettext_lazy("Public key of your site (Ed25519)"),
        help_text=gettext_lazy("Instead of the secret: identities signed with EdDSA are checked with it. Empty: none."),
        max_length=identity.LONGEST_CHARS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocomplete": "off"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@only_with("manage_desk")
def inbox(request: HttpRequest, admin: User, key: str) -> HttpResponse:
    """The inbox; by POST, changed."""
    found = get_object_or_404(Inbox, key=key)
    if request.method != "POST":
        return shown(request, found, ChangeForm.of(found))
    form = ChangeForm.of(found, request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            configure.change_inbox(
                inbox=found,
                name=said["name"],
                language=said["language"],
                welcome=said.get("welcome"),
                allowed_origins=said.get("origins"),
                teams=said.get("teams"),
            )
        except configure.UnknownTeam:
            form.add_error("teams", _("One of these teams is gone. Choose again."))
        else:
            messages.success(request, _("“%(name)s” is changed.") % {"name": found.name})
            return back(found)
    return shown(request, get_object_or_404(Inbox, key=key), form, status=422)


@require_POST
@only_with("manage_desk")
def access(request: HttpRequest, admin: User, key: str) -> HttpResponse:
    """Close the door, or open it again."""
    found = get_object_or_404(Inbox, key=key)
    if request.POST.get("access") == "open":
        configure.open_inbox(inbox=found)
        messages.success(request, _("“%(name)s” is open again.") % {"name": found.name})
    else:
        configure.close_inbox(inbox=found)
        messages.success(request, _("“%(name)s” is closed. What came in can still be answered.") % {"name": found.name})
    return back(found)


@require_POST
@only_with("manage_desk")
def secret(request: HttpRequest, admin: User, inbox_id: UUID) -> HttpResponse:
    """A new identity secret, shown this once; the old one stops working at once."""
    found = get_object_or_404(Inbox, pk=inbox_id, kind=Inbox.Kind.MESSENGER)
    return shown(request, found, ChangeForm.of(found), status=201, secret=configure.rotate_identity_secret(inbox=found))


@require_POST
@only_with("manage_desk")
def identity_key(request: HttpRequest, admin: User, key: str) -> HttpResponse:
    """Another public key for signed identities, or none."""
    found = get_object_or_404(Inbox, key=key, kind=Inbox.Kind.MESSENGER)
    form = KeyForm(request.POST)
    if form.is_valid():
        try:
            identity.set_identity_key(inbox=found, pem=form.cleaned_data["pem"])
        except identity.BadKey:
            form.add_error("pem", _("This is not an Ed25519 public key: paste it as PEM, or its 32 bytes in base64."))
        else:
            messages.success(request, _("“%(name)s” is changed.") % {"name": found.name})
            return back(found)
    return shown(request, found, ChangeForm.of(found), status=422, key_form=form)


def shown(request: HttpRequest, found: Inbox, form: ChangeForm, *, status: int = 200, **more: object) -> HttpResponse:
    context = {
        "place": "settings",
        "section": "inboxes",
        "inbox": found,
        "kind": kind_words(found.kind),
        "is_channel": found.kind in CHANNELS,
        "address": address_of(found),
        "snippet": snippet_of(found),
        "form": form,
        "key_form": KeyForm(initial={"pem": found.identity_public_key}),
    }
    return render(request, "settings/inbox.html", {**context, **more}, status=status)


def back(found: Inbox) -> HttpResponse:
    return HttpResponseRedirect(reverse("settings_inbox", args=[found.key]))
