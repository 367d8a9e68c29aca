"""Bytes without a row go, after a second look."""

import os
from datetime import timedelta

import pytest

from ascolto.files import store
from ascolto.files.models import StoredFile
from ascolto.files.sweep import GRACE, sweep

pytestmark = pytest.mark.django_db


def kept(content, noon):
    file = store.store(content, name="a", owner="visit:1", at=noon)
    age(store.path_of(file.digest), noon)
    return file


def age(path, noon):
    os.utime(path, (noon.timestamp(), noon.timestamp()))


def later(noon, times):
    return noon + times * (GRACE + timedelta(minutes=1))


def test_c10_bytes_that_no_row_holds_are_removed_at_the_second_look(noon, files_dir):
    held, orphan = kept(b"held", noon), kept(b"orphan", noon)
    StoredFile.objects.filter(pk=orphan.pk).delete()

    assert sweep(at=later(noon, 1)) == 0
    assert sweep(at=later(noon, 2)) == 1

    assert store.open_bytes(held).read() == b"held"
    assert not store.path_of(orphan.digest).exists()


def test_c10_bytes_of_an_upload_still_under_way_are_left_alone(noon):
    fresh = kept(b"fresh", noon)
    StoredFile.objects.filter(pk=fresh.pk).delete()

    sweep(at=noon + timedelta(minutes=10))

    assert store.path_of(fresh.digest).exists()


def test_c10_a_row_that_appears_between_the_looks_keeps_its_bytes_all_the_time(noon):
    file = kept(b"late", noon)
    StoredFile.objects.filter(pk=file.pk).delete()
    sweep(at=later(noon, 1))
    file.save(force_insert=True)

    assert store.open_bytes(file).read() == b"late"
    sweep(at=later(noon, 2))
    assert store.path_of(file.digest).exists()


def test_c10_half_written_uploads_are_removed(noon, files_dir):
    half = store.folder("incoming") / "tmpx"
    half.write_bytes(b"half")
    age(half, noon)

    sweep(at=later(noon, 1))

    assert not half.exists()
