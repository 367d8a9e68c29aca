"""/insights/: what customers say of us."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils.timezone import now

from tests import asked


@pytest.fixture
def answered(world: Any, anna_writes: Any) -> Any:
    """Anna answered `count` times in the last days."""

    def make(count: int, *, csat: int = 5, effort: int = 2, why: str = "", inbox: Any = None) -> None:
        for index in range(count):
            at = now() - timedelta(days=2, minutes=index)
            conversation = anna_writes(f"Domanda {index}", at=at, inbox=inbox)
            invitation = asked.ask(conversation, at=at, shown=False)
            asked.answer(invitation, at=at, csat=csat, effort=effort, why=why)

    return make


def test_fewer_than_five_answers_hide_the_value_and_say_why(as_bruno: Any, answered: Any) -> None:
    answered(4)
    page = as_bruno.get("/insights/?lang=en").content.decode()

    assert "figure-now" not in page
    assert "4 answers so far. The value is shown from 5 on" in page


def test_five_answers_show_the_value_with_its_interval(as_bruno: Any, answered: Any) -> None:
    answered(4)
    answered(1, csat=1, effort=5)
    page = as_bruno.get("/insights/?lang=en").content.decode()

    assert "80 %" in page
    assert "[38–96]" in page
    assert "+60" in page
    assert "4 of 5 say that they are satisfied." in page


def test_no_answer_at_all_is_said_and_not_a_zero(as_bruno: Any) -> None:
    page = as_bruno.get("/insights/?lang=en").content.decode()

    assert "Nobody has answered in this period." in page
    assert "figure-now" not in page


def test_every_figure_opens_the_answers_behind_it(as_bruno: Any, answered: Any) -> None:
    answered(1, csat=1, why="Troppo tardi <b>{{7*7}}</b>")
    answered(5)
    page = as_bruno.get("/insights/answers/?csat=1&csat=2").content.decode()

    assert "Troppo tardi &lt;b&gt;{{7*7}}&lt;/b&gt;" in page
    assert page.count('class="said__item"') == 1
    assert "/conversations/1001/" in page


def test_long_lists_are_paged_by_key(as_bruno: Any, answered: Any, django_assert_max_num_queries: Any) -> None:
    answered(55)
    with django_assert_max_num_queries(12):
        first = as_bruno.get("/insights/answers/?days=7").content.decode()
    following = first.partition('class="ways"><a class="button" href="')[2].partition('"')[0].replace("&amp;", "&")
    second = as_bruno.get(f"/insights/answers/{following}").content.decode()

    assert first.count('class="said__item"') == 50
    assert second.count('class="said__item"') == 5


def test_dario_counts_and_reads_nothing_of_what_he_may_not_see(signed_in: Any, answered: Any, world: Any) -> None:
    answered(6, why="segreto")
    dario = signed_in(world.dario)

    assert "segreto" not in dario.get("/insights/answers/").content.decode()
    assert "segreto" not in dario.get(f"/insights/answers/?inbox={world.inbox.key}").content.decode()
    assert "Nobody has answered" in dario.get("/insights/?lang=en").content.decode()


def test_strangers_are_asked_to_sign_in(client: Any, world: Any) -> None:
    assert client.get("/insights/").status_code == 302
    assert client.get("/insights/answers/").status_code == 302
