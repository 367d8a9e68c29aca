"""The HTML of a mail, so that a newsletter looks like one and nothing in it runs, loads by itself or covers what is ours."""

import html
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import nh3

from ascolto.text import render, sanitize
from ascolto.text.mail_style import PROPERTIES, attribute_value, safe_style
from ascolto.text.markup import End, Start, Text, Token, tokens, unescape
from ascolto.text.sanitize import REL, SCHEMES, Tidy, TooComplex, address, plain_text
from ascolto.text.words import listed

TAGS = sanitize.TAGS | listed("big col colgroup details font img summary")
# Elements that only say what a block is for: the block stays.
AS_BLOCKS = listed("address article aside body figure figcaption footer header hgroup main nav section")
ATTRIBUTES: dict[str, tuple[str, ...]] = {
    "a": ("href", "title"),
    "col": ("width", "span"),
    "details": ("open",),
    "font": ("color", "face", "size"),
    "hr": ("align", "color", "size", "width"),
    "img": ("alt", "height", "title", "width", "border", "align"),
    "ol": ("start", "type"),
    "table": ("align", "bgcolor", "border", "cellpadding", "cellspacing", "width", "height"),
    "td": ("align", "bgcolor", "colspan", "height", "rowspan", "valign", "width"),
    "th": ("align", "bgcolor", "colspan", "height", "rowspan", "valign", "width"),
    "tr": ("align", "bgcolor", "valign", "height"),
    **dict.fromkeys(("caption", "div", "h1", "h2", "h3", "h4", "h5", "h6", "p"), ("align",)),
}
PLAIN_WORDS = frozenset({"alt", "title", "href"})
MAX_URL_CHARS = 8_000
MAX_DATA_CHARS = 700_000
PICTURE = re.compile(r"data:image/(?:png|jpeg|jpg|gif|webp);base64,[A-Za-z0-9+/=]*+", re.IGNORECASE)
REMOTE = re.compile(r"(?:https?:)?//[^/\s]", re.IGNORECASE)

# Which elements hold a quote, and which stand where one begins that lasts to the end: by class or id.
QUOTES = re.compile(
    r"(?:^|\s)(?:quoted|gmail_quote|gmail_quote_container|yahoo_quoted|\w*yahoo_quoted|protonmail_quote|zmail_extra|tutanota_quote"
    r"|OLK_SRC_BODY_SECTION|moz-forward-container)(?:\s|$)"
)
BELOW = re.compile(
    r"(?:^|\s)(?:quoted-below|(?:x_)?divRplyFwdMsg|(?:x_)?appendonsend|stopSpelling|zwchr|OutlookMessageHeader)(?:\s|$)"
)
OUTLOOK_RULE = re.compile(r"border-top:\s?solid #(?:E1E1E1|B5C4DF)|border-top-color:\s?rgb\(229, 229, 229\)", re.IGNORECASE)
CLASSES = ("quoted", "quoted-below", "elsewhere")  # the only ones that are left, and ours
HOLDERS = frozenset({"div", "span", "hr", "blockquote"})
LOOK_AHEAD = 8

Inline = Callable[[str], str | None]


@dataclass(frozen=True, kw_only=True)
class MailHtml:
    """
    HTML that may be shown in a frame of its own.

    :param blocked: how many pictures would come from elsewhere; they are loaded only with `pictures`
    :param too_complex: only its words are left, and the original should be offered
    """

    html: str
    blocked: int = 0
    too_complex: bool = False


def keep(source: str) -> MailHtml:
    """
    Return `source` as it may be kept: inline pictures still say `cid:`, addresses of other pictures stand in `data-src`.

    Twice gives the same. Past a limit the words alone come back, flagged.
    """
    return rewritten(source)


def show(kept: str, *, inline: Inline, pictures: bool, fold: str) -> MailHtml:
    """
    Return what was kept for a frame: sanitised again, quotes folded, pictures where they stand.

    :param inline: a `data:` address for the content id of a picture that came with the mail; None: it did not
    :param pictures: the reader asked for the pictures from elsewhere
    :param fold: the words on the button that opens a quote
    """
    return rewritten(kept, inline=inline, pictures=pictures, fold=fold)


def count_blocked(kept: str) -> int:
    """How many pictures from elsewhere stand in what was kept; cheap, for every line of a list."""
    return kept.count("<img data-src=")


