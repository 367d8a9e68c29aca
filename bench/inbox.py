"""The inbox page with 10 thousand, 100 thousand and 1 million conversations stored: time in the server, bytes, queries."""

import time
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from bench import desk, fill
from bench.figure import Figure, at_most, percentile

COUNTS = (10_000, 100_000, 1_000_000)
QUICK_COUNTS = (2_000, 20_000)
VIEWS = ("open", "mine", "resolved")
PEOPLE = {
    "an admin": "admin@bench.example",
    "a busy agent": "agent0@bench.example",
    "the agent of a small inbox": f"agent{fill.AGENTS - 1}@bench.example",
}
ROUNDS = 5  # the sizes take turns, so that whatever else the machine does meets all of them
REPEATS, QUICK_REPEATS = 30, 5  # in each round
WARM_UP = 3  # of each round: the connection is new and its cache empty
GOAL_GROWTH = 1.3


@dataclass
class Asked:
    """One page of one desk, asked for many times."""

    times_ms: list[float] = field(default_factory=list)
    size_bytes: int = 0
    queries: int = 0
    rows: int = 0

    @property
    def p50_ms(self) -> float:
        return percentile(self.times_ms, 50)

    @property
    def words(self) -> str:
        p95 = percentile(self.times_ms, 95)
        return f"p95 {p95:.1f} ms, {self.rows} rows, {self.size_bytes:,} bytes, {self.queries} queries"


def run(*, is_quick: bool) -> list[Figure]:
    """Ask for each list many times, in process, through the whole of Django and without a network."""
    counts = QUICK_COUNTS if is_quick else COUNTS
    repeats = QUICK_REPEATS if is_quick else REPEATS
    folders = {count: fill.filled(count) for count in counts}
    figures: list[Figure] = []
    for person, view in product(PEOPLE, VIEWS):
        asked = {count: Asked() for count in counts}
        for _ in range(ROUNDS):
            for count in counts:
                desk.prepare_to_read(folders[count])
                ask(PEOPLE[person], view, repeats, asked[count])
        for count in counts:
            name = f"{view}, {person}, {count:,} stored: p50"
            figures.append(Figure(name=name, value=asked[count].p50_ms, unit="ms", digits=1, reference=asked[count].words))
        name = f"{view}, {person}: growth {counts[0]:,} → {counts[-1]:,}"
        figures.append(growth(name, asked[counts[0]], asked[counts[-1]]))
    return figures


def growth(name: str, fewest: Asked, most: Asked) -> Figure:
    """How much slower the same page is with the most stored; held to the goal where both pages have as many rows."""
    value = most.p50_ms / fewest.p50_ms
    if fewest.rows == most.rows > 0:
        return at_most(name, value, GOAL_GROWTH, digits=2, reference="÷ the same page with the fewest stored")
    return Figure(name=name, value=value, digits=2, reference=f"{most.rows} rows ÷ {fewest.rows} rows: no page to compare")


def ask(email: str, view: str, repeats: int, asked: Asked) -> None:
    """Ask for a page so many times, after a few that do not count. :raises RuntimeError: the page did not come"""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from ascolto.accounts.models import User
    from ascolto.conversations.queries import list_page

    user = User.objects.get(email=email)
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(user)
    path = f"/inbox/{view}/"
    for _ in range(WARM_UP):
        refuse_other_than_page(client.get(path), path)
    with CaptureQueriesContext(connection) as captured:
        response = client.get(path)
    asked.queries = len(captured)  # now: the next request forgets them
    asked.size_bytes = len(response.content)
    asked.rows = len(list_page(user, view).rows)
    asked.times_ms += [timed(client, path) for _ in range(repeats)]


def timed(client: Any, path: str) -> float:
    started = time.perf_counter()
    client.get(path)
    return (time.perf_counter() - started) * 1000


def refuse_other_than_page(response: Any, path: str) -> None:
    if response.status_code != 200:
        raise RuntimeError(f"{path} answered {response.status_code}")
