"""What a contact form asks of its own: kinds of fields, their words in both languages, how they are kept; values only."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

LANGUAGES = ("it", "en")
MAX_FIELDS = 20
MAX_CHOICES = 30
LABEL_CHARS = 150
CHOICE_CHARS = 100
NAME_CHARS = 40
TEXT_CHARS = 200
LONG_CHARS = 2000
RESERVED = frozenset({"call_back"})  # attributes that the desk writes itself


class Kind(TextChoices):
    """How a field is filled in."""

    TEXT = "text", _("A line of text")
    LONG = "long", _("A longer text")
    CHOICE = "choice", _("One of several")
    NUMBER = "number", _("A number")
    DATE = "date", _("A day")
    TICK = "tick", _("A tick, as for a consent")


@dataclass(frozen=True, kw_only=True)
class Field:
    """
    One question of a form.

    :param name: of the conversation's attribute that holds the answer; stays when the label changes
    :param label: by language; a missing one is said in the other
    :param choices: of a choice, each by language
    """

    name: str
    kind: str
    label: Mapping[str, str]
    is_required: bool = False
    choices: tuple[Mapping[str, str], ...] = field(default=())

    def label_in(self, language: str) -> str:
        return said_in(self.label, language)

    def choices_in(self, language: str) -> list[str]:
        return [said_in(each, language) for each in self.choices]


def said_in(words: Mapping[str, str], language: str) -> str:
    """The words in this language, else in the first that has any."""
    return words.get(language) or next((words[code] for code in LANGUAGES if words.get(code)), "")


def read(stored: Iterable[Mapping[str, Any]]) -> tuple[Field, ...]:
    """The fields as they were kept."""
    return tuple(Field(**{**row, "choices": tuple(row.get("choices", ()))}) for row in stored)


def written(fields: Iterable[Field]) -> list[dict[str, Any]]:
    """The fields as they are kept."""
    return [{**asdict(each), "choices": list(each.choices)} for each in fields]


def name_for(label: str, *, taken: Collection[str]) -> str:
    """A name for a new field, from its label: «Numero d’ordine» is numero_d_ordine; with a number where it is taken."""
    plain = "".join(each for each in unicodedata.normalize("NFKD", label.lower()) if not unicodedata.combining(each))
    stem = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:NAME_CHARS].strip("_") or "field"
    found, number = stem, 1
    while found in taken or found in RESERVED:
        number += 1
        found = f"{stem}_{number}"
    return found
