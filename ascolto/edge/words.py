"""In which language the edge speaks to whoever asks."""

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation.trans_real import parse_accept_lang_header
from starlette.types import Scope

from ascolto.edge.headers import header

LANGUAGES = ("it", "en")


def language_of(scope: Scope, *, asked: str = "") -> str:
    """`it` or `en`: what was asked for, else what the browser prefers, else the desk's own."""
    if asked[:2].lower() in LANGUAGES:
        return asked[:2].lower()
    for code, _ in parse_accept_lang_header(header(scope, b"accept-language")[:200]):
        if code[:2] in LANGUAGES:
            return code[:2]
    return settings.LANGUAGE_CODE


def said_in(language: str, words: str | Promise) -> str:
    """Lazy words in that language."""
    with translation.override(language):
        return str(words)
