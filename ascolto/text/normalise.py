"""The one border for text from outside: what is kept can be stored, shown and sent by every part of the desk."""

import codecs
import re
import unicodedata
from functools import lru_cache

MAX_CHARS = 100_000  # about forty printed pages; longer mail is kept raw
MAX_LINE_CHARS = 200  # a name or a subject
MAX_MARKS = 30  # Unicode's Stream-Safe Text Format (UAX #15): sorting longer runs of accents takes quadratic time
JOINER = "\u034f"  # what UAX #15 puts between two such runs; it shows nothing

REPLACEMENT = "\ufffd"
SURROGATE = re.compile(r"[\ud800-\udfff]")
# CR LF, CR, vertical tab, form feed, NEL and the two separators of Unicode all end a line.
LINE_END = re.compile(r"\r\n|[\r\v\f\x85\u2028\u2029]")
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")

EMBEDDINGS = frozenset("\u202a\u202b\u202d\u202e")
ISOLATES = frozenset("\u2066\u2067\u2068")
POP_EMBEDDING = "\u202c"
POP_ISOLATE = "\u2069"
TURNS = re.compile(r"[\u202a-\u202e\u2066-\u2069]")

# Letters that show nothing: Hangul fillers, the empty Braille cell, the joiner above, variation selectors.
INVISIBLE = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u180b\u180c\u180d\u180f") | {
    chr(code) for code in range(0xFE00, 0xFE10)
}

# Python codecs that are not charsets of mail: slow (idna is quadratic), or they read escapes.
NOT_CHARSETS = frozenset(
    {
        "idna",
        "punycode",
        "unicode_escape",
        "raw_unicode_escape",
        "undefined",
        "mbcs",
        "oem",
        "unicode-escape",
        "raw-unicode-escape",
    }
)
# What senders say, and what they mean: the WHATWG Encoding Standard reads these labels as the larger set.
MEANT = {"iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "euc_kr": "cp949", "shift_jis": "cp932"}


class TooLong(Exception):
    """The text is longer than this field takes."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"longer than {limit} characters")
        self.limit = limit


def normalise(text: str, *, max_chars: int = MAX_CHARS) -> str:
    """
    Return `text` as it may be stored: no controls but tab and newline, no lone surrogates, NFC, bidi turns closed.

    Twice changes nothing more. All else stays exactly as it was written.
    :raises TooLong: the result has more than `max_chars` characters
    """
    text = CONTROL.sub("", LINE_END.sub("\n", whole_characters(text)))
    if len(text) > max_chars:
        raise TooLong(max_chars)
    if not text.isascii():
        text = close_turns(unicodedata.normalize("NFC", separate_marks(text)))
    if len(text) > max_chars:
        raise TooLong(max_chars)
    return text


def normalise_line(text: str, *, max_chars: int = MAX_LINE_CHARS) -> str:
    """Return a name or a subject: normalised, on one line, without space around it, cut at `max_chars`."""
    # Cut long before the end as well: a megabyte in a subject line is not worth normalising.
    text = normalise(text[: max_chars * 20], max_chars=max_chars * 60)
    line = re.sub(r"[\n\t]", " ", text).strip()
    kept = line[:max_chars]
    while len(closed := close_turns(kept)) > max_chars:
        kept = kept[: max_chars - (len(closed) - len(kept))] if len(kept) == max_chars else kept[:-1]
    return closed.strip()


def is_blank(text: str) -> bool:
    """Whether a reader would see nothing: white space, zero-width and format characters only."""
    return all(char.isspace() or char in INVISIBLE or unicodedata.category(char) in ("Cf", "Cc") for char in text)


def decode(raw: bytes, charset: str | None) -> str:
    """Return `raw` as text, in `charset` if that is one and fits, else as UTF-8, else as Latin-1; never raises."""
    codec = known_charset(charset)
    for name in (codec, "utf-8-sig"):
        if name and (text := try_decode(raw, name)) is not None:
            return text
    if codec and codec != "cp1252" and (text := try_decode(raw, codec, "replace")) and mostly_fits(text):
        return text
    return try_decode(raw, "cp1252") or raw.decode("latin-1")


def mostly_fits(text: str) -> bool:
    """Whether a few bytes are broken in text of this charset, rather than the charset being another one."""
    return text.count(REPLACEMENT) * 2 <= sum(char > "\x7f" for char in text)


def known_charset(charset: str | None) -> str | None:
    if not charset or len(charset) > 40:
        return None
    try:
        name = codecs.lookup(charset.strip()).name
    except (LookupError, ValueError):  # unknown; or a NUL or a surrogate in the name
        return None
    return None if name in NOT_CHARSETS else MEANT.get(name, name)


def try_decode(raw: bytes, codec: str, errors: str = "strict") -> str | None:
    try:
        return raw.decode(codec, errors)
    except (LookupError, ValueError):  # LookupError: base64, rot13 and the like are codecs, but not of text
        return None


def whole_characters(text: str) -> str:
    """Join surrogate pairs and replace lone halves, which no database and no socket takes."""
    if text.isascii() or not SURROGATE.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


@lru_cache(maxsize=4096)
def marks_of(char: str) -> tuple[bool, int]:
    """Whether a character begins anew, and how many combining marks it ends in once taken apart."""
    apart = unicodedata.normalize("NFD", char)
    marks = 0
    for part in reversed(apart):
        if not unicodedata.combining(part):
            return True, marks
        marks += 1
    return False, marks


def separate_marks(text: str) -> str:
    """Put a joiner after every `MAX_MARKS` combining marks in a row, so that normalising takes linear time."""
    pieces, run, since = [], 0, 0
    for place, char in enumerate(text):
        if char < "\u00c0":
            run = 0
            continue
        begins, marks = marks_of(char)
        if not begins and run + marks > MAX_MARKS:
            pieces += [text[since:place], JOINER]
            since, run = place, 0
        run = marks if begins else run + marks
    return "".join([*pieces, text[since:]])


def close_turns(text: str) -> str:
    """Close every right-to-left override, embedding or isolate at the end of its line, so that it cannot leak."""
    if not TURNS.search(text):
        return text
    return "\n".join(line + pops_missing(line) for line in text.split("\n"))


def pops_missing(line: str) -> str:
    """The pops that `line` lacks, innermost first (UAX #9: a pop of an isolate also ends the embeddings inside it)."""
    waiting: list[str] = []
    isolates = 0
    for found in TURNS.finditer(line):
        char = found.group()
        if char in EMBEDDINGS:
            waiting.append(POP_EMBEDDING)
        elif char in ISOLATES:
            waiting.append(POP_ISOLATE)
            isolates += 1
        elif char == POP_EMBEDDING:
            if waiting and waiting[-1] == POP_EMBEDDING:
                waiting.pop()
        elif isolates:
            while waiting.pop() != POP_ISOLATE:
                continue
            isolates -= 1
    return "".join(reversed(waiting))
