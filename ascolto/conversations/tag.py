"""Tags and priority."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from ascolto.conversations.assign import touch
from ascolto.conversations.events import ConversationTagged, PrioritySet
from ascolto.conversations.models import Conversation, Tag
from ascolto.conversations.receive import about
from ascolto.conversations.reply import lock
from ascolto.eventlog.append import append
from ascolto.eventlog.event import Actor
from ascolto.text.normalise import normalise_line

MAX_TAGS = 20
MAX_LENGTH = 50


class BadTags(Exception):
    """More than 20 tags, or one longer than 50 characters."""


@transaction.atomic
def set_tags(*, conversation: Conversation, names: Iterable[str], by: Actor, at: datetime) -> Conversation:
    """Make these the conversation's tags and record ConversationTagged. Twice changes nothing. :raises BadTags:"""
    wanted = sorted({name for each in names if (name := normalise_line(each).lower())})
    if len(wanted) > MAX_TAGS or any(len(name) > MAX_LENGTH for name in wanted):
        raise BadTags
    locked = lock(conversation)
    if sorted(locked.tags.values_list("name", flat=True)) == wanted:
        return locked
    Tag.objects.bulk_create([Tag(name=name) for name in wanted], ignore_conflicts=True)
    rows = list(Tag.objects.filter(name__in=wanted).order_by("id"))
    locked.tags.set(rows)
    touch(locked, at)
    append(ConversationTagged(tags=tuple(row.pk for row in rows), actor=by, **about(locked)), at=at)
    return locked


@transaction.atomic
def set_priority(*, conversation: Conversation, priority: int, by: Actor, at: datetime) -> Conversation:
    """Set the priority (1 low … 4 urgent) and record PrioritySet. Twice changes nothing. :raises ValueError: out of range"""
    wanted = Conversation.Priority(priority)
    locked = lock(conversation)
    if locked.priority == wanted:
        return locked
    previous, locked.priority = locked.priority, wanted
    touch(locked, at, "priority")
    append(PrioritySet(priority=int(wanted), previous=int(previous), actor=by, **about(locked)), at=at)
    return locked
