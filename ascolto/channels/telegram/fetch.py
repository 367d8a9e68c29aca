"""Bring a file that Telegram keeps: first where it is, then its bytes."""

from ascolto.channels.contract import ArrivedFile, Door, Media, Never
from ascolto.channels.provider_calls import FILE_BYTES, GONE, TOO_LARGE, file_at
from ascolto.channels.said import line, number
from ascolto.channels.telegram import bot


def fetch(media: Media, door: Door) -> ArrivedFile:
    """The file with its bytes. :raises TryLater, Never:"""
    if (media.size_bytes or 0) > FILE_BYTES:
        raise Never(TOO_LARGE)
    found = bot.post(door, "getFile", {"file_id": media.id})
    path = line(found, "file_path", max_chars=500)
    if not path or path.startswith("/") or ".." in path:
        raise Never(GONE)
    if (number(found, "file_size") or 0) > FILE_BYTES:
        raise Never(TOO_LARGE)
    return ArrivedFile(name=media.name, content=file_at(bot.file_url(door, path)), type=media.type)
