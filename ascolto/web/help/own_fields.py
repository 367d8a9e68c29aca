"""The form's own questions as fields to fill in, and what was said in them as values to keep."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from ascolto.channels.webform.fields import LONG_CHARS, TEXT_CHARS, Field, Kind
from ascolto.text.normalise import normalise, normalise_line

PREFIX = "own_"  # no question of an operator's takes the name of a field of ours
LISTED_UP_TO = 6  # choices that stand on the page; more go into a menu
MAX_NUMBER_DIGITS = 15  # what a JSON number holds exactly in every language
TICK_MISSING = gettext_lazy("Without this tick the form cannot be sent.")
CHOICE_MISSING = gettext_lazy("Choose one of these.")


class NumberField(forms.DecimalField):
    """A number as people write it."""

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]  # its stubs take decimals for integers
        return super().to_python(plain_number(str(value), get_language() or "it") if value else value)


def plain_number(said: str, language: str) -> str:
    """
    A number with a point and no groups: «1.250,50» in Italian and "1,250.50" in English are 1250.50. Pure.

    Who writes 12.5 in Italian means twelve and a half: the other language's point is one unless three digits follow each.
    """
    text = "".join(said.split())
    point, group = (",", ".") if language == "it" else (".", ",")
    is_grouped = re.fullmatch(rf"[+-]?\d{{1,3}}(?:\{group}\d{{3}})+(?:\{point}\d+)?", text)
    return (text.replace(group, "") if is_grouped else text).replace(",", ".")


def asked(fields: Sequence[Field], *, language: str) -> dict[str, forms.Field]:
    """The form's own questions by their names on the page, in this language."""
    return {PREFIX + each.name: field_for(each, language) for each in fields}


def field_for(field: Field, language: str) -> forms.Field:
    told: dict[str, Any] = {
        "label": field.label_in(language),
        "required": field.is_required,
        "help_text": "" if field.is_required or field.kind == Kind.TICK else _("Optional."),
    }
    match field.kind:
        case Kind.LONG:
            return forms.CharField(max_length=LONG_CHARS, widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}), **told)
        case Kind.CHOICE:
            return choice_for(field, language, told)
        case Kind.NUMBER:
            # As text: a browser that asks for numbers takes away the comma that Italians write.
            widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
            return NumberField(max_digits=MAX_NUMBER_DIGITS, widget=widget, **told)
        case Kind.DATE:
            return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **told)
        case Kind.TICK:
            return forms.BooleanField(error_messages={"required": TICK_MISSING}, **told)
        case _:
            return forms.CharField(max_length=TEXT_CHARS, widget=forms.TextInput(attrs={"dir": "auto"}), **told)


def choice_for(field: Field, language: str, told: dict[str, Any]) -> forms.Field:
    """The choices by their place, which is the same in every language."""
    choices = [(str(place), words) for place, words in enumerate(field.choices_in(language))]
    errors = {"required": CHOICE_MISSING, "invalid_choice": CHOICE_MISSING}
    if len(choices) <= LISTED_UP_TO:
        return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, error_messages=errors, **told)
    return forms.ChoiceField(choices=[("", _("Choose…")), *choices], error_messages=errors, **told)


def answers(fields: Sequence[Field], cleaned: Mapping[str, Any], *, language: str) -> dict[str, Any]:
    """
    The answers by the fields' names, as attributes hold them; nothing for what was left empty.

    :param language: the inbox's: a choice is kept in the words that the colleagues read, whatever the customer speaks
    """
    found = {each.name: value_of(each, cleaned.get(PREFIX + each.name), language) for each in fields}
    return {name: value for name, value in found.items() if value not in (None, "")}


def value_of(field: Field, said: Any, language: str) -> str | int | float | bool | None:
    match field.kind:
        case Kind.CHOICE:
            return field.choices_in(language)[int(said)] if said else None
        case Kind.NUMBER:
            return number(said) if isinstance(said, Decimal) else None
        case Kind.DATE:
            return said.isoformat() if isinstance(said, date) else None
        case Kind.TICK:
            return bool(said)
        case Kind.LONG:
            return normalise(str(said or ""))
        case _:
            return normalise_line(str(said or ""))


def number(said: Decimal) -> int | float:
    return int(said) if said == said.to_integral_value() else float(said)
