"""Whoever holds a link to a customer's page says that it is not theirs, or that they are done with it."""

from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from ascolto.channels.delivery import desk_language
from ascolto.conversations.links import end_link
from ascolto.conversations.models import PrivateLink
from ascolto.conversations.note import write_note
from ascolto.eventlog.event import Actor


@transaction.atomic
def end(*, link: PrivateLink, at: datetime) -> int:
    """
    Close this link and all others to the same address of the conversation, and leave a note to the colleagues.

    Returns how many were open. Twice is once.
    """
    closed = end_link(link=link, at=at)
    if closed:
        with translation.override(desk_language()):
            words = _(
                "Whoever reads the mail of %(address)s closed the link to this conversation: not theirs, or not wanted any"
                " more. Check the address before the next reply."
            ) % {"address": link.sent_to or "?"}
        by = Actor("customer", str(link.conversation.customer_id))
        write_note(conversation=link.conversation, text=words, by=by, author=None, at=at, source=f"end:{link.id}")
    return closed
