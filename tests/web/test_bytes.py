"""How the bytes of a file leave: in parts that are worth a turn of the loop."""

from io import BytesIO

from ascolto.web.parts.bytes import PART_BYTES, sent


def test_a_file_leaves_in_large_parts_with_exactly_the_given_headers() -> None:
    response = sent(BytesIO(b"x" * (PART_BYTES * 2 + 1)), {"Content-Type": "application/octet-stream", "Content-Length": "7"})

    assert [len(part) for part in response] == [PART_BYTES, PART_BYTES, 1]  # type: ignore[union-attr]
    assert response["Content-Length"] == "7"
