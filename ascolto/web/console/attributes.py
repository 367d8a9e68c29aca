"""What stands with a conversation besides its words: answers to the form's questions, what programs wrote, a wished call."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ascolto.channels.ask_for_call import ATTRIBUTE, in_words, read_wish
from ascolto.channels.webform.configure import fields_of
from ascolto.channels.webform.fields import Kind
from ascolto.conversations.models import Conversation, Inbox
from ascolto.web.parts.tags import as_spoken


@dataclass(frozen=True, kw_only=True)
class Row:
    """One attribute with the words that people know it by."""

    label: str
    words: str


def rows_of_attributes(conversation: Conversation) -> list[Row]:
    """The attributes in the order in which they were asked; no query for a conversation without."""
    given: Mapping[str, Any] = conversation.attributes
    plain = {name: value for name, value in given.items() if not isinstance(value, (dict, list))}
    if not plain:
        return []
    fields = fields_of(conversation.inbox) if conversation.inbox.kind == Inbox.Kind.WEBFORM else ()
    language = get_language() or "it"
    known = [
        Row(label=each.label_in(language), words=words_of(plain[each.name], each.kind)) for each in fields if each.name in plain
    ]
    rest = plain.keys() - {each.name for each in fields}
    return known + [Row(label=name, words=words_of(plain[name])) for name in plain if name in rest]


def call_wished(conversation: Conversation) -> str:
    """The call that the customer asked for, as one sentence; empty without one."""
    said = conversation.attributes.get(ATTRIBUTE)
    try:
        wish = read_wish(said) if isinstance(said, dict) else None
    except (KeyError, TypeError, ValueError):
        return ""  # another program wrote it, in a shape of its own
    return in_words(wish) if wish else ""


def words_of(value: Any, kind: str = "") -> str:
    """A value as people read it."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, (int, float)):
        return number_format(value)
    if kind == Kind.DATE:
        return day_of(str(value))
    return str(value)


def day_of(written: str) -> str:
    try:
        return as_spoken(date_format(date.fromisoformat(written), "j F Y"))
    except ValueError:
        return written
