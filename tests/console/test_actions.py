"""Who holds it, whose turn it is, tags, priority, links."""

from typing import Any
from uuid import uuid4

import pytest

from ascolto.conversations.links import make_link
from ascolto.conversations.models import PrivateLink

HTMX = {"HX-Request": "true"}


def do(browser: Any, conversation: Any, part: str, **fields: Any) -> Any:
    return browser.post(f"/conversations/{conversation.number}/{part}/", fields, headers=HTMX)


def test_one_takes_it_gives_it_and_puts_it_back(as_bruno: Any, world: Any, conversation: Any) -> None:
    holders = []
    for wanted in ("me", str(world.carla.pk), ""):
        assert do(as_bruno, conversation, "assignee", assignee=wanted).status_code == 204
        conversation.refresh_from_db()
        holders.append(conversation.assignee)

    assert holders == [world.bruno, world.carla, None]


def test_it_is_not_given_to_someone_who_may_not_see_it(as_bruno: Any, world: Any, conversation: Any) -> None:
    assert do(as_bruno, conversation, "assignee", assignee=str(world.dario.pk)).status_code == 422
    assert do(as_bruno, conversation, "assignee", assignee=str(uuid4())).status_code == 422
    assert do(as_bruno, conversation, "assignee", assignee="x").status_code == 422

    conversation.refresh_from_db()
    assert conversation.assignee is None


def test_only_those_who_may_see_it_are_offered(as_bruno: Any, world: Any, conversation: Any) -> None:
    page = as_bruno.get(f"/conversations/{conversation.number}/").content.decode()

    assert f'value="{world.carla.pk}"' in page
    assert f'value="{world.ada.pk}"' in page
    assert str(world.dario.pk) not in page


def test_resolve_reopen_and_wait(as_bruno: Any, conversation: Any) -> None:
    seen = []
    for wanted in ("resolved", "open", "waiting"):
        do(as_bruno, conversation, "status", status=wanted)
        conversation.refresh_from_db()
        seen.append(conversation.status)

    assert seen == ["resolved", "open", "waiting"]


@pytest.mark.parametrize(
    ("part", "fields"),
    [
        ("status", {"status": "gone"}),
        ("status", {}),
        ("priority", {"priority": "9"}),
        ("priority", {"priority": "²"}),
        ("team", {"team": "x"}),
        ("tags", {"new": "x" * 51}),
    ],
)
def test_nonsense_is_refused_and_changes_nothing(as_bruno: Any, conversation: Any, part: str, fields: dict[str, str]) -> None:
    before = conversation.version

    assert do(as_bruno, conversation, part, **fields).status_code == 422

    conversation.refresh_from_db()
    assert conversation.version == before


def test_tags_are_added_between_commas_and_taken_off_one_by_one(as_bruno: Any, conversation: Any) -> None:
    do(as_bruno, conversation, "tags", new="Garanzia, spedizione ")
    assert {tag.name for tag in conversation.tags.all()} == {"garanzia", "spedizione"}

    do(as_bruno, conversation, "tags", tags=["garanzia", "spedizione"], without="garanzia", new="")
    assert {tag.name for tag in conversation.tags.all()} == {"spedizione"}


def test_team_and_priority(as_bruno: Any, world: Any, conversation: Any) -> None:
    do(as_bruno, conversation, "team", team=str(world.team.pk))
    do(as_bruno, conversation, "priority", priority="4")

    conversation.refresh_from_db()
    assert (conversation.team, conversation.priority) == (world.team, 4)


def test_private_links_are_closed(as_bruno: Any, world: Any, conversation: Any) -> None:
    from django.utils import timezone

    make_link(conversation=conversation, sent_to="anna@example.org", at=timezone.now())
    page = as_bruno.get(f"/conversations/{conversation.number}/?lang=en").content.decode()

    do(as_bruno, conversation, "links")

    assert "Close all links" in page
    assert not PrivateLink.objects.filter(revoked_at=None).exists()


def test_the_page_hears_that_something_changed_and_without_scripts_comes_again(as_bruno: Any, conversation: Any) -> None:
    assert do(as_bruno, conversation, "status", status="waiting").headers["HX-Trigger"] == "conversation-changed"

    plain = as_bruno.post(f"/conversations/{conversation.number}/status/", {"status": "resolved"})
    assert plain.headers["Location"] == f"/conversations/{conversation.number}/"
