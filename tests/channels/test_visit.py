"""Visits of the messenger: what is kept of a browser, and what never is."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ascolto.channels.messenger import visit
from ascolto.channels.models import Visit
from ascolto.eventlog.read import events_after
from ascolto.people.identify import Claim
from ascolto.people.models import Address, Customer
from ascolto.realtime.topics import EVERYTHING, inbox_topic, topics_of

NOON = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://shop.example/a/b?reset=secret#token", "https://shop.example/a/b"),
        ("https://user:secret@shop.example:8443/", "https://shop.example:8443/"),
        ("javascript:alert(1)", ""),
        ("https://[", ""),
        ("", ""),
    ],
)
def test_d10_a_page_is_kept_without_query_fragment_and_sign_in(world: Any, url: str, kept: str) -> None:
    opened, _ = visit.open_visit(inbox=world.inbox, at=NOON, page_url=url)

    assert opened.page_url == kept


def test_the_token_itself_is_not_kept(world: Any) -> None:
    opened, token = visit.open_visit(inbox=world.inbox, at=NOON)

    assert token not in str(Visit.objects.filter(pk=opened.pk).values().get())
    assert visit.resume(token=token, inbox=world.inbox.id, now=NOON) == opened
    assert visit.resume(token=token, inbox=world.elsewhere.id, now=NOON) is None
    assert visit.resume(token=token, inbox=world.inbox.id, now=NOON + visit.LIFETIME) is None


def test_d9_a_revoked_visit_does_not_come_back(world: Any) -> None:
    _, token = visit.open_visit(inbox=world.inbox, at=NOON)

    assert visit.revoke(token=token, at=NOON)
    assert not visit.revoke(token=token, at=NOON)
    assert visit.resume(token=token, inbox=world.inbox.id, now=NOON) is None


def test_d1_a_left_address_makes_nobody_known(world: Any) -> None:
    opened, _ = visit.open_visit(inbox=world.inbox, at=NOON)

    visit.leave_address(visit=opened.id, email=" Anna@Example.org ", at=NOON)
    visit.leave_address(visit=opened.id, email="anna@example.org", at=NOON)

    customer = Visit.objects.get(pk=opened.pk).customer
    assert customer is not None
    assert customer != world.anna
    assert [(row.value, row.proven_at) for row in Address.objects.filter(customer=customer)] == [("anna@example.org", None)]


def test_a_proof_joins_a_silent_visit_and_makes_it_short(world: Any) -> None:
    opened, _ = visit.open_visit(inbox=world.inbox, at=NOON)
    claim = Claim(external_id="anna-1", is_proven=True)

    assert visit.prove(visit=opened, claim=claim, at=NOON)
    assert visit.prove(visit=opened, claim=claim, at=NOON)

    row = Visit.objects.get(pk=opened.pk)
    assert (row.customer, row.is_proven, row.expires_at) == (world.anna, True, NOON + timedelta(hours=24))


def test_d1_a_proof_does_not_take_over_what_someone_else_said(world: Any) -> None:
    opened, _ = visit.open_visit(inbox=world.inbox, at=NOON)
    other = Customer.objects.create(created_at=NOON, updated_at=NOON)
    Visit.objects.filter(pk=opened.pk).update(customer=other)

    assert not visit.prove(visit=opened, claim=Claim(external_id="anna-1", is_proven=True), at=NOON)
    assert Visit.objects.get(pk=opened.pk).customer == other


def test_a_left_address_is_told_to_the_inbox_once_and_without_the_address(world: Any, anna_writes: Any) -> None:
    conversation = anna_writes("La lampada balla")
    opened, _ = visit.open_visit(inbox=world.inbox, at=NOON)
    Visit.objects.filter(pk=opened.pk).update(customer=conversation.customer)

    for _again in range(2):
        visit.leave_address(visit=opened.id, email="altra@example.org", at=NOON)

    told = [each for each in events_after(0) if each.event.kind == "customer.address_left"]
    assert [(each.event.subject, each.event.facts()) for each in told] == [
        (conversation.customer_id, {"inbox": str(world.inbox.id)})
    ]
    assert topics_of(told[0]) == (EVERYTHING, inbox_topic(world.inbox.id))
