"""SQLite as this desk uses it: write-ahead log, IMMEDIATE transactions, every commit on disk."""

from pathlib import Path
from typing import Any

# FULL: a commit is on disk before anyone is told of it (NORMAL may lose the last commits on power loss).
# wal_autocheckpoint: a flood writes the same pages again and again; copied over every 16 MB instead of every 4, each is copied
# less often. journal_size_limit: the log file shrinks again after a long reader. temp_store 2: sorts stay in memory.
PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=4000; "
    "PRAGMA journal_size_limit=67108864; PRAGMA cache_size=-16000; PRAGMA temp_store=2; PRAGMA foreign_keys=ON;"
)
BUSY_TIMEOUT_S = 20


def connection_settings(path: Path) -> dict[str, Any]:
    """The `DATABASES` entry of Django for a SQLite file; IMMEDIATE because a read that turns into a write fails at once."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "CONN_MAX_AGE": None,
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": BUSY_TIMEOUT_S, "init_command": PRAGMAS},
        "TEST": {"NAME": str(path.with_name("test.sqlite3"))},
    }
