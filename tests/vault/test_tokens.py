"""A signed id says who it is for, for what and how long, and nobody else can say so."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ascolto.vault.secrets import digest, matches, new_token
from ascolto.vault.tokens import BadToken, ExpiredToken, SignedId, read_id, sign_id

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=1)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
ID = UUID("01890a5d-ac96-774b-bcce-b302099a8057")


@settings(max_examples=50)
@given(st.uuids(), st.none() | st.datetimes(datetime(2027, 1, 1), datetime(9000, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_what_was_signed_is_read(signed, expires_at):
    token = sign_id(purpose="rate", id=signed, expires_at=expires_at)

    expected = expires_at.replace(microsecond=0) if expires_at else None
    assert read_id(purpose="rate", token=token, now=NOON) == SignedId(id=signed, expires_at=expected)
    assert len(token) == 50


def test_e2_no_letter_of_a_token_can_be_changed():
    token = sign_id(purpose="rate", id=ID, expires_at=LATER)

    for place, letter in enumerate(token):
        for other in ALPHABET.replace(letter, "") + "=+/ \n\0é":
            with pytest.raises(BadToken):
                read_id(purpose="rate", token=token[:place] + other + token[place + 1 :], now=NOON)


@settings(max_examples=100)
@given(st.text() | st.text(ALPHABET, min_size=50, max_size=50))
def test_e2_a_guess_is_refused(guess):
    with pytest.raises(BadToken):
        read_id(purpose="rate", token=guess, now=NOON)


def test_e2_nothing_can_be_added_or_taken_away():
    token = sign_id(purpose="rate", id=ID)

    for changed in (token + "=", token + "==", token + "A", token[:-1], "A" + token, token.swapcase(), f" {token}", f"{token}\n"):
        with pytest.raises(BadToken):
            read_id(purpose="rate", token=changed, now=NOON)


def test_e2_a_token_is_over_at_its_time():
    token = sign_id(purpose="rate", id=ID, expires_at=NOON)

    assert read_id(purpose="rate", token=token, now=NOON - timedelta(seconds=1)).id == ID
    with pytest.raises(ExpiredToken):
        read_id(purpose="rate", token=token, now=NOON)


def test_e6_a_token_of_one_purpose_opens_no_other():
    with pytest.raises(BadToken):
        read_id(purpose="unsubscribe", token=sign_id(purpose="rate", id=ID), now=NOON)


def test_e6_links_open_after_the_secret_changed_until_it_is_forgotten(settings):
    earlier = settings.SECRET_KEY
    token = sign_id(purpose="rate", id=ID)

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "n" * 50, [earlier]
    assert read_id(purpose="rate", token=token, now=NOON).id == ID
    assert sign_id(purpose="rate", id=ID) != token

    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(BadToken):
        read_id(purpose="rate", token=token, now=NOON)


@pytest.mark.parametrize("moment", [datetime(2026, 1, 1), datetime(1970, 1, 1, tzinfo=UTC), datetime(1900, 1, 1, tzinfo=UTC)])  # noqa: DTZ001
def test_a_time_that_cannot_be_kept_is_refused(moment):
    with pytest.raises(ValueError, match="expires_at"):
        sign_id(purpose="rate", id=ID, expires_at=moment)


def test_f2_tokens_are_random_and_kept_as_a_digest():
    tokens = {new_token("asc_") for _ in range(1_000)}

    assert len(tokens) == 1_000
    assert all(token.startswith("asc_") and len(token) == 4 + 32 for token in tokens)
    assert len(digest("asc_x")) == 64


def test_f1_an_empty_token_matches_nothing():
    token = new_token()

    assert matches(token, digest(token))
    assert not matches("", digest(""))
    assert not matches("", "")
    assert not matches(token, "")
    assert not matches(new_token(), digest(token))
    assert not matches("\ud800", "é")