def rewritten(source: str, *, inline: Inline | None = None, pictures: bool = False, fold: str = "") -> MailHtml:
    source = source.encode("utf-8", "replace").decode()  # half a character, which the sanitizer refuses
    try:
        tidy = MailTidy(source, inline=inline, pictures=pictures, fold=fold)
        written = tidy.html()
    except TooComplex:
        words = render.to_html(plain_text(source))
        return MailHtml(html=words if len(words) <= sanitize.MAX_CHARS else "", too_complex=True)
    clean = nh3.clean(
        written,
        tags=set(TAGS),
        attributes={tag: {*ATTRIBUTES.get(tag, ()), "style", *(("src", "data-src") if tag == "img" else ())} for tag in TAGS},
        tag_attribute_values={tag: {"dir": {"ltr", "rtl", "auto"}, "class": set(CLASSES)} for tag in TAGS},
        attribute_filter=tidy.last_look,
        filter_style_properties=set(PROPERTIES),
        clean_content_tags={"script", "style", "title", "iframe"},
        url_schemes={*SCHEMES, "cid", "data"},
        url_relative="deny",
        link_rel=REL,
        strip_comments=True,
    )
    return MailHtml(html=clean.replace("\r\n", "\n").replace("\r", "\n"), blocked=tidy.blocked)


class MailTidy(Tidy):
    """Writes a mail's HTML again, every tag closed, with the looks and pictures of mail and its quotes marked or folded."""

    def __init__(self, source: str, *, inline: Inline | None = None, pictures: bool = False, fold: str = "") -> None:
        super().__init__(source)
        self.inline, self.pictures, self.fold = inline, pictures, fold
        self.blocked = 0
        self.given: set[str] = set()  # the addresses that `inline` gave: no other of its kind passes
        self.folds: list[int] = []  # where in `open` a fold stands
        self.ends_with: set[int] = set()  # folds that end with the one element they hold
        self.shut: list[int] = []  # where in `out` folds were written that nothing new follows yet
        self.has_words = False

    def html(self) -> str:
        found = list(self.counted(tokens(self.source)))
        for at, token in enumerate(found):
            match token:
                case Text(raw):
                    self.words(raw)
                case Start("body", attributes):
                    self.start("div", body_as_block(attributes))
                case Start(name, attributes):
                    self.begin(name, attributes, found, at)
                case End("body" | "html"):
                    continue
                case End(name):
                    self.end("div" if name in AS_BLOCKS else name)
        self.close_down_to(0)
        if not self.has_words:
            self.open_folds()
        return "".join(self.out)

    def counted(self, found: Iterable[Token]) -> Iterable[Token]:
        """The tokens, as far as a letter may have them: nothing is gathered beyond the limit."""
        for number, token in enumerate(found):
            if number >= 3 * sanitize.MAX_TAGS:
                raise TooComplex
            yield token

    def words(self, raw: str) -> None:
        if not self.folds and raw.strip() and unescape(raw).strip():
            self.has_words = True
            self.open_folds()  # somebody answers below: what they answer is read with it
        self.out.append(raw.replace("\0", "").replace("<", "&lt;"))

    def begin(self, name: str, attributes: dict[str, str], found: list[Token], at: int) -> None:
        name = "div" if name in AS_BLOCKS else name
        if name == "img":
            self.count(name)
            self.picture(attributes)
            return
        role = role_of(name, attributes)
        if not role and name == "div" and begins_below(found, at):
            role = "quoted-below"
        if role and self.fold and not self.folds and "details" not in self.open:
            self.open_fold(is_lasting=role == "quoted-below")
        if role and name != "blockquote":
            attributes = {**attributes, "class": role}
        self.start(name, attributes)

    def open_fold(self, *, is_lasting: bool) -> None:
        self.start("details", {"class": "quoted"})
        self.shut.append(len(self.out) - 1)
        self.folds.append(len(self.open) - 1)
        if not is_lasting:
            self.ends_with.add(len(self.open) - 1)
        self.out.append(f"<summary>{html.escape(self.fold)}</summary>")

    def open_folds(self) -> None:
        for at in self.shut:
            self.out[at] = '<details class="quoted" open="">'
        self.shut = []

    def close_down_to(self, depth: int) -> None:
        was = len(self.open)
        super().close_down_to(depth)
        top = len(self.open) - 1
        if top in self.ends_with and was > top + 1:
            super().close_down_to(top)
        while self.folds and self.folds[-1] >= len(self.open):
            self.ends_with.discard(self.folds.pop())

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name in TAGS - sanitize.TAGS:
            self.start_of_mail(name, attributes)
        else:
            super().start(name, attributes)

    def start_of_mail(self, name: str, attributes: dict[str, str]) -> None:
        """As `Tidy.start`, for the tags that mails have beside those of words."""
        self.count(name)
        if name in sanitize.BLOCKS:
            self.close_open(("p",), ("td", "th", "table"))
        self.out.append(f"<{name}{self.kept(name, attributes)}>")
        if name != "col":
            self.places[name].append(len(self.open))
            self.open.append(name)
            if len(self.open) > sanitize.MAX_DEPTH:
                raise TooComplex

    def kept(self, name: str, attributes: dict[str, str]) -> str:
        pairs = []
        for key in ATTRIBUTES.get(name, ()):
            if key not in attributes:
                continue
            value = unescape(attributes[key])
            if key == "href":
                value = address(value)[:MAX_URL_CHARS]
                value = value if is_link(value) else ""
            elif key == "open":
                value = " "
            elif key not in PLAIN_WORDS:
                value = attribute_value(key, value)
            if value:
                pairs.append(f' {key}="{html.escape(value.strip())}"')
        if style := safe_style(unescape(attributes.get("style", ""))):
            pairs.append(f' style="{html.escape(style)}"')
        for key, values in (("dir", ("ltr", "rtl", "auto")), ("class", CLASSES)):
            if attributes.get(key) in values:
                pairs.append(f' {key}="{attributes[key]}"')
        return "".join(pairs)

    def picture(self, attributes: dict[str, str]) -> None:
        place = self.place_of(attributes)
        words = html.escape(unescape(attributes.get("alt", "")).strip(), quote=False)
        if place is None:
            self.words(words)
        elif place.startswith(" data-src") and self.inline is not None:  # shown: a browser would draw it as broken
            self.out.append(f'<span class="elsewhere">{words}</span>' if words else "")
        else:
            self.out.append(f"<img{place}{self.kept('img', attributes)}>")

    def place_of(self, attributes: dict[str, str]) -> str | None:
        """The attribute that says where a picture is, if anywhere; None when it cannot be shown at all."""
        source = address(unescape(attributes.get("src") or attributes.get("data-src") or ""))
        if source[:4].lower() == "cid:" and len(source) <= MAX_URL_CHARS:
            if self.inline is None:
                return f' src="{html.escape(source)}"'
            found = self.inline(source[4:])
            if found is not None:
                self.given.add(found)
            return None if found is None else f' src="{html.escape(found)}"'
        if len(source) <= MAX_DATA_CHARS and PICTURE.fullmatch(source):
            return f' src="{source}"'
        if REMOTE.match(source) and len(source) <= MAX_URL_CHARS:
            self.blocked += 1
            rest = source[source.index("//") :]
            if self.pictures:
                return f' src="https:{html.escape(rest)}"'
            return f' data-src="https:{html.escape(rest)}"'
        return None

    def last_look(self, tag: str, name: str, value: str) -> str | None:
        """The sanitizer asks again of every address, knowing nothing of what was written above."""
        if name == "href":
            return value if is_link(value) else None
        if name == "data-src":
            return value if value.startswith("https://") else None
        if name == "src":
            is_ours = value in self.given or (self.inline is None and value[:4].lower() == "cid:") or PICTURE.fullmatch(value)
            return value if is_ours or (self.pictures and value.startswith("https://")) else None
        if name == "style":
            return safe_style(value) or None
        return value


