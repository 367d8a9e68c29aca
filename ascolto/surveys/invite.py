"""Whether and when to ask: once for every resolved episode that a person worked on."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from ascolto.conversations.models import Conversation, Episode, Message
from ascolto.conversations.receive import about
from ascolto.database.ids import new_id
from ascolto.eventlog.append import append
from ascolto.eventlog.event import Actor
from ascolto.surveys.events import SurveyInvited
from ascolto.surveys.models import Invitation
from ascolto.vault.tokens import sign_id

PURPOSE = "survey"
WINDOW = timedelta(days=14)  # measurement.md 1.1: the response rate counts answers of two weeks


@dataclass(frozen=True)
class Skipped:
    """Nobody was asked; `reason` says why, in English, for whoever reads the log of a run."""

    reason: str


@transaction.atomic
def invite_after_resolution(*, conversation_id: UUID, episode_number: int, by: Actor, at: datetime) -> Invitation | Skipped:
    """
    Ask the customer about an episode that was resolved, and record SurveyInvited. Twice for an episode is once.

    The questions then stand in the messenger and on the customer's page; whether a letter follows is jobs.py's matter.
    :param by: who resolved it
    :param at: when it was resolved, UTC; the two weeks run from here
    """
    episode = Episode.objects.filter(conversation_id=conversation_id, number=episode_number).first()
    conversation = (
        Conversation.objects.select_for_update(of=("self",))
        .select_related("inbox", "customer")
        .filter(pk=conversation_id)
        .first()
    )
    if episode is None or conversation is None:
        return Skipped("the conversation is gone")
    if reason := why_not(conversation, episode, by):
        return Skipped(reason)
    invitation = new_invitation(conversation, episode, at)
    append(
        SurveyInvited(invitation=invitation.id, episode=episode.number, **about(conversation)),
        at=at,
    )
    return invitation


def why_not(conversation: Conversation, episode: Episode, by: Actor) -> str:
    """The reason not to ask, or nothing."""
    if by.kind in ("system", "bot"):
        return "no person resolved it"
    if episode.first_reply_at is None:
        return "nobody answered in this episode"
    if conversation.customer.forgotten_at is not None:
        return "the customer was forgotten"
    if Invitation.objects.filter(episode=episode).exists():
        return "asked before"
    return ""


def new_invitation(conversation: Conversation, episode: Episode, at: datetime) -> Invitation:
    return Invitation.objects.create(
        id=new_id(),
        episode=episode,
        conversation=conversation,
        customer_id=conversation.customer_id,
        channel=conversation.inbox.kind,
        inbox=conversation.inbox,
        agent_id=who_answered(conversation),
        team_id=conversation.team_id,
        invited_at=at,
        expires_at=at + WINDOW,
    )


def who_answered(conversation: Conversation) -> UUID | None:
    """Who holds it now, else who replied last."""
    if conversation.assignee_id is not None:
        return conversation.assignee_id
    replies = Message.objects.filter(conversation=conversation, author_kind=Message.Author.AGENT, visibility="public")
    return replies.order_by("-at").values_list("author_id", flat=True).first()


def token_of(invitation: Invitation) -> str:
    """The token of /r/<token>: the invitation's id, signed; nothing of the customer is in it."""
    return sign_id(purpose=PURPOSE, id=invitation.id)
