"""Static files under an address that changes with their content, so that browsers may keep them for ever."""

from functools import cache
from hashlib import sha256
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage


class VersionedStatics(StaticFilesStorage):
    """`/static/css/base.css?v=1a2b3c4d`: the package is served as it is installed, nothing is collected or renamed."""

    def url(self, name: str | None) -> str:
        address = super().url(name)
        return f"{address}?v={version_of(name)}" if name else address


@cache
def version_of(name: str) -> str:
    """The first eight digits of the file's SHA-256; an unknown file is a mistake in a template and is said loudly."""
    found = finders.find(name)
    if not isinstance(found, str):
        raise FileNotFoundError(f"no static file is called {name}")
    return sha256(Path(found).read_bytes()).hexdigest()[:8]
