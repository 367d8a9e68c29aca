"""The `ascolto` command."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from ascolto.cli.__main__ import main
from ascolto.cli.commands import COMMANDS
from tests.conftest import World


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_explains_itself(name: str, capsys: Any) -> None:
    with pytest.raises(SystemExit) as end:
        main([name, "--help"])

    assert end.value.code == 0
    assert COMMANDS[name].words in " ".join(capsys.readouterr().out.split())


def test_every_command_is_found_before_anything_is_set_up() -> None:
    code = "from ascolto.cli.commands import COMMANDS\nfor each in COMMANDS.values(): each.load()"
    bare = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}

    assert subprocess.run([sys.executable, "-c", code], env=bare, check=False).returncode == 0


def test_wrong_use_is_2() -> None:
    with pytest.raises(SystemExit) as end:
        main(["dance"])

    assert end.value.code == 2


def test_a_scope_that_means_nothing_is_wrong_use(world: World, capsys: Any) -> None:
    assert main(["token", "create", "x", "--scopes", "everything"]) == 2
    assert main(["token", "create", "x", "--expires", "soon"]) == 2


def test_inboxes_are_listed_with_their_public_keys(world: World, capsys: Any) -> None:
    assert main(["inbox", "list", "--json"]) == 0

    assert {each["key"] for each in json.loads(capsys.readouterr().out)} == {"sito", "modulo", "altrove"}


def test_an_unknown_inbox_is_refused_with_a_way_on(world: World, capsys: Any) -> None:
    assert main(["inbox", "show", "nope"]) == 1
    assert "ascolto inbox list" in capsys.readouterr().err


def test_the_doctor_says_what_to_do(world: World, capsys: Any) -> None:
    assert main(["doctor"]) == 1

    assert "ascolto worker" in capsys.readouterr().out


def test_the_doctor_names_what_was_set_aside(world: World, conversation: Any, settle: Any, capsys: Any) -> None:
    from datetime import timedelta

    from ascolto.conversations.events import MessageReceived
    from ascolto.eventlog import consume
    from ascolto.eventlog.event import Recorded
    from ascolto.eventlog.reaction import Reactions
    from tests.conftest import NOON

    def fail(recorded: Recorded) -> None:
        raise RuntimeError("no way")

    poison = Reactions("poisoned", {MessageReceived: fail})
    for minutes in range(0, 60, 3):
        consume.feed(poison, now=NOON + timedelta(minutes=minutes), worker="w")
    main(["doctor"])

    assert "set it aside" in capsys.readouterr().out
