"""Files that stand in a text, the way it was done before MIME: begin 644 name … end."""

import binascii
import io
import re

from ascolto.channels.email import limits

BEGIN = re.compile(rb"^begin(?:-base64)? [0-7]{3,4} ([^\r\n]{1,255})\r?\n", re.MULTILINE)
MAX_MISSES = 10  # each costs a search to the end of the text
LINE = re.compile(rb"[ -`]+")


def take_out(content: bytes) -> tuple[bytes, list[tuple[bytes, bytes]]]:
    """The text without the files in it, and the files as (name, bytes). What only looks like a file stays text."""
    if b"begin" not in content:
        return content, []
    files: list[tuple[bytes, bytes]] = []
    texts: list[bytes] = []
    place = misses = 0
    while len(files) < limits.MAX_EMBEDDED_FILES and misses < MAX_MISSES and (begin := BEGIN.search(content, place)):
        is_base64 = begin.group().startswith(b"begin-base64")
        end = content.find(b"\n====" if is_base64 else b"\nend", begin.end() - 1)
        if end < 0:
            break
        inner = content[begin.end() : end + 1]
        decoded = decode_base64_lines(inner) if is_base64 else decode_lines(inner)
        if decoded is None:
            texts.append(content[place : begin.end()])
            place = begin.end()
            misses += 1
            continue
        texts.append(content[place : begin.start()])
        files.append((begin.group(1).strip(), decoded))
        place = past_line(content, end + 1)
    return b"".join(texts) + content[place:], files


def past_line(content: bytes, place: int) -> int:
    end = content.find(b"\n", place)
    return len(content) if end < 0 else end + 1


def decode_lines(body: bytes) -> bytes | None:
    """The bytes of uuencoded lines (with or without begin and end); None: it is not that."""
    out: list[bytes] = []
    for line in io.BytesIO(body):
        line = line.rstrip(b"\r\n")
        if line.startswith(b"begin ") and not out:
            continue
        if not line.strip() or line in (b"`", b"end"):
            continue
        if (decoded := decode_line(line)) is None:
            return None
        out.append(decoded)
    return b"".join(out) if out else None


def decode_line(line: bytes) -> bytes | None:
    if not LINE.fullmatch(line):
        return None
    count = (line[0] - 32) & 63
    needed = 1 + (count + 2) // 3 * 4
    if not needed - 3 <= len(line) <= needed + 4:
        return None
    try:
        # Spaces at the end get lost on the way; some encoders write one letter too many.
        return binascii.a2b_uu(line[:needed].ljust(needed))
    except binascii.Error:
        return None


def decode_base64_lines(body: bytes) -> bytes | None:
    try:
        return binascii.a2b_base64(body)
    except binascii.Error:
        return None
