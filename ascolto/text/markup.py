"""Cuts HTML from outside into tags and text, in one pass whose work grows with the length of the text alone."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

# What these hold is never markup, and is not meant to be read.
SILENT = frozenset({"script", "style", "title", "iframe", "noembed", "noframes"})
# What these hold is never markup, but is meant to be read.
VERBATIM = frozenset({"textarea", "xmp", "plaintext"})
VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"})

MARKUP = re.compile(r"<(?=[a-zA-Z!?/])")  # any other "<" is a character of the text
TAG_NAME = re.compile(r"[a-zA-Z][^\s/>]*+")
BETWEEN = re.compile(r"[\s/]*+")
ATTRIBUTE_NAME = re.compile(r"=?[^\s/>=]*+")
EQUALS = re.compile(r"\s*+=\s*+")
BARE_VALUE = re.compile(r"[^\s>]*+")
COMMENT_END = re.compile(r"--!?>")
# Numbers of a hundred digits and more: html.unescape would hand them to int(), which refuses them.
HUGE_NUMBER = re.compile(r"&#[xX]?[0-9a-fA-F]{100,}+;?")


@dataclass(frozen=True, slots=True)
class Text:
    raw: str  # as it stood: entities are still entities, and "<" may stand in it


@dataclass(frozen=True, slots=True)
class Start:
    name: str
    attributes: dict[str, str] = field(default_factory=dict)  # values as they stood; the first of a name wins


@dataclass(frozen=True, slots=True)
class End:
    name: str


Token = Text | Start | End


def tokens(source: str) -> Iterator[Token]:
    """
    Yield the tags and texts of `source`, leaving out comments and what scripts and styles hold.

    A construct that never ends takes the rest of the text with it, as in a browser. Nothing is ever read twice:
    every search either ends the text or moves past what it found.
    """
    place = 0
    while place < len(source):
        found = MARKUP.search(source, place)
        if found is None:
            yield Text(source[place:])
            return
        opening = found.start()
        if opening > place:
            yield Text(source[place:opening])
        if not is_tag(source, opening):
            place = past_comment(source, opening)
        else:
            token, place = read_tag(source, opening)
            if token is None:
                return
            yield token
            if isinstance(token, Start) and token.name in SILENT | VERBATIM:
                held, place = read_held(source, token.name, place)
                if held and token.name in VERBATIM:
                    yield Text(held)
                yield End(token.name)


def is_tag(source: str, opening: int) -> bool:
    first = source[opening + 1 : opening + 3].removeprefix("/")[:1]
    return first.isascii() and first.isalpha()


def past_comment(source: str, opening: int) -> int:
    """The place after a comment, a doctype, a processing instruction or a broken end tag."""
    if not source.startswith("<!--", opening):
        end = source.find(">", opening)
        return len(source) if end < 0 else end + 1
    for short in (">", "->"):
        if source.startswith(short, opening + 4):
            return opening + 4 + len(short)
    found = COMMENT_END.search(source, opening + 4)
    return found.end() if found else len(source)


def read_tag(source: str, opening: int) -> tuple[Start | End | None, int]:
    """The tag that begins at `opening` and the place after it; None when it never ends."""
    is_end = source[opening + 1] == "/"
    name_end = end_of(TAG_NAME, source, opening + 1 + is_end)
    tag = source[opening + 1 + is_end : name_end].lower()
    attributes: dict[str, str] = {}
    place = name_end
    while True:
        place = end_of(BETWEEN, source, place)
        if place >= len(source):
            return None, place
        if source[place] == ">":
            break
        after_name = end_of(ATTRIBUTE_NAME, source, place)
        name, place = source[place:after_name].lower(), after_name
        value = ""
        if equals := EQUALS.match(source, place):
            value, place = read_value(source, equals.end())
        attributes.setdefault(name, value)
    return (End(tag) if is_end else Start(tag, attributes)), place + 1


def end_of(pattern: re.Pattern[str], source: str, place: int) -> int:
    found = pattern.match(source, place)
    return found.end() if found else place


def read_value(source: str, place: int) -> tuple[str, int]:
    quote = source[place : place + 1]
    if quote in ('"', "'"):
        end = source.find(quote, place + 1)
        return (source[place + 1 : end], end + 1) if end >= 0 else ("", len(source))
    end = end_of(BARE_VALUE, source, place)
    return source[place:end], end


def read_held(source: str, name: str, place: int) -> tuple[str, int]:
    """What an element without markup holds, and the place after its end tag."""
    if name == "plaintext":
        return source[place:], len(source)
    end = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(source, place)
    if end is None:
        return source[place:], len(source)
    closing = source.find(">", end.end())
    return source[place : end.start()], len(source) if closing < 0 else closing + 1


def unescape(raw: str) -> str:
    """Turn entities into characters; a number that is none becomes the replacement character."""
    return html.unescape(HUGE_NUMBER.sub("\ufffd", raw))
