"""Plain text from people becomes HTML for a screen: paragraphs, lines and links, nothing else."""

import re
from html import escape

MAX_URL_CHARS = 2_000
REL = "noopener noreferrer nofollow"
SPACE = re.compile(r"(\s++)")
SCHEME = re.compile(r"https?://|mailto:", re.IGNORECASE)
AFTER_URL = ".,;:!?…\"'’»”>]}*_"


def to_html(text: str) -> str:
    """
    Return `text` as safe HTML: a paragraph per block of lines, `<br>` per line, links for http, https and mailto.

    Work grows with the length of the text: it is cut at spaces once, and each word is looked at once.
    """
    blocks = re.split(r"\n(?:[ \t]*+\n)++", text.strip("\n"))
    return "\n".join(f'<p dir="auto">{paragraph(block)}</p>' for block in blocks if block.strip())


def paragraph(block: str) -> str:
    return "<br>\n".join("".join(word(part) for part in SPACE.split(line)) for line in block.split("\n"))


def word(part: str) -> str:
    """One word, with the web or mail address in it as a link."""
    found = SCHEME.search(part)
    if found is None or (found.start() and part[found.start() - 1].isalnum()):
        return escape(part)
    url = without_punctuation(part[found.start() :])
    if len(url) > MAX_URL_CHARS or len(url) == found.end() - found.start():
        return escape(part)
    after = part[found.start() + len(url) :]
    return f'{escape(part[: found.start()])}<a href="{escape(url)}" rel="{REL}">{escape(url)}</a>{escape(after)}'


def without_punctuation(url: str) -> str:
    """The address without the full stop or the bracket that belongs to the sentence around it."""
    for opening in ('"', "<", ">"):
        url = url.partition(opening)[0]
    url = url.rstrip(AFTER_URL)
    if url.endswith(")") and "(" not in url:
        url = url.rstrip(")").rstrip(AFTER_URL)
    return url
