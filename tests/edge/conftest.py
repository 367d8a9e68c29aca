"""Every test of the edge has threads with connections of their own: real transactions, nothing remembered from before."""

from collections.abc import Iterator

import pytest

from ascolto.channels.messenger import expectation


@pytest.fixture(autouse=True)
def committed(transactional_db: None) -> Iterator[None]:
    expectation.forget()
    yield
    expectation.forget()
