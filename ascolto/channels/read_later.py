"""Have what arrived read, by one job per inbox."""

from datetime import datetime, timedelta
from uuid import UUID

from ascolto.channels import contract
from ascolto.channels.arrivals import read_waiting
from ascolto.jobs.enqueue import enqueue
from ascolto.jobs.kind import TryLater, job

BATCHES = 20  # in one job: others want their turn
FILE_WAIT = timedelta(minutes=2)


@job("channels.read_arrivals", attempts=200)  # it comes back for files that a provider does not give out, for a day
def read_arrivals(*, inbox_id: str, now: datetime) -> None:
    """Read what waits at an inbox, some batches of it; the rest in another job."""
    try:
        for _ in range(BATCHES):
            if not read_waiting(inbox_id=UUID(inbox_id), now=now):
                return
    except contract.TryLater as error:
        raise TryLater(error.after or FILE_WAIT, error.reason) from error
    read_soon(inbox=UUID(inbox_id), at=now)


def read_soon(*, inbox: UUID, at: datetime) -> None:
    """Have what waits at this inbox read. Twice is once."""
    enqueue(read_arrivals, now=at, key=str(inbox), inbox_id=str(inbox))
