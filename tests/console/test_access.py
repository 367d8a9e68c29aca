"""What one may not see is not there, on every address of the console (threats K1, K2)."""

from typing import Any
from uuid import uuid4

import pytest

from ascolto.conversations.models import Message

READ = ("", "timeline/", "holder/")
WRITE = ("replies/", "notes/", "draft/", "files/", "read/", "assignee/", "team/", "status/", "tags/", "priority/", "links/")


@pytest.mark.parametrize("part", READ)
def test_k1_an_outsider_reads_nothing_of_a_conversation(part: str, world: Any, conversation: Any, signed_in: Any) -> None:
    browser = signed_in(world.dario)

    assert browser.get(f"/conversations/{conversation.number}/{part}").status_code == 404


@pytest.mark.parametrize("part", WRITE)
def test_k1_an_outsider_writes_nothing_into_a_conversation(part: str, world: Any, conversation: Any, signed_in: Any) -> None:
    fields = {"text": "x", "status": "resolved", "assignee": "me", "priority": "4", "new": "x"}
    before = conversation.version

    answer = signed_in(world.dario).post(f"/conversations/{conversation.number}/{part}", fields)

    conversation.refresh_from_db()
    assert answer.status_code == 404
    assert (conversation.status, conversation.assignee, conversation.version) == ("open", None, before)
    assert Message.objects.count() == 1


@pytest.mark.parametrize("part", WRITE)
def test_k2_nobody_writes_without_signing_in(part: str, client: Any, conversation: Any) -> None:
    answer = client.post(f"/conversations/{conversation.number}/{part}", {"text": "x"})

    assert answer.status_code == 403
    assert Message.objects.count() == 1


@pytest.mark.parametrize("part", WRITE)
def test_reading_an_address_that_writes_is_refused(part: str, as_bruno: Any, conversation: Any) -> None:
    assert as_bruno.get(f"/conversations/{conversation.number}/{part}").status_code == 405


def test_k1_a_file_of_another_conversation_is_not_served_under_ones_own(
    world: Any, anna_writes: Any, signed_in: Any, attached: Any
) -> None:
    mine, theirs = anna_writes("mia", inbox=world.elsewhere), anna_writes("loro")
    attachment = attached(theirs)

    assert signed_in(world.dario).get(f"/conversations/{mine.number}/files/{attachment.id}/").status_code == 404
    assert signed_in(world.dario).get(f"/conversations/{theirs.number}/files/{attachment.id}/").status_code == 404


def test_k1_lists_counts_and_search_know_nothing_of_what_one_may_not_see(
    world: Any, conversation: Any, signed_in: Any, settle: Any
) -> None:
    settle(world.now)
    browser = signed_in(world.dario)

    for view in ("mine", "team", "unassigned", "open", "waiting", "resolved"):
        assert "lampada" not in browser.get(f"/inbox/{view}/").content.decode()
    assert '<span class="tab__count">1</span>' not in browser.get("/inbox/counts/").content.decode()
    assert "lampada si accende" not in browser.get("/search/", {"q": "lampada"}).content.decode()
    assert browser.get("/search/", {"q": f"#{conversation.number}"}).status_code == 200


def test_k1_a_customer_of_other_inboxes_is_not_there(world: Any, conversation: Any, signed_in: Any) -> None:
    assert signed_in(world.dario).get(f"/customers/{world.anna.id}/").status_code == 404
    assert signed_in(world.bruno).get(f"/customers/{world.anna.id}/").status_code == 200
    assert signed_in(world.bruno).get(f"/customers/{uuid4()}/").status_code == 404


def test_k1_history_shows_only_what_one_may_see(world: Any, conversation: Any, anna_writes: Any, signed_in: Any) -> None:
    anna_writes("Una cosa detta altrove", inbox=world.elsewhere)

    page = signed_in(world.bruno).get(f"/conversations/{conversation.number}/").content.decode()

    assert "detta altrove" not in page


def test_a_form_without_its_token_is_refused(world: Any, conversation: Any) -> None:
    from django.test import Client

    browser = Client(enforce_csrf_checks=True)
    browser.force_login(world.bruno)

    assert browser.post(f"/conversations/{conversation.number}/notes/", {"text": "x"}).status_code == 403
