"""What a contact form asks of its own: the questions in their order, one more, changed, moved, removed; and how it looks."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from ascolto.accounts.models import User
from ascolto.channels.webform import configure
from ascolto.channels.webform.fields import CHOICE_CHARS, LABEL_CHARS, LANGUAGES, MAX_CHOICES, MAX_FIELDS, Field, Kind
from ascolto.conversations.models import Inbox
from ascolto.text.normalise import normalise_line
from ascolto.web.admin.door import only_with
from ascolto.web.admin.inboxes import snippet_of

STEPS = {"up": -1, "down": 1}


class FieldForm(forms.Form):
    """One question: what it asks in both languages, and how it is answered."""

    label_it = forms.CharField(label=gettext_lazy("Question in Italian"), max_length=LABEL_CHARS, required=False)
    label_en = forms.CharField(
        label=gettext_lazy("Question in English"),
        help_text=gettext_lazy("One of the two is enough; it is then asked so in both languages."),
        max_length=LABEL_CHARS,
        required=False,
    )
    answered_with = forms.ChoiceField(label=gettext_lazy("Answered with"), choices=Kind.choices)
    choices = forms.CharField(
        label=gettext_lazy("Choices"),
        help_text=gettext_lazy("For “one of several”: one on each line, as “Italian | English”, or the same word for both."),
        max_length=8000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    is_required = forms.BooleanField(label=gettext_lazy("It has to be answered"), required=False)

    @classmethod
    def of(cls, field: Field | None, said: object = None) -> "FieldForm":
        """The form, bound to what was said, with what the question is now."""
        if field is None:
            return cls(said)  # type: ignore[arg-type]
        lines = [" | ".join(dict.fromkeys(each[code] for code in LANGUAGES if each.get(code))) for each in field.choices]
        labels = {f"label_{code}": field.label.get(code, "") for code in LANGUAGES}
        initial = {**labels, "answered_with": field.kind, "choices": "\n".join(lines), "is_required": field.is_required}
        return cls(said, initial=initial)  # type: ignore[arg-type]

    def clean_choices(self) -> tuple[dict[str, str], ...]:
        """Each choice by language."""
        lines = [line for line in str(self.cleaned_data["choices"]).splitlines() if line.strip(" |")]
        if len(lines) > MAX_CHOICES:
            raise forms.ValidationError(_("At most %(count)s choices.") % {"count": MAX_CHOICES})
        return tuple(choice_in(line) for line in lines)

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        labels = {code: normalise_line(said.get(f"label_{code}", ""), max_chars=LABEL_CHARS) for code in LANGUAGES}
        said["label"] = {code: words for code, words in labels.items() if words}
        if not said["label"]:
            self.add_error("label_it", _("Write what the form asks."))
        if said.get("answered_with") == Kind.CHOICE and len(said.get("choices", ())) < 2 and "choices" not in self.errors:
            self.add_error("choices", _("Write at least two choices, one on each line."))
        return said

    def field(self) -> Field:
        """The question that was filled in; its name is the caller's matter."""
        said: Mapping[str, Any] = self.cleaned_data
        kind = said["answered_with"]
        choices = said["choices"] if kind == Kind.CHOICE else ()
        return Field(name="", kind=kind, label=said["label"], is_required=said["is_required"], choices=choices)


def choice_in(line: str) -> dict[str, str]:
    """«Rosso | Red» in both languages, «Rosso» in the one that it is written in, said in both."""
    first, _bar, second = line.partition("|")
    words = {"it": normalise_line(first, max_chars=CHOICE_CHARS), "en": normalise_line(second, max_chars=CHOICE_CHARS)}
    return {code: each for code, each in words.items() if each}


