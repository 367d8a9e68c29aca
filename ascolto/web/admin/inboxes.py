"""Inboxes: the list, how a site embeds a new one, and one more."""

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.http import require_http_methods

from ascolto.accounts.models import Language, User
from ascolto.channels.configure import BadOrigin, check_origin, make_inbox
from ascolto.channels.registry import KINDS as CHANNELS
from ascolto.conversations.models import Inbox
from ascolto.web.admin.door import only_with

MAX_ORIGINS = 20
KINDS = {
    Inbox.Kind.MESSENGER: gettext_lazy("Messenger on a site"),
    Inbox.Kind.WEBFORM: gettext_lazy("Contact form"),
    Inbox.Kind.API: gettext_lazy("Other programs (API)"),
}


def kind_words(kind: str) -> str | Promise:
    """What a kind of inbox is called."""
    own = {each.value: words for each, words in KINDS.items()}
    return own.get(kind) or (CHANNELS[kind].label if kind in CHANNELS else kind)


class InboxForm(forms.Form):
    """What a new inbox is made of."""

    name = forms.CharField(label=gettext_lazy("Name"), help_text=gettext_lazy("Colleagues see it."), max_length=100)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=[(kind.value, words) for kind, words in KINDS.items()])
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        help_text=gettext_lazy("Spoken when the visitor’s own is neither Italian nor English."),
        choices=Language.choices,
    )
    welcome = forms.CharField(
        label=gettext_lazy("Welcome"), help_text=gettext_lazy("Customers see it."), max_length=200, required=False
    )
    origins = forms.CharField(
        label=gettext_lazy("Sites that may show it in their pages"),
        help_text=gettext_lazy("One on each line, as https://shop.example. Empty: only this desk’s own pages."),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_origins(self) -> list[str]:
        """The sites in their one spelling."""
        lines = [line.strip() for line in str(self.cleaned_data["origins"]).splitlines() if line.strip()]
        if len(lines) > MAX_ORIGINS:
            raise forms.ValidationError(_("At most %(count)s sites.") % {"count": MAX_ORIGINS})
        try:
            return list(dict.fromkeys(check_origin(line) for line in lines))
        except (BadOrigin, ValueError) as error:
            raise forms.ValidationError(
                _("“%(line)s” is not a site: write it as https://shop.example, without a path.") % {"line": str(error)[:100]}
            ) from error


@require_http_methods(["GET", "HEAD", "POST"])
@only_with("manage_desk")
def inboxes(request: HttpRequest, admin: User) -> HttpResponse:
    """The list; by POST, one more inbox."""
    form = InboxForm(request.POST) if request.method == "POST" else InboxForm(initial={"language": admin.language})
    if request.method != "POST" or not form.is_valid():
        return shown(request, form, status=422 if request.method == "POST" else 200)
    said = form.cleaned_data
    made = make_inbox(
        name=said["name"],
        kind=said["kind"],
        language=said["language"],
        welcome=said["welcome"],
        allowed_origins=said["origins"],
        at=now(),
    )
    return shown(request, InboxForm(initial={"language": admin.language}), status=201, made=made, snippet=snippet_of(made))


def shown(request: HttpRequest, form: InboxForm, *, status: int = 200, **more: object) -> HttpResponse:
    rows = Inbox.objects.prefetch_related("teams").order_by("created_at")
    context = {
        "place": "settings",
        "section": "inboxes",
        "form": form,
        "rows": [(row, kind_words(row.kind), address_of(row), row.kind in CHANNELS) for row in rows],
        "channels": list(CHANNELS.values()),
    }
    return render(request, "settings/inboxes.html", {**context, **more}, status=status)


def address_of(inbox: Inbox) -> str:
    """Where one can try it; empty for programs."""
    names: dict[str, str] = {Inbox.Kind.MESSENGER: "messenger-demo", Inbox.Kind.WEBFORM: "contact"}
    name = names.get(inbox.kind)
    return f"{settings.SITE_URL}{reverse(name, args=[inbox.key])}" if name else ""


def snippet_of(inbox: Inbox) -> str:
    """What a site puts into its pages to show the messenger or the form; empty for the other kinds."""
    if inbox.kind == Inbox.Kind.WEBFORM:
        with override(inbox.language):
            words = _("Write to us")
        # The link stays where no script runs.
        return format_html(
            '<div data-ascolto-form="{}"><a href="{}">{}</a></div><script async src="{}{}"></script>',
            inbox.key,
            address_of(inbox),
            words,
            settings.SITE_URL,
            reverse("contact_loader", args=[inbox.key]),
        )
    if inbox.kind != Inbox.Kind.MESSENGER:
        return ""
    return format_html('<script async src="{}{}"></script>', settings.SITE_URL, reverse("messenger-loader", args=[inbox.key]))
