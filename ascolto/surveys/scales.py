"""CSAT and effort against expectation: how a score is computed, how sure it is, when it is shown; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Literal

POINTS = 5
HIDDEN_BELOW = 5  # measurement.md 1.0: fewer answers say more about the people than about the service
GREY_BELOW = 30  # up to here the value is shown with its interval, in grey, and ranked with nothing
Z_95 = 1.959963984540054  # the normal quantile of 97.5 %

Shown = Literal["hidden", "grey", "firm"]


@dataclass(frozen=True, kw_only=True)
class Score:
    """A score out of `n` answers, with its interval; `value` is None without any answer: no answer is neither 0 nor 100."""

    value: float | None
    low: float | None
    high: float | None
    n: int
    counts: tuple[int, ...]  # how many chose 1, 2, 3, 4, 5

    @property
    def shown(self) -> Shown:
        """Whether the value may be shown: not at all under 5 answers, in grey under 30."""
        return how_shown(self.n)


def how_shown(n: int) -> Shown:
    """Whether a share of `n` cases may be shown, and how firmly."""
    if n < HIDDEN_BELOW:
        return "hidden"
    return "grey" if n < GREY_BELOW else "firm"


def counts_of(scores: Sequence[int]) -> tuple[int, ...]:
    """How many chose each point of the scale. :raises ValueError: something is not 1 to 5"""
    if any(score not in range(1, POINTS + 1) for score in scores):
        raise ValueError("a score is 1 to 5")
    return tuple(sum(score == point for score in scores) for point in range(1, POINTS + 1))


def csat(counts: Sequence[int]) -> Score:
    """
    CSAT: the share of 4 and 5 among all who answered the question, in percent, with its Wilson interval.

    :param counts: how many chose 1, 2, 3, 4, 5
    """
    n = sum(counts)
    if not n:
        return Score(value=None, low=None, high=None, n=0, counts=tuple(counts))
    happy = counts[3] + counts[4]
    low, high = wilson(happy, n)
    return Score(value=100 * happy / n, low=100 * low, high=100 * high, n=n, counts=tuple(counts))


def net_ease(counts: Sequence[int]) -> Score:
    """
    CES-A, effort against expectation: % less than expected (1, 2) minus % more than expected (4, 5), from −100 to +100.

    The interval is that of a difference of two shares of one sample: ±z·√((p + q − (p − q)²)/n), cut at the ends.
    :param counts: how many chose 1 (much less), 2, 3 (as expected), 4, 5 (much more)
    """
    n = sum(counts)
    if not n:
        return Score(value=None, low=None, high=None, n=0, counts=tuple(counts))
    less, more = (counts[0] + counts[1]) / n, (counts[3] + counts[4]) / n
    value = less - more
    half = Z_95 * sqrt(max(less + more - value**2, 0.0) / n)
    low, high = max(value - half, -1.0), min(value + half, 1.0)
    return Score(value=100 * value, low=100 * low, high=100 * high, n=n, counts=tuple(counts))


def wilson(successes: int, n: int, *, z: float = Z_95) -> tuple[float, float]:
    """
    The Wilson score interval of a share, as two numbers from 0 to 1.

    Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927); recommended for small
    samples by Brown, Cai and DasGupta, Interval estimation for a binomial proportion, Statistical Science 16 (2001).
    :raises ValueError: without cases, or with more successes than cases
    """
    if not 0 <= successes <= n or n == 0:
        raise ValueError("a share needs cases, and no more successes than these")
    p = successes / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(centre - half, 0.0), min(centre + half, 1.0)