@require_http_methods(["GET", "HEAD", "POST"])
@only_with("manage_desk")
def questions(request: HttpRequest, admin: User, key: str) -> HttpResponse:
    """The questions in their order, and how the form looks; by POST, one more."""
    inbox = webform_or_404(key)
    if request.method != "POST":
        return shown(request, inbox, FieldForm())
    form = FieldForm(request.POST)
    if not form.is_valid():
        return shown(request, inbox, form, status=422)
    try:
        added = configure.add_field(inbox=inbox, field=form.field())
    except configure.TooManyFields:
        form.add_error(None, _("A form asks at most %(count)s things of its own.") % {"count": MAX_FIELDS})
        return shown(request, inbox, form, status=422)
    messages.success(request, _("“%(question)s” is asked from now on.") % {"question": words_of(added, request)})
    return back(inbox)


@require_http_methods(["GET", "HEAD", "POST"])
@only_with("manage_desk")
def question(request: HttpRequest, admin: User, key: str, name: str) -> HttpResponse:
    """One question; by POST, changed."""
    inbox = webform_or_404(key)
    field = field_or_404(inbox, name)
    form = FieldForm.of(field, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        changed = configure.change_field(inbox=inbox, name=name, field=form.field())
        messages.success(request, _("“%(question)s” is changed.") % {"question": words_of(changed, request)})
        return back(inbox)
    context = {"place": "settings", "section": "inboxes", "inbox": inbox, "name": name, "form": form}
    context["question"] = words_of(field, request)
    return render(request, "settings/form_field.html", context, status=422 if request.method == "POST" else 200)


@require_POST
@only_with("manage_desk")
def place(request: HttpRequest, admin: User, key: str, name: str) -> HttpResponse:
    """Ask it one place earlier (`to` is up) or later (down); the page comes back with the focus where it was."""
    inbox = webform_or_404(key)
    to = request.POST.get("to", "")
    field = field_or_404(inbox, name)
    now_at = configure.move_field(inbox=inbox, name=name, by=STEPS.get(to, 0))
    said = {"question": words_of(field, request), "place": now_at + 1}
    messages.success(request, _("“%(question)s” is asked at place %(place)s.") % said)
    return back(inbox, moved=name, to=to if to in STEPS else "")


@require_POST
@only_with("manage_desk")
def removal(request: HttpRequest, admin: User, key: str, name: str) -> HttpResponse:
    """Ask it no more."""
    inbox = webform_or_404(key)
    field_or_404(inbox, name)
    removed = configure.remove_field(inbox=inbox, name=name)
    told = {"question": words_of(removed, request)}
    messages.success(request, _("“%(question)s” is no longer asked. Answers given before stay.") % told)
    return back(inbox)


def webform_or_404(key: str) -> Inbox:
    return get_object_or_404(Inbox, key=key, kind=Inbox.Kind.WEBFORM)


def field_or_404(inbox: Inbox, name: str) -> Field:
    try:
        return configure.field_of(inbox, name)
    except configure.UnknownField as error:
        raise Http404 from error


def words_of(field: Field, request: HttpRequest) -> str:
    return field.label_in(getattr(request, "LANGUAGE_CODE", "it"))


def shown(request: HttpRequest, inbox: Inbox, form: FieldForm, *, status: int = 200) -> HttpResponse:
    fields = configure.fields_of(inbox)
    context = {
        "place": "settings",
        "section": "inboxes",
        "inbox": inbox,
        "rows": [(field, words_of(field, request), Kind(field.kind).label) for field in fields],
        "is_full": len(fields) >= MAX_FIELDS,
        "most": MAX_FIELDS,
        "moved": request.GET.get("moved", ""),
        "moved_to": request.GET.get("to", ""),
        "snippet": snippet_of(inbox),
        "form": form,
    }
    return render(request, "settings/form.html", context, status=status)


def back(inbox: Inbox, **said: str) -> HttpResponse:
    told = f"?{urlencode(said)}" if said else ""
    return HttpResponseRedirect(f"{reverse('settings_form', args=[inbox.key])}{told}")
