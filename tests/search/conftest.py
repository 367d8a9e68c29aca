"""A few messages to look for."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from ascolto.search.index import Document, put

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
SALES, CARE = UUID(int=1), UUID(int=2)


def message(number, public, *, group=None, scope=SALES, internal="", at=NOON):
    return Document(
        key=UUID(int=1000 + number), group=UUID(int=group or 100 + number), scope=scope, at=at, public=public, internal=internal
    )


@pytest.fixture
def messages(db):
    documents = [
        message(1, "Il mio ordine non è arrivato, la spedizione è in ritardo"),
        message(2, "Where is my refund? Two deliveries are late", scope=CARE),
        message(3, "Perché la città è sbagliata sulla fattura?"),
        message(4, "Grazie, spedizione perfetta", group=101),
        message(5, "", internal="Canarino: cliente difficile, spedizione già rimborsata", group=105, scope=CARE),
    ]
    put(documents)
    return documents
