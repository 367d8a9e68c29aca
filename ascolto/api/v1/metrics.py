"""Figures with their definitions, their cases and their interval."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from ninja import Query, Router

from ascolto.api import access
from ascolto.api.authenticate import ApiRequest
from ascolto.api.problems import invalid, not_found
from ascolto.api.v1 import shapes
from ascolto.insights import definitions
from ascolto.insights.definitions import Definition
from ascolto.insights.metrics import Figures, figures
from ascolto.surveys.queries import Cohort
from ascolto.surveys.scales import Score, how_shown

router = Router(tags=["Metrics"])
USUAL = timedelta(days=28)
LONGEST = timedelta(days=366 * 2)  # what one answer may count


def answers(found: Figures) -> Score:
    n = found.spread.answers
    return Score(value=n, low=None, high=None, n=n, counts=())


SCORES: dict[str, tuple[Definition, Callable[[Figures], Score]]] = {
    definitions.CSAT.id: (definitions.CSAT, lambda found: found.csat),
    definitions.EFFORT.id: (definitions.EFFORT, lambda found: found.ease),
    definitions.ANSWERS.id: (definitions.ANSWERS, answers),
    definitions.RESPONSE.id: (definitions.RESPONSE, lambda found: found.response),
}


@router.get(
    "/metrics", response=shapes.ListOf[shapes.MetricDefinition], operation_id="list_metrics", summary="What is measured, and how"
)
def list_all(request: ApiRequest) -> shapes.ListOf[shapes.MetricDefinition]:
    items = [shapes.MetricDefinition(**in_words(definition)) for definition, _ in SCORES.values()]
    return shapes.ListOf[shapes.MetricDefinition](items=items, next=None)


@router.get("/metrics/{name}", response=shapes.Metric, operation_id="read_metric", summary="A figure of a period")
def read(request: ApiRequest, name: str, query: Query[shapes.MetricQuery]) -> shapes.Metric:
    """By the day of the question, over the inboxes that the token may see."""
    if name not in SCORES:
        raise not_found()
    definition, score = SCORES[name]
    until = query.until or request.now
    since = query.since or until - USUAL
    if not timedelta(0) < until - since <= LONGEST:
        raise invalid("from", "before `to`, by two years at most")

    def counted(key: str | None, ids: list[UUID]) -> shapes.MetricValue:
        return value_of(key, score(figures(Cohort(since=since, until=until, inboxes=ids))))

    inboxes = list(access.inboxes(request.caller).order_by("created_at", "id").values_list("key", "id")[:500])
    values = [counted(key, [id]) for key, id in inboxes] if query.by else [counted(None, [id for _, id in inboxes])]
    return shapes.Metric(**in_words(definition), since=since, until=until, values=values)


def in_words(definition: Definition) -> dict[str, Any]:
    return {
        "name": definition.id,
        "version": definition.version,
        "title": str(definition.name),
        "rule": str(definition.rule),
        "cohort": str(definition.cohort),
        "source": str(definition.source),
    }


def value_of(key: str | None, score: Score) -> shapes.MetricValue:
    """A value that few cases made is not shown: it would tell of the people, not of the service."""
    shown = how_shown(score.n)
    is_hidden = shown == "hidden"
    return shapes.MetricValue(
        inbox=key,
        n=score.n,
        value=None if is_hidden else score.value,
        low=None if is_hidden else score.low,
        high=None if is_hidden else score.high,
        shown=shown,
    )
