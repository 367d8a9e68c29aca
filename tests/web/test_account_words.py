"""The pages of sign-in and safety speak with the desk's own words, in Italian with *tu*."""

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils.translation import override

from ascolto.web.templatetags.browsers import browser_in_words

PAGES = (
    "account_profile", "account_change_password", "account_logout", "account_reauthenticate", "mfa_index",
    "mfa_activate_totp", "mfa_list_webauthn", "mfa_add_webauthn", "usersessions_list",
)  # fmt: skip
NOT_OURS = re.compile(r"Si prega|Security Key|Chiave di sicurezza|Master key|riautentic|autenticazione a due", re.IGNORECASE)


@pytest.fixture
def ada(world: Any, client: Any) -> Any:
    world.ada.language = "it"
    world.ada.set_password("una frase lunga")
    world.ada.save(update_fields=["language", "password"])
    client.post("/account/login/", {"login": world.ada.email, "password": "una frase lunga"})
    client.post("/account/reauthenticate/", {"password": "una frase lunga"})
    return client


@pytest.mark.parametrize("name", PAGES)
def test_every_page_has_our_words_and_the_bar_of_the_console(ada: Any, name: str) -> None:
    page = ada.get(reverse(name)).content.decode()

    assert NOT_OURS.search(page) is None
    assert 'class="bar"' in page


def test_a_passkey_signs_in_by_itself_unless_one_clears_the_box(ada: Any) -> None:
    form = ada.get(reverse("mfa_add_webauthn")).context["form"]

    assert form["passwordless"].value() is True
    assert form["name"].value() == "Passkey"


def test_passkeys_are_listed_renamed_and_removed_with_our_words(ada: Any, world: Any) -> None:
    key = Authenticator.objects.create(
        user=world.ada, type="webauthn", data={"name": "Portatile", "credential": {"clientExtensionResults": {}}}
    )

    for name, parts in (("mfa_list_webauthn", []), ("mfa_edit_webauthn", [key.pk]), ("mfa_remove_webauthn", [key.pk])):
        page = ada.get(reverse(name, args=parts)).content.decode()
        assert "Portatile" in page
        assert NOT_OURS.search(page) is None


def test_a_wrong_password_is_said_in_our_words(world: Any, client: Any) -> None:
    page = client.post(
        "/account/login/", {"login": world.ada.email, "password": "non questa"}, headers={"accept-language": "it"}
    ).content.decode()

    assert "L’indirizzo o la password non sono giusti." in page


def test_a_changed_password_is_said_on_the_page(ada: Any) -> None:
    odd = ada.post(
        reverse("account_change_password"),
        {"oldpassword": "una frase lunga", "password1": "un’altra frase", "password2": "non la stessa"},
    )
    assert odd.context["form"].errors["password2"] == ["Le due non sono uguali."]

    answer = ada.post(
        reverse("account_change_password"),
        {"oldpassword": "una frase lunga", "password1": "un’altra frase", "password2": "un’altra frase"},
    )

    assert [str(message).strip() for message in get_messages(answer.wsgi_request)] == ["La password è cambiata."]


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0", "Firefox su Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0", "Edge su Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Safari/604.1", "Safari su iPhone"),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36", "Chrome su Android"),
        ("curl/8.1", "Un altro programma"),
        ("", "Un altro programma"),
    ],
)
def test_a_browser_is_named_as_its_owner_knows_it(user_agent: str, words: str) -> None:
    with override("it"):
        assert browser_in_words(user_agent) == words
