"""The contact form: /contact/<inbox key>/, or in a frame of another site. Works without scripts; answers go by mail."""

import json
import secrets
from collections.abc import Sequence

from django import forms
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirect
from django.shortcuts import render
from django.utils.crypto import salted_hmac
from django.utils.http import urlencode
from django.utils.timezone import now
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from ascolto.accounts.address import network_of
from ascolto.channels.inbound import NotYours
from ascolto.channels.messenger.expectation import expectation
from ascolto.channels.webform.configure import fields_of
from ascolto.channels.webform.fields import Field
from ascolto.channels.webform.submit import NothingWritten, Submission, submit
from ascolto.conversations.models import Inbox
from ascolto.text.normalise import MAX_CHARS, TooLong
from ascolto.web.client import address_of, comes_too_often
from ascolto.web.help.own_fields import PREFIX, answers, asked
from ascolto.web.messenger.frame import origins_of
from ascolto.web.security import open_to_all
from ascolto.web.uploads import MAX_FILES, BadUpload, keep

RATES = "5/minute;30/hour"  # of forms from one address
SALT = "ascolto.web.contact"
SHOWN_FOR_S = 3600  # the page with the number may be reloaded for an hour
KEPT = {"lang": ("it", "en"), "scheme": ("light", "dark")}  # of the address, what the page after it is asked with as well
OURS = ("name", "email", "subject", "text")


class ContactForm(forms.Form):
    """What a stranger tells us: four fields of ours and those of the inbox; nothing else is ever read."""

    name = forms.CharField(max_length=120, required=False)
    email = forms.EmailField(max_length=254)
    subject = forms.CharField(max_length=150, required=False)
    text = forms.CharField(
        max_length=MAX_CHARS,
        strip=False,
        error_messages={"required": gettext_lazy("Write what happened, and what you need.")},
    )

    @classmethod
    def of(cls, own: Sequence[Field], said: object = None, **more: object) -> "ContactForm":
        """The form with the inbox's own fields, bound to what was said."""
        form = cls(said, **more)  # type: ignore[arg-type]
        form.fields.update(asked(own, language=get_language() or "it"))
        return form

    def own(self) -> list[forms.BoundField]:
        """The inbox's own fields, to be drawn."""
        return [self[name] for name in self.fields if name.startswith(PREFIX)]

    def clean_email(self) -> str:
        """Mail to letters outside ASCII before the @ is not delivered by most servers: better said now than lost later."""
        email = str(self.cleaned_data["email"])
        if not email.rpartition("@")[0].isascii():
            raise forms.ValidationError(_("We cannot write to this address. Give another one."))
        return email


@open_to_all
@csrf_exempt  # nobody is signed in here: there is nothing another site could do in someone's name
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest, key: str) -> HttpResponse:
    """The form; by POST, a new conversation and its number."""
    return answered(request, form_with(key))


@open_to_all
@csrf_exempt  # as above
@require_http_methods(["GET", "HEAD", "POST"])
def embedded(request: HttpRequest, key: str) -> HttpResponse:
    """The same in a frame on the sites that the inbox allows (threat D5)."""
    inbox = form_with(key)
    response = answered(request, inbox, is_embedded=True)
    response["Content-Security-Policy"] = policy(origins_of(inbox))
    return response


def form_with(key: str) -> Inbox:
    """The contact form with this public key, closed or not. :raises Http404:"""
    inbox = Inbox.objects.filter(key=key, kind=Inbox.Kind.WEBFORM).first()
    if inbox is None:
        raise Http404
    return inbox


def policy(origins: Sequence[str]) -> str:
    """Everything from us alone, and only the inbox's sites around it."""
    ours = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'"
    return "; ".join((ours, " ".join(("frame-ancestors 'self'", *origins))))