def is_link(href: str) -> bool:
    return href.partition(":")[0].lower() in SCHEMES and ":" in href


def role_of(name: str, attributes: dict[str, str]) -> str:
    """Whether a quote stands in this element (quoted) or begins with it and lasts (quoted-below); else empty."""
    if name == "blockquote":
        return "quoted"
    if name not in HOLDERS:
        return ""
    for key in ("class", "id"):
        value = unescape(attributes.get(key, "")[:200])
        if value and BELOW.search(value):
            return "quoted-below"
        if value and QUOTES.search(value):
            return "quoted"
    return "quoted-below" if OUTLOOK_RULE.search(unescape(attributes.get("style", "")[:400])) else ""


def begins_below(found: list[Token], at: int) -> bool:
    """Whether this element holds, before anything else, the place where a quote begins that lasts."""
    for token in found[at + 1 : at + 1 + LOOK_AHEAD]:
        match token:
            case Text(raw) if not raw.strip():
                continue
            case Start(name, attributes) if role_of(name, attributes) == "quoted-below":
                return True
            case Start("div" | "span"):
                continue
        return False
    return False


def body_as_block(attributes: dict[str, str]) -> dict[str, str]:
    """A body's colours, as those of a block."""
    colour = attribute_value("bgcolor", unescape(attributes.get("bgcolor", "")))
    style = attributes.get("style", "")
    return {**attributes, "style": f"{style};background-color:{colour}" if colour else style}
