"""What is sealed is read by this desk only, and by it after its secret changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ascolto.vault.keys import keys_for
from ascolto.vault.seal import CannotUnseal, reseal, seal, unseal


@given(st.text())
def test_what_was_sealed_is_read(text):
    assert unseal(seal(text)) == text


def test_a22_a_sealed_password_is_not_in_what_is_stored():
    assert "canary" not in seal("canary")
    assert seal("canary") != seal("canary")


def test_e2_no_letter_of_a_seal_can_be_changed():
    sealed = seal("canary")

    for place, letter in enumerate(sealed.rstrip("=")[:-1]):
        with pytest.raises(CannotUnseal):
            unseal(sealed[:place] + ("A" if letter != "A" else "B") + sealed[place + 1 :])


@pytest.mark.parametrize("text", ["", "x", "é", "\ud800", "gAAAAA"])
def test_what_was_never_sealed_is_refused(text):
    with pytest.raises(CannotUnseal):
        unseal(text)
    with pytest.raises(CannotUnseal):
        reseal(text)


def test_e6_the_secret_can_change_and_be_forgotten_after_resealing(settings):
    earlier, sealed = settings.SECRET_KEY, seal("canary")

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "n" * 50, [earlier]
    assert unseal(sealed) == "canary"
    again = reseal(sealed)

    settings.SECRET_KEY_FALLBACKS = []
    assert unseal(again) == "canary"
    with pytest.raises(CannotUnseal):
        unseal(sealed)


def test_every_purpose_has_its_own_keys(settings):
    settings.SECRET_KEY_FALLBACKS = ["o" * 50]

    assert len({*keys_for("seal"), *keys_for("token:a"), *keys_for("token:b")}) == 6
    assert all(len(key) == 32 for key in keys_for("seal"))
