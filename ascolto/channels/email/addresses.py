"""
Addresses in a mail's head, as people really write them (threat A3).

An address is what RFC 5322 says an addr-spec is, and nothing is ever decoded in it: parsers that differ over that let one
person pass for another (VU#517845, CVE-2023-27043, CVE-2019-16056). What is not plainly one address is none.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ascolto.channels.email import limits
from ascolto.channels.email.headers import ENCODED_WORD, text_of
from ascolto.text.normalise import normalise_line

MAX_GROUP_WORDS = 50  # pieces of what may be the name of a group
MAX_ADDRESS_CHARS = 254  # RFC 5321, 4.5.3.1.3 with its erratum
SPECIAL = re.compile(rb'[",;:()<>\\]|=\?')
# Bounded, so that a head full of opening quotes and brackets takes linear time.
QUOTED = re.compile(rb'"(?:[^"\\]|\\.){0,2000}+"', re.DOTALL)
ANGLED = re.compile(rb'(?:"(?:[^"\\]|\\.){0,200}+"|[^">]){0,1000}+', re.DOTALL)
ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
# Dots may stand anywhere in the local part: Japanese providers gave such addresses out.
LOCAL = re.compile(r"[^\x00-\x20\x7f-\x9f\"(),:;<>@\[\\\]]{1,128}|\"(?:[^\"\\\x00-\x1f\x7f]|\\[\x20-\x7e]){0,126}\"")
LABEL = re.compile(r"[^\W_](?:[\w-]{0,61}[^\W_])?|_[\w-]{0,62}")
LITERAL = re.compile(r"\[(?:[0-9.]{7,15}|IPv6:[0-9a-fA-F:.]{2,45})\]")
ROUTE = re.compile(r"^(?:@[^:@,\s]+,?)+:")
WRAPPED = "'\"` \t"


@dataclass(frozen=True, slots=True)
class Mailbox:
    """
    One entry of From, To and the like.

    :param address: an addr-spec in its one spelling, in lower case; empty when there is none, or more than one
    :param is_strict: written as RFC 5322 wants it, so that every other parser reads the same
    """

    name: str
    address: str
    is_strict: bool = False

    def __str__(self) -> str:
        return f"{self.name} <{self.address}>" if self.name and self.address else self.address or self.name


@dataclass(slots=True)
class Entry:
    """What stands between two commas, cut into what is inside < >, inside ( ), and the rest."""

    words: list[bytes]
    angled: list[bytes]
    comments: list[bytes]
    is_broken: bool = False

    @property
    def is_empty(self) -> bool:
        return not (self.angled or self.comments or b"".join(self.words).strip())


def read_addresses(raw: bytes, hints: Iterable[str] = ()) -> list[Mailbox]:
    """Return at most 500 entries of an address header, empty ones left out."""
    entries = [entry for entry in entries_of(raw) if not entry.is_empty]
    return [mailbox_of(entry, hints) for entry in entries[: limits.MAX_ADDRESSES]]


def entries_of(raw: bytes) -> list[Entry]:
    """Cut at commas and semicolons outside of quotes, comments and angle brackets; a group's name is left out."""
    entries = [Entry([], [], [])]
    place = 0
    while place < len(raw) and len(entries) <= limits.MAX_ADDRESSES:
        found = SPECIAL.search(raw, place)
        if found is None:
            entries[-1].words.append(raw[place:])
            break
        entry = entries[-1]
        entry.words.append(raw[place : found.start()])
        place = found.start()
        match found.group():
            case b'"' if quoted := QUOTED.match(raw, place):
                entry.words.append(quoted.group())
                place = quoted.end()
            case b"=?" if word := ENCODED_WORD.match(raw, place):
                entry.words.append(word.group())  # commas and brackets stand in them although they must not
                place = word.end()
            case b"(":
                place = read_comment(raw, place, entry)
            case b"<":
                place = read_angled(raw, place, entry)
            case b"," | b";":
                entries.append(Entry([], [], []))
                place += 1
            case b":" if not entry.angled and len(entry.words) < MAX_GROUP_WORDS and b"@" not in b"".join(entry.words):
                entries[-1] = Entry([], [], [])  # the name of a group, or "mailto:"
                place += 1
            case other:
                entry.is_broken = True
                entry.words.append(other)
                place += len(other)
    return entries


