"""What the channel of a conversation can carry, so that a reply that cannot leave is refused while it is written."""

from uuid import UUID

from django.utils.translation import gettext as _

from ascolto.channels.contract import Capabilities
from ascolto.channels.dispatch import route_of
from ascolto.channels.registry import kind_of


class DoesNotFit(Exception):
    """The channel cannot carry this reply; `words` says what to do."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


def limits_of(conversation_id: UUID) -> Capabilities:
    """What the channel can carry by which this conversation is answered; without one, what the messenger can."""
    thread = route_of(conversation_id)
    kind = kind_of(thread.inbox.kind) if thread else None
    return kind.capabilities if kind else Capabilities()


def refuse_what_does_not_fit(*, conversation_id: UUID, text: str) -> None:
    """
    Before a reply is written. Files always fit: those that the channel cannot carry go as a link to the customer's page.

    :raises DoesNotFit:
    """
    can = limits_of(conversation_id)
    if len(text) > can.max_chars:
        words = _("Not sent: this channel carries up to %(count)s characters. Your text is safe; send it in parts.")
        raise DoesNotFit(words % {"count": can.max_chars})
