"""HTML from outside becomes HTML that may be shown, or plain text."""

import html
import re
from collections import defaultdict
from dataclasses import dataclass

import nh3

from ascolto.text import render
from ascolto.text.markup import VOID, End, Start, Text, tokens, unescape
from ascolto.text.words import listed

# Above these a sanitizer takes minutes (its tree building grows with the square of the depth) and no mail is meant so.
MAX_CHARS = 2_000_000
MAX_TAGS = 20_000
MAX_DEPTH = 256
MAX_LINKS = 5_000

TAGS = listed(
    """
    a abbr b blockquote br caption center cite code dd del dfn div dl dt em h1 h2 h3 h4 h5 h6 hr i ins kbd li mark ol p
    pre q s samp small span strike strong sub sup table tbody td tfoot th thead tr tt u ul var wbr
    """
)
ATTRIBUTES = {
    "a": frozenset({"href", "title"}),
    "ol": frozenset({"start"}),
    "td": frozenset({"colspan", "rowspan"}),
    "th": frozenset({"colspan", "rowspan"}),
}
DIRECTIONS = {tag: {"dir": {"ltr", "rtl", "auto"}} for tag in TAGS}
SCHEMES = frozenset({"http", "https", "mailto", "tel"})
REL = "noopener noreferrer nofollow"
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
NUMBERS = frozenset({"colspan", "rowspan", "start"})

BLOCKS = listed(
    """
    address article aside blockquote center dd details div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr
    li main nav ol p pre section table ul
    """
)
ROWS = frozenset({"tr", "caption", "tbody", "thead", "tfoot"})
TABLE_PARTS = frozenset({"td", "th", "table"}) | ROWS
# A start tag ends those still open here (second) unless one of the third stands between: HTML's own rule.
ENDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "li": (("li",), ("ul", "ol", "td", "th", "table")),
    "dt": (("dt", "dd"), ("dl", "td", "th", "table")),
    "dd": (("dt", "dd"), ("dl", "td", "th", "table")),
    "td": (("td", "th"), ("table",)),
    "th": (("td", "th"), ("table",)),
    "tr": (("tr",), ("table",)),
    "tbody": (("tbody", "thead", "tfoot"), ("table",)),
    "thead": (("tbody", "thead", "tfoot"), ("table",)),
    "tfoot": (("tbody", "thead", "tfoot"), ("table",)),
}


@dataclass(frozen=True, kw_only=True)
class SafeHtml:
    """HTML that may be shown as it is; `too_complex` when only its words are left and the original should be offered."""

    html: str
    too_complex: bool = False


class TooComplex(Exception):
    """The HTML is larger, deeper or fuller of tags than any letter; its plain text can still be had."""


def sanitize(source: str) -> SafeHtml:
    """
    Return `source` with nothing left that runs, loads, hides or lays out: words, tables, lists, links.

    Twice gives the same. Images become their description. Past a limit the words alone come back, flagged.
    """
    try:
        tidy = Tidy(source).html()
    except TooComplex:
        return SafeHtml(html=render.to_html(plain_text(source)), too_complex=True)
    clean = nh3.clean(
        tidy,
        tags=set(TAGS),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        tag_attribute_values=DIRECTIONS,
        clean_content_tags={"script", "style", "title", "iframe"},
        url_schemes=set(SCHEMES),
        url_relative="deny",
        link_rel=REL,
        strip_comments=True,
    )
    return SafeHtml(html=clean)


