"""Each test counts its own visits."""

from collections.abc import Iterator
from typing import Any

import pytest

from ascolto.egress import mail
from ascolto.web.client import limiter


@pytest.fixture(autouse=True)
def nobody_came_before() -> Iterator[None]:
    """Each test counts its own visits."""
    limiter().storage.reset()
    yield
    limiter().storage.reset()


@pytest.fixture
def mails() -> Any:
    """What would have gone out, newest first."""
    return lambda: [mail.read_kept(kept.name) for kept in mail.list_kept(200)]
