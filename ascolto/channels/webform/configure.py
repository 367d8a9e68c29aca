"""Add, change, order and remove what a contact form asks of its own."""

from collections.abc import Callable
from dataclasses import replace

from django.db import transaction

from ascolto.channels.models import WebformSettings
from ascolto.channels.webform.fields import MAX_FIELDS, Field, name_for, read, said_in, written
from ascolto.conversations.models import Inbox

Fields = tuple[Field, ...]


class TooManyFields(Exception):
    """A form asks at most MAX_FIELDS things of its own."""


class UnknownField(Exception):
    """No field of this name (any more)."""


def fields_of(inbox: Inbox) -> Fields:
    """What this form asks of its own, in its order."""
    row = WebformSettings.objects.filter(pk=inbox.pk).first()
    return read(row.fields) if row else ()


def field_of(inbox: Inbox, name: str) -> Field:
    """One of its fields. :raises UnknownField:"""
    fields = fields_of(inbox)
    return fields[place_of(fields, name)]


def add_field(*, inbox: Inbox, field: Field) -> Field:
    """One more field, asked last; its name is made from its label, whatever it says. Twice makes two. :raises TooManyFields:"""
    added: list[Field] = []

    def with_one_more(fields: Fields) -> Fields:
        if len(fields) >= MAX_FIELDS:
            raise TooManyFields
        taken = {each.name for each in fields}
        added.append(replace(field, name=name_for(said_in(field.label, inbox.language), taken=taken)))
        return (*fields, *added)

    change(inbox, with_one_more)
    return added[0]


def change_field(*, inbox: Inbox, name: str, field: Field) -> Field:
    """The field of this name is this one from now on; answers given before stay. Twice is once. :raises UnknownField:"""
    changed = replace(field, name=name)
    change(inbox, lambda fields: tuple(changed if each.name == name else each for each in holding(fields, name)))
    return changed


def remove_field(*, inbox: Inbox, name: str) -> Field:
    """Ask this no more; answers given before stay. :raises UnknownField:"""
    removed: list[Field] = []

    def without_it(fields: Fields) -> Fields:
        removed.append(fields[place_of(fields, name)])
        return tuple(each for each in fields if each.name != name)

    change(inbox, without_it)
    return removed[0]


def move_field(*, inbox: Inbox, name: str, by: int) -> int:
    """
    Ask it this many places later (below 0: earlier), as far as there are places; returns its place now, from 0.

    :raises UnknownField:
    """
    places: list[int] = []

    def moved(fields: Fields) -> Fields:
        place = place_of(fields, name)
        rest = [each for each in fields if each.name != name]
        places.append(min(max(place + by, 0), len(rest)))
        return (*rest[: places[0]], fields[place], *rest[places[0] :])

    change(inbox, moved)
    return places[0]


@transaction.atomic
def change(inbox: Inbox, how: Callable[[Fields], Fields]) -> None:
    """Nobody else changes this form meanwhile."""
    WebformSettings.objects.get_or_create(inbox=inbox)
    row = WebformSettings.objects.select_for_update().get(pk=inbox.pk)
    row.fields = written(how(read(row.fields)))
    row.save(update_fields=["fields"])


def holding(fields: Fields, name: str) -> Fields:
    place_of(fields, name)
    return fields


def place_of(fields: Fields, name: str) -> int:
    """:raises UnknownField:"""
    try:
        return [each.name for each in fields].index(name)
    except ValueError as error:
        raise UnknownField(name) from error
