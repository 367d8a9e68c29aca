"""One file behind a signed link that lasts minutes: /files/<token>, for the messenger and the API."""

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from ascolto.files import links, store
from ascolto.files.headers import headers, preview_headers
from ascolto.files.models import StoredFile
from ascolto.files.previews import make_preview
from ascolto.web.parts.bytes import sent
from ascolto.web.security import open_to_all


@open_to_all
@require_safe
def file(request: HttpRequest, token: str) -> HttpResponseBase:
    """The bytes, to the viewer the link was signed for: a colleague's link opens in their own session only (threat C2)."""
    viewer = request.GET.get("for", "")[:80]
    if viewer.startswith("user:") and viewer != f"user:{request.user.pk}":
        raise Http404
    try:
        found = StoredFile.objects.filter(pk=links.read(token=token, viewer=viewer, now=now())).first()
    except links.BadLink as error:
        raise Http404 from error
    if found is None:
        raise Http404
    return bytes_of(found, is_preview=request.GET.get("preview") == "1")


def bytes_of(found: StoredFile, *, is_preview: bool = False) -> HttpResponseBase:
    """The file as it leaves the house, or its small picture, drawn when first asked for; 404 for what cannot be drawn."""
    try:
        if is_preview:
            found = make_preview(file=found, at=now())
        if is_preview and not found.preview_digest:
            raise Http404
        opened = store.open_preview(found) if is_preview else store.open_bytes(found)
    except FileNotFoundError as error:
        raise Http404 from error
    return sent(opened, preview_headers(found) if is_preview else headers(found, inline=True))