def answered(request: HttpRequest, inbox: Inbox, *, is_embedded: bool = False) -> HttpResponse:
    around: dict[str, object] = {"inbox": inbox, "is_embedded": is_embedded, "scheme": kept_of(request).get("scheme", "")}
    around |= {"origins": json.dumps(origins_of(inbox)) if is_embedded else "[]", "kept": urlencode(kept_of(request))}
    if not inbox.is_active:
        closed = around | {"text": request.POST.get("text", "")[:MAX_CHARS]}
        return render(request, "help/contact_closed.html", closed, status=410)
    own = fields_of(inbox)
    if request.method == "POST":
        return submitted(request, around, inbox, own)
    if number := sent_number(request):
        return render(request, "help/contact_sent.html", around | {"number": number})
    return shown(request, around, ContactForm.of(own, initial={"subject": request.GET.get("subject", "")[:150]}))


def shown(
    request: HttpRequest, around: dict[str, object], form: ContactForm, *, problem: str = "", status: int = 200
) -> HttpResponse:
    nonce = request.POST.get("nonce", "")[:40] or secrets.token_urlsafe(16)
    expected = expectation(language=get_language() or "it", at=now())
    context = {"expected": expected, "form": form, "nonce": nonce, "problem": problem, "max_files": MAX_FILES}
    return render(request, "help/contact.html", around | context, status=status)


def submitted(request: HttpRequest, around: dict[str, object], inbox: Inbox, own: Sequence[Field]) -> HttpResponse:
    form = ContactForm.of(own, request.POST)
    missing = _("Not sent yet: something is missing.")
    if comes_too_often(request, "contact", RATES):
        words = _("Too many requests from here at once. Your text is still here: wait a minute and press Send again.")
        return shown(request, around, form, problem=words, status=429)
    if request.POST.get("website"):  # a field that no person sees: a program filled it in
        return render(request, "help/contact_sent.html", around | {"number": None})
    if not form.is_valid():
        return shown(request, around, form, problem=missing, status=422)
    try:
        number = submit(inbox=inbox, submission=submission_of(request, inbox, form, own), at=now()).number
    except BadUpload as error:
        return shown(request, around, form, problem=error.words, status=422)
    except (NothingWritten, NotYours):
        form.add_error("text", _("Write what happened, and what you need."))
        return shown(request, around, form, problem=missing, status=422)
    except TooLong:
        form.add_error("text", _("That is longer than fits in one message. Shorten it, or attach it as a file."))
        return shown(request, around, form, problem=missing, status=422)
    said = urlencode({"sent": signing.dumps(number, salt=SALT), **kept_of(request)})
    return HttpResponseRedirect(f"{request.path}?{said}", status=303)


def kept_of(request: HttpRequest) -> dict[str, str]:
    """The language and the colours that the address asks for."""
    return {name: asked for name, allowed in KEPT.items() if (asked := request.GET.get(name)) in allowed}


def submission_of(request: HttpRequest, inbox: Inbox, form: ContactForm, own: Sequence[Field]) -> Submission:
    """What was said, its files kept. :raises BadUpload, TooLong:"""
    uploads = [each for each in request.FILES.getlist("files") if isinstance(each, UploadedFile)]
    owner = owner_of(request)
    said = form.cleaned_data
    return Submission(
        **{name: said[name] for name in OURS},
        answers=answers(own, said, language=inbox.language),
        nonce=request.POST.get("nonce", "") or secrets.token_urlsafe(16),
        files=tuple(keep(uploads, owner=owner, at=now())),
        file_owner=owner,
        file_names=tuple(f"{each.name}:{each.size}" for each in uploads),
        language=str(get_language() or inbox.language)[:2],
    )


def owner_of(request: HttpRequest) -> str:
    """Whose files these are: one network's, so that a day's files have an end (threat C8); the address itself is not kept."""
    return f"form:{salted_hmac(SALT, network_of(address_of(request))).hexdigest()[:32]}"


def sent_number(request: HttpRequest) -> int | None:
    """The number that this address was just given; a made-up one is none."""
    try:
        return int(signing.loads(request.GET.get("sent", ""), salt=SALT, max_age=SHOWN_FOR_S))
    except signing.BadSignature:
        return None
