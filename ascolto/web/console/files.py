"""What came with a message: its files, and its HTML in a frame that can do nothing."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_GET

from ascolto.conversations import access
from ascolto.files import headers, previews, store
from ascolto.text.sanitize import sanitize
from ascolto.web.console.visible import conversation_or_404
from ascolto.web.parts.bytes import sent

# Sanitised on the way in, and even so it can run nothing, load nothing and reach nothing (threats B2, B4).
# Links open a window of their own: the sandbox lets them out of it, without a way back.
FRAME = (
    "default-src 'none'; script-src 'none'; style-src 'none'; img-src 'none'; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
PAGE = (
    '<!doctype html><html><head><meta charset="utf-8"><meta name="color-scheme" content="light dark">'
    '<base target="_blank"></head><body>{}</body></html>'
)


@require_GET
def attachment(request: HttpRequest, number: int, id: UUID) -> HttpResponseBase:
    """The bytes of a file, to keep; with `preview` a small picture of it, to look at."""
    conversation = conversation_or_404(request, number)
    try:
        file = access.attachment_of(conversation, id, internal=True).file
        if "preview" not in request.GET:
            return sent(store.open_bytes(file), headers.headers(file))
        file = previews.make_preview(file=file, at=timezone.now())
        if not file.preview_digest:
            raise Http404
        return sent(store.open_preview(file), headers.preview_headers(file))
    except (access.NotFound, FileNotFoundError) as error:
        raise Http404 from error


@require_GET
def html(request: HttpRequest, number: int, id: UUID) -> HttpResponse:
    """A message as it came, for a sandboxed frame; its plain text is what the thread shows first."""
    conversation = conversation_or_404(request, number)
    try:
        message = access.message_of(conversation, id)
    except access.NotFound as error:
        raise Http404 from error
    if not message.html:
        raise Http404
    return HttpResponse(
        PAGE.format(sanitize(message.html).html),  # once more: what was kept before the rules grew stricter meets them too
        headers={"Content-Security-Policy": FRAME, "X-Frame-Options": "SAMEORIGIN", "Referrer-Policy": "no-referrer"},
    )
