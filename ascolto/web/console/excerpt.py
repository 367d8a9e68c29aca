"""Where in a text the words of a search stand, marked; pure."""

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from ascolto.text.words import WORD, fold, query_terms, query_tokens, stems_of

AROUND = 70  # characters before the first word that was found
LENGTH = 180
LOOK_THROUGH = 20_000  # characters; a longer text is shown from its beginning


def excerpt(text: str, query: str) -> SafeString:
    """About 180 characters of `text` around the first word of `query`, every found word in `<mark>`; escaped."""
    text = text[:LOOK_THROUGH]
    found = found_in(text, query)
    start = max(0, found[0][0] - AROUND) if found else 0
    if start:
        start = text.find(" ", start) + 1 or start
    end = min(len(text), start + LENGTH)
    parts: list[tuple[str, SafeString]] = []
    at = start
    for begins, ends in found:
        if begins >= at and ends <= end:
            parts.append((text[at:begins], format_html("<mark>{}</mark>", text[begins:ends])))
            at = ends
    return format_html(
        "{}{}{}{}", "… " if start else "", format_html_join("", "{}{}", parts), text[at:end], " …" if end < len(text) else ""
    )


def found_in(text: str, query: str) -> list[tuple[int, int]]:
    """Where words stand that a search for `query` means: the same stem, or the beginning that was typed last."""
    wanted = {stem for stems in query_terms(query) for stem in stems}
    typed = query_tokens(query)
    prefix = typed[-1] if typed and len(typed[-1]) >= 3 else None
    places = []
    for word in WORD.finditer(text):
        folded = fold(word.group())
        if wanted.intersection(stems_of(folded)) or (prefix and folded.startswith(prefix)):
            places.append(word.span())
    return places
