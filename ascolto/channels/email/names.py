"""What a file of a mail is called: as its sender says, else after what it is."""

import mimetypes
import re
from collections.abc import Iterable, Mapping

from ascolto.channels.email import limits
from ascolto.channels.email.headers import read_headers, text_of
from ascolto.channels.email.mime import Part
from ascolto.channels.email.parameters import read_parameters
from ascolto.text.normalise import normalise_line

STEMS = {
    "text/plain": "document.txt",
    "text/html": "document.html",
    "text/calendar": "calendar.ics",
    "application/ics": "calendar.ics",
    "text/vcard": "contact.vcf",
    "text/x-vcard": "contact.vcf",
    "text/directory": "contact.vcf",
    "text/rfc822-headers": "headers.txt",
    "message/delivery-status": "delivery-status.txt",
    "message/disposition-notification": "disposition-notification.txt",
    "message/feedback-report": "feedback-report.txt",
    "application/ms-tnef": "winmail.dat",
    "application/vnd.ms-tnef": "winmail.dat",
    "application/pgp-signature": "signature.asc",
    "application/pgp-encrypted": "version.txt",
    "application/pkcs7-mime": "smime.p7m",
    "application/x-pkcs7-mime": "smime.p7m",
    "application/pkcs7-signature": "smime.p7s",
    "application/x-pkcs7-signature": "smime.p7s",
    "image/jpg": "image.jpg",
    "image/pjpeg": "image.jpg",
    "image/jpeg": "image.jpg",
    "video/quicktime": "video.mov",
    "video/mp4": "video.mp4",
    "application/octet-stream": "file",
    "message/external-body": "file.txt",
}
IN_BRACKETS = re.compile(r"<([^<>]+)>")
WITH_EXTENSION = re.compile(r"^.{1,200}\.[A-Za-z][A-Za-z0-9]{1,5}$")
LAST_OF_PATH = re.compile(r"[^/\\?#]+(?=$|[?#])")


def name_of(part: Part, hints: Iterable[str] = ()) -> str:
    """
    Return what this part is called; never empty.

    In this order: its file name, its name, where its content comes from, its Content-ID if that looks like a file name,
    what it is described as, what it is, its Content-ID.
    """
    disposition = read_parameters(part.headers.first("content-disposition"), hints)
    content_type = read_parameters(part.headers.first("content-type"), hints)
    for given in (disposition.get("filename"), content_type.get("name"), disposition.get("name"), content_type.get("filename")):
        if name := tidy(given):
            return name
    return own_name(part, hints)


def own_name(part: Part, hints: Iterable[str]) -> str:
    location = LAST_OF_PATH.search(text_of(part.headers.first("content-location"), hints))
    if location and (name := tidy(location.group())):
        return name
    content_id = content_id_of(part).rpartition("@")[0] or content_id_of(part)
    if WITH_EXTENSION.match(content_id):
        return tidy(content_id)
    described = tidy(text_of(part.headers.first("content-description"), hints)).replace("/", "-")
    if part.type in ("message/rfc822", "message/global"):
        return f"{subject_of(part, hints) or described or 'message'}.eml"
    stem = STEMS.get(part.type) or typical(part.type)
    extension = stem.rpartition(".")[2] if "." in stem else ""
    if described:
        return described if not extension or described.lower().endswith(f".{extension}") else f"{described}.{extension}"
    return stem if extension else tidy(content_id) or stem


def content_id_of(part: Part) -> str:
    """Its Content-ID without < >; some are written without, and some with a remark behind."""
    value = normalise_line(text_of(part.headers.first("content-id")))
    found = IN_BRACKETS.search(value)
    return found.group(1) if found else value.strip("<> \t")


def subject_of(part: Part, hints: Iterable[str]) -> str:
    """The subject of an attached mail."""
    content = part.content()[: limits.MAX_HEADER_BLOCK_BYTES]
    headers, _ = read_headers(content, 0, len(content))
    return tidy(text_of(headers.first("subject"), hints))


def typical(mime_type: str) -> str:
    maintype = mime_type.partition("/")[0]
    stem = {"image": "image", "video": "video", "audio": "audio", "text": "document"}.get(maintype, "file")
    return stem + (mimetypes.guess_extension(mime_type) or "")


def tidy(name: str) -> str:
    """On one line; paths and what systems cannot take are files/names.py's business."""
    return normalise_line(name, max_chars=limits.MAX_NAME_CHARS).strip("\"' ")


def unique(name: str, taken: Mapping[str, int]) -> str:
    """`name`, or with a number before its extension when another file of the mail has it."""
    if name not in taken:
        return name
    stem, dot, extension = name.rpartition(".")
    if not stem:
        stem, dot, extension = name, "", ""
    number = taken[name]
    while f"{stem}{number}{dot}{extension}" in taken:
        number += 1
    return f"{stem}{number}{dot}{extension}"
