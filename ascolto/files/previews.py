"""Small pictures of pictures: drawn in a child process with limits, from safe formats only."""

import struct
import subprocess
import sys
from datetime import datetime
from pathlib import Path

from ascolto.files import store
from ascolto.files.models import StoredFile
from ascolto.files.types import TABLE

WAIT_S = 10  # wall clock; the child's own limit is 2 s of CPU
PROGRAM = Path(__file__).with_name("draw.py")


def make_preview(*, file: StoredFile, at: datetime) -> StoredFile:
    """
    Draw the preview of a picture and note its width and height; a file that cannot be drawn is marked as tried.

    Twice draws once. Takes up to WAIT_S seconds: call it from a job, or where one picture is asked for.
    """
    if file.preview_tried_at is not None:
        return file
    if file.type in TABLE and TABLE[file.type].is_shown:
        drawn = drawn_by_child(file)
        if drawn:
            file.width, file.height, preview = drawn
            file.preview_digest = store.keep_bytes(preview)
    file.preview_tried_at = at
    file.save(update_fields=["width", "height", "preview_digest", "preview_tried_at"])
    return file


def drawn_by_child(file: StoredFile) -> tuple[int, int, bytes] | None:
    """What the child drew; None when it refused, broke or was stopped."""
    with store.open_bytes(file) as content:
        try:
            done = subprocess.run(  # noqa: S603  our own program, no word of it from outside
                [sys.executable, "-I", str(PROGRAM)], stdin=content, capture_output=True, timeout=WAIT_S, check=False, env={}
            )
        except subprocess.TimeoutExpired:
            return None
    if done.returncode != 0 or len(done.stdout) <= 8:
        return None
    width, height = struct.unpack(">II", done.stdout[:8])
    return width, height, done.stdout[8:]