def read_comment(raw: bytes, place: int, entry: Entry) -> int:
    """A comment with the comments in it, to a depth of 50; one that never ends is not one."""
    depth = 0
    for found in re.finditer(rb"\\.|[()]", raw[place : place + limits.MAX_HEADER_BYTES], re.DOTALL):
        depth += {b"(": 1, b")": -1}.get(found.group(), 0)
        if depth > limits.MAX_COMMENT_DEPTH:
            break
        if depth == 0:
            entry.comments.append(raw[place + 1 : place + found.start()])
            return place + found.end()
    entry.is_broken = True
    return len(raw)


def read_angled(raw: bytes, place: int, entry: Entry) -> int:
    """What stands between < and >, also doubled; without the > it goes to the end of the entry."""
    inner = place + 1
    while raw[inner : inner + 1] == b"<":
        entry.is_broken = True
        inner += 1
    found = ANGLED.match(raw, inner)
    end = found.end() if found else inner
    if raw[end : end + 1] != b">":
        entry.is_broken = True
        end = len(raw) if (comma := raw.find(b",", inner)) < 0 else comma
        entry.angled.append(raw[inner:end])
        return end
    entry.angled.append(raw[inner:end])
    while raw[end : end + 1] == b">":
        end += 1
    return end


def mailbox_of(entry: Entry, hints: Iterable[str]) -> Mailbox:
    if entry.angled:
        written = [each for inner in entry.angled if (each := read_address(text(inner)))]
        address = written[0] if len(set(written)) == 1 and len(entry.angled) == len(written) else ""
        strict = bool(address) and not entry.is_broken and len(entry.angled) == 1 and is_plain(entry.angled[0])
        return Mailbox(name_of(entry.words, entry.comments, hints), address, strict)
    written_words = b"".join(entry.words).strip()
    if address := read_address(text(written_words)):
        strict = not entry.is_broken and is_plain(written_words)
        return Mailbox(name_of([], entry.comments, hints), address, strict)
    # "Anna Rossi anna@example.com": one word with an @, which is an address
    words = written_words.split()
    with_at = [word for word in words if b"@" in word]
    if len(with_at) == 1 and not entry.is_broken and b'"' not in with_at[0] and (address := read_address(text(with_at[0]))):
        return Mailbox(name_of([b" ".join(word for word in words if word is not with_at[0])], entry.comments, hints), address)
    return Mailbox(name_of(entry.words, entry.comments, hints), "")


def text(raw: bytes) -> str:
    """The characters of an address: UTF-8 where it is that (RFC 6532), else as they are; never decoded."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def is_plain(raw: bytes) -> bool:
    """Whether these bytes are the address itself, without anything to be taken off."""
    return raw.strip() == raw and raw.isascii() and not raw.startswith((b"mailto:", b"@", b"'"))


def read_address(written: str) -> str:
    """Return the one addr-spec that this is, in lower case and without the root's dot; empty: it is none."""
    written = ROUTE.sub("", written.strip()).strip()
    if written[:7].lower() == "mailto:":
        written = written[7:]
    if written.count("@") == 1 and '"' not in written[1:-1]:
        written = written.strip(WRAPPED)
    local, _, domain = written.rpartition("@")
    domain = domain.removesuffix(".")
    if not LOCAL.fullmatch(local) or ENCODED_WORD.search(local.encode("utf-8", "replace")) or not is_domain(domain):
        return ""
    address = f"{local}@{domain}".lower()
    return address if len(address) <= MAX_ADDRESS_CHARS and "\ufffd" not in address else ""


def is_domain(domain: str) -> bool:
    if len(domain) > MAX_ADDRESS_CHARS:
        return False
    return bool(LITERAL.fullmatch(domain)) or all(LABEL.fullmatch(label) for label in domain.split("."))


def name_of(words: list[bytes], comments: list[bytes], hints: Iterable[str]) -> str:
    """The name beside an address: its words without their quotes, else what stands in a comment."""
    pieces = [unquoted(word) if word[:1] == b'"' and len(word) > 1 else word for word in words]
    name = normalise_line(text_of(b"".join(pieces).strip(), hints))
    if not name.strip("\"'<> "):
        name = normalise_line(text_of(ESCAPED.sub(rb"\1", b" ".join(comments)), hints))
    if len(name) > 1 and name[0] == name[-1] and name[0] in "'\"":
        name = name[1:-1]
    return " ".join(name.split())


def unquoted(word: bytes) -> bytes:
    return ESCAPED.sub(rb"\1", word[1:-1])


def domain_of(address: str) -> str:
    return address.rpartition("@")[2]
