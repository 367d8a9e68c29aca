"""Pull the plug while visitors write (threat R2): the short form of `python -m bench kill`."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
KILLS = 3


def test_r2_what_was_acknowledged_survives_kill_9_and_nothing_is_stored_twice() -> None:
    own = {name: value for name, value in os.environ.items() if not name.startswith(("ASCOLTO_", "PYTEST"))}
    command = [sys.executable, "-m", "bench.kill", str(KILLS)]

    done = subprocess.run(command, cwd=ROOT, env=own, capture_output=True, text=True, timeout=120, check=False)

    assert done.returncode == 0, done.stderr[-3000:]
    verdict = json.loads(done.stdout)
    assert verdict["kills"] == KILLS
    assert verdict["acknowledged"] > 100, verdict
    assert {name: verdict[name] for name in ("lost", "duplicated", "half", "broken")} == {
        "lost": 0,
        "duplicated": 0,
        "half": 0,
        "broken": 0,
    }
