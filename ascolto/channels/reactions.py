"""A reply was written: send it where its customer reads. A mail began something: tell its sender, if the inbox wants that."""

from ascolto.channels import dispatch
from ascolto.channels.acknowledge_mail import acknowledgement_id, may_be_told, wants_it
from ascolto.channels.delivery import waits_for
from ascolto.channels.queue import fail_without_address, queue
from ascolto.channels.registry import kind_of
from ascolto.channels.send_later import acknowledge_mail_later, send_soon
from ascolto.conversations.events import ConversationStarted, ReplyWritten
from ascolto.conversations.models import Inbox, Message
from ascolto.eventlog.event import Recorded
from ascolto.eventlog.reaction import Reactions
from ascolto.jobs.enqueue import enqueue


def send_reply(recorded: Recorded) -> None:
    """By the conversation's own thread; without one by mail, to those who do not read it in the messenger."""
    fact = recorded.event
    assert isinstance(fact, ReplyWritten)
    message = Message.objects.select_related("conversation__inbox").filter(pk=fact.message).first()
    if message is None:
        return
    if thread := dispatch.route_of(message.conversation_id):
        dispatch.queue_reply(message=message, thread=thread, at=recorded.at)
        send_soon(conversation=message.conversation_id, at=recorded.at)
    elif (wait := waits_for(message)) is not None:
        queue(message, wait, recorded.at)
    elif kind_of(message.conversation.inbox.kind):  # in the messenger and by the API it can be read all the same
        fail_without_address(message, recorded.at)


def acknowledge_mail(recorded: Recorded) -> None:
    """Once for a conversation that began by mail."""
    fact = recorded.event
    assert isinstance(fact, ConversationStarted)
    if wants_it(fact.inbox) and may_be_told(conversation_id=fact.subject, at=recorded.at):
        enqueue(
            acknowledge_mail_later,
            now=recorded.at,
            key=str(fact.subject),
            conversation_id=str(fact.subject),
            mail_id=acknowledgement_id(Inbox.objects.get(pk=fact.inbox)),
            asked_at=recorded.at.isoformat(),
        )


REACTIONS = Reactions("channels", {ReplyWritten: send_reply, ConversationStarted: acknowledge_mail})
