"""The script that puts a contact form into another site's page: the same for every visitor, and without a cookie."""

import json

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_GET

from ascolto.conversations.models import Inbox
from ascolto.web.help.contact import form_with
from ascolto.web.language import OURS
from ascolto.web.messenger.loader import PLACE_OF_SETTINGS, as_script, source
from ascolto.web.security import open_to_all


@open_to_all
@require_GET
def script(request: HttpRequest, key: str) -> HttpResponse:
    """The loader of this form; 404 for an unknown key and a closed form, whose link stays where it was."""
    inbox = form_with(key)
    if not inbox.is_active:
        raise Http404
    return as_script(request, source("js/form-loader.js").replace(PLACE_OF_SETTINGS, settings_of(inbox), 1))


def settings_of(inbox: Inbox) -> str:
    """What the loader has to know, as a JavaScript literal."""
    facts = {"key": inbox.key, "language": inbox.language, "titles": {code: title_in(code) for code in OURS}}
    return json.dumps(facts, separators=(",", ":")).replace("<", "\\u003c")


def title_in(language: str) -> str:
    with override(language):
        return _("Contact form")