class Tidy:
    """
    Writes HTML again so that every tag is closed in order and only tags that may stay are left.

    This is not the sanitizer, that follows: it makes sure that the sanitizer's tree is no deeper and no larger than
    what was counted here, which counting over broken markup cannot promise.
    """

    def __init__(self, source: str) -> None:
        if len(source) > MAX_CHARS:
            raise TooComplex
        self.source = source
        self.out: list[str] = []
        self.open: list[str] = []
        self.places: defaultdict[str, list[int]] = defaultdict(list)
        self.tags = 0
        self.links = 0

    def html(self) -> str:
        for token in tokens(self.source):
            match token:
                case Text(raw):
                    self.out.append(raw.replace("\0", "").replace("<", "&lt;"))
                case Start(name, attributes):
                    self.start(name, attributes)
                case End(name):
                    self.end(name)
        self.close_down_to(0)
        return "".join(self.out)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.count(name)
        if name == "img":
            self.out.append(html.escape(unescape(attributes.get("alt", "")), quote=False))
        if name in BLOCKS:
            self.close_open(("p",), ("td", "th", "table"))
        if name not in TAGS:
            return
        if name in ENDS:
            self.close_open(*ENDS[name])
        self.out.append(f"<{name}{self.kept(name, attributes)}>")
        if name not in VOID:
            self.places[name].append(len(self.open))
            self.open.append(name)
            if len(self.open) > MAX_DEPTH:
                raise TooComplex

    def count(self, name: str) -> None:
        self.tags += 1
        self.links += name == "a"
        if self.tags > MAX_TAGS or self.links > MAX_LINKS:
            raise TooComplex

    def kept(self, name: str, attributes: dict[str, str]) -> str:
        pairs = []
        for key in (*sorted(ATTRIBUTES.get(name, ())), "dir"):
            value = attributes.get(key)
            if value is not None and (key not in NUMBERS or (value.isdecimal() and len(value) <= 3)):
                pairs.append(f' {key}="{html.escape(address(unescape(value)) if key == "href" else unescape(value))}"')
        return "".join(pairs)

    def end(self, name: str) -> None:
        if name == "br":  # browsers read </br> as <br>
            self.start("br", {})
            return
        walls = () if name == "table" else ("table",) if name in TABLE_PARTS else ("td", "th", "table")
        self.close_open((name,), tuple(wall for wall in walls if wall != name))

    def close_open(self, names: tuple[str, ...], walls: tuple[str, ...]) -> None:
        """Close the innermost of each of `names` and what it holds, unless a wall stands between."""
        wall = max((self.places[name][-1] for name in walls if self.places[name]), default=-1)
        for name in names:
            if self.places[name] and self.places[name][-1] > wall:
                self.close_down_to(self.places[name][-1])

    def close_down_to(self, depth: int) -> None:
        while len(self.open) > depth:
            name = self.open.pop()
            self.places[name].pop()
            self.out.append(f"</{name}>")


def address(href: str) -> str:
    """`href` as browsers read it: tabs and line ends in it are nothing, a space is %20."""
    return CONTROL.sub("", href).strip().replace(" ", "%20").replace('"', "%22")


def plain_text(source: str, *, links: bool = False) -> str:
    """Return the words of `source` with its lines and lists, for reading; with `links`, where they lead as well."""
    writer = PlainText(links=links)
    for token in tokens(source[:MAX_CHARS]):
        match token:
            case Text(raw):
                writer.text(unescape(raw))
            case Start(name, attributes):
                writer.start(name, attributes)
            case End(name):
                writer.end(name)
    return writer.result()


class PlainText:
    def __init__(self, *, links: bool) -> None:
        self.links = links
        self.lines: list[str] = []
        self.line: list[str] = []
        self.pre = 0
        self.href: str | None = None

    def text(self, text: str) -> None:
        if not self.pre:
            self.line.append(text)
            return
        first, *rest = text.split("\n")
        self.line.append(first)
        for part in rest:
            self.break_line()
            self.line.append(part)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "br":
            self.break_line()
        elif name in ("p", "blockquote", "pre", "table", "ul", "ol") or re.fullmatch("h[1-6]", name):
            self.blank_line()
        elif name in BLOCKS or name == "tr":
            self.finish_line()
        elif name in ("td", "th"):
            self.line.append(" ")
        elif name == "img":
            self.line.append(unescape(attributes.get("alt", "")))
        elif name == "a":
            self.href = unescape(attributes.get("href", ""))
        if name == "li":
            self.line.append("- ")
        self.pre += name == "pre"

    def end(self, name: str) -> None:
        if name in ("p", "blockquote", "pre", "table", "ul", "ol") or re.fullmatch("h[1-6]", name):
            self.blank_line()
        elif name in BLOCKS or name == "tr":
            self.finish_line()
        elif name == "a" and self.href is not None:
            if self.links and self.href.startswith(("http://", "https://")):
                self.line.append(f" ({self.href})")
            self.href = None
        self.pre = max(0, self.pre - (name == "pre"))

    def break_line(self) -> None:
        written = "".join(self.line)
        self.lines.append(written.rstrip() if self.pre else " ".join(written.split()))
        self.line = []

    def finish_line(self) -> None:
        if any(not part.isspace() for part in self.line if part):
            self.break_line()
        else:
            self.line = []

    def blank_line(self) -> None:
        self.finish_line()
        if self.lines and self.lines[-1]:
            self.lines.append("")

    def result(self) -> str:
        self.finish_line()
        return "\n".join(self.lines).strip("\n")
