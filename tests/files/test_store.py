"""Bytes first, then the row; limits; nothing half."""

import io
import os
import zipfile
from datetime import timedelta

import pytest

from ascolto.files import store
from ascolto.files.models import StoredFile

pytestmark = pytest.mark.django_db


def on_disk(folder):
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def keep(content, noon, name="a.txt", owner="visit:1"):
    return store.store(content, name=name, owner=owner, at=noon)


def test_a_file_comes_back_byte_for_byte(noon, files_dir):
    content = os.urandom(700_000)

    file = keep(io.BytesIO(content), noon, name="foto.bin")

    assert store.open_bytes(file).read() == content
    assert (file.size_bytes, file.name, file.created_at) == (700_000, "foto.bin", noon)
    assert on_disk(files_dir) == [file.digest]
    assert store.path_of(file.digest).parent == files_dir / file.digest[:2] / file.digest[2:4]


def test_the_same_bytes_twice_are_two_rows_and_one_copy(noon, files_dir):
    first, second = keep(b"uguale", noon), keep(b"uguale", noon, owner="visit:2")

    assert first.id != second.id
    assert on_disk(files_dir) == [first.digest]


def test_an_empty_file_is_refused_and_leaves_nothing(noon, files_dir):
    with pytest.raises(store.EmptyFile):
        keep(b"", noon)

    assert on_disk(files_dir) == []
    assert not StoredFile.objects.exists()


def test_a_file_over_the_limit_is_refused_without_reading_it_all(noon, files_dir, monkeypatch):
    monkeypatch.setattr(store, "LIMIT_BYTES", 1000)
    endless = io.BytesIO(b"x" * (store.CHUNK_BYTES * 8))

    with pytest.raises(store.TooLarge):
        keep(endless, noon)

    assert endless.tell() <= store.CHUNK_BYTES
    assert on_disk(files_dir) == []
    assert not StoredFile.objects.exists()


def test_the_limit_itself_is_let_in():
    assert store.LIMIT_BYTES == 25 * 1024 * 1024


def test_c8_an_owner_who_gave_enough_today_is_refused_and_others_are_not(noon, monkeypatch):
    monkeypatch.setattr(store, "DAY_LIMIT_BYTES", 10)
    keep(b"123456", noon)

    with pytest.raises(store.QuotaExceeded):
        keep(b"12345", noon)

    assert keep(b"1234", noon)
    assert keep(b"12345", noon, owner="visit:2")
    assert keep(b"12345", noon + timedelta(days=1, seconds=1))


def test_c8_the_number_of_files_counts_too(noon, monkeypatch):
    monkeypatch.setattr(store, "DAY_LIMIT_FILES", 2)
    keep(b"1", noon)
    keep(b"2", noon)

    with pytest.raises(store.QuotaExceeded):
        keep(b"3", noon)


def test_when_the_disk_is_nearly_full_files_are_refused_first(noon, monkeypatch):
    monkeypatch.setattr(store, "SPACE_KEPT_BYTES", 1 << 62)

    with pytest.raises(store.NoSpace):
        keep(b"x", noon)


def test_c10_a_reader_that_breaks_leaves_no_row_and_no_bytes(noon, files_dir):
    class Breaks(io.BytesIO):
        def read(self, size=-1):
            if self.tell():
                raise ConnectionResetError
            return super().read(size)

    with pytest.raises(ConnectionResetError):
        keep(Breaks(b"x" * store.CHUNK_BYTES * 2), noon)

    assert on_disk(files_dir) == []
    assert not StoredFile.objects.exists()


def test_c1_the_name_never_becomes_a_path(noon, files_dir, tmp_path):
    file = keep(b"AddType x", noon, name="\u200b../../../.htaccess")

    assert file.name == "htaccess"
    assert on_disk(tmp_path) == [file.digest]


def test_c4_an_archive_is_kept_as_bytes_and_never_unpacked(noon, files_dir):
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        link = zipfile.ZipInfo("link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("../../slip.txt", "out")

    file = keep(written.getvalue(), noon, name="foto.zip")

    assert file.type == "application/zip"
    assert on_disk(files_dir.parent) == [file.digest]
    assert store.open_bytes(file).read() == written.getvalue()


@pytest.mark.parametrize("digest", ["", "../secret", "a" * 63, "A" * 64, "a" * 62 + "/x", "a" * 63 + "\x00"])
def test_c4_only_a_digest_becomes_a_path(digest):
    with pytest.raises(ValueError):
        store.path_of(digest)


def test_c5_a_page_that_says_it_is_a_picture_is_text(noon):
    assert keep(b"<html><script>alert(1)</script>", noon, name="screenshot.png").type == "text/plain"
