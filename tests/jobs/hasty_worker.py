"""
A real worker in a process of its own, for tests that kill it: `hasty_worker.py <database name> <file> <name>`.

Its job writes a line when it begins and one when it ends, and takes as long in between as its argument says.
"""

import os
import sys
import threading
import time
from datetime import timedelta

import django
from django.db import connection

if __name__ == "__main__":
    django.setup()
    connection.settings_dict["NAME"] = sys.argv[1]

from ascolto.jobs import claim
from ascolto.jobs.kind import job
from ascolto.project import worker

LINES = os.open(sys.argv[2], os.O_WRONLY | os.O_APPEND | os.O_CREAT) if __name__ == "__main__" else -1


def write_later(*, number: int, takes_s: float) -> None:
    os.write(LINES, f"begin {number}\n".encode())
    time.sleep(takes_s)
    os.write(LINES, f"end {number}\n".encode())


if __name__ == "__main__":
    job("test.write", attempts=20)(write_later)
    claim.LEASE = timedelta(seconds=float(os.environ.get("LEASE_S", "0.5")))
    stop = threading.Event()
    worker.stop_on_signals(stop)
    worker.Worker((), (), sys.argv[3]).run(stop)
    os.write(LINES, b"stopped\n")
