"""The bytes of a stored file as an answer."""

from collections.abc import Mapping
from typing import IO

from django.http import FileResponse

PART_BYTES = 64 * 1024  # Django's own 4 kB make a turn of the loop for each; what waits for a slow browser stays small


def sent(content: IO[bytes], fields: Mapping[str, str]) -> FileResponse:
    """The bytes with exactly these headers: set afterwards, since Django guesses its own over those given at once."""
    response = FileResponse(content)
    response.block_size = PART_BYTES
    for name, value in fields.items():
        response[name] = value
    return response
