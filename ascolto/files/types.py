"""Which kinds of file there are for us, told by their bytes and never by what the sender says; pure."""

from dataclasses import dataclass

import puremagic

HEAD_BYTES = 8192  # enough for every signature we know
UNKNOWN = "application/octet-stream"
PLAIN = "text/plain"


@dataclass(frozen=True)
class Type:
    """A row of the table: whether a browser may show it where it stands (pictures without script)."""

    name: str
    is_shown: bool = False


TABLE = {
    row.name: row
    for row in (
        Type("image/png", is_shown=True),
        Type("image/jpeg", is_shown=True),
        Type("image/gif", is_shown=True),
        Type("image/webp", is_shown=True),
        Type("image/heic"),
        Type("image/tiff"),
        Type("image/bmp"),
        Type("application/pdf"),
        Type("application/zip"),
        Type("application/gzip"),
        Type("application/x-7z-compressed"),
        Type("application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        Type("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        Type("application/vnd.openxmlformats-officedocument.presentationml.presentation"),
        Type("application/vnd.oasis.opendocument.text"),
        Type("application/vnd.oasis.opendocument.spreadsheet"),
        Type("audio/mpeg"),
        Type("audio/ogg"),
        Type("audio/wav"),
        Type("video/mp4"),
        Type("video/webm"),
        Type("video/quicktime"),
        Type(PLAIN),
        Type(UNKNOWN),
    )
}
# Pictures are told by their exact signature alone: they are the only ones ever shown.
PICTURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
ALIKE = {
    "audio/x-wav": "audio/wav",
    "audio/wave": "audio/wav",
    "audio/mp3": "audio/mpeg",
    "application/x-gzip": "application/gzip",
}
# A zip is a zip by its bytes; which office document is inside changes nothing we do, so the name may say it.
ZIPPED = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
}


def type_of(head: bytes, name: str = "") -> str:
    """The type of a file from its first HEAD_BYTES; text is plain text whatever language it is written in."""
    head = head[:HEAD_BYTES]
    for signature, picture in PICTURES:
        if head.startswith(signature):
            return picture
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith(b"PK\x03\x04"):
        return ZIPPED.get(name.rpartition(".")[2].lower(), "application/zip")
    if head.startswith(b"%PDF-"):
        return "application/pdf"  # its first lines may well be text
    if is_text(head):
        return PLAIN  # html, svg, xml and scripts are read, not run
    return guess(head)


def is_text(head: bytes) -> bool:
    """UTF-8 (a letter cut at the end of a long head is forgiven) with no control characters but those of a typewriter."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False  # UTF-16 could hide markup from a look at bytes: left unknown, downloaded
    try:
        words = head.decode("utf-8")
    except UnicodeDecodeError as error:
        if len(head) < HEAD_BYTES or error.start < HEAD_BYTES - 3:
            return False
        words = head[: error.start].decode("utf-8")
    return not any(letter < " " and letter not in "\t\n\r\f" for letter in words)


def guess(head: bytes) -> str:
    try:
        found = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return UNKNOWN
    for match in found:
        name: str = ALIKE.get(match.mime_type, match.mime_type)
        if name in TABLE and not TABLE[name].is_shown and name != PLAIN:
            return name
    return UNKNOWN
