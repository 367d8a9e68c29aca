"""The reference for intake: what plain sqlite3 commits on this disk, one row and one commit after the other."""

import re
import sqlite3
import tempfile
import time
from pathlib import Path

TABLE = "CREATE TABLE note (id INTEGER PRIMARY KEY, conversation TEXT NOT NULL, text TEXT NOT NULL, at TEXT NOT NULL)"
TEXT = "Ho aggiornato il programma come diceva la mail e ora non si avvia. Ho una consegna alle 18."


def commits_per_s(folder: Path, *, seconds: float) -> float:
    """Durable single-row commits each second, with the product's own pragmas, in a new file in `folder`."""
    from ascolto.database.sqlite import PRAGMAS

    with tempfile.TemporaryDirectory(dir=folder) as name:
        connection = sqlite3.connect(Path(name) / "reference.sqlite3", isolation_level=None)
        for pragma in re.split(r";\s*", PRAGMAS.strip("; ")):
            connection.execute(pragma)
        connection.execute(TABLE)
        count = 0
        started = time.perf_counter()
        while (took_s := time.perf_counter() - started) < seconds:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO note (conversation, text, at) VALUES (?, ?, ?)", ("c", TEXT, "2026-01-01"))
            connection.execute("COMMIT")
            count += 1
        connection.close()
    return count / took_s
