"""Pull the plug while mails arrive (threat R1): the short form of `python -m bench mail_kill`."""

import json
import os
import subprocess
import sys

import pytest

from tests.mailservers import find
from tests.running import ROOT

# ASCOLTO_TEST_MAILS="2000 500 100" is the full size: mails, some of them again, kills
SIZE = os.environ.get("ASCOLTO_TEST_MAILS", "150 40 4").split()


def test_r1_each_mail_is_stored_once_whenever_the_worker_is_killed() -> None:
    if os.environ.get("ASCOLTO_TEST_DATABASE_URL"):
        pytest.skip("asks SQLite past the product; on PostgreSQL the same verbs are tested one by one")
    find("dovecot")
    own = {name: value for name, value in os.environ.items() if not name.startswith(("ASCOLTO_", "PYTEST"))}
    command = [sys.executable, "-m", "bench.mail_kill", *SIZE]

    done = subprocess.run(command, cwd=ROOT, env=own, capture_output=True, text=True, timeout=1200, check=False)

    assert done.returncode == 0, done.stderr[-3000:]
    verdict = json.loads(done.stdout)
    assert verdict["kept"] > verdict["delivered"] == int(SIZE[0])
    assert {name: verdict[name] for name in ("lost", "duplicated", "half", "broken")} == {
        "lost": 0,
        "duplicated": 0,
        "half": 0,
        "broken": 0,
    }
