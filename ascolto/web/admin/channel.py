"""A channel's provider: its settings, a try of them, rest and work, and how it is doing."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from ascolto.accounts.models import Language, User
from ascolto.channels import connect, health
from ascolto.channels.contract import Finding, Kind, Setting
from ascolto.channels.models import Channel
from ascolto.channels.registry import KINDS, hook_kind
from ascolto.conversations.models import Inbox
from ascolto.web.admin.door import only_with

OWN = ("inbox_name", "inbox_language")  # what an inbox of any kind has; the rest is its kind's


def field_of(setting: Setting, *, has_secret: bool) -> forms.Field:
    """The form field that asks for a setting; what it may be is checked by channels/connect.py."""
    asked: dict[str, Any] = {"label": setting.label, "help_text": setting.help, "required": False}
    if setting.form == "flag":
        return forms.BooleanField(**asked)
    if setting.form == "choice":
        return forms.ChoiceField(choices=setting.choices, **asked)
    attrs = {"spellcheck": "false", "autocomplete": "off", "placeholder": setting.placeholder or False}
    if setting.form == "secret":
        kept = gettext_lazy("It is filled in and never shown. Leave this empty to keep it.")
        asked["help_text"] = kept if has_secret else setting.help
        return forms.CharField(widget=forms.PasswordInput(attrs={**attrs, "autocomplete": "new-password"}), **asked)
    if setting.form == "long":
        return forms.CharField(widget=forms.Textarea(attrs={**attrs, "rows": 4, "spellcheck": "true"}), strip=False, **asked)
    return forms.CharField(widget=forms.TextInput(attrs=attrs), **asked)


class ChannelForm(forms.Form):
    """Name and language, then what the kind asks for."""

    gives_examples = True

    inbox_name = forms.CharField(label=gettext_lazy("Name"), help_text=gettext_lazy("Colleagues see it."), max_length=100)
    inbox_language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        help_text=gettext_lazy("Spoken when the customer’s own is neither Italian nor English."),
        choices=Language.choices,
    )

    @classmethod
    def of(cls, kind: Kind, said: Any = None, *, inbox: Inbox | None = None, language: str = "it") -> "ChannelForm":
        channel = Channel.objects.filter(inbox=inbox).first() if inbox else None
        values = {each.name: each.default for each in kind.settings} | (channel.settings if channel else {})
        name, spoken = (inbox.name, inbox.language) if inbox else (str(kind.label), language)
        form = cls(said, initial={**values, "inbox_name": name, "inbox_language": spoken})
        for each in kind.settings:
            kept = each.form == "secret" and channel is not None and connect.has_secret(channel, each.name)
            form.fields[each.name] = field_of(each, has_secret=kept)
            form.fields[each.name].widget.is_required = each.is_required
        return form

    def parts(self, kind: Kind) -> list[tuple[object, list[forms.BoundField], bool]]:
        """The fields by their groups: its name, its fields, and whether one of them has to be seen."""
        groups: dict[str, list[forms.BoundField]] = {"": [self[name] for name in OWN]}
        for each in kind.settings:
            groups.setdefault(str(each.part), []).append(self[each.name])
        return [(name, fields, any(field.errors for field in fields)) for name, fields in groups.items()]

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name not in OWN}

    def refuse(self, problems: Mapping[str, Any]) -> None:
        for name, words in problems.items():
            self.add_error(name, words)


@require_http_methods(["GET", "HEAD", "POST"])
@only_with("manage_desk")
def new_channel(request: HttpRequest, admin: User, kind: str) -> HttpResponse:
    """Connect one more channel of a kind."""
    found = known_kind(kind)
    form = ChannelForm.of(found, request.POST if request.method == "POST" else None, language=admin.language)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            inbox = connect.make_channel(
                kind=kind, name=said["inbox_name"], language=said["inbox_language"], values=form.values(), at=now()
            )
        except connect.BadSettings as error:
            form.refuse(error.problems)
        else:
            messages.success(request, _("“%(name)s” is connected. Try it below before you rely on it.") % {"name": inbox.name})
            return back(inbox)
    context = {"place": "settings", "section": "inboxes", "kind": found, "form": form, "parts": form.parts(found)}
    return render(request, "settings/new_channel.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@only_with("manage_desk")
def channel(request: HttpRequest, admin: User, key: str) -> HttpResponse:
    """The settings and the state of a channel; by POST, other settings."""
    inbox, kind = known_channel(key)
    if request.method != "POST":
        return shown(request, inbox, kind, ChannelForm.of(kind, inbox=inbox))
    form = ChannelForm.of(kind, request.POST, inbox=inbox)
    if form.is_valid():
        try:
            connect.change_settings(inbox=inbox, values=form.values())
        except connect.BadSettings as error:
            form.refuse(error.problems)
        else:
            connect.rename(inbox=inbox, name=form.cleaned_data["inbox_name"], language=form.cleaned_data["inbox_language"])
            messages.success(request, _("“%(name)s” is changed.") % {"name": inbox.name})
            return back(inbox)
    return shown(request, inbox, kind, form, status=422)


@require_POST
@only_with("manage_desk")
def trial(request: HttpRequest, admin: User, key: str) -> HttpResponse:
    """Try the settings against the provider, now; nothing is sent and nothing fetched."""
    inbox, kind = known_channel(key)
    findings = kind.check(connect.door_of(inbox))
    note(inbox, findings)
    return shown(request, inbox, kind, ChannelForm.of(kind, inbox=inbox), findings=findings)


@require_POST
@only_with("manage_desk")
def connection(request: HttpRequest, admin: User, key: str) -> HttpResponse:
    """Have the provider call us from now on, where a kind can tell it so."""
    inbox, kind = known_channel(key)
    tell = getattr(kind, "connect", None)
    if tell is None:
        raise Http404
    return shown(request, inbox, kind, ChannelForm.of(kind, inbox=inbox), findings=tell(connect.door_of(inbox)))


def note(inbox: Inbox, findings: Sequence[Finding]) -> None:
    """A try that works ends the trouble; one that does not is not an alarm: somebody is looking at it."""
    if findings and all(each.is_well for each in findings):
        health.note_well(inbox=inbox.pk, at=now())


@require_POST
@only_with("manage_desk")
def rest(request: HttpRequest, admin: User, key: str) -> HttpResponse:
    """Let the channel rest, or work again."""
    inbox, _kind = known_channel(key)
    if request.POST.get("rest") == "end":
        connect.resume(inbox=inbox, at=now())
        messages.success(request, _("“%(name)s” works again.") % {"name": inbox.name})
    else:
        connect.pause(inbox=inbox, at=now())
        messages.success(
            request, _("“%(name)s” rests. What the provider calls in is kept; nothing leaves.") % {"name": inbox.name}
        )
    return back(inbox)


def shown(
    request: HttpRequest,
    inbox: Inbox,
    kind: Kind,
    form: ChannelForm,
    *,
    status: int = 200,
    findings: Sequence[Finding] | None = None,
) -> HttpResponse:
    Channel.objects.get_or_create(inbox=inbox)
    found = health.health_of_all(now=now(), inboxes=[inbox.pk], closed=True)[0]
    context = {
        "place": "settings",
        "section": "inboxes",
        "inbox": inbox,
        "kind": kind,
        "form": form,
        "parts": form.parts(kind),
        "health": found,
        "findings": findings,
        "hook_url": hook_url_of(inbox),
        "can_connect": hasattr(kind, "connect"),
        "sends": kind.capabilities,
    }
    return render(request, "settings/channel.html", context, status=status)


def hook_url_of(inbox: Inbox) -> str:
    """The address that the provider has to know; empty where none calls, as for a mailbox that we look into ourselves."""
    door = connect.door_of(inbox)
    is_called = hook_kind(inbox.kind) and not (inbox.kind == "email" and door.get("provider") in ("", "none"))
    return door.hook_url if is_called else ""


def known_kind(name: str) -> Kind:
    if name not in KINDS:
        raise Http404
    return KINDS[name]


def known_channel(key: str) -> tuple[Inbox, Kind]:
    inbox = get_object_or_404(Inbox, key=key)
    return inbox, known_kind(inbox.kind)


def back(inbox: Inbox) -> HttpResponse:
    return HttpResponseRedirect(reverse("settings_channel", args=[inbox.key]))
