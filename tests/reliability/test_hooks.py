"""Ten copies of each call at once, over kill -9's of server and worker (threat R4): the short form of `python -m bench hooks`."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
RESTARTS = 2


def test_r4_h3_ten_copies_over_restarts_have_one_effect_and_nothing_acknowledged_is_lost() -> None:
    own = {name: value for name, value in os.environ.items() if not name.startswith(("ASCOLTO_", "PYTEST", "DJANGO_"))}
    command = [sys.executable, "-m", "bench.hooks", str(RESTARTS)]

    done = subprocess.run(command, cwd=ROOT, env=own, capture_output=True, text=True, timeout=180, check=False)

    assert done.returncode == 0, done.stderr[-3000:]
    verdict = json.loads(done.stdout)
    assert verdict["restarts"] == RESTARTS
    assert verdict["acknowledged"] == verdict["calls"] > 50, verdict
    assert {name: verdict[name] for name in ("lost", "doubled", "missing", "broken")} == {
        "lost": 0,
        "doubled": 0,
        "missing": 0,
        "broken": 0,
    }
