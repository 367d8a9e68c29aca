"""Content-Type and Content-Disposition: their value and parameters (RFC 2231, and what is sent instead)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from ascolto.channels.email import limits
from ascolto.channels.email.charsets import decode
from ascolto.channels.email.headers import text_of

SEPARATOR = re.compile(rb"[;\s]*+")
NAME = re.compile(rb"([^\s;=\"]{1,100})\s*+=\s*+")
QUOTED = re.compile(rb'"((?:[^"\\]|\\.)*+)"', re.DOTALL)
OPEN_QUOTE = re.compile(rb'"([^;]*+)')
BARE = re.compile(rb"[^;]*+")
ESCAPED = re.compile(rb'\\(["\\])')
SECTION = re.compile(r"^(.+?)(?:\*(\d{1,3}))?(\*)?$")


@dataclass(slots=True)
class Parameters:
    """The value before the first semicolon in lower case, and the parameters by lower-case name."""

    value: str
    texts: dict[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str:
        return self.texts.get(name, "")


def read_parameters(raw: bytes, hints: Iterable[str] = ()) -> Parameters:
    """Read at most 200 parameters; of a name that comes twice the first counts."""
    if b";" not in raw and b"=" not in raw:
        return Parameters(raw.decode("latin-1").strip().lower())
    value, _, rest = raw.partition(b";")
    if b"=" in value:  # "Content-Type: charset=utf-8": the value is missing
        value, rest = b"", raw
    pairs = split(rest)
    return Parameters(value.decode("latin-1").strip().lower(), joined(pairs, hints))


def split(raw: bytes) -> list[tuple[str, bytes]]:
    pairs: list[tuple[str, bytes]] = []
    place = 0
    while len(pairs) < limits.MAX_PARAMETERS:
        place = end_of(SEPARATOR, raw, place)
        found = NAME.match(raw, place)
        if found is None:
            after = raw.find(b";", place)
            if after < 0:
                return pairs
            place = after + 1
            continue
        value, place = read_value(raw, found.end())
        pairs.append((found.group(1).decode("latin-1").lower(), value))
    return pairs


def end_of(pattern: re.Pattern[bytes], raw: bytes, place: int) -> int:
    found = pattern.match(raw, place)
    return found.end() if found else place


def read_value(raw: bytes, place: int) -> tuple[bytes, int]:
    """A quoted value, or what stands up to the semicolon: names with spaces come without quotes too."""
    if quoted := QUOTED.match(raw, place):
        # '"a"b.txt"' and the like: what stands after the closing quote belongs to nobody
        return ESCAPED.sub(rb"\1", quoted.group(1)), end_of(BARE, raw, quoted.end())
    if opened := OPEN_QUOTE.match(raw, place):
        return opened.group(1).strip(), opened.end()
    end = end_of(BARE, raw, place)
    return raw[place:end].strip(), end


def joined(pairs: list[tuple[str, bytes]], hints: Iterable[str]) -> dict[str, str]:
    """Put continued parameters together (name*0=, name*1*=) and read their text; the extended form wins over the plain one."""
    plain: dict[str, str] = {}
    sections: dict[str, dict[int, tuple[bytes, bool]]] = {}
    for key, value in pairs:
        found = SECTION.match(key)
        if found is None or key.isalpha() or not (found.group(2) or found.group(3)):
            plain.setdefault(key, text_of(value, hints))
        else:
            sections.setdefault(found.group(1), {}).setdefault(int(found.group(2) or 0), (value, bool(found.group(3))))
    for name, by_number in sections.items():
        text = text_of_sections([by_number[number] for number in sorted(by_number)], hints)
        if text or name not in plain:
            plain[name] = text
    return plain


def text_of_sections(sections: list[tuple[bytes, bool]], hints: Iterable[str]) -> str:
    charset = ""
    content = bytearray()
    for place, (value, is_extended) in enumerate(sections):
        if is_extended and not place and value.count(b"'") >= 2:
            label, _, value = value.split(b"'", 2)
            charset = label.decode("latin-1")
        content += unquote_to_bytes(value) if is_extended else value
    if not charset and b"=?" in content:
        return text_of(bytes(content), hints)
    return decode(bytes(content), charset, hints)
