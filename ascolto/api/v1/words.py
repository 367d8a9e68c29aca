"""Words from outside as they are kept: plain text always, safe HTML when they came as HTML."""

from ascolto.api.problems import Problem, invalid
from ascolto.api.v1.shapes import BodyFormat
from ascolto.text.normalise import TooLong, is_blank, normalise
from ascolto.text.sanitize import plain_text, sanitize


def read_words(body: str, body_format: BodyFormat) -> tuple[str, str]:
    """The plain text and, for HTML, what of it may be shown. :raises Problem: 422, too long"""
    try:
        if body_format == "text":
            return normalise(body), ""
        return normalise(plain_text(body, links=True)), sanitize(body).html
    except TooLong as error:
        raise invalid("body", f"more than {error.limit} characters of text") from error


def refuse_silence(text: str, attachments: object) -> None:
    """:raises Problem: 422, neither words nor a file"""
    if is_blank(text) and not attachments:
        raise silence()


def silence() -> Problem:
    return invalid("body", "there are no words in it, and no file")
