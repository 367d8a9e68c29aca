"""Remove bytes that no row holds: what a crash or a rolled-back transaction left behind."""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import Q

from ascolto.files.models import StoredFile
from ascolto.files.store import folder, path_of

GRACE = timedelta(hours=1)  # an upload whose transaction is still open


def sweep_files(now: datetime) -> None:
    """`sweep`, as the timetable calls it; hourly is often enough."""
    sweep(at=now)


def sweep(*, at: datetime) -> int:
    """
    Set aside bytes without a row and remove those set aside earlier; gives how many were removed for good.

    Twice in a row removes nothing more: between setting aside and removing lies GRACE, and a row that appears
    meanwhile brings its bytes back. Reading looks in both places, so no file is ever missing.
    """
    removed = finish(at)
    for path in blobs():
        if is_old(path, at) and not is_held(path.name):
            aside = folder("swept") / path.name
            os.replace(path, aside)
            os.utime(aside, (at.timestamp(), at.timestamp()))
    for path in folder("incoming").iterdir():
        if is_old(path, at):
            path.unlink(missing_ok=True)
    return removed


def finish(at: datetime) -> int:
    removed = 0
    for path in folder("swept").iterdir():
        if is_held(path.name):
            path_of(path.name).parent.mkdir(parents=True, exist_ok=True)
            os.replace(path, path_of(path.name))
        elif is_old(path, at):
            path.unlink(missing_ok=True)
            removed += 1
    return removed


def blobs() -> Iterator[Path]:
    return (path for path in Path(settings.FILES_DIR).glob("??/??/*") if len(path.name) == 64)


def is_old(path: Path, at: datetime) -> bool:
    try:
        return path.stat().st_mtime < (at - GRACE).timestamp()
    except FileNotFoundError:
        return False


def is_held(digest: str) -> bool:
    return StoredFile.objects.filter(Q(digest=digest) | Q(preview_digest=digest)).exists()
