"""Every test of the edge has threads with connections of their own: real transactions, nothing remembered from before."""

from collections.abc import Iterator

import pytest

from ascolto.channels.messenger import expectation
from ascolto.edge import permits


@pytest.fixture(autouse=True)
def committed(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(permits, "EVERY_S", 0.2)  # the promise itself is checked in test_stream.py
    expectation.forget()
    yield
    expectation.forget()
