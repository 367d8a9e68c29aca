"""What a contact form asks of its own."""

from dataclasses import replace
from typing import Any

import pytest

from ascolto.channels.webform import configure
from ascolto.channels.webform.fields import MAX_FIELDS, Field, Kind, name_for, read, written

ORDER = Field(name="", kind=Kind.TEXT, label={"it": "Numero d’ordine", "en": "Order number"})
COLOUR = Field(name="", kind=Kind.CHOICE, label={"it": "Colore"}, choices=({"it": "Rosso", "en": "Red"}, {"it": "Blu"}))


def names(inbox: Any) -> list[str]:
    return [each.name for each in configure.fields_of(inbox)]


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Numero d’ordine", "numero_d_ordine"),
        ("Perché?", "perche"),
        ("  !!! ", "field"),
        ("氏名", "field"),
        ("call back", "call_back_2"),
        ("x" * 90, "x" * 40),
    ],
)
def test_a_name_is_made_from_the_label_and_takes_no_name_of_ours(label: str, name: str) -> None:
    assert name_for(label, taken=()) == name


def test_what_is_kept_is_read_back_and_a_missing_language_is_said_in_the_other(world: Any) -> None:
    added = configure.add_field(inbox=world.form, field=COLOUR)

    assert read(written([added])) == (added,) == configure.fields_of(world.form)
    assert (added.label_in("en"), added.choices_in("en")) == ("Colore", ["Red", "Blu"])


def test_questions_are_added_changed_moved_and_removed(world: Any) -> None:
    for field in (ORDER, COLOUR, ORDER):
        configure.add_field(inbox=world.form, field=field)
    assert names(world.form) == ["numero_d_ordine", "colore", "numero_d_ordine_2"]

    configure.change_field(inbox=world.form, name="colore", field=replace(COLOUR, label={"en": "Shade"}))
    assert configure.move_field(inbox=world.form, name="colore", by=-1) == 0
    assert configure.move_field(inbox=world.form, name="colore", by=-1) == 0
    assert configure.move_field(inbox=world.form, name="numero_d_ordine", by=9) == 2
    configure.remove_field(inbox=world.form, name="numero_d_ordine_2")

    assert names(world.form) == ["colore", "numero_d_ordine"]
    assert configure.field_of(world.form, "colore").label == {"en": "Shade"}


def test_there_is_an_end_to_the_questions_and_an_unknown_one_is_said(world: Any) -> None:
    for _ in range(MAX_FIELDS):
        configure.add_field(inbox=world.form, field=ORDER)

    with pytest.raises(configure.TooManyFields):
        configure.add_field(inbox=world.form, field=ORDER)
    for verb in (
        lambda: configure.remove_field(inbox=world.form, name="x"),
        lambda: configure.move_field(inbox=world.form, name="x", by=1),
        lambda: configure.change_field(inbox=world.form, name="x", field=ORDER),
    ):
        with pytest.raises(configure.UnknownField):
            verb()
    assert len(names(world.form)) == MAX_FIELDS
