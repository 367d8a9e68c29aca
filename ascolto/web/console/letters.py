"""A mail beside its words: its HTML in a frame that can do nothing, and the bytes as they came."""

from base64 import b64encode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ascolto.channels.models import RawInbound
from ascolto.conversations import access
from ascolto.conversations.models import Attachment, Message
from ascolto.files import headers, store
from ascolto.files.types import TABLE
from ascolto.text.mail_html import show
from ascolto.web.console.visible import conversation_or_404

# Sanitised on the way in, and even so it can run nothing, load nothing and reach nothing (threats B2, B4): why styles may
# stand in it is told in docs/decisions/. Links open a window of their own: the sandbox lets them out, without a way back.
FRAME = (
    "default-src 'none'; script-src 'none'; style-src 'unsafe-inline'; img-src {pictures}; font-src 'none'; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
MAX_PICTURE_BYTES = 3 * 1024 * 1024
MAX_PICTURES_BYTES = 8 * 1024 * 1024  # of one mail: they travel within the page, since a sandboxed page brings no cookie


@require_GET
def formatted(request: HttpRequest, number: int, id: UUID) -> HttpResponse:
    """A message as its sender laid it out, for a sandboxed frame; with `pictures`, those from elsewhere as well."""
    message = message_or_404(request, number, id)
    if not message.html:
        raise Http404
    asked = "pictures" in request.GET
    shown = show(message.html, inline=InlinePictures(message).address, pictures=asked, fold=_("Quoted text"))
    page = render_to_string("console/thread/formatted.html", {"shown": shown, "subject": (message.head or {}).get("subject", "")})
    policy = FRAME.format(pictures="data: https:" if asked else "data:")
    return HttpResponse(
        page, headers={"Content-Security-Policy": policy, "X-Frame-Options": "SAMEORIGIN", "Referrer-Policy": "no-referrer"}
    )


@require_GET
def original(request: HttpRequest, number: int, id: UUID) -> HttpResponse:
    """The bytes of a message exactly as they came, to keep: never shown by a browser (threats B7, C5)."""
    message = message_or_404(request, number, id)
    raw = RawInbound.objects.filter(message=message).order_by("received_at", "id").first()
    if raw is None:
        raise Http404
    content = bytes(raw.content)
    kind = "json" if content[:1] in (b"{", b"[") else "eml"
    fields = headers.fixed("application/octet-stream") | {
        "Content-Disposition": headers.disposition("attachment", f"{number}-{str(message.id)[-12:]}.{kind}"),
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(content, headers=fields)


def message_or_404(request: HttpRequest, number: int, id: UUID) -> Message:
    try:
        return access.message_of(conversation_or_404(request, number), id)
    except access.NotFound as error:
        raise Http404 from error


class InlinePictures:
    """The pictures that came with a message, each as an address that holds it whole; read only when they are asked for."""

    def __init__(self, message: Message) -> None:
        self.message = message
        self.attachments: dict[str, Attachment] | None = None
        self.addresses: dict[str, str | None] = {}
        self.left_bytes = MAX_PICTURES_BYTES

    def address(self, content_id: str) -> str | None:
        """None for what did not come with the mail, is no picture, or is too large to be sent along."""
        if content_id not in self.addresses:
            self.addresses[content_id] = self.read(content_id)
        return self.addresses[content_id]

    def read(self, content_id: str) -> str | None:
        if self.attachments is None:
            rows = self.message.attachments.exclude(content_id="").select_related("file")
            self.attachments = {row.content_id: row for row in rows}
        found = self.attachments.get(content_id)
        if found is None or found.file.type not in TABLE or not TABLE[found.file.type].is_shown:
            return None
        if found.file.size_bytes > min(MAX_PICTURE_BYTES, self.left_bytes):
            return None
        try:
            with store.open_bytes(found.file) as content:
                encoded = b64encode(content.read(MAX_PICTURE_BYTES)).decode("ascii")
        except FileNotFoundError:
            return None
        self.left_bytes -= found.file.size_bytes
        return f"data:{found.file.type};base64,{encoded}"
