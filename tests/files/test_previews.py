"""Pictures are drawn by a child with limits; what was made to harm harms nobody."""

import io
import struct
import zlib

import pytest
from PIL import Image

from ascolto.files import previews, store

pytestmark = pytest.mark.django_db


def kept(content, noon, name="a.png"):
    return store.store(content, name=name, owner="visit:1", at=noon)


def drawn(content, noon):
    return previews.make_preview(file=kept(content, noon), at=noon)


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_bomb(width, height, rows=None):
    """A PNG whose header promises width × height black points, and whose data is small."""
    data = zlib.compress(b"\x00" * (rows if rows is not None else (width // 8 + 1) * height), 9)
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_picture_gets_a_small_picture(noon, picture, kind):
    file = drawn(picture(kind, size=(1200, 600)), noon)

    with Image.open(store.open_preview(file)) as small:
        assert (small.format, small.size) == ("WEBP", (480, 240))
    assert (file.width, file.height, file.is_picture) == (1200, 600, True)


def test_a_small_picture_keeps_its_size_and_its_transparency(noon):
    written = io.BytesIO()
    Image.new("RGBA", (40, 30), (0, 0, 0, 0)).save(written, "PNG")

    file = drawn(written.getvalue(), noon)

    with Image.open(store.open_preview(file)) as small:
        assert small.size == (40, 30)
        assert small.convert("RGBA").getpixel((3, 3))[3] == 0


def test_c11_where_a_photo_was_taken_does_not_reach_its_preview(noon, picture):
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[2] = (45.0, 27.0, 0.0)
    exif[0x010F] = "CANARY"

    file = drawn(picture("JPEG", size=(300, 200), exif=exif), noon)

    content = store.open_preview(file).read()
    assert b"CANARY" not in content
    assert b"EXIF" not in content
    assert (file.width, file.height) == (200, 300)


BOMBS = {
    "60,000 x 60,000 points in a header": png_bomb(60_000, 60_000, rows=1000),
    "41 million points": png_bomb(8200, 5001),
    "the largest numbers a header holds": png_bomb(2**31 - 1, 2**31 - 1, rows=10),
    "no points at all": png_bomb(0, 0, rows=0),
    "a header and nothing": b"\x89PNG\r\n\x1a\n" + b"\x00" * 30,
    "a page in a GIF's clothes": b"GIF89a/*<script>alert(1)</script>*/=1;",
    "a GIF of 65535 x 65535": b"GIF89a\xff\xff\xff\xff\x80\x00\x00"
    + b"\x00" * 6
    + b",\x00\x00\x00\x00\xff\xff\xff\xff\x00\x02\x00;",
    "a cut JPEG": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00",
    "a JPEG with a script": b"\xff\xd8\xff/*<script>alert(1)</script>*/",
    "a WebP of nothing": b"RIFF\xff\xff\xff\xffWEBPVP8 " + b"\xff" * 40,
    "compressed text that opens to 64 MB": b"\x89PNG\r\n\x1a\n"
    + chunk(b"IHDR", struct.pack(">IIBBBBB", 10, 10, 1, 0, 0, 0, 0))
    + chunk(b"zTXt", b"a\x00\x00" + zlib.compress(b"x" * (64 << 20), 9)),
}


@pytest.mark.parametrize("what", BOMBS)
def test_c3_a_picture_made_to_harm_is_kept_and_never_shown(noon, what):
    file = drawn(BOMBS[what], noon)

    assert (file.preview_digest, file.width, file.is_picture) == ("", None, False)
    assert file.preview_tried_at == noon


@pytest.mark.parametrize(
    "content", [b'<svg onload="alert(1)"/>', b"%!PS-Adobe-3.0 EPSF-3.0\n", b"MM\x00*" + b"\x00" * 40, b"BM" + b"\x00" * 60]
)
def test_c3_other_formats_are_never_given_to_the_decoder(noon, content, monkeypatch):
    monkeypatch.setattr(previews, "drawn_by_child", lambda file: pytest.fail("was decoded"))

    assert drawn(content, noon).preview_digest == ""


def test_c3_a_child_that_does_not_end_is_stopped(noon, picture, monkeypatch, tmp_path):
    stuck = tmp_path / "draw.py"
    stuck.write_text("import time\ntime.sleep(60)\n")
    monkeypatch.setattr(previews, "PROGRAM", stuck)
    monkeypatch.setattr(previews, "WAIT_S", 0.2)

    assert drawn(picture(), noon).preview_digest == ""


def test_drawing_twice_draws_once(noon, picture, monkeypatch):
    file = drawn(picture(), noon)
    monkeypatch.setattr(previews, "drawn_by_child", lambda file: pytest.fail("drawn again"))

    assert previews.make_preview(file=file, at=noon).preview_digest == file.preview_digest
