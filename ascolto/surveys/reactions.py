"""After a resolution: ask, and later by mail if nobody saw the questions."""

from ascolto.conversations.events import ConversationResolved
from ascolto.eventlog.event import Recorded
from ascolto.eventlog.reaction import Reactions
from ascolto.jobs.enqueue import enqueue
from ascolto.surveys.invite import Skipped, invite_after_resolution
from ascolto.surveys.jobs import ASK_BY_MAIL_AFTER, ask_by_mail_later


def ask(recorded: Recorded) -> None:
    fact = recorded.event
    assert isinstance(fact, ConversationResolved)
    asked = invite_after_resolution(conversation_id=fact.subject, episode_number=fact.episode, by=fact.actor, at=recorded.at)
    if not isinstance(asked, Skipped):
        enqueue(
            ask_by_mail_later,
            now=recorded.at,
            run_at=recorded.at + ASK_BY_MAIL_AFTER,
            key=str(asked.id),
            invitation_id=str(asked.id),
        )


REACTIONS = Reactions("surveys", {ConversationResolved: ask}, one_by_one=True)  # ask locks a conversation and appends
