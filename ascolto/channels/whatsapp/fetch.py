"""Bring a file that WhatsApp keeps: first where it is, then its bytes, and the token to nobody but Meta."""

from urllib.parse import urlsplit

from django.utils.translation import gettext_noop

from ascolto.channels.contract import ArrivedFile, Door, Media, Never
from ascolto.channels.provider_calls import FILE_BYTES, GONE, TOO_LARGE, file_at
from ascolto.channels.said import line, number
from ascolto.channels.whatsapp import graph
from ascolto.channels.whatsapp.errors import refuse

KEEPERS = (".fbsbx.com", ".fbcdn.net", ".whatsapp.net")  # where Meta keeps files; lookaside.fbsbx.com today
ELSEWHERE = gettext_noop("WhatsApp named a place for the file that is not Meta’s.")


def fetch(media: Media, door: Door) -> ArrivedFile:
    """The file with its bytes. :raises TryLater, Never:"""
    reply = graph.get(door, media.id)
    if reply.status in (400, 404) and graph.answer_in(reply):
        raise Never(GONE)
    refuse(reply)
    place = graph.answer_in(reply)
    url = line(place, "url", max_chars=4000)
    if not is_metas(url, door):
        raise Never(ELSEWHERE)
    if (number(place, "file_size") or 0) > FILE_BYTES:
        raise Never(TOO_LARGE)
    content = file_at(url, headers=graph.authorization(door))
    return ArrivedFile(name=media.name, content=content, type=line(place, "mime_type") or media.type)


def is_metas(url: str, door: Door) -> bool:
    """Whether the token may go there (threat H7): to the API itself, or by https to where Meta keeps files."""
    try:
        parts, api = urlsplit(url), urlsplit(door.get("api_url"))
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return False
    if (parts.scheme, host, port) == (api.scheme, api.hostname, api.port):
        return parts.username is None
    return parts.scheme == "https" and port in (None, 443) and parts.username is None and host.endswith(KEEPERS)
