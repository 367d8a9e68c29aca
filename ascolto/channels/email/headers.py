"""The head of a part: its header lines, and the text in them with encoded words (RFC 2047) as people really send them."""

import binascii
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ascolto.channels.email import limits
from ascolto.channels.email.charsets import decode

BLOCK_END = re.compile(rb"\n\r?\n")
FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
LINE = re.compile(rb"[^\n]*+\n|[^\n]++")
# What shows that a line without a colon is a stray one in the head, and not yet the text.
COMMON_FIELD = re.compile(
    rb"(?im)^(?:from|to|cc|subject|date|message-id|content-type|mime-version|received|reply-to|x-[a-z-]{2,60})[ \t]*:"
)
# Spaces stand in encoded words although they must not; the charset may carry a language (RFC 2231). Bounded, so that a
# head full of beginnings without an end takes linear time.
ENCODED_WORD = re.compile(rb"=\?([^?\s=]{1,60})\?([bBqQ])\?([^?]{0,8000}+(?:\?(?!=)[^?]{0,8000}+){0,30}+)\?=")
BETWEEN_PADDING = re.compile(rb"[^=]++")
GOES_ON = re.compile(rb"[A-Za-z0-9+/\r\n]*+")
NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")


@dataclass(slots=True)
class Headers:
    """Header lines in their order, names in lower case, values unfolded bytes."""

    fields: list[tuple[str, bytes]] = field(default_factory=list)
    is_cut: bool = False  # some were beyond the limits

    def first(self, name: str) -> bytes:
        """The value of the first header of this name; empty when there is none."""
        return next((value for key, value in self.fields if key == name), b"")

    def all(self, name: str) -> list[bytes]:
        return [value for key, value in self.fields if key == name]

    def has(self, name: str) -> bool:
        return any(key == name for key, _ in self.fields)

    def ascii(self, name: str) -> str:
        """The first value of this name in lower case, for values that are words of a protocol."""
        return self.first(name).decode("latin-1").strip().lower()


def read_headers(raw: bytes, start: int, end: int) -> tuple[Headers, int]:
    """The headers of the part between `start` and `end`, and where its body begins."""
    block_end, body_start = find_body(raw, start, end)
    block = raw[start : min(block_end, start + limits.MAX_HEADER_BLOCK_BYTES)]
    headers = Headers(is_cut=block_end - start > limits.MAX_HEADER_BLOCK_BYTES)
    last_field = max((found.start() for found in COMMON_FIELD.finditer(block)), default=-1)
    name, lines = b"", [b""]
    for found in LINE.finditer(block):
        line = found.group()
        if line[0] in b" \t":
            lines.append(line.rstrip(b"\r\n"))
        elif header := FIELD.match(line):
            add(headers, name, lines)
            name, lines = header.group(1), [line[header.end() :].rstrip(b"\r\n")]
        elif line.strip() and found.start() > last_field and not line.startswith((b"From ", b">From ")):
            body_start = start + found.start()  # the empty line is missing: no header comes after this one
            break
    add(headers, name, lines)
    return headers, body_start


def find_body(raw: bytes, start: int, end: int) -> tuple[int, int]:
    """Where the head ends and where the body begins: at the first empty line, or at once when the part begins with one."""
    for empty in (b"\r\n", b"\n"):
        if raw.startswith(empty, start, end):
            return start, min(start + len(empty), end)
    found = BLOCK_END.search(raw, start, end)
    return (found.start() + 1, found.end()) if found else (end, end)


def add(headers: Headers, name: bytes, lines: list[bytes]) -> None:
    """Take one header over, as far as it is within the limits; `lines` are its first and its folded ones."""
    if not name:
        return
    value = b"".join(lines)
    if len(value) > limits.MAX_HEADER_BYTES or len(headers.fields) >= limits.MAX_HEADERS:
        headers.is_cut = True
    if len(headers.fields) < limits.MAX_HEADERS:
        value = value[: limits.MAX_HEADER_BYTES].replace(b"\0", b"").strip()
        headers.fields.append((name.decode("ascii").lower(), value))


def text_of(raw: bytes, hints: Iterable[str] = ()) -> str:
    """A header's value as people read it: encoded words decoded, bytes beyond ASCII read as what they most likely are."""
    if b"=?" not in raw:
        return decode(raw, None, hints)
    pieces: list[str] = []
    for word in words_in(raw):
        match word:
            case bytes():
                pieces.append(decode(word, None, hints))
            case (charset, content):
                pieces.append(decode(content, charset, hints))
    return "".join(pieces)


def words_in(raw: bytes) -> Iterator[bytes | tuple[str, bytes]]:
    """Plain stretches as bytes, and encoded words as (charset, content); neighbours of one charset are joined first."""
    place = 0
    kind: tuple[str, bytes] = ("", b"")
    words: list[bytes] = []
    for found in ENCODED_WORD.finditer(raw):
        between = raw[place : found.start()]
        this = (found.group(1).decode("latin-1").partition("*")[0].lower(), found.group(2).upper())
        if words and (this != kind or between.strip()):
            yield kind[0], content_of(kind[1], words)
            words = []
        if between.strip() or (between and not place):
            yield between
        kind, place = this, found.end()
        words.append(found.group(3))
    if words:
        yield kind[0], content_of(kind[1], words)
    if place < len(raw):
        yield raw[place:]


def content_of(encoding: bytes, words: list[bytes]) -> bytes:
    """The bytes of neighbouring words; joined before they are read, since a character may be cut by the end of a word."""
    joined = b"".join(words)
    return from_base64(joined) if encoding == b"B" else binascii.a2b_qp(joined, header=True)


def from_base64(content: bytes) -> bytes:
    """
    The bytes, as far as they can be had: padding missing or too long, stray characters left out.

    After padding it goes on only with what is base64 again (pieces put together), not with a footer that a list added.
    """
    out = bytearray()
    for found in BETWEEN_PADDING.finditer(content):
        if found.start() and not GOES_ON.fullmatch(found.group()):
            break
        letters = NOT_BASE64.sub(b"", found.group())
        if len(letters) % 4 == 1:
            letters = letters[:-1]
        out += binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))
    return bytes(out)
