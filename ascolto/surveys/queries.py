"""What was asked, what was said, and how it spreads."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from ascolto.conversations.models import Conversation
from ascolto.surveys.answer import AMEND_FOR
from ascolto.surveys.invite import token_of
from ascolto.surveys.models import SCORES, Answer, Invitation

PAGE = 50


@dataclass(frozen=True, kw_only=True)
class Cohort:
    """Invitations made from `since` up to `until` (not included) in these inboxes; the same for both sides of every share."""

    since: datetime
    until: datetime
    inboxes: Collection[UUID]


@dataclass(frozen=True, kw_only=True)
class Distribution:
    """How the answers to a cohort's invitations spread."""

    csat: tuple[int, ...]  # how many chose 1, 2, 3, 4, 5
    effort: tuple[int, ...]
    answers: int
    with_words: int
    delivered: int  # invitations that reached a screen or a mail server
    invited: int


def pending(*, customer_id: UUID, conversation_id: UUID, now: datetime) -> Invitation | None:
    """The latest invitation of a conversation that this customer may still answer for the first time."""
    rows = Invitation.objects.filter(
        conversation_id=conversation_id, customer_id=customer_id, answer=None, invited_at__lte=now, expires_at__gt=now
    )
    return rows.filter(conversation__status=Conversation.Status.RESOLVED).order_by("-invited_at").first()


def pending_for_customer(customer_id: UUID, conversation_id: UUID, now: datetime) -> str | None:
    """The token of the questions that the messenger shows now, if there are any. Only reads."""
    invitation = pending(customer_id=customer_id, conversation_id=conversation_id, now=now)
    return token_of(invitation) if invitation else None


def answered_by_customer(customer_id: UUID, conversation_id: UUID, now: datetime) -> str | None:
    """The token of the questions that this customer has answered and may still answer otherwise. Only reads."""
    rows = Invitation.objects.filter(
        conversation_id=conversation_id,
        customer_id=customer_id,
        answer__answered_at__lte=now,
        answer__answered_at__gt=now - AMEND_FOR,
    )
    invitation = rows.order_by("-invited_at").first()
    return token_of(invitation) if invitation else None


def answer_of(conversation: Conversation) -> Answer | None:
    """What the customer last said about a conversation, for the console."""
    return answers_of(conversation).first()


def answers_of(conversation: Conversation) -> QuerySet[Answer]:
    """Everything the customer said about a conversation, one answer per episode, last first."""
    rows = Answer.objects.filter(invitation__conversation=conversation).select_related("invitation__episode")
    return rows.order_by("-answered_at")


def invitations_in(cohort: Cohort) -> QuerySet[Invitation]:
    return Invitation.objects.filter(invited_at__gte=cohort.since, invited_at__lt=cohort.until, inbox_id__in=list(cohort.inboxes))


def distribution(cohort: Cohort) -> Distribution:
    """How a cohort answered, in two queries whatever its size; share and total always have the same filter."""
    asked = invitations_in(cohort).aggregate(
        invited=Count("pk"),
        delivered=Count("pk", filter=Q(displayed_at__isnull=False) | Q(mailed_at__isnull=False) | Q(answer__isnull=False)),
    )
    counts = {f"csat_{score}": Count("pk", filter=Q(csat=score)) for score in SCORES}
    counts |= {f"effort_{score}": Count("pk", filter=Q(effort=score)) for score in SCORES}
    said = Answer.objects.filter(invitation__in=invitations_in(cohort).values("pk")).aggregate(
        answers=Count("pk"), with_words=Count("pk", filter=~Q(why="")), **counts
    )
    return Distribution(
        csat=tuple(said[f"csat_{score}"] for score in SCORES),
        effort=tuple(said[f"effort_{score}"] for score in SCORES),
        answers=said["answers"],
        with_words=said["with_words"],
        delivered=asked["delivered"],
        invited=asked["invited"],
    )


def answers_page(
    cohort: Cohort,
    *,
    csat: Sequence[int] = (),
    effort: Sequence[int] = (),
    with_words: bool = False,
    before: UUID | None = None,
    limit: int = PAGE,
) -> tuple[list[Answer], UUID | None]:
    """
    The answers behind a figure, last first, and where the next page begins (the id of the last one's invitation).

    :param csat: only these choices; nothing: any
    :param before: as the page before said; an unknown one begins at the top
    """
    rows = Answer.objects.filter(invitation__in=invitations_in(cohort).values("pk"))
    if csat:
        rows = rows.filter(csat__in=csat)
    if effort:
        rows = rows.filter(effort__in=effort)
    if with_words:
        rows = rows.exclude(why="")
    if before and (last := Answer.objects.filter(pk=before).values_list("answered_at", flat=True).first()):
        rows = rows.filter(Q(answered_at__lt=last) | Q(answered_at=last, pk__lt=before))
    found = list(
        rows.select_related("invitation__conversation__customer", "invitation__agent", "invitation__inbox").order_by(
            "-answered_at", "-pk"
        )[: limit + 1]
    )
    return found[:limit], found[limit - 1].pk if len(found) > limit else None
