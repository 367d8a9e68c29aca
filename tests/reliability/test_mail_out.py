"""Replies by mail through a server that fails, under kill -9 (threat R3): the short form of `python -m bench mail_out`."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
REPLIES, KILLS = 60, 3


def test_r3_no_reply_is_lost_or_out_of_order_and_each_is_one_mail() -> None:
    own = {name: value for name, value in os.environ.items() if not name.startswith(("ASCOLTO_", "PYTEST"))}
    command = [sys.executable, "-m", "bench.mail_out", str(REPLIES), str(KILLS)]

    done = subprocess.run(command, cwd=ROOT, env=own, capture_output=True, text=True, timeout=180, check=False)

    assert done.returncode == 0, done.stderr[-3000:]
    verdict = json.loads(done.stdout)
    assert verdict["replies"] == REPLIES
    names = ("lost", "wrongly_failed", "wrongly_sent", "changed_ids", "out_of_order")
    assert {name: verdict[name] for name in names} == dict.fromkeys(names, 0), verdict
    assert verdict["duplicates"] <= verdict["lost_acknowledgements"] + KILLS, verdict
    assert verdict["faults"], "the peer did nothing wrong"
