"""The demo desk is believable, and the same each time."""

from typing import Any

from ascolto.channels.models import RawInbound
from ascolto.conversations.models import Conversation, Message
from ascolto.demo.doors import CHANNELS
from ascolto.demo.plan import plan
from ascolto.demo.story import tell
from ascolto.demo.threads import SCRIPTS
from ascolto.surveys.models import Answer, Invitation
from tests.conftest import NOON


def test_the_same_end_gives_the_same_plan() -> None:
    assert plan(NOON) == plan(NOON)
    assert len(plan(NOON)) == 300


def test_nothing_happens_after_the_end() -> None:
    assert max(each.begins for each in plan(NOON)) < NOON


def test_it_is_told_in_both_languages() -> None:
    assert {script.language for script in SCRIPTS} == {"it", "en"}
    assert 15 <= sum(each.script.language == "en" for each in plan(NOON)) <= 150


def test_the_story_is_told_by_the_products_own_verbs(db: Any) -> None:
    tell(NOON, conversations=60)

    assert Conversation.objects.exclude(inbox__kind__in=CHANNELS).count() == 60
    assert set(Conversation.objects.values_list("status", flat=True)) == {"open", "waiting", "resolved"}
    assert Message.objects.filter(visibility="internal").exists()
    assert Answer.objects.count() >= 5
    assert Invitation.objects.filter(mailed_at__isnull=False, answer=None).exists()  # asked by mail, not answered
    assert not Message.objects.filter(at__gt=NOON).exists()
    assert not Message.objects.filter(text__contains="{").exists()


def test_every_door_shows_what_comes_through_it(db: Any) -> None:
    tell(NOON, conversations=5)

    by_kind = {kind: Conversation.objects.filter(inbox__kind=kind) for kind in CHANNELS}
    assert {kind for kind, found in by_kind.items() if found.exists()} == set(CHANNELS)
    mails = Message.objects.filter(conversation__inbox__kind="email")
    assert mails.filter(is_automatic=True).count() == 1
    assert mails.filter(delivery="failed").exclude(delivery_note="").exists()  # a bounce
    assert mails.exclude(html="").count() == 2
    assert mails.filter(attachments__is_inline=True).exists()
    assert max(found.messages.count() for found in by_kind["email"]) == 4  # the answer came back to its conversation
    assert Message.objects.filter(delivery="read", conversation__inbox__kind="whatsapp").exists()
    assert "call_back" in by_kind["phone"].get().attributes
    assert not RawInbound.objects.exclude(state__in=["read", "ignored"]).exists()
