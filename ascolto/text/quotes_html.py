"""The same splitting for a mail that has HTML alone: its quotes are elements as well as words."""

import re

from ascolto.text.markup import End, Start, Text, tokens, unescape
from ascolto.text.quotes import Line, Part, looked_at, parts_of
from ascolto.text.sanitize import MAX_CHARS, PlainText

# Containers that hold a quote, and those that hold what announces one, by class or id.
QUOTES = re.compile(
    r"(?:^|\s)(?:quoted|yahoo_quoted|protonmail_quote|zmail_extra|tutanota_quote|OLK_SRC_BODY_SECTION|mail_quote_c1|ydp\w*yahoo_quoted)(?:\s|$)"
)
HEADS = re.compile(
    r"(?:^|\s)(?:quoted-below|gmail_attr|gmail_quote_attribution|moz-cite-prefix|OutlookMessageHeader|(?:x_)?divRplyFwdMsg|mail_quote_header)(?:\s|$)"
)
HOLDERS = frozenset({"div", "blockquote", "span", "p", "td"})
MAX_OPEN = 5_000


def split_html(source: str, *, sender: str = "") -> list[Part]:
    """Return the parts of a mail that has HTML alone, as text; they join to what `sanitize.plain_text` makes of it."""
    return parts_of(HtmlLines(source).lines(), sender)


def role_of(name: str, attributes: dict[str, str]) -> str:
    """Whether an element holds a quote or the head of one; empty for neither."""
    if name == "blockquote":
        return "quote"
    for key in ("class", "id"):
        value = unescape(attributes.get(key, "")[:200])
        if value and QUOTES.search(value):
            return "quote"
        if value and HEADS.search(value):
            return "head"
    return ""


class HtmlLines:
    """Writes the words of HTML as lines and notes of each where it stood."""

    def __init__(self, source: str) -> None:
        self.writer = PlainText(links=False)
        self.open: list[tuple[str, str]] = []
        self.holding = {"quote": 0, "head": 0, "": 0}
        self.noted: list[tuple[bool, bool]] = []
        for token in tokens(source[:MAX_CHARS]):
            match token:
                case Text(raw):
                    self.writer.text(unescape(raw))
                case Start(name, attributes):
                    self.start(name, attributes)
                case End(name):
                    self.end(name)
            self.note()
        self.writer.finish_line()
        self.note()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        role = role_of(name, attributes) if name in HOLDERS else ""
        self.writer.start(name, attributes)
        if role:
            self.writer.finish_line()
        self.note()
        if name in HOLDERS and len(self.open) < MAX_OPEN:
            self.open.append((name, role))
            self.holding[role] += 1

    def end(self, name: str) -> None:
        if any(each == name for each, _ in self.open[-40:]):  # what was never opened closes nothing
            was = ""
            while was != name:
                was, role = self.open.pop()
                if role:
                    self.writer.finish_line()
                    self.note()
                self.holding[role] -= 1
        self.writer.end(name)

    def note(self) -> None:
        """Of the lines that were finished since: whether they stand in a quote, whether in the head of one."""
        state = (self.holding["quote"] > 0, self.holding["head"] > 0)
        self.noted.extend([state] * (len(self.writer.lines) - len(self.noted)))

    def lines(self) -> list[Line]:
        written = self.writer.lines
        first, last = 0, len(written)
        while first < last and not written[first]:
            first += 1
        while last > first and not written[last - 1]:
            last -= 1
        return [
            Line(
                raw=written[at] + ("\n" if at < last - 1 else ""),
                seen=looked_at(written[at]),
                is_marked=self.noted[at][0] or written[at].startswith(">"),
                is_head=self.noted[at][1] and not self.noted[at][0],
            )
            for at in range(first, last)
        ]
