"""Bytes from mail become text: what the sender says they are, unless they plainly are something else; never raises."""

import re
from collections.abc import Iterable

from ascolto.text.normalise import known_charset, mostly_fits, try_decode

# Names that senders use and Python does not know.
ALIASES = {
    "unicode-1-1-utf-7": "utf-7",
    "x-unicode-1-1-utf-7": "utf-7",
    "unicode-1-1-utf-8": "utf-8",
    "utf8mb4": "utf-8",
    "unicode": "utf-8",
    "x-utf-8": "utf-8",
    "x-sjis": "cp932",
    "x-ms-cp932": "cp932",
    "windows-31j": "cp932",
    "x-euc-jp": "euc_jp",
    "cp50220": "iso2022_jp_ext",
    "cp50221": "iso2022_jp_ext",
    "x-euc-kr": "cp949",
    "x-windows-949": "cp949",
    "ks_c_5601": "cp949",
    "x-gbk": "gb18030",
    "gb_2312": "gb18030",
    "gb_2312-80": "gb18030",
    "x-big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "x-mac-roman": "mac_roman",
    "x-mac-ce": "mac_latin2",
    "x-mac-cyrillic": "mac_cyrillic",
    "x-user-defined": "cp1252",
    "8bit": "cp1252",
    "ansi_x3.4-1968": "cp1252",
    "iso-8859-8-i": "iso8859_8",
    "iso-8859-8-e": "iso8859_8",
    "iso-8859-6-i": "iso8859_6",
    "dos-862": "cp862",
    "tis-620": "cp874",
    "windows-874": "cp874",
    "iso-8859-11": "cp874",
}
# Larger sets that hold the named one: senders use letters that the narrow set does not have.
LARGER = {"iso2022_jp": "iso2022_jp_ext", "tis_620": "cp874", "big5": "big5hkscs", "iso8859-9": "cp1254", "euc_jp": "euc_jp"}
MULTIBYTE = re.compile(r"utf|gb|big5|cp9(32|49|50)|euc|shift|johab|hz|iso2022")
ESCAPE_JP = re.compile(rb"\x1b\$[@B]|\x1b\$\(D")
HIGH_RUN = re.compile(rb"[\x80-\xff]+")
LONE_BYTE = re.compile("[\udc80-\udcff]")
LAST_BYTES = re.compile("[\udc80-\udcff]{1,3}$")
WORD = re.compile(rb"[A-Za-z]*[\x80-\xff][A-Za-z\x80-\xff]*")
KANA = re.compile("[\u3040-\u30ff]")
HAN = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uff60]")
PROBE_BYTES = 4_000  # enough to tell a charset; more would cost time on every broken mail


def codec_of(label: str | None) -> str | None:
    """The Python codec that a sender's `label` means; None: nobody knows it."""
    if not label:
        return None
    name = label.strip(" \t\"'<>").lower().partition("*")[0]
    name = ALIASES.get(name, name)
    # "charset=windows-1252http-equiv…", "cp-850", "utf_8": written by hand
    for attempt in (name, re.sub(r"^(?:x-|cp-|charset=)", "", name), name.replace("cp-", "cp").replace("win-", "windows-")):
        if codec := known_charset(attempt):
            return LARGER.get(codec, codec)
    return None


def decode(raw: bytes, label: str | None = None, hints: Iterable[str] = ()) -> str:
    """
    Return `raw` as text.

    :param label: the charset that the sender names
    :param hints: charsets named elsewhere in the same mail, for text that names none
    """
    if raw.isascii() and b"\x1b" not in raw and not stateful(label):
        return raw.decode("ascii")
    codec = codec_of(label)
    if codec and not MULTIBYTE.search(codec) and not raw.isascii() and (text := try_decode(raw, "utf-8-sig")) is not None:
        return text  # no word in a one-byte charset happens to be valid UTF-8
    if codec and (text := read_as(raw, codec)) is not None:
        return text
    return guess(raw, hints)


def stateful(label: str | None) -> bool:
    """Whether ASCII bytes may stand for other characters in this charset."""
    return bool(label) and bool(re.search(r"utf-?(7|16|32)|hz|2022|imap|cp037|cp500|ebcdic", label or "", re.IGNORECASE))


def read_as(raw: bytes, codec: str) -> str | None:
    """`raw` in this charset, a few broken characters replaced; None: it plainly is something else."""
    if (text := try_decode(raw, codec)) is not None:
        return text
    text = try_decode(raw, codec, "replace")
    return text if text is not None and mostly_fits(text) else None


