"""PostgreSQL as this desk uses it."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

STATEMENT_TIMEOUT_MS = 30_000  # no screen may hold a connection longer than a person would wait


def connection_settings(url: str) -> dict[str, Any]:
    """The `DATABASES` entry of Django for `postgresql://user:password@host:port/name?option=value`."""
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": parts.port or "",
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"options": f"-c statement_timeout={STATEMENT_TIMEOUT_MS}", **dict(parse_qsl(parts.query))},
    }
