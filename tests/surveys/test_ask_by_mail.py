"""The letter that asks how it went."""

from datetime import timedelta
from typing import Any

from ascolto.people.models import Address
from ascolto.surveys.ask_by_mail import ask_by_mail
from ascolto.surveys.display import mark_displayed
from ascolto.surveys.invite import Skipped
from ascolto.surveys.models import Invitation


def test_who_did_not_see_the_questions_gets_them_by_mail_once(asked: Any, world: Any, settle: Any, mails: Any) -> None:
    settle(world.now + timedelta(hours=1))
    settle(world.now + timedelta(hours=2))

    letters = [each for each in mails() if f"/r/{asked.token}?csat=5" in each.get_body(("plain",)).get_content()]

    assert len(letters) == 1
    assert letters[0]["To"] == "anna@example.org"
    assert letters[0]["Auto-Submitted"] == "auto-generated"
    assert Invitation.objects.get().mailed_at is not None


def test_who_saw_the_questions_gets_no_letter(asked: Any, world: Any, settle: Any) -> None:
    at = world.now + timedelta(minutes=31)
    mark_displayed(conversation_id=asked.conversation.id, customer_id=world.anna.id, at=at)
    settle(world.now + timedelta(hours=1))

    assert Invitation.objects.get().mailed_at is None


def test_d8_an_unproven_address_is_asked_once_a_day_whoever_gives_it(asked: Any, world: Any) -> None:
    at = world.now + timedelta(hours=1)
    Address.objects.update(proven_at=None)
    first = ask_by_mail(invitation_id=asked.invitation.id, now=at)
    Invitation.objects.update(mailed_at=None, mail_id="")
    second = ask_by_mail(invitation_id=asked.invitation.id, now=at + timedelta(hours=23))

    assert isinstance(first, Invitation)
    assert isinstance(second, Skipped)


def test_d8_the_letter_has_none_of_the_customers_words(asked: Any, world: Any, mails: Any) -> None:
    ask_by_mail(invitation_id=asked.invitation.id, now=world.now + timedelta(hours=1))

    assert "lampada" not in mails()[0].as_string().lower()
