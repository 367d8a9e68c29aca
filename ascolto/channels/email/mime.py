"""
A mail's bytes become a tree of parts, each with its headers and where its body lies.

Our own and not the standard parser, for four reasons: attached mails have to come out byte for byte (threat A20), which
parsing and writing them again does not give; it works on the bytes where they are (the standard parser takes ten times
a mail's size); its work grows with the length alone; and the limits hold while it reads (A12). Decoding is the standard
library's. `tests/channels/email/test_mime.py` compares the two.
"""

import binascii
import re
from dataclasses import dataclass, field

from ascolto.channels.email import limits
from ascolto.channels.email.headers import Headers, from_base64, read_headers
from ascolto.channels.email.parameters import Parameters, read_parameters
from ascolto.channels.email.uuencode import decode_lines

LEADING = re.compile(rb"(?:\xef\xbb\xbf)?(?:[ \t]*\r?\n)*+(?:>?From [^\n]*+\n)?")  # a byte order mark, an mbox's separator
FIRST_BOUNDARY = re.compile(rb"[ \t\r\n]*+--([^\r\n]{1,200})\r?\n")
TYPE = re.compile(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+")
LINES = frozenset({"text", "message"})  # what consists of lines
STRICT_BASE64 = re.compile(rb"[A-Za-z0-9+/\r\n]*+={0,2}[\s]*+")


@dataclass(slots=True)
class Part:
    """One part; `start` and `end` say where its body lies in `raw`. A part that holds parts has `children`."""

    raw: bytes = field(repr=False)
    headers: Headers
    content_type: Parameters
    start: int
    end: int
    type: str = "text/plain"
    children: list["Part"] = field(default_factory=list)

    @property
    def body(self) -> bytes:
        """The bytes as they were sent."""
        return self.raw[self.start : self.end]

    @property
    def maintype(self) -> str:
        return self.type.partition("/")[0]

    @property
    def disposition(self) -> Parameters:
        return read_parameters(self.headers.first("content-disposition"))

    def content(self) -> bytes:
        """The bytes that were meant, the transfer encoding taken off; as they are where it cannot be."""
        match self.headers.ascii("content-transfer-encoding").strip("\"'; "):
            case "base64" | "base-64" | "b":
                return decode_base64(self.body)
            case "quoted-printable" | "quotedprintable" | "q":
                return binascii.a2b_qp(with_plain_line_ends(self.body) if self.maintype in LINES else self.body)
            case "x-uuencode" | "x-uue" | "uuencode" | "uue":
                return decode_lines(self.body) or self.body
            case "" | "7bit" if self.maintype in LINES:
                return with_plain_line_ends(self.body)
            case _:
                return self.body


@dataclass(slots=True)
class Tree:
    root: Part
    warnings: list[str]


def read_tree(raw: bytes) -> Tree:
    """Return the parts of a mail; what is beyond the limits stays unread in the part that holds it, with a warning."""
    if b"\n" not in raw and b"\r" in raw:
        raw = raw.replace(b"\r", b"\n")
    found = LEADING.match(raw)
    reader = Reader(raw)
    root = reader.part(found.end() if found else 0, len(raw), depth=0, default="text/plain")
    return Tree(root, list(dict.fromkeys(reader.warnings)))


class Reader:
    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.parts = 0
        self.warnings: list[str] = []

    def part(self, start: int, end: int, *, depth: int, default: str) -> Part:
        self.parts += 1
        headers, body_start = read_headers(self.raw, start, end)
        if headers.is_cut:
            self.warnings.append(limits.HEAD_CUT)
        content_type = read_parameters(headers.first("content-type"))
        part = Part(self.raw, headers, content_type, body_start, end, type_of(content_type, default))
        if part.maintype == "multipart":
            self.read_children(part, depth)
        return part

    def read_children(self, part: Part, depth: int) -> None:
        """Give a multipart its children; one without any is text if it stands alone, else an unknown file."""
        if depth >= limits.MAX_DEPTH:
            self.warnings.append(limits.TOO_DEEP)
        else:
            default = "message/rfc822" if part.type == "multipart/digest" else "text/plain"
            for start, end in self.places(part):
                if self.parts >= limits.MAX_PARTS:
                    self.warnings.append(limits.TOO_MANY_PARTS)
                    break
                part.children.append(self.part(start, end, depth=depth + 1, default=default))
        if not part.children:
            part.type = "application/octet-stream" if depth >= limits.MAX_DEPTH else "text/plain"

    def places(self, part: Part) -> list[tuple[int, int]]:
        """Where the parts between this part's boundaries lie."""
        boundary = part.content_type.get("boundary").encode("latin-1", "replace")
        found = self.between(boundary, part.start, part.end) if boundary else []
        if not found and (guessed := FIRST_BOUNDARY.match(self.raw, part.start, part.end)):
            found = self.between(guessed.group(1).rstrip(), part.start, part.end)
        return found

    def between(self, boundary: bytes, start: int, end: int) -> list[tuple[int, int]]:
        line = re.compile(rb"\n--" + re.escape(boundary) + rb"(--)?[ \t]*+\r?(?=\n|\Z)")
        places: list[tuple[int, int]] = []
        opened = -1
        # From the line end before the body, which may begin with the boundary.
        for found in line.finditer(self.raw, max(0, start - 1), end):
            if opened >= 0:
                places.append((opened, max(opened, before_line_end(self.raw, found.start() + 1))))
            opened = -1 if found.group(1) else min(found.end() + 1, end)
            if found.group(1) or len(places) > limits.MAX_PARTS:
                break
        if opened >= 0:  # the last boundary is missing: the mail was cut
            places.append((opened, end))
        return places


def with_plain_line_ends(body: bytes) -> bytes:
    """Lines of text end in CR LF on the wire (RFC 2045, 2.7), whatever they ended in where they were written."""
    return body.replace(b"\r\n", b"\n") if b"\r" in body else body


def before_line_end(raw: bytes, place: int) -> int:
    """The line end before a boundary belongs to the boundary."""
    if raw[place - 1 : place] == b"\n":
        place -= 1
        if raw[place - 1 : place] == b"\r":
            place -= 1
    return place


def type_of(content_type: Parameters, default: str) -> str:
    found = TYPE.match(content_type.value)
    return found.group() if found else default


def decode_base64(body: bytes) -> bytes:
    """Base64 in which padding may stand in the middle and anything else between the letters."""
    if not STRICT_BASE64.fullmatch(body):
        return from_base64(body)
    try:
        return binascii.a2b_base64(body)
    except binascii.Error:  # the padding is missing
        return from_base64(body)
