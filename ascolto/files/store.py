"""Save and open files by the digest of their bytes: limits, type by content, the row after the bytes."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db.models import Count, Sum

from ascolto.files import names, types
from ascolto.files.models import StoredFile

MB = 1024 * 1024
LIMIT_BYTES = 25 * MB  # one file
DAY = timedelta(days=1)
DAY_LIMIT_BYTES = 200 * MB  # one owner in a day
DAY_LIMIT_FILES = 500
SPACE_KEPT_BYTES = 256 * MB  # what the database needs to go on when the disk fills
CHUNK_BYTES = 256 * 1024


class Refused(Exception):
    """A file that is not kept; nothing of it stays."""


class TooLarge(Refused):
    """More than LIMIT_BYTES."""


class EmptyFile(Refused):
    """No bytes at all."""


class QuotaExceeded(Refused):
    """This owner has given as much as one may in a day."""


class NoSpace(Refused):
    """The disk is nearly full; what is left belongs to the database."""


def store(content: bytes | IO[bytes], *, name: str, owner: str, at: datetime) -> StoredFile:
    """
    Keep a file: its bytes safely on disk, then its row. Twice makes two rows and one copy of the bytes.

    :param name: what the sender calls it; only ever data
    :param owner: "visit:<id>", "user:<id>" or "token:<id>"
    :raises TooLarge: after LIMIT_BYTES, without reading the rest
    :raises EmptyFile, QuotaExceeded, NoSpace: see there
    """
    refuse_when_full()
    left_bytes = left_today(owner, at)
    handle, written = tempfile.mkstemp(dir=folder("incoming"))
    temporary = Path(written)
    try:
        with os.fdopen(handle, "wb") as target:
            digest, size_bytes, head = copy(content, target, left_bytes)
            target.flush()
            os.fsync(target.fileno())
        put(temporary, digest)
    finally:
        temporary.unlink(missing_ok=True)
    cleaned = names.clean_name(name)
    return StoredFile.objects.create(
        digest=digest, size_bytes=size_bytes, type=types.type_of(head, cleaned), name=cleaned, owner=owner, created_at=at
    )


def refuse_when_full() -> None:
    if shutil.disk_usage(folder("incoming")).free < SPACE_KEPT_BYTES:
        raise NoSpace("the disk is nearly full")


def left_today(owner: str, at: datetime) -> int:
    """How many bytes this owner may still give in the day that ends at `at`."""
    given = StoredFile.objects.filter(owner=owner, created_at__gt=at - DAY).aggregate(size=Sum("size_bytes"), number=Count("id"))
    left_bytes = DAY_LIMIT_BYTES - (given["size"] or 0)
    if given["number"] >= DAY_LIMIT_FILES or left_bytes <= 0:
        raise QuotaExceeded("enough files for one day")
    return left_bytes


def copy(content: bytes | IO[bytes], target: IO[bytes], left_bytes: int) -> tuple[str, int, bytes]:
    """Write `content` to `target`, counting; gives the digest, the size and the first bytes."""
    digest, size_bytes, head = hashlib.sha256(), 0, b""
    for chunk in chunks(content):
        size_bytes += len(chunk)
        if size_bytes > LIMIT_BYTES:
            raise TooLarge(f"more than {LIMIT_BYTES // MB} MB")
        if size_bytes > left_bytes:
            raise QuotaExceeded("enough bytes for one day")
        digest.update(chunk)
        head += chunk[: max(0, types.HEAD_BYTES - len(head))]
        target.write(chunk)
    if not size_bytes:
        raise EmptyFile("the file is empty")
    return digest.hexdigest(), size_bytes, head


def chunks(content: bytes | IO[bytes]) -> Iterator[bytes]:
    if isinstance(content, bytes):
        for start in range(0, len(content), CHUNK_BYTES):
            yield content[start : start + CHUNK_BYTES]
    else:
        while chunk := content.read(CHUNK_BYTES):
            yield chunk


def keep_bytes(content: bytes) -> str:
    """Put bytes that we made ourselves (a preview) on disk and give their digest; no row."""
    digest = hashlib.sha256(content).hexdigest()
    handle, written = tempfile.mkstemp(dir=folder("incoming"))
    temporary = Path(written)
    try:
        with os.fdopen(handle, "wb") as target:
            target.write(content)
            target.flush()
            os.fsync(target.fileno())
        put(temporary, digest)
    finally:
        temporary.unlink(missing_ok=True)
    return digest


def put(temporary: Path, digest: str) -> None:
    """Move finished bytes to their place. Over an older copy too: that makes it fresh for the sweeper."""
    place = path_of(digest)
    place.parent.mkdir(parents=True, exist_ok=True)
    os.replace(temporary, place)
    for parent in (place.parent, place.parent.parent):
        sync_folder(parent)


def sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def open_bytes(file: StoredFile) -> IO[bytes]:
    """
    The file's bytes, for reading.

    :raises FileNotFoundError: the bytes are gone from disk (a restored database without its files)
    """
    return open_digest(file.digest)


def open_preview(file: StoredFile) -> IO[bytes]:
    """The small picture of the file, made by previews.py; ask for it only when `preview_digest` is not empty."""
    return open_digest(file.preview_digest)


def open_digest(digest: str) -> IO[bytes]:
    try:
        return path_of(digest).open("rb")
    except FileNotFoundError:
        return swept_path_of(digest).open("rb")  # the sweeper looks twice before it removes


def path_of(digest: str) -> Path:
    """Where bytes stand. Only what has the form of a digest becomes a path."""
    if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
        raise ValueError("not a digest")
    return Path(settings.FILES_DIR) / digest[:2] / digest[2:4] / digest


def swept_path_of(digest: str) -> Path:
    return folder("swept") / path_of(digest).name


def folder(name: str) -> Path:
    path = Path(settings.FILES_DIR) / name
    path.mkdir(parents=True, exist_ok=True)
    return path
