"""The headers of every answer the edge gives itself: the same protection that Django's pages have."""

from collections.abc import Mapping

SECURITY = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
# Nobody in between keeps what was meant for one person (threat D3).
PRIVATE = (*SECURITY, (b"cache-control", b"no-store, private"))


def private(content_type: str, more: Mapping[str, str] | None = None) -> list[tuple[bytes, bytes]]:
    """Headers of an answer for one person."""
    return [(b"content-type", content_type.encode()), *PRIVATE, *encoded(more or {})]


def encoded(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]


def header(scope: Mapping[str, object], name: bytes) -> str:
    """The value of a request header; empty when it is not there."""
    for key, value in scope["headers"]:  # type: ignore[attr-defined]
        if key == name:
            return str(value.decode("latin-1"))
    return ""
