"""Nothing that leaves can act in a browser."""

import pytest

from ascolto.files.headers import headers, preview_headers
from ascolto.files.models import StoredFile
from ascolto.files.types import TABLE


def file_of(type_name, name="a.bin", **fields):
    return StoredFile(type=type_name, name=name, size_bytes=3, **fields)


@pytest.mark.parametrize("type_name", [*TABLE, "text/html", "image/svg+xml", "application/xhtml+xml"])
@pytest.mark.parametrize("inline", [True, False])
def test_c5_every_file_leaves_with_a_fixed_type_without_sniffing_and_without_powers(type_name, inline):
    sent = headers(file_of(type_name), inline=inline)

    assert sent["Content-Type"].split(";")[0] in TABLE
    assert sent["X-Content-Type-Options"] == "nosniff"
    assert sent["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert sent["Content-Disposition"].startswith("attachment")


def test_a_picture_that_was_decoded_may_be_shown_in_place():
    assert headers(file_of("image/png", width=3, height=3), inline=True)["Content-Disposition"].startswith("inline")
    assert headers(file_of("image/png", width=3, height=3))["Content-Disposition"].startswith("attachment")


def test_c5_a_picture_nobody_could_decode_is_a_download():
    assert headers(file_of("image/gif"), inline=True)["Content-Disposition"].startswith("attachment")


def test_the_name_is_written_for_old_and_new_clients():
    sent = headers(file_of("application/pdf", name='però"; x=.pdf'))["Content-Disposition"]

    assert sent == "attachment; filename=\"per___ x=.pdf\"; filename*=UTF-8''per%C3%B2%22%3B%20x%3D.pdf"


def test_a_preview_is_always_our_own_drawing():
    assert preview_headers(file_of("image/gif", name="a.gif"))["Content-Type"] == "image/webp"
