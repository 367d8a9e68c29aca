"""The files that came with a message."""

from uuid import UUID

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_GET

from ascolto.conversations import access
from ascolto.files import headers, previews, store
from ascolto.web.console.visible import conversation_or_404
from ascolto.web.parts.bytes import sent


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
