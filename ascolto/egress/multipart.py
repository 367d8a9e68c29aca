"""A form with files, as bytes: what providers take uploads in."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import uuid4

UNSAFE = re.compile(r'[\x00-\x1f\x7f"\\]')


@dataclass(frozen=True, kw_only=True)
class Upload:
    """One file of a form."""

    field: str
    name: str
    type: str
    content: bytes


def multipart(fields: Mapping[str, str], files: Sequence[Upload]) -> tuple[str, bytes]:
    """The Content-Type and the body of a form. A name cannot end its quotes or its line (threat A14)."""
    boundary = uuid4().hex  # as unlikely in a file as any text can be
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{safe(name)}"\r\n\r\n'.encode() + value.encode("utf-8", "replace")
        for name, value in fields.items()
    ]
    for each in files:
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="{safe(each.field)}"; filename="{safe(each.name)}"\r\n'
            f"Content-Type: {safe(each.type) or 'application/octet-stream'}\r\n\r\n"
        )
        parts.append(head.encode("utf-8", "replace") + each.content)
    return f"multipart/form-data; boundary={boundary}", b"\r\n".join([*parts, f"--{boundary}--\r\n".encode()])


def safe(text: str) -> str:
    return UNSAFE.sub("_", text)
