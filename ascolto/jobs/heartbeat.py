"""Workers say that they live; others ask whether any does."""

from datetime import datetime, timedelta

from ascolto.jobs.models import WorkerHeartbeat

EVERY_S = 5.0
SILENT_AFTER = timedelta(seconds=20)  # four beats missed


def beat(*, worker: str, now: datetime) -> None:
    """Note that the worker lives."""
    sign = WorkerHeartbeat(name=worker, started_at=now, at=now)
    WorkerHeartbeat.objects.bulk_create([sign], update_conflicts=True, unique_fields=["name"], update_fields=["at"])


def leave(*, worker: str) -> None:
    """Note that the worker stopped in good order."""
    WorkerHeartbeat.objects.filter(name=worker).delete()


def living_workers(*, now: datetime) -> list[str]:
    """Names of the workers heard in the last 20 seconds."""
    heard = WorkerHeartbeat.objects.filter(at__gt=now - SILENT_AFTER)
    return list(heard.order_by("name").values_list("name", flat=True))
