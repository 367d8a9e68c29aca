"""A customer asks on their own page to be called: a message of theirs, a tag, and the wish beside the conversation."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ascolto.channels.delivery import desk_language, language_of
from ascolto.channels.inbound import InboundMessage, accept
from ascolto.conversations.attributes import merge_attributes
from ascolto.conversations.models import Conversation, PrivateLink
from ascolto.conversations.receive import Received
from ascolto.conversations.tag import MAX_TAGS, set_tags
from ascolto.eventlog.event import SYSTEM, Actor
from ascolto.text.phones import phone_in_words

ATTRIBUTE = "call_back"


@dataclass(frozen=True, kw_only=True)
class Wish:
    """Where and when to call; day and times in the desk's own time, each only if it was said. `phone` as +390612345678."""

    phone: str
    day: date | None = None
    since: time | None = None
    until: time | None = None


@transaction.atomic
def ask_for_call(*, link: PrivateLink, wish: Wish, source: str, at: datetime) -> Received:
    """
    Let the wish in as the customer's message, keep it with the conversation and tag that.

    Twice with the same `source` is once; a new wish takes the place of an earlier one.
    :raises inbound.NotYours, ConversationGone:
    """
    conversation = link.conversation
    with translation.override(language_of(conversation)):
        text = in_words(wish)
    received = accept(
        InboundMessage(
            inbox=conversation.inbox_id,
            text=text,
            at=at,
            source=source,
            customer=conversation.customer_id,
            conversation=conversation.id,
        )
    )
    if not received.is_repeated:
        merge_attributes(conversation=conversation, attributes={ATTRIBUTE: kept(wish, at)}, at=at)
        tag(conversation, at, by=Actor("customer", str(conversation.customer_id)))
    return received


def in_words(wish: Wish) -> str:
    """The wish as one sentence in the active language."""
    told: dict[str, Any] = {"phone": phone_in_words(wish.phone)}
    told |= {"day": date_format(wish.day, "j F") if wish.day else ""}
    told |= {name: f"{at:%H:%M}" for name, at in (("since", wish.since), ("until", wish.until)) if at}
    if wish.day and wish.since and wish.until:
        return _("Asks for a call: %(phone)s, on %(day)s between %(since)s and %(until)s.") % told
    if wish.since and wish.until:
        return _("Asks for a call: %(phone)s, between %(since)s and %(until)s.") % told
    if wish.day:
        return _("Asks for a call: %(phone)s, on %(day)s.") % told
    return _("Asks for a call: %(phone)s.") % told


def kept(wish: Wish, at: datetime) -> dict[str, str]:
    said = {"day": wish.day.isoformat() if wish.day else ""}
    said |= {name: f"{when:%H:%M}" if when else "" for name, when in (("since", wish.since), ("until", wish.until))}
    return {"phone": wish.phone, **{name: value for name, value in said.items() if value}, "asked_at": at.isoformat()}


def read_wish(said: Mapping[str, str]) -> Wish:
    """The wish as it was kept. :raises KeyError, TypeError, ValueError: another shape"""
    day, since, until = (said.get(name, "") for name in ("day", "since", "until"))
    return Wish(
        phone=said["phone"],
        day=date.fromisoformat(day) if day else None,
        since=time.fromisoformat(since) if since else None,
        until=time.fromisoformat(until) if until else None,
    )


def tag(conversation: Conversation, at: datetime, *, by: Actor = SYSTEM) -> None:
    """With the word of the desk's language; a conversation that has as many tags as it can stays as it is."""
    with translation.override(desk_language()):
        word = _("call back")
    names = set(conversation.tags.values_list("name", flat=True))
    if len(names) < MAX_TAGS:
        set_tags(conversation=conversation, names=names | {word}, by=by, at=at)


def untag(conversation: Conversation, at: datetime) -> None:
    """The call was made: the word comes off again. Twice is once."""
    with translation.override(desk_language()):
        word = _("call back")
    names = set(conversation.tags.values_list("name", flat=True))
    if word in names:
        set_tags(conversation=conversation, names=names - {word}, by=SYSTEM, at=at)
