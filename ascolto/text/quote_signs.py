"""Tells from one line, or from the lines of one announcement joined, whether a quote or a signature begins."""

import re

from ascolto.text.quote_words import DEVICES, LABEL_KINDS, OPENERS, ORIGINALS, PRODUCTS, VERBS, VERBS_WITHOUT_SPACES

RULE = re.compile(r"[-_=*—–]{3,}+$")
DELIMITER = re.compile(r"(?:--|__)$")
LABEL = re.compile(r"[*_|\s]*+([^\W\d_][^:：\n]{0,24}?)[*_]?\s*+[:：]")
MAIL = re.compile(r"(?<![^\s<>@(\"'\[:;,=])[^\s<>@]++@[^\s<>@]+\.\w{2,}")
ENDS_IN_MAIL = re.compile(r"(?:@[^\s<>@]+\.\w{2,}|<[^\s<>]+@[^\s<>]+\s*>)[\s>)\]\"']*:$")
TIME = re.compile(r"\b\d{1,2}(?:[:.h]|\s?h\s?)\d{2}\b")
MONTH = (
    r"(?:jan|gen|janv|ene|styc|янв|sty|feb|fév|fev|lut|фев|mar|mär|maa|мар|apr|avr|abr|kwi|апр|ma[iyjg]|mag|май|мая|jun|giu|jui|kes|cze|июн|jul|lug|lip|hei|июл"
    r"|aug|ago|aoû|elo|sie|авг|sep|set|syy|wrz|сен|oct|okt|ott|out|lok|paź|окт|nov|noi|mar|lis|ноя|dec|dic|déc|dez|des|jou|gru|дек|tam|huh|tou|hel)"
)
DATE = re.compile(
    r"\b(?:19|20)\d\d\b|\b\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\b|\b\d{1,2}(?:st|nd|rd|th|º|°|\.|er)?\s?(?:de\s|\s)?"
    + MONTH
    + r"\w{0,10}"
    r"|\b" + MONTH + r"\w{0,10}\.?\s\d{1,2}\b|\d年|\d{1,2}월",
    re.IGNORECASE,
)
DATE_AT_START = re.compile(r"\d{4}[./-]\d{1,2}[./-]\d{1,2}\b")
OPENER = re.compile(rf"(?:{'|'.join(sorted(map(re.escape, OPENERS), key=len, reverse=True))})(?=[\s:,.])", re.IGNORECASE)
VERB = re.compile(
    rf"(?<!\w)(?:{'|'.join(sorted(map(re.escape, VERBS), key=len, reverse=True))})(?!\w)|{'|'.join(VERBS_WITHOUT_SPACES)}",
    re.IGNORECASE,
)
WITHIN = re.compile(r"(?<=[\s.!?)-])(?:On|Il giorno|Il|In data|Le|Am|El|Em|Op)\s(?=\w{2,10}[.,]?\s|\d)")
DATED_HEAD = re.compile(r"(?:messaggio del|message du|mensaje del|nachricht vom)\b.{0,80}$", re.IGNORECASE)
FRAME = "-–—=_* \t"


def may_announce(seen: str) -> bool:
    """Whether an announcement can begin with this line: cheap, asked of every line."""
    seen = seen.lstrip(FRAME)
    return bool(OPENER.match(seen)) or bool(DATE.search(seen[:60])) or (seen.endswith(":") and bool(VERB.search(seen)))


def has_date(seen: str) -> bool:
    return DATE.search(seen) is not None


def is_announcement(joined: str) -> bool:
    """Whether these words (one line or several, joined) announce a quote whatever follows."""
    words = joined.strip(FRAME)
    ends = words.endswith((":", "："))
    mail = MAIL.search(words) if "@" in words else None
    date = DATE.search(words)
    if mail and date and ends and date.start() < 60 and date.start() < mail.start() and ENDS_IN_MAIL.search(words[-200:]):
        return True
    verb = last_verb(words)
    if verb is None or not (mail or date):
        return False
    begins = bool(OPENER.match(words)) or bool(date and date.start() < 40) or bool(date and "<" in words[:60])
    ends_in_verb = not words[verb.end() :].strip(": ：")
    if not ends and not (ends_in_verb and mail and date):
        return False
    if not ends_in_verb and not (mail or len(words) - verb.end() <= 60):
        return False
    return begins and bool(mail or (date and (TIME.search(words) or ends_in_verb)))


def is_faint_announcement(joined: str) -> bool:
    """Whether these words announce a quote provided that marked lines follow."""
    words = joined.strip(FRAME)
    if DATE_AT_START.match(words) and ENDS_IN_MAIL.search(words[-200:] + ":"):
        return True
    return words.endswith(":") and len(words) <= 300 and VERB.search(words) is not None


def last_verb(words: str) -> re.Match[str] | None:
    return max(VERB.finditer(words), key=lambda found: found.start(), default=None)


def is_original(seen: str) -> bool:
    return len(seen) <= 120 and seen.strip(FRAME + ":>").casefold() in ORIGINALS


def is_device(seen: str) -> bool:
    words = re.sub(r"[<(\[](?:https?|mailto):[^\s>)\]]*+[>)\]]?", "", seen).strip(" *_|-–—")
    if words.endswith(".") and PRODUCTS.search(words):  # "Inviato dal mio telefono con K-9 Mail."
        words = words[:-1]
    return bool(DEVICES.match(words)) and len(words) <= 70 and "," not in words and not words.endswith((".", ":", "?", ";"))


def label_of(seen: str) -> str:
    """What a line of a little head names: from, sent, to, subject; empty when it is none."""
    found = LABEL.match(seen) if ":" in seen[:40] or "：" in seen[:40] else None
    return LABEL_KINDS.get(" ".join(found[1].casefold().split()), "") if found else ""
