"""
What Outlook packs into winmail.dat: files, and sometimes the text (Microsoft's MS-OXTNEF).

Our own: the one library for it (tnefparse) has had no release since 2021, copies the rest of the file for each of its
objects, and gives nothing back when one of them is broken.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from ascolto.channels.email import limits
from ascolto.channels.email.charsets import decode

SIGNATURE = 0x223E9F78
FIRST_OBJECT = 6  # after the signature and the key
ATTACHMENT = 2  # level of an object

OEM_CODEPAGE, BODY, MAPI_PROPERTIES = 0x9007, 0x800C, 0x9003
NEW_ATTACHMENT, TITLE, CONTENT, ATTACHMENT_PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005

LONG_NAME, SHORT_NAME, DISPLAY_NAME, CONTENT_OBJECT, MIME_TYPE, CONTENT_ID = 0x3707, 0x3704, 0x3001, 0x3701, 0x370E, 0x3712
TEXT, HTML, INTERNET_CODEPAGE = 0x1000, 0x1013, 0x3FDE

SIZES = {2: 4, 0xB: 4, 3: 4, 4: 4, 0xA: 4, 5: 8, 6: 8, 7: 8, 0x14: 8, 0x40: 8, 0x48: 16}  # the first two are padded
VARIABLE = frozenset({0x1E, 0x1F, 0x0D, 0x102})
UTF16 = 0x1F
MANY = 0x1000
EMBEDDED_PREFIX = 16  # an embedded object begins with the id of its interface
MAX_PROPERTIES = 10_000


class NotTnef(Exception):
    """These bytes are not a winmail.dat, or break off before anything can be had of it."""


@dataclass(slots=True)
class PackedFile:
    name: str = ""
    content: bytes = b""
    type: str = ""
    content_id: str = ""


@dataclass(slots=True)
class Packed:
    text: str = ""
    html: str = ""
    files: list[PackedFile] = field(default_factory=list)


def unpack(raw: bytes) -> Packed:
    """Return what is in it, as far as it is whole. :raises NotTnef:"""
    if len(raw) < FIRST_OBJECT or struct.unpack_from("<I", raw)[0] != SIGNATURE:
        raise NotTnef
    packed, codepage = Packed(), "cp1252"
    for level, name, content in objects(raw):
        if name == OEM_CODEPAGE and len(content) >= 4:
            codepage = f"cp{struct.unpack_from('<I', content)[0]}"
        elif name == NEW_ATTACHMENT and len(packed.files) < limits.MAX_EMBEDDED_FILES:
            packed.files.append(PackedFile())
        elif level == ATTACHMENT and packed.files:
            read_file(packed.files[-1], name, content, codepage)
        elif name == BODY:
            packed.text = packed.text or words(content, codepage)
        elif name == MAPI_PROPERTIES:
            read_body(packed, dict(properties(content)), codepage)
    packed.files = [each for each in packed.files if each.content]
    return packed


def objects(raw: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Level, name and content of each object; one that is longer than the file ends it."""
    place = FIRST_OBJECT
    while place + 9 <= len(raw):
        level, name, _, size = struct.unpack_from("<BHHI", raw, place)
        start, place = place + 9, place + 9 + size + 2  # two bytes of checksum, which nobody needs
        if start + size > len(raw):
            return
        yield level, name, raw[start : start + size]


def read_file(file: PackedFile, name: int, content: bytes, codepage: str) -> None:
    if name == TITLE:
        file.name = file.name or words(content, codepage)
    elif name == CONTENT:
        file.content = content
    elif name == ATTACHMENT_PROPERTIES:
        found = dict(properties(content))
        for key in (LONG_NAME, SHORT_NAME, DISPLAY_NAME):
            if key in found and (given := text_of(found[key], codepage)):
                file.name = given
                break
        if CONTENT_OBJECT in found and not file.content:
            file.content = found[CONTENT_OBJECT][1][EMBEDDED_PREFIX:]
        file.type = text_of(found[MIME_TYPE], codepage) if MIME_TYPE in found else ""
        file.content_id = text_of(found[CONTENT_ID], codepage).strip("<>") if CONTENT_ID in found else ""


def read_body(packed: Packed, found: dict[int, tuple[int, bytes]], codepage: str) -> None:
    if INTERNET_CODEPAGE in found:
        number = struct.unpack_from("<I", found[INTERNET_CODEPAGE][1])[0]
        codepage = "utf-8" if number == 65001 else f"cp{number}"
    if TEXT in found:
        packed.text = text_of(found[TEXT], codepage)
    if HTML in found:
        packed.html = text_of(found[HTML], codepage)


def properties(raw: bytes) -> Iterator[tuple[int, tuple[int, bytes]]]:
    """Name, type and first value of each property; ends where the list does or is broken."""
    try:
        (count,) = struct.unpack_from("<I", raw)
        place = 4
        for _ in range(min(count, MAX_PROPERTIES)):
            kind, name = struct.unpack_from("<HH", raw, place)
            place = past_name(raw, place + 4, name)
            value, place = read_value(raw, place, kind)
            yield name, (kind & ~MANY, value)
    except (struct.error, KeyError):
        return


def past_name(raw: bytes, place: int, name: int) -> int:
    """Names of 0x8000 and more carry a set's id and a number or a text."""
    if name < 0x8000:
        return place
    place += 16
    (has_text,) = struct.unpack_from("<I", raw, place)
    if not has_text:
        return place + 8
    (size,) = struct.unpack_from("<I", raw, place + 4)
    return place + 8 + padded(size)


def read_value(raw: bytes, place: int, kind: int) -> tuple[bytes, int]:
    is_variable = kind & ~MANY in VARIABLE
    count = 1
    if kind & MANY or is_variable:
        (count,) = struct.unpack_from("<I", raw, place)
        place += 4
    first = b""
    for number in range(min(count, MAX_PROPERTIES)):
        if is_variable:
            (size,) = struct.unpack_from("<I", raw, place)
            place += 4
        else:
            size = SIZES[kind & ~MANY]
        if place + size > len(raw):
            raise struct.error
        first = first if number else raw[place : place + size]
        place += padded(size)
    return first, place


def padded(size: int) -> int:
    return size + -size % 4


def text_of(value: tuple[int, bytes], codepage: str) -> str:
    kind, content = value
    return decode(content, "utf-16-le").rstrip("\0") if kind == UTF16 else words(content, codepage)


def words(content: bytes, codepage: str) -> str:
    return decode(content.rstrip(b"\0"), codepage)
