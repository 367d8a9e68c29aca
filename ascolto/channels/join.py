"""Who answers with our token from the address that it was sent to has proven that address: their history becomes one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ascolto.channels.models import Visit
from ascolto.conversations.change_customer import change_customer
from ascolto.people.models import Address
from ascolto.people.prove import prove_address


@dataclass(frozen=True, kw_only=True)
class Proof:
    """An answer that carried our token, from the very address that the token was sent to."""

    customer: UUID
    inbox: UUID
    kind: str
    value: str


def join(proofs: Sequence[Proof], *, at: datetime) -> None:
    """
    Note the proofs, and give the conversations of an unproven customer to the one who had proven the address before.

    In the caller's transaction; twice is once. Whoever has an unproven browser at the messenger is left alone: it may be
    somebody else's, who typed this address, and would see what is not theirs (threat D1).
    """
    for proof in dict.fromkeys(proofs):
        if not is_to_prove(proof) or Visit.objects.filter(customer=proof.customer, is_proven=False).exists():
            continue
        owner = prove_address(customer=proof.customer, kind=proof.kind, value=proof.value, inbox=proof.inbox, at=at)
        if owner != proof.customer:
            change_customer(earlier=proof.customer, customer=owner, at=at)


def is_to_prove(proof: Proof) -> bool:
    rows = Address.objects.filter(customer=proof.customer, kind=proof.kind, value=proof.value, proven_at=None)
    return rows.exists()
