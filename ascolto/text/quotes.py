"""Splits a mail into what is new, what it quotes and its signature. Nothing is left out: the parts join to the whole."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Literal

from ascolto.text.quote_signs import (
    DATED_HEAD,
    DELIMITER,
    FRAME,
    RULE,
    WITHIN,
    has_date,
    is_announcement,
    is_device,
    is_faint_announcement,
    is_original,
    label_of,
    may_announce,
)
from ascolto.text.quote_words import CLOSINGS, CONTACT, DATED, FORWARDS, FROM, OTHER, SENT, SUBJECT, TO

Kind = Literal["new", "quoted", "signature"]

# Beyond these nothing is looked at: no mail program writes so (threat A21).
MAX_CHARS = 1_000_000
MAX_LINES = 10_000
MAX_LINE_CHARS = 2_000

MAX_HEAD_CHARS = 600  # of "On … wrote:", which mail programs break over up to four lines
MAX_HEAD_LINES = 4
MAX_LABELLED_LINES = 14
WRAPPED_CHARS = 55  # a marked line as long as this was broken, and the mark is missing before its rest
MAX_SIGNATURE_LINES = 25
MAX_CLOSING_LINES = 8
MAX_RULED_LINES = 15
SHORT_CHARS = 80

SPACES = str.maketrans(
    {"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u200b": None, "\ufeff": None, "\u200e": None, "\u200f": None}
)
MARK = re.compile(r"[ \t]{0,4}>")


@dataclass(frozen=True, kw_only=True)
class Part:
    """A stretch of a mail, with its line ends."""

    kind: Kind
    text: str


@dataclass(slots=True)
class Line:
    """One line: as it stands, as it is looked at, and what its markup says of it."""

    raw: str
    seen: str
    is_marked: bool = False
    is_head: bool = False  # the mail program itself says: this announces a quote

    @property
    def is_blank(self) -> bool:
        return not self.seen


def split(text: str, *, sender: str = "") -> list[Part]:
    """
    Return the parts of a mail's plain text, in order; their texts join to exactly `text`.

    Answers between quoted lines are new. When nothing new would be left, all of it is new. Work grows with the length.

    :param sender: the name of who wrote, by which a signature without any sign is known
    """
    lines = list(islice(lines_of(text[:MAX_CHARS]), MAX_LINES))
    parts = parts_of(lines, sender)
    if rest := text[sum(len(line.raw) for line in lines) :]:
        last = parts.pop()
        parts.append(Part(kind=last.kind, text=last.text + rest))
    return parts


def new_text(parts: Iterable[Part]) -> str:
    """What they wrote themselves, without what they quote and sign."""
    return "\n".join(part.text.strip("\n") for part in parts if part.kind == "new" and part.text.strip())


def parts_of(lines: list[Line], sender: str) -> list[Part]:
    kinds = Splitter(lines, sender).kinds()
    found = groupby(zip(kinds, lines, strict=True), key=lambda each: each[0])
    parts = [Part(kind=kind, text="".join(line.raw for _, line in group)) for kind, group in found]
    return parts or [Part(kind="new", text="")]


def lines_of(text: str) -> Iterator[Line]:
    for raw in re.findall(r"[^\n]*\n|[^\n]+", text):
        line = Line(raw, looked_at(raw), bool(MARK.match(raw)))
        found = None if line.is_marked or not line.seen.endswith(":") else WITHIN.search(raw[:MAX_LINE_CHARS])
        if found and is_announcement(looked_at(raw[found.start() :])):  # "Thank you On Wed, … wrote:"
            before = raw[: found.start()]
            yield Line(before, looked_at(before).rstrip(FRAME))
            yield Line(raw[found.start() :], looked_at(raw[found.start() :]))
        else:
            yield line


def looked_at(raw: str) -> str:
    return raw[:MAX_LINE_CHARS].translate(SPACES).strip()


class Splitter:
    """Says of each line what it is: first what is quoted, then, in what is left, the signatures."""

    def __init__(self, lines: list[Line], sender: str) -> None:
        self.lines = lines
        self.sender = " ".join(sender.casefold().split())
        self.kind: list[Kind] = ["new"] * len(lines)
        self.filled_from: list[int | None] = [None] * (len(lines) + 1)  # the first line from here on that is not blank
        for at in range(len(lines) - 1, -1, -1):
            self.filled_from[at] = self.filled_from[at + 1] if lines[at].is_blank else at

    def kinds(self) -> Sequence[Kind]:
        self.find_quotes()
        self.find_signatures()
        if not any(kind == "new" and tells(line.seen) for kind, line in zip(self.kind, self.lines, strict=True)):
            return ["new"] * len(self.lines)
        return self.kind

    def mark(self, start: int, end: int, kind: Kind) -> None:
        self.kind[start:end] = [kind] * (end - start)

    # Quotes

    def find_quotes(self) -> None:
        place = 0
        while place < len(self.lines):
            line = self.lines[place]
            if line.is_marked and not self.is_forward(place):
                place = self.take_marked(place)
            elif line.is_blank:
                place += 1
            elif self.is_forward(place):
                return  # what someone sends on, they show us
            elif end := self.head_end(place):
                follows = self.next_filled(end)
                start = self.with_rule(place)
                if follows is None or not self.lines[follows].is_marked:
                    self.mark(start, len(self.lines), "quoted")  # without marks nobody can tell where it ends
                    return
                self.mark(start, follows, "quoted")
                place = follows
            else:
                place += 1

    def take_marked(self, start: int) -> int:
        """Mark a run of marked lines, with the rests of lines that were broken on the way. Returns the place after it."""
        place = last = start
        while place < len(self.lines):
            line = self.lines[place]
            if line.is_marked:
                last = place
            elif not line.is_blank:
                bridge = self.bridge(place) if place == last + 1 else None
                if bridge is None:
                    break
                place = bridge
                continue
            place += 1
        end = last + 1
        if not self.is_lone_arrow(start, end):
            while end < len(self.lines) and self.lines[end].is_blank:
                end += 1
            self.mark(start, end, "quoted")
        return end

    def bridge(self, place: int) -> int | None:
        """The next marked line, where the lines from here to there are the rest of a marked one that was broken."""
        before = self.lines[place - 1].seen
        first = self.lines[place].seen
        if (
            len(before) < WRAPPED_CHARS
            and not first.startswith(("(http", "<http"))
            and before.rfind("(http") <= before.rfind(")")
        ):
            return None
        for after in range(place, min(place + 3, len(self.lines))):
            if self.lines[after].is_marked:
                return after
            if self.lines[after].is_blank:
                return None
        after = place + 3
        return after if after < len(self.lines) and self.lines[after].is_marked else None

    def is_lone_arrow(self, start: int, end: int) -> bool:
        """One line with an arrow in the middle of a paragraph is no quote."""
        if end - start > 1 or start == 0 or end >= len(self.lines) or self.kind[start - 1] != "new":
            return False
        return not self.lines[start - 1].is_blank and not self.lines[end].is_blank and not self.lines[end].is_marked

    def next_filled(self, place: int) -> int | None:
        return self.filled_from[min(place, len(self.lines))]

    def with_rule(self, place: int) -> int:
        """Where the announcement begins with the rules (and "Original message") that stand above it."""
        start, above = place, place - 1
        while above >= 0 and self.kind[above] == "new":
            line = self.lines[above]
            if not line.is_blank:
                if line.is_marked or not (RULE.match(line.seen) or is_original(line.seen) or DATED_HEAD.match(line.seen)):
                    break
                start = above
            above -= 1
            if place - above > 8:
                break
        return start

    def is_forward(self, place: int) -> bool:
        seen = self.lines[place].seen
        words = seen.strip(FRAME + ":>").casefold()
        if not words.startswith(FORWARDS) or len(seen) > 120:
            return False
        return seen[0] in "-–—=_*" or seen.endswith(":") or self.labelled_end(place + 1) > 0

    def head_end(self, place: int) -> int:
        """The place after the announcement of a quote that begins here; 0 when there is none."""
        if self.lines[place].is_head:
            end = place
            while end < len(self.lines) and (self.lines[end].is_head or self.lines[end].is_blank):
                end += 1
            return end
        seen = self.lines[place].seen
        if is_original(seen) and (seen.startswith(("--", "__", "==", "——", "**")) or self.labelled_end(place + 1)):
            return self.labelled_end(place + 1) or place + 1
        return self.announced_end(place) or self.labelled_end(place)

    def announced_end(self, place: int) -> int:
        """After "On … wrote:", over up to four lines."""
        first = self.lines[place].seen
        if len(first) > MAX_HEAD_CHARS or not may_announce(first):
            return 0
        joined = ""
        lines = MAX_HEAD_LINES if "@" in first or has_date(first) else 1  # it begins with when, or with who
        for end in range(place, min(place + lines, len(self.lines))):
            line = self.lines[end]
            is_open = joined.rfind("<") > joined.rfind(">")  # the address was broken: "<anna@posta.example" and then ">:"
            if line.is_blank or (line.is_marked and not is_open):
                break
            joined = f"{joined} {line.seen}".strip()
            if len(joined) > MAX_HEAD_CHARS:
                break
            if is_announcement(joined):
                return end + 1
            follows = self.next_filled(end + 1)
            if is_faint_announcement(joined) and follows is not None and self.lines[follows].is_marked:
                return end + 1
        return 0

    def labelled_end(self, place: int) -> int:
        """After a little head of From, Sent, To, Subject in any of our languages; 0 when it is none."""
        begin = self.next_filled(place)
        if begin is None or begin > place + 1 or not label_of(self.lines[begin].seen) or self.lines[begin].is_marked:
            return 0
        found: set[str] = set()
        has_mail, end, loose = False, begin, 0
        for at in range(begin, min(begin + MAX_LABELLED_LINES, len(self.lines))):
            line = self.lines[at]
            kind = label_of(line.seen)
            if kind:
                found.add(kind)
                end, loose = at + 1, 0
            elif line.is_blank:
                follows = self.next_filled(at)
                if follows is None or follows > at + 1 or not label_of(self.lines[follows].seen):
                    break
                continue
            else:
                loose += 1
                if loose > 2 or line.is_marked:
                    break
            has_mail = has_mail or "@" in line.seen
        when = SENT in found or DATED in found
        is_head = (FROM in found and len(found - {OTHER}) >= 2) or (when and TO in found)
        is_telling = has_mail or SUBJECT in found or {FROM, SENT, TO} <= found  # "Da: Milano, A: Roma, Data: …" is a journey
        return end if is_head and is_telling else 0

    # Signatures

    def find_signatures(self) -> None:
        place = 0
        while place < len(self.lines):
            end = place
            while end < len(self.lines) and self.kind[end] == "new":
                end += 1
            if end > place:
                self.sign(place, end)
            place = max(end, place + 1)

    def sign(self, start: int, end: int) -> None:
        """Mark the signature at the end of a stretch of new lines, and what follows the line that a telephone adds."""
        device = self.device_line(start, end)
        if device is not None:
            after = self.filled(device + 1, end)
            is_short = len(after) <= MAX_CLOSING_LINES and all(self.is_short(at) for at in after)
            self.mark(device, end, "signature")
            if after and not is_short:
                self.mark(after[0], end, "quoted")
            end = device
        filled = self.filled(start, end)
        for nth in range(max(0, len(filled) - MAX_SIGNATURE_LINES - 1), len(filled)):
            is_first = nth == 0 and start == 0
            if not is_first and self.begins_signature(filled[nth], filled[nth + 1 :], filled[nth - 1] if nth else None):
                self.mark(filled[nth], end, "signature")
                return

    def device_line(self, start: int, end: int) -> int | None:
        is_first = start == 0
        for at in range(start, end):
            seen = self.lines[at].seen
            if seen and not is_first and len(seen) <= 200 and is_device(seen):
                return at
            is_first = is_first and not seen
        return None

    def begins_signature(self, at: int, after: list[int], before: int | None) -> bool:
        """Whether a signature begins at this line, with these filled lines after it and that one before."""
        seen = self.lines[at].seen
        if len(seen) > SHORT_CHARS:
            return False
        are_short = all(self.is_short(each) for each in after)
        if DELIMITER.match(seen):
            return True
        if CLOSINGS.match(seen):
            return all(self.is_short(each) for each in after[:MAX_CLOSING_LINES])
        if self.sender and " ".join(seen.casefold().split()).strip(",.-– ") == self.sender:
            is_answer = before is not None and self.lines[before].seen.endswith(":")
            return before is not None and before < at - 1 and not is_answer and 0 < len(after) <= MAX_RULED_LINES and are_short
        if not RULE.match(seen):
            return False
        has_contact = any(CONTACT.search(self.lines[each].seen) for each in after)
        return 0 < len(after) <= (MAX_RULED_LINES if has_contact else 5) and are_short

    def filled(self, start: int, end: int) -> list[int]:
        return [at for at in range(start, end) if self.lines[at].seen]

    def is_short(self, at: int) -> bool:
        """Short, and no sentence: a line of a signature."""
        seen = self.lines[at].seen
        return len(seen) <= SHORT_CHARS and not seen.endswith(("?", ":")) and not (seen.endswith(".") and seen.count(" ") > 4)


def tells(seen: str) -> bool:
    """Whether a line is somebody's words, and not what a telephone adds of itself."""
    return bool(seen) and not (len(seen) <= 200 and is_device(seen))
