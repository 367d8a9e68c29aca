"""With which headers a file leaves the house; the same for every door."""

from urllib.parse import quote

from ascolto.files.models import StoredFile
from ascolto.files.types import TABLE, UNKNOWN

PREVIEW_TYPE = "image/webp"
# Even a file that a browser took for a page could run nothing, load nothing and reach nothing.
NO_POWERS = "sandbox; default-src 'none'; style-src 'none'; frame-ancestors 'none'"


def headers(file: StoredFile, *, inline: bool = False) -> dict[str, str]:
    """
    What to send with a file's bytes. `inline` is a wish: only a picture that was decoded here is shown in place.

    The type is one of our table, whatever the row says; everything is private to who asked.
    """
    shown = inline and file.is_picture and file.type in TABLE and TABLE[file.type].is_shown
    return fixed(file.type if file.type in TABLE else UNKNOWN) | {
        "Content-Disposition": disposition("inline" if shown else "attachment", file.name),
        "Content-Length": str(file.size_bytes),
    }


def preview_headers(file: StoredFile) -> dict[str, str]:
    """What to send with the small picture: it was drawn by us, so it may be shown."""
    return fixed(PREVIEW_TYPE) | {"Content-Disposition": disposition("inline", f"{file.name}.webp")}


def fixed(type_name: str) -> dict[str, str]:
    return {
        "Content-Type": f"{type_name}; charset=utf-8" if type_name.startswith("text/") else type_name,
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": NO_POWERS,
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, max-age=300",
        "Referrer-Policy": "no-referrer",
    }


def disposition(how: str, name: str) -> str:
    """RFC 6266: an ASCII name for old clients, the true one as RFC 5987 writes it."""
    plain = "".join(letter if " " <= letter <= "~" and letter not in '"\\%;' else "_" for letter in name)
    return f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
