"""Which language is this, of the two the desk speaks; says nothing when unsure."""

import re
from collections.abc import Collection
from itertools import islice

from ascolto.text.words import STOP_WORDS_EN, STOP_WORDS_IT, listed, tokens

MAX_WORDS = 500  # the beginning tells
CLEAR = 2  # how many more little words of one language than of the other make it sure

ITALIAN_ONLY = STOP_WORDS_IT - STOP_WORDS_EN | listed(
    """
    buongiorno buonasera salve ciao grazie saluti cordiali gentile spettabile vorrei posso potete ancora ordine pacco reso
    rimborso arrivato spedizione fattura pagamento problema aiuto qualcuno prodotto
    """
)
ENGLISH_ONLY = STOP_WORDS_EN - STOP_WORDS_IT | listed(
    """
    hello hi dear thanks thank please regards order parcel return refund arrived shipping delivery invoice payment problem
    help someone product still want need
    """
)
ITALIAN_ENDINGS = re.compile(r"(?:zione|zioni|mente|ando|endo|ato|ata|ati|ate|uto|ito|iamo|ete|tà|ò|ì|è)\b", re.IGNORECASE)
ENGLISH_ENDINGS = re.compile(r"(?:ing|tion|tions|ed|ly|ness|n't|'ve|'ll|'re|sh|ght|ck|wh\w)\b", re.IGNORECASE)


def guess(text: str, *, among: Collection[str] = ("it", "en")) -> str | None:
    """
    Return "it" or "en", or None when the text is too short, mixed or in another language.

    Little words count one each; endings that only one language has count a half.
    """
    beginning = text[:5_000]
    words = list(islice(tokens(beginning), MAX_WORDS))
    scores = {
        "it": sum(word in ITALIAN_ONLY for word in words) + len(ITALIAN_ENDINGS.findall(beginning)) / 2,
        "en": sum(word in ENGLISH_ONLY for word in words) + len(ENGLISH_ENDINGS.findall(beginning)) / 2,
    }
    best, other = ("it", "en") if scores["it"] >= scores["en"] else ("en", "it")
    is_clear = scores[best] >= (2 if len(words) > 3 else 1) and scores[best] >= CLEAR * scores[other]
    is_in_it = scores[best] * 12 >= len(words)  # other languages share a few words, not one in twelve
    return best if is_clear and is_in_it and best in among else None
