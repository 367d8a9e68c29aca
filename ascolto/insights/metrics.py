"""The figures of a period, each with its number of cases and its interval; only reads."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from ascolto.surveys import queries, scales
from ascolto.surveys.queries import Cohort, Distribution
from ascolto.surveys.scales import Score


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What customers said of the conversations they were asked about in a period."""

    cohort: Cohort
    csat: Score
    ease: Score
    response: Score
    spread: Distribution


def period(*, days: int, inboxes: Collection[UUID], until: datetime) -> Cohort:
    """The last `days` days up to now."""
    return Cohort(since=until - timedelta(days=days), until=until, inboxes=inboxes)


def before(cohort: Cohort) -> Cohort:
    """The period of the same length that ends where this one begins."""
    return Cohort(since=cohort.since - (cohort.until - cohort.since), until=cohort.since, inboxes=cohort.inboxes)


def figures(cohort: Cohort) -> Figures:
    """All figures of a cohort, in two queries."""
    spread = queries.distribution(cohort)
    return Figures(
        cohort=cohort,
        csat=scales.csat(spread.csat),
        ease=scales.net_ease(spread.effort),
        response=response(spread),
        spread=spread,
    )


def response(spread: Distribution) -> Score:
    """Answers out of questions that arrived, in percent, with its Wilson interval."""
    n, answered = spread.delivered, spread.answers
    if not n:
        return Score(value=None, low=None, high=None, n=0, counts=(0, 0))
    low, high = scales.wilson(answered, n)
    return Score(value=100 * answered / n, low=100 * low, high=100 * high, n=n, counts=(n - answered, answered))
