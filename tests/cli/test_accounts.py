"""Colleagues, tokens and the first run without the web."""

import argparse
from datetime import UTC, datetime, timedelta

import pytest

from ascolto.accounts import tokens
from ascolto.accounts.models import Token, User
from ascolto.cli import setup, token, users
from ascolto.cli.refusal import Refusal, WrongUse

pytestmark = pytest.mark.django_db
FIRST = ["--name", "Bottega", "--email", "ada@b.example", "--admin-name", "Ada", "--generate-password"]


@pytest.fixture(autouse=True)
def quick(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def run(module, *given):
    parser = argparse.ArgumentParser()
    module.add_arguments(parser)
    return module.run(parser.parse_args(given))


def test_setup_makes_the_desk_and_prints_the_password_once(capsys):
    assert run(setup, *FIRST) == 0

    password = capsys.readouterr().out.strip().rpartition(" ")[2]
    assert User.objects.get().check_password(password)
    with pytest.raises(Refusal, match="set up already"):
        run(setup, *FIRST)


def test_setup_says_what_is_wrong():
    with pytest.raises(Refusal, match="email"):
        run(setup, *[part.replace("ada@b.example", "ada") for part in FIRST])


def test_setup_asks_what_no_flag_answers(monkeypatch):
    answers = iter(["", "Bottega", "ada@b.example", "Ada"])
    monkeypatch.setattr("builtins.input", lambda question: next(answers))
    monkeypatch.setattr("getpass.getpass", lambda question: "scala a chiocciola")

    assert run(setup) == 0
    assert User.objects.get().name == "Ada"


def test_a_colleague_is_made_locked_unlocked_and_given_another_role(capsys):
    run(setup, *FIRST)
    run(users, "create", "bruno@b.example", "--name", "Bruno")
    run(users, "lock", "BRUNO@b.example")
    assert not User.objects.get(email="bruno@b.example").is_active

    run(users, "unlock", "bruno@b.example")
    run(users, "role", "bruno@b.example", "lead")
    capsys.readouterr()
    run(users, "reset", "bruno@b.example")

    bruno = User.objects.get(email="bruno@b.example")
    assert (bruno.is_active, bruno.role) == (True, "lead")
    assert bruno.check_password(capsys.readouterr().out.strip().rpartition(" ")[2])


def test_f13_the_last_admin_is_not_locked():
    run(setup, *FIRST)

    with pytest.raises(Refusal, match="only admin"):
        run(users, "lock", "ada@b.example")


@pytest.mark.parametrize("given", [("lock", "nobody@b.example"), ("create", "ada@b.example"), ("invite", "no address")])
def test_what_cannot_be_done_says_why(given):
    run(setup, *FIRST)

    with pytest.raises(Refusal):
        run(users, *given)


def test_an_invitation_is_printed(capsys, settings):
    run(users, "invite", "dina@b.example")

    assert f"{settings.SITE_URL}/account/invitation/inv_" in capsys.readouterr().out


def test_a_token_is_printed_once_and_lasts_as_asked(capsys):
    run(token, "create", "Magazzino", "--scopes", "read,write", "--expires", "90d")

    raw = capsys.readouterr().out.strip()
    row = Token.objects.get()
    assert tokens.authenticate(raw, datetime.now(UTC)) == row
    assert timedelta(days=89) < row.expires_at - datetime.now(UTC) <= timedelta(days=90)

    run(token, "list")
    assert raw not in capsys.readouterr().out
    run(token, "revoke", row.prefix)
    assert tokens.authenticate(raw, datetime.now(UTC)) is None


@pytest.mark.parametrize("given", [("--scopes", "root"), ("--expires", "soon"), ("--expires", "0d"), ("--scopes", "")])
def test_a_token_that_cannot_be_is_refused(given):
    with pytest.raises(WrongUse):
        run(token, "create", "x", *given)
    assert not Token.objects.exists()
