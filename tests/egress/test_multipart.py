"""A form with files arrives as it was meant, whatever its names are."""

from email import message_from_bytes

import pytest

from ascolto.egress.multipart import Upload, multipart


def read(kind: str, body: bytes) -> dict[str, tuple[str | None, bytes]]:
    whole = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)
    return {
        str(part.get_param("name", header="content-disposition")): (part.get_filename(), part.get_payload(decode=True))
        for part in whole.get_payload()
    }


def test_a_form_says_what_was_put_in():
    kind, body = multipart(
        {"chat_id": "42", "caption": "così"}, [Upload(field="photo", name="a.png", type="image/png", content=b"\x89\r\n--x")]
    )

    assert read(kind, body) == {
        "chat_id": (None, b"42"),
        "caption": (None, "così".encode()),
        "photo": ("a.png", b"\x89\r\n--x"),
    }


@pytest.mark.parametrize("name", ['a"; name="chat_id', "a\r\nX-Evil: 1", "a\\", "\ud800"])
def test_a14_a_name_cannot_become_a_header(name):
    kind, body = multipart({"a": "1"}, [Upload(field="file", name=name, type="text/plain\r\nX: y", content=b"z")])

    assert set(read(kind, body)) == {"a", "file"}
    assert b"\r\nX" not in body
