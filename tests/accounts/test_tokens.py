"""API tokens: shown once, kept hashed, narrowed, revocable."""

from datetime import timedelta

import pytest

from ascolto.accounts import join, permissions, tokens
from ascolto.accounts.events import TokenCreated, TokenRevoked
from ascolto.accounts.models import Token
from ascolto.eventlog import read

pytestmark = pytest.mark.django_db


def made(noon, scopes=("read",), **more):
    return tokens.create(name="Magazzino", scopes=scopes, at=noon, **more)


def test_a_token_opens_the_door(noon):
    token, raw = made(noon)

    assert tokens.authenticate(raw, noon) == token
    assert raw.startswith("asc_")


def test_g3_the_token_itself_is_nowhere_in_the_database(noon, capsys, caplog):
    token, raw = made(noon)

    stored = str(Token.objects.filter(pk=token.pk).values()) + str([event.event for event in read.events_of(token.pk)])
    assert raw not in stored
    assert raw[len(token.prefix) :] not in stored
    assert len(token.prefix) <= 10
    assert raw not in caplog.text + "".join(capsys.readouterr())


@pytest.mark.parametrize("raw", ["", None, "asc_", "asc_x", "x", "Bearer asc_x", "\x00", "asc_" + "x" * 100_000])
def test_what_is_no_token_opens_nothing(noon, raw):
    made(noon)

    assert tokens.authenticate(raw, noon) is None


def test_an_expired_or_revoked_token_opens_nothing(ada, noon):
    token, raw = made(noon, expires_at=noon + timedelta(days=1), by=ada)
    assert tokens.authenticate(raw, noon + timedelta(days=1)) is None
    assert tokens.authenticate(raw, noon) == token

    assert tokens.revoke(token=token, by=ada, at=noon)
    assert not tokens.revoke(token=token, by=ada, at=noon)

    assert tokens.authenticate(raw, noon) is None
    assert [type(event.event) for event in read.events_of(token.pk)] == [TokenCreated, TokenRevoked]


@pytest.mark.parametrize(
    "scopes", [(), ("",), ("root",), ("read", "write;"), ("inbox:",), ("inbox:a b",), ("inbox:abc",), ("READ",)]
)
def test_scopes_that_do_not_exist_make_no_token(noon, scopes):
    with pytest.raises(tokens.BadScopes):
        made(noon, scopes=scopes)
    assert not Token.objects.exists()


@pytest.mark.parametrize(
    ("scopes", "scope", "inbox", "reaches"),
    [
        (["read"], "read", None, True),
        (["read"], "write", None, False),
        (["write"], "read", None, True),
        (["write"], "admin", None, False),
        (["admin"], "write", "shop", True),
        (["read", "inbox:shop"], "read", "shop", True),
        (["read", "inbox:shop"], "read", "other", False),
        (["read", "inbox:shop"], "write", "shop", False),
    ],
)
def test_a_token_reaches_as_far_as_its_scopes(noon, scopes, scope, inbox, reaches):
    token, _ = made(noon, scopes=scopes)

    assert tokens.may_use(token, scope, inbox) is reaches


def test_use_is_noted_to_the_hour(noon, django_assert_num_queries):
    token, raw = made(noon)
    with django_assert_num_queries(1):
        tokens.authenticate(raw, noon)

    tokens.note_use(token, now=noon)
    tokens.note_use(token, now=noon + timedelta(minutes=30))

    token.refresh_from_db()
    assert token.last_used_at == noon


def test_only_an_admin_makes_tokens(bruno, noon):
    with pytest.raises(permissions.NotAllowed):
        made(noon, by=bruno)


def test_a_token_has_a_name(noon):
    with pytest.raises(join.BadDetails):
        tokens.create(name=" ", scopes=["read"], at=noon)
