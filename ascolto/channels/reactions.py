"""A reply was written: deliver it."""

from ascolto.channels.delivery import waits_for
from ascolto.channels.queue import queue
from ascolto.conversations.events import ReplyWritten
from ascolto.conversations.models import Message
from ascolto.eventlog.event import Recorded
from ascolto.eventlog.reaction import Reactions


def send_by_mail(recorded: Recorded) -> None:
    fact = recorded.event
    assert isinstance(fact, ReplyWritten)
    message = Message.objects.select_related("conversation__inbox").filter(pk=fact.message).first()
    wait = waits_for(message) if message else None
    if message is not None and wait is not None:
        queue(message, wait, recorded.at)


REACTIONS = Reactions("channels", {ReplyWritten: send_by_mail})
