"""Words and their stems, in Italian and in English at once, so that a desk with both finds both."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Protocol

MAX_TOKENS = 5_000  # of one text: a message of forty pages
MAX_TOKEN_CHARS = 64
MAX_STEM_CHARS = 150_000  # of one text: PostgreSQL's tsvector holds 1 MB, a character has up to four bytes
MAX_QUERY_CHARS = 200

WORD = re.compile(r"(?:[^\W_]|[\u0300-\u036f])++")


def listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


STOP_WORDS_IT = listed(
    """
    a ad agli ai al alla alle allo anche c che chi ci come con cosa cui d da dagli dai dal dalla dalle dallo degli dei del
    della delle dello di dove e ed era gli ha hai hanno ho i il in io l la le lei li lo loro lui ma me mi mia mie miei mio
    ne negli nei nel nella nelle nello no noi non nostro o per perche piu po qual quale quando quanto quella quelle quelli
    quello questa queste questi questo se sei si sia sono sta su sua sue sugli sui sul sulla sulle sullo suo suoi ti tra
    tu tua tue tuo tuoi un una uno vi voi vostro e
    """
)
STOP_WORDS_EN = listed(
    """
    a about all am an and any are as at be been but by can could did do does for from get had has have he her him his how
    i if in into is it its just me my no not of on or our out she should so some than that the their them then there these
    they this those to up us was we were what when where which who why will with would you your
    """
)


class Stems(Protocol):
    def stemWord(self, word: str) -> str: ...  # noqa: N802 (both libraries call it so)


def stemmer_for(language: str) -> Stems:
    """PyStemmer, which is C, where it is installed; else the same algorithm in Python."""
    try:
        import Stemmer
    except ImportError:
        import snowballstemmer

        return snowballstemmer.stemmer(language)  # type: ignore[no-any-return]
    return Stemmer.Stemmer(language)  # type: ignore[no-any-return]


ITALIAN = stemmer_for("italian")
ENGLISH = stemmer_for("english")


def tokens(text: str) -> Iterator[str]:
    """Yield the words of `text` in order, folded: no case, no accents, only letters and digits."""
    for found in WORD.finditer(text):
        if token := fold(found.group()[:MAX_TOKEN_CHARS]):
            yield token


def fold(word: str) -> str:
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", word).casefold())
    return "".join(char for char in apart if char.isalnum())[:MAX_TOKEN_CHARS]


@lru_cache(maxsize=20_000)
def stems_of(token: str) -> tuple[str, ...]:
    """The stems of one folded word: Italian first, then English where it differs."""
    return tuple(dict.fromkeys((ITALIAN.stemWord(token), ENGLISH.stemWord(token))))


def stems(text: str) -> list[str]:
    """Return the stems of the first `MAX_TOKENS` words of `text`, both languages per word, in order."""
    kept: list[str] = []
    room = MAX_STEM_CHARS
    for token in islice(tokens(text), MAX_TOKENS):
        for stem in stems_of(token):
            room -= len(stem) + 1
            if room < 0:
                return kept
            kept.append(stem)
    return kept


def query_tokens(query: str) -> list[str]:
    """The words that someone looks for, each once, without little words unless there is nothing else."""
    found = list(dict.fromkeys(tokens(query[:MAX_QUERY_CHARS])))
    telling = [token for token in found if token not in STOP_WORDS_IT and token not in STOP_WORDS_EN]
    return telling or found


def query_terms(query: str) -> list[tuple[str, ...]]:
    """Return, for each word that someone looks for, the stems of which one must be there."""
    return [stems_of(token) for token in query_tokens(query)]
