"""Scores and how sure they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ascolto.surveys import scales

COUNTS = st.lists(st.integers(0, 400), min_size=5, max_size=5).map(tuple)


@pytest.mark.parametrize(("happy", "n", "low", "high"), [(4, 5, 38, 96), (8, 10, 49, 94), (45, 50, 79, 96), (180, 200, 85, 93)])
def test_the_interval_is_the_one_of_the_published_examples(happy: int, n: int, low: int, high: int) -> None:
    found = scales.wilson(happy, n)

    assert (round(100 * found[0]), round(100 * found[1])) == (low, high)


def test_csat_is_the_share_of_the_two_best_points() -> None:
    score = scales.csat((1, 0, 1, 3, 5))

    assert score.value == 80
    assert score.n == 10


def test_net_ease_is_less_minus_more() -> None:
    score = scales.net_ease((10, 20, 40, 20, 10))
    eased = scales.net_ease((30, 20, 40, 10, 0))

    assert score.value == 0
    assert eased.value == pytest.approx(40)
    assert (eased.low or 0) < 40 < (eased.high or 0)


def test_no_answer_is_neither_none_of_it_nor_all_of_it() -> None:
    assert scales.csat((0,) * 5).value is None
    assert scales.net_ease((0,) * 5).value is None


@pytest.mark.parametrize(("n", "shown"), [(0, "hidden"), (4, "hidden"), (5, "grey"), (29, "grey"), (30, "firm")])
def test_few_answers_are_hidden_some_are_grey(n: int, shown: str) -> None:
    assert scales.how_shown(n) == shown


def test_what_is_off_the_scale_is_refused() -> None:
    with pytest.raises(ValueError, match="1 to 5"):
        scales.counts_of([1, 6])


@given(COUNTS)
def test_every_score_lies_in_its_interval_and_its_range(counts: tuple[int, ...]) -> None:
    for score, least in ((scales.csat(counts), 0.0), (scales.net_ease(counts), -100.0)):
        if score.value is None:
            assert sum(counts) == 0
            continue
        assert score.low is not None
        assert score.high is not None
        assert least - 1e-9 <= score.low <= score.value + 1e-9
        assert score.value - 1e-9 <= score.high <= 100 + 1e-9


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_more_cases_of_the_same_share_make_the_interval_narrower(case: tuple[int, int]) -> None:
    successes, n = case
    few, many = scales.wilson(successes, n), scales.wilson(successes * 4, n * 4)

    assert many[1] - many[0] < few[1] - few[0]


@given(COUNTS)
def test_effort_turned_round_turns_net_ease_round(counts: tuple[int, ...]) -> None:
    there, back = scales.net_ease(counts), scales.net_ease(counts[::-1])

    assert there.value is back.value is None or there.value == pytest.approx(-(back.value or 0.0))
