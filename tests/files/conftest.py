"""A folder of its own for each test's files, and pictures to put there."""

import io
from datetime import UTC, datetime

import pytest
from PIL import Image

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def files_dir(settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"
    return settings.FILES_DIR


@pytest.fixture
def noon():
    return NOON


@pytest.fixture
def picture():
    """Make the bytes of a picture: format, size, and what Pillow's save takes."""

    def make(kind="PNG", size=(600, 400), mode="RGB", **options):
        written = io.BytesIO()
        Image.new(mode, size, color=7 if mode in ("P", "L") else (200, 30, 30)).save(written, kind, **options)
        return written.getvalue()

    return make
