"""/settings/inboxes/<key>/form/."""

from typing import Any

import pytest

from ascolto.channels.webform import configure

ADDRESS = "/settings/inboxes/modulo/form/"
CHOICE = {
    "label_it": "Colore",
    "label_en": "Colour",
    "answered_with": "choice",
    "choices": "Rosso | Red\n\nBlu\n",
    "is_required": "on",
}


@pytest.fixture
def ada(signed_in: Any, world: Any) -> Any:
    return signed_in(world.ada)


def test_a_question_is_added_changed_and_removed_without_scripts(ada: Any, world: Any) -> None:
    assert ada.post(ADDRESS, CHOICE).status_code == 302
    added = configure.field_of(world.form, "colore")
    assert (added.kind, added.is_required, added.choices_in("en")) == ("choice", True, ["Red", "Blu"])
    page = ada.get(f"{ADDRESS}colore/").content.decode()
    assert "Rosso | Red" in page

    ada.post(f"{ADDRESS}colore/", {"label_en": "Shade", "answered_with": "text"})
    changed = configure.field_of(world.form, "colore")
    assert (changed.label, changed.kind, changed.choices, changed.is_required) == ({"en": "Shade"}, "text", (), False)

    ada.post(f"{ADDRESS}colore/removal/")
    assert configure.fields_of(world.form) == ()


def test_a_moved_question_has_the_focus_where_it_was(ada: Any, world: Any) -> None:
    for name in ("Uno", "Due"):
        ada.post(ADDRESS, {"label_it": name, "answered_with": "text"})

    page = ada.post(f"{ADDRESS}due/place/", {"to": "up"}, follow=True).content.decode()

    assert [each.name for each in configure.fields_of(world.form)] == ["due", "uno"]
    assert page.count(" autofocus") == 1
    assert "«Due» è ora la domanda 1." in page
    assert page.index(" autofocus") < page.index('id="field-uno"')


@pytest.mark.parametrize(
    "odd",
    [
        {"label_it": "", "label_en": " "},
        {"label_it": "x" * 151},
        {"answered_with": "file"},
        {"choices": "Uno"},
        {"choices": "\n".join(map(str, range(31)))},
    ],
)
def test_what_cannot_be_asked_comes_back(ada: Any, world: Any, odd: dict[str, str]) -> None:
    response = ada.post(ADDRESS, {**CHOICE, "label_en": "", **odd})

    assert response.status_code == 422
    assert 'aria-invalid="true"' in response.content.decode()
    assert configure.fields_of(world.form) == ()


def test_after_twenty_there_is_no_room_and_it_is_said(ada: Any, world: Any) -> None:
    answers = [ada.post(ADDRESS, {"label_it": f"N{i}", "answered_with": "text"}).status_code for i in range(21)]

    assert answers == [302] * 20 + [422]
    assert "al massimo 20" in ada.get(ADDRESS).content.decode()


def test_it_is_for_contact_forms_and_what_they_ask_alone(ada: Any, world: Any) -> None:
    assert ada.get("/settings/inboxes/sito/form/").status_code == 404
    assert ada.get(f"{ADDRESS}niente/").status_code == 404
    assert [ada.post(f"{ADDRESS}niente/{verb}/").status_code for verb in ("place", "removal")] == [404, 404]


def test_the_page_shows_the_form_as_it_is_and_what_a_site_needs(ada: Any, world: Any) -> None:
    page = ada.get(ADDRESS).content.decode()

    assert 'sandbox="allow-same-origin allow-scripts"' in page
    assert "/contact/modulo/embed/?lang=it" in page
    assert "data-ascolto-form=&quot;modulo&quot;" in page
    assert "Nessun sito è ancora ammesso" in page
    ada.post("/settings/inboxes/modulo/", {"name": "Modulo", "language": "it", "origins": "https://Shop.example"})
    world.form.refresh_from_db()
    assert world.form.allowed_origins == ["https://shop.example"]
    assert "Nessun sito" not in ada.get(ADDRESS).content.decode()
