"""The contact form: /contact/<inbox key>/. Works without scripts; answers go by mail."""

import secrets
from uuid import uuid4

from django import forms
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirect
from django.shortcuts import render
from django.utils.timezone import now
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from ascolto.channels.inbound import NotYours
from ascolto.channels.messenger.expectation import expectation
from ascolto.channels.webform.submit import NothingWritten, Submission, submit
from ascolto.conversations.models import Inbox
from ascolto.text.normalise import MAX_CHARS, TooLong
from ascolto.web.client import comes_too_often
from ascolto.web.security import open_to_all
from ascolto.web.uploads import MAX_FILES, BadUpload, keep

RATES = "5/minute;30/hour"  # of forms from one address
SALT = "ascolto.web.contact"
SHOWN_FOR_S = 3600  # the page with the number may be reloaded for an hour


class ContactForm(forms.Form):
    """What a stranger tells us; only these fields are ever read."""

    name = forms.CharField(max_length=120, required=False)
    email = forms.EmailField(max_length=254)
    subject = forms.CharField(max_length=150, required=False)
    text = forms.CharField(
        max_length=MAX_CHARS,
        strip=False,
        error_messages={"required": gettext_lazy("Write what happened, and what you need.")},
    )

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
    inbox = Inbox.objects.filter(key=key, kind=Inbox.Kind.WEBFORM).first()
    if inbox is None:
        raise Http404
    if not inbox.is_active:
        return render(request, "help/contact_closed.html", {"text": request.POST.get("text", "")[:MAX_CHARS]}, status=410)
    if request.method == "POST":
        return submitted(request, inbox)
    if number := sent_number(request):
        return render(request, "help/contact_sent.html", {"number": number, "inbox": inbox})
    return shown(request, inbox, ContactForm(initial={"subject": request.GET.get("subject", "")[:150]}))


def shown(request: HttpRequest, inbox: Inbox, form: ContactForm, *, problem: str = "", status: int = 200) -> HttpResponse:
    nonce = request.POST.get("nonce", "")[:40] or secrets.token_urlsafe(16)
    expected = expectation(language=get_language() or "it", at=now())
    context = {"expected": expected, "inbox": inbox, "form": form, "nonce": nonce, "problem": problem, "max_files": MAX_FILES}
    return render(request, "help/contact.html", context, status=status)


def submitted(request: HttpRequest, inbox: Inbox) -> HttpResponse:
    form = ContactForm(request.POST)
    if comes_too_often(request, "contact", RATES):
        words = _("Too many requests from here at once. Your text is still here: wait a minute and press Send again.")
        return shown(request, inbox, form, problem=words, status=429)
    if request.POST.get("website"):  # a field that no person sees: a program filled it in
        return render(request, "help/contact_sent.html", {"number": None, "inbox": inbox})
    if not form.is_valid():
        return shown(request, inbox, form, problem=_("Not sent yet: something is missing."), status=422)
    uploads = [each for each in request.FILES.getlist("files") if isinstance(each, UploadedFile)]
    owner = f"form:{uuid4()}"
    try:
        files = keep(uploads, owner=owner, at=now())
        submission = Submission(
            **form.cleaned_data,
            nonce=request.POST.get("nonce", "") or secrets.token_urlsafe(16),
            files=tuple(files),
            file_owner=owner,
            file_names=tuple(f"{each.name}:{each.size}" for each in uploads),
            language=str(get_language() or inbox.language)[:2],
        )
        received = submit(inbox=inbox, submission=submission, at=now())
    except BadUpload as error:
        return shown(request, inbox, form, problem=error.words, status=422)
    except (NothingWritten, NotYours):
        form.add_error("text", _("Write what happened, and what you need."))
        return shown(request, inbox, form, problem=_("Not sent yet: something is missing."), status=422)
    except TooLong:
        form.add_error("text", _("That is longer than fits in one message. Shorten it, or attach it as a file."))
        return shown(request, inbox, form, problem=_("Not sent yet: something is missing."), status=422)
    sent = signing.dumps(received.number, salt=SALT)
    lang = f"&lang={request.GET['lang']}" if request.GET.get("lang") in ("it", "en") else ""
    return HttpResponseRedirect(f"{request.path}?sent={sent}{lang}", status=303)


def sent_number(request: HttpRequest) -> int | None:
    """The number that this address was just given; a made-up one is none."""
    try:
        return int(signing.loads(request.GET.get("sent", ""), salt=SALT, max_age=SHOWN_FOR_S))
    except signing.BadSignature:
        return None
