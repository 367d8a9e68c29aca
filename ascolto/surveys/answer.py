"""Record an answer to an invitation; later words replace it for a week."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from ascolto.conversations.receive import about
from ascolto.eventlog.append import append
from ascolto.eventlog.event import Actor
from ascolto.surveys.events import SurveyAnswered
from ascolto.surveys.invite import PURPOSE
from ascolto.surveys.models import SCORES, Answer, Invitation
from ascolto.text.normalise import normalise
from ascolto.vault.tokens import BadToken, read_id

AMEND_FOR = timedelta(days=7)  # measurement.md 1.1: a re-answer within 7 days replaces
WHY_CHARS = 5_000


class UnknownInvitation(Exception):
    """The token is forged, mutilated, unknown or out of date: one answer for all four (threat E2)."""


class TooLate(Exception):
    """It was answered more than a week ago; that answer stands."""


class NothingAnswered(Exception):
    """Neither a choice nor words."""


class NotOnTheScale(Exception):
    """A choice is 1 to 5."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """What was said, tidied: choices 1 to 5 or None, words without controls."""

    csat: int | None
    effort: int | None
    why: str


def open_invitation(token: str, *, now: datetime) -> Invitation:
    """
    The invitation a token stands for, with its answer if there is one. Only reads.

    It opens until its two weeks are over, and for a week after an answer.
    :raises UnknownInvitation:
    """
    try:
        id = read_id(purpose=PURPOSE, token=token, now=now).id
    except BadToken as error:
        raise UnknownInvitation from error
    invitation = Invitation.objects.filter(pk=id).select_related("conversation", "inbox", "answer").first()
    if invitation is None or now >= closes_at(invitation):
        raise UnknownInvitation
    return invitation


def closes_at(invitation: Invitation) -> datetime:
    """Until when the page of an invitation opens."""
    answer = answer_to(invitation)
    return invitation.expires_at if answer is None else max(invitation.expires_at, answer.answered_at + AMEND_FOR)


def answer_to(invitation: Invitation) -> Answer | None:
    """The answer to an invitation, if there is one."""
    return getattr(invitation, "answer", None)


@transaction.atomic
def record(*, token: str, csat: int | None, effort: int | None, why: str, at: datetime, source: str) -> Answer:
    """
    Write down what the customer said and record SurveyAnswered; again within a week replaces it, the same again changes nothing.

    One choice without the other counts, and what a later answer leaves out stays as it was: the messenger asks one question
    at a time, and the page of the link never shows what was said before (threat E3).
    :param at: when it reached us, UTC
    :param source: "messenger" or "link"
    :raises UnknownInvitation, TooLate, NothingAnswered, NotOnTheScale, normalise.TooLong:
    """
    said = tidy(csat, effort, why)
    invitation = Invitation.objects.select_for_update(of=("self",)).get(pk=open_invitation(token, now=at).pk)
    before = Answer.objects.filter(invitation=invitation).first()
    if before is None:
        answer = Answer.objects.create(
            invitation=invitation, csat=said.csat, effort=said.effort, why=said.why, source=Answer.Source(source), answered_at=at
        )
    elif at >= before.answered_at + AMEND_FOR:
        raise TooLate
    elif not amend(before, merged(before, said), at):
        return before
    else:
        answer = before
    Invitation.objects.filter(pk=invitation.pk, displayed_at=None).update(displayed_at=at)
    tell(invitation, answer, at)
    return answer


def tidy(csat: int | None, effort: int | None, why: str) -> Said:
    words = normalise(why, max_chars=WHY_CHARS).strip()
    if any(score is not None and score not in SCORES for score in (csat, effort)):
        raise NotOnTheScale
    if csat is None and effort is None and not words:
        raise NothingAnswered
    return Said(csat=csat, effort=effort, why=words)


def merged(answer: Answer, said: Said) -> Said:
    """What was said now, and for the rest what was said before."""
    return Said(csat=said.csat or answer.csat, effort=said.effort or answer.effort, why=said.why or answer.why)


def amend(answer: Answer, said: Said, at: datetime) -> bool:
    """Put the later words in place of the earlier; whether anything changed."""
    if said == Said(csat=answer.csat, effort=answer.effort, why=answer.why):
        return False
    answer.csat, answer.effort, answer.why = said.csat, said.effort, said.why
    answer.amended_at = at
    answer.save(update_fields=["csat", "effort", "why", "amended_at"])
    return True


def tell(invitation: Invitation, answer: Answer, at: datetime) -> None:
    append(
        SurveyAnswered(
            invitation=invitation.id,
            csat=answer.csat,
            effort=answer.effort,
            has_words=bool(answer.why),
            is_amended=answer.amended_at is not None,
            actor=Actor("customer", str(invitation.customer_id)),
            **about(invitation.conversation),
        ),
        at=at,
    )