def guess(raw: bytes, hints: Iterable[str] = ()) -> str:
    """Return `raw`, of which nobody says what it is, as the text that it most likely is."""
    if ESCAPE_JP.search(raw) and (text := read_as(raw, "iso2022_jp_ext")) is not None:
        return text
    if (text := try_decode(raw, "utf-8-sig")) is not None:
        return text
    for hint in hints:
        codec = codec_of(hint)
        if codec and MULTIBYTE.search(codec) and (text := try_decode(raw, codec)) is not None:
            return text
    if (text := mended_utf8(raw)) is not None:
        return text
    likely = likely_codec(raw[:PROBE_BYTES])
    if likely == "cp1252":
        likely = next((codec for hint in hints if (codec := codec_of(hint)) and not MULTIBYTE.search(codec)), likely)
    return read_as(raw, likely) or try_decode(raw, "cp1252") or raw.decode("latin-1")


def mended_utf8(raw: bytes) -> str | None:
    """UTF-8 with a few other bytes in it: a Western text pasted into it, or a character cut at the end by a line limit."""
    text = raw.decode("utf-8", "surrogateescape")
    broken = len(LONE_BYTE.findall(text))
    whole = sum(char > "\x7f" for char in text) - broken
    # By chance two bytes of another charset are valid UTF-8 seldom, three times nearly never.
    if whole < 2 or (whole == 2 and broken > 1) or whole * 2 < broken:
        return None
    return LONE_BYTE.sub(as_western, LAST_BYTES.sub("\ufffd", text))


def as_western(found: re.Match[str]) -> str:
    return bytes([ord(found.group()) - 0xDC00]).decode("cp1252", "replace")


def likely_codec(raw: bytes) -> str:
    """
    The charset of bytes that are neither ASCII nor UTF-8, from how their high bytes lie.

    Western letters stand in words with ASCII letters; East Asian characters come in pairs whose first byte lies in the
    range of the common characters; Cyrillic words are runs of high bytes, small letters in one half of the range.
    """
    runs = [found.group() for found in HIGH_RUN.finditer(raw)]
    if not runs:
        return "cp1252"
    if (wide := east_asian_with_ascii(raw)) is not None:
        return wide
    words = [found.group() for found in WORD.finditer(raw)]
    if sum(has_ascii(word) or len(word) == 1 for word in words) * 2 > len(words):
        return "cp1252"
    high = b"".join(runs)
    small_koi, small_1251 = share(high, 0xC0, 0xDF), share(high, 0xE0, 0xFF)
    if small_koi >= 0.9 or (small_koi > 0.7 and small_1251 > 0.05 and small_koi + small_1251 > 0.97):
        return "koi8-r"
    if (paired := double_byte(runs)) is not None:
        return paired
    return "cp1251" if small_1251 > 0.6 and small_1251 + small_koi > 0.95 else "cp1252"


def has_ascii(word: bytes) -> bool:
    return any(byte < 0x80 for byte in word)


def share(high: bytes, first: int, last: int) -> float:
    return sum(first <= byte <= last for byte in high) / len(high)


def double_byte(runs: list[bytes]) -> str | None:
    """Which of the charsets with pairs of high bytes this is, if nearly all runs are of even length."""
    even = [run for run in runs if len(run) % 2 == 0]
    leads = b"".join(run[::2] for run in even)
    if len(even) * 10 < len(runs) * 9 or not leads:
        return None
    if share(leads, 0xA4, 0xA5) > 0.25:
        return "euc_jp"
    if len(leads) >= 4 and share(leads, 0xB0, 0xC8) > 0.97:
        return "cp949"
    return "gb18030" if share(leads, 0xB0, 0xD7) + share(leads, 0xA1, 0xA3) > 0.6 else None


def east_asian_with_ascii(raw: bytes) -> str | None:
    """Shift JIS and Big5, in which some second bytes are ASCII: told by how many of the characters are common ones."""
    for codec, is_common, wanted in (("cp932", KANA, 0.3), ("big5hkscs", HAN, 0.9)):
        text = try_decode(raw, codec)
        wide = [char for char in text or "" if char > "\x7f"]
        if len(wide) < 4 or any("\uff61" <= char <= "\uff9f" for char in wide):
            continue
        has_ascii_seconds = sum(byte > 0x7F for byte in raw) < 2 * len(wide)
        if (codec == "cp932" or has_ascii_seconds) and sum(bool(is_common.match(char)) for char in wide) >= wanted * len(wide):
            return codec
    return None
