"""Have what arrived read, by one job per inbox."""

from datetime import datetime
from uuid import UUID

from ascolto.channels.arrivals import FILE_WAIT, read_waiting
from ascolto.channels.contract import TryLater
from ascolto.jobs.enqueue import enqueue
from ascolto.jobs.kind import job

BATCHES = 20  # in one job: others want their turn


@job("channels.read_arrivals")
def read_arrivals(*, inbox_id: str, now: datetime) -> None:
    """Read what waits at an inbox, some batches of it; the rest in another job."""
    for _ in range(BATCHES):
        try:
            if not read_waiting(inbox_id=UUID(inbox_id), now=now):
                return
        except TryLater:
            # In a job of its own: one that waited under this one's key would make what arrives meanwhile wait with it.
            enqueue(ask_for_files_again, now=now, run_at=now + FILE_WAIT, key=inbox_id, inbox_id=inbox_id)
    read_soon(inbox=UUID(inbox_id), at=now)


@job("channels.ask_for_files_again")
def ask_for_files_again(*, inbox_id: str, now: datetime) -> None:
    """What waited for a file that its provider did not give out may be read again; for a day, then it goes in without."""
    read_soon(inbox=UUID(inbox_id), at=now)


def read_soon(*, inbox: UUID, at: datetime) -> None:
    """Have what waits at this inbox read. Twice is once."""
    enqueue(read_arrivals, now=at, key=str(inbox), inbox_id=str(inbox))
