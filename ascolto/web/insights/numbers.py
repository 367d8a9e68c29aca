"""What customers say of us: sentences first, then figures with their intervals, each opening the answers behind it."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from ascolto.accounts.models import User
from ascolto.insights import definitions, metrics
from ascolto.insights.metrics import Figures
from ascolto.surveys.scales import HIDDEN_BELOW, Score
from ascolto.surveys.wording import wording
from ascolto.web.insights.choice import PERIODS, Choice, choice_of
from ascolto.web.page import page

BAR_WIDTH = 145  # of the longest bar, in units of the drawing


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """One thing to know, and the answers it speaks of."""

    text: str
    link: str


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One point of a scale: its words, how many chose it, how long its bar is, and where they are."""

    point: int
    label: str
    count: int
    share: str
    width: int
    top: int
    link: str


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A question with its score and how the answers spread."""

    id: str
    definition: definitions.Definition
    question: str
    value: str  # empty: hidden, `why_hidden` says why
    interval: str
    why_hidden: str
    is_grey: bool
    n: int
    bars: list[Bar]
    before: str


@require_safe
def numbers(request: HttpRequest) -> HttpResponse:
    """The numbers of a period, of the inboxes that this person may see."""
    assert isinstance(request.user, User)
    choice = choice_of(request, request.user, now())
    current = metrics.figures(choice.cohort)
    earlier = metrics.figures(metrics.before(choice.cohort))
    context = {
        "place": "insights",
        "choice": choice,
        "periods": [(days, choice_address(choice, days)) for days in PERIODS],
        "sentences": sentences(current, choice),
        "charts": charts(current, earlier, choice),
        "response": response(current),
        "spread": current.spread,
        "definitions": definitions.DEFINITIONS,
        "all_answers": f"answers/{choice.address()}",
        "with_words": f"answers/{choice.address(words=1)}",
    }
    return page(request, "insights/_numbers.html", "insights/numbers.html", context)


def choice_address(choice: Choice, days: int) -> str:
    return choice.address(days=days)


def sentences(found: Figures, choice: Choice) -> list[Sentence]:
    """What there is to know, in the order in which it matters. Counts, not shares: these are people."""
    if not found.spread.answers:
        return []
    told = []
    csat, effort = found.spread.csat, found.spread.effort
    if unhappy := csat[0] + csat[1]:
        words = ngettext("%(count)s customer was not satisfied.", "%(count)s customers were not satisfied.", unhappy)
        told.append(Sentence(text=words % {"count": unhappy}, link=f"answers/{choice.address(csat=[1, 2])}"))
    if found.csat.shown != "hidden":
        words = _("%(happy)s of %(n)s say that they are satisfied.") % {"happy": csat[3] + csat[4], "n": found.csat.n}
        told.append(Sentence(text=words, link=f"answers/{choice.address(csat=[4, 5])}"))
    if found.ease.shown != "hidden":
        words = _("For %(more)s of %(n)s it was more work than they thought, for %(less)s less.")
        counted = {"more": effort[3] + effort[4], "less": effort[0] + effort[1], "n": found.ease.n}
        told.append(Sentence(text=words % counted, link=f"answers/{choice.address(effort=[4, 5])}"))
    if written := found.spread.with_words:
        words = ngettext("%(count)s customer wrote why.", "%(count)s customers wrote why.", written)
        told.append(Sentence(text=words % {"count": written}, link=f"answers/{choice.address(words=1)}"))
    return told


def charts(found: Figures, earlier: Figures, choice: Choice) -> list[Chart]:
    words = wording()
    return [
        Chart(
            id="csat",
            definition=definitions.CSAT,
            question=words.csat,
            value=percent(found.csat),
            interval=interval(found.csat),
            why_hidden=why_hidden(found.csat),
            is_grey=found.csat.shown == "grey",
            n=found.csat.n,
            bars=bars(found.csat, words.csat_points, choice, "csat"),
            before=before(percent(earlier.csat), interval(earlier.csat), earlier.csat.n),
        ),
        Chart(
            id="effort",
            definition=definitions.EFFORT,
            question=words.effort,
            value=signed(found.ease),
            interval=interval(found.ease),
            why_hidden=why_hidden(found.ease),
            is_grey=found.ease.shown == "grey",
            n=found.ease.n,
            bars=bars(found.ease, words.effort_points, choice, "effort"),
            before=before(signed(earlier.ease), interval(earlier.ease), earlier.ease.n),
        ),
    ]


def bars(score: Score, points: tuple[tuple[int, str], ...], choice: Choice, name: str) -> list[Bar]:
    most = max(score.counts, default=0)
    return [
        Bar(
            point=point,
            label=label,
            count=count,
            share=f"{round(100 * count / score.n)} %" if score.n >= HIDDEN_BELOW else "",
            width=round(BAR_WIDTH * count / most) if most else 0,
            top=row * 26,
            link=f"answers/{choice.address(**{name: point})}",
        )
        for row, ((point, label), count) in enumerate(zip(points, score.counts, strict=True))
    ]


def percent(score: Score) -> str:
    return f"{round(score.value)} %" if score.value is not None and score.shown != "hidden" else ""


def signed(score: Score) -> str:
    """−12, 0, +34: with a true minus sign."""
    if score.value is None or score.shown == "hidden":
        return ""
    return f"{round(score.value):+d}".replace("-", "−").replace("+0", "0").replace("−0", "0")


def interval(score: Score) -> str:
    if score.low is None or score.high is None or score.shown == "hidden":
        return ""
    low, high = (f"{round(value)}".replace("-", "−") for value in (score.low, score.high))
    return f"[{low}; {high}]" if "−" in f"{low}{high}" else f"[{low}–{high}]"


def why_hidden(score: Score) -> str:
    """Why a value is not shown; empty when it is."""
    if score.shown != "hidden":
        return ""
    if not score.n:
        return _("Nobody has answered this question in the period: there is no value, not a zero.")
    words = ngettext(
        "%(count)s answer so far. The value is shown from %(enough)s on: fewer speak of people, not of the service.",
        "%(count)s answers so far. The value is shown from %(enough)s on: fewer speak of people, not of the service.",
        score.n,
    )
    return words % {"count": score.n, "enough": HIDDEN_BELOW}


def before(value: str, spread: str, n: int) -> str:
    return (
        _("In the period before: %(value)s %(interval)s, n %(n)s.") % {"value": value, "interval": spread, "n": n}
        if value
        else ""
    )


def response(found: Figures) -> dict[str, str]:
    """The response rate as it is shown, or why it is not."""
    score = found.response
    if score.shown == "hidden":
        return {"value": _("not shown"), "note": _("fewer than %(enough)s questions arrived") % {"enough": HIDDEN_BELOW}}
    return {"value": percent(score), "note": interval(score)}
