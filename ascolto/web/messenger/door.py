"""Which messenger a visitor stands before, and in which language it speaks to them."""

from django.http import Http404, HttpRequest

from ascolto.conversations.models import Inbox
from ascolto.web.language import OURS


def messenger_with(key: str) -> Inbox:
    """The active messenger with this public key. :raises Http404: unknown, switched off, or a door of another kind"""
    inbox = Inbox.objects.filter(key=key, kind=Inbox.Kind.MESSENGER, is_active=True).first()
    if inbox is None:
        raise Http404("no messenger has this key")
    return inbox


def closed_messenger(key: str) -> Inbox | None:
    """The messenger with this public key if it was switched off: sites still open its frame until they forget the loader."""
    return Inbox.objects.filter(key=key, kind=Inbox.Kind.MESSENGER, is_active=False).first()


def language_of_visitor(request: HttpRequest, inbox: Inbox) -> str:
    """`?lang=` (the host page's own language) first, then what the browser asks for, then the inbox's."""
    asked = request.GET.get("lang", "")
    header = request.headers.get("Accept-Language", "")[:200]
    wanted = [asked, *(part.split(";")[0].strip().lower()[:2] for part in header.split(","))]
    return next((code for code in wanted if code in OURS), inbox.language)
