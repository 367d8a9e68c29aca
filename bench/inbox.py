"""The inbox page with 10 thousand, 100 thousand and 1 million conversations stored: time in the server, bytes, queries."""

import time
from typing import Any

from bench import desk, fill
from bench.figure import Figure, at_most, percentile

COUNTS = (10_000, 100_000, 1_000_000)
QUICK_COUNTS = (2_000, 20_000)
VIEWS = ("open", "mine", "resolved")
PEOPLE = {"an admin": "admin@bench.example", "an agent of a small inbox": f"agent{fill.AGENTS - 1}@bench.example"}
REPEATS, QUICK_REPEATS = 150, 20
WARM_UP = 5
GOAL_GROWTH = 1.3


def run(*, is_quick: bool) -> list[Figure]:
    """Ask for each list many times, in process, through the whole of Django and without a network."""
    counts = QUICK_COUNTS if is_quick else COUNTS
    figures: list[Figure] = []
    first_p50: dict[tuple[str, str], float] = {}
    for count in counts:
        folder = fill.filled(count)
        desk.prepare_to_read(folder)
        for person, email in PEOPLE.items():
            for view in VIEWS:
                times, size_bytes, queries = ask(email, f"/inbox/{view}/", QUICK_REPEATS if is_quick else REPEATS)
                p50 = percentile(times, 50)
                name = f"{view}, {person}, {count:,} stored"
                detail = f"p95 {percentile(times, 95):.1f} ms, {size_bytes:,} bytes, {queries} queries"
                figures.append(Figure(name=f"{name}: p50", value=p50, unit="ms", digits=1, reference=detail))
                first_p50.setdefault((person, view), p50)
                if count == counts[-1]:
                    growth = p50 / first_p50[person, view]
                    named = f"{view}, {person}: growth {counts[0]:,} → {count:,}"
                    figures.append(
                        at_most(named, growth, GOAL_GROWTH, digits=2, reference="÷ the same page with the fewest stored")
                    )
    return figures


def ask(email: str, path: str, repeats: int) -> tuple[list[float], int, int]:
    """Milliseconds of each request, bytes of the page, number of queries. :raises RuntimeError: the page did not come"""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from ascolto.accounts.models import User

    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(User.objects.get(email=email))
    with CaptureQueriesContext(connection) as captured:
        response = client.get(path)
    refuse_other_than_page(response, path)
    times = [timed(client, path) for _ in range(WARM_UP + repeats)][WARM_UP:]
    return times, len(response.content), len(captured)


def timed(client: Any, path: str) -> float:
    started = time.perf_counter()
    client.get(path)
    return (time.perf_counter() - started) * 1000


def refuse_other_than_page(response: Any, path: str) -> None:
    if response.status_code != 200:
        raise RuntimeError(f"{path} answered {response.status_code}")
