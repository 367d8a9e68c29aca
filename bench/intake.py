"""Durable visitor messages per second through HTTP, against durable commits per second of plain sqlite3 on the same disk."""

from bench import crowd, desk, disk
from bench.figure import Figure, median, percentile

CONNECTIONS = (32, 128)
VISITORS_OF_A_CONNECTION = 4
GOAL, FLOOR = 0.4, 0.25
SECONDS, QUICK_SECONDS = 10.0, 3.0
WARM_UP_S = 2.0
REFERENCE_S, QUICK_REFERENCE_S = 3.0, 1.0


def run(*, is_quick: bool) -> list[Figure]:
    """The reference, the crowd, the reference again; for each number of connections."""
    figures: list[Figure] = []
    reference_s = QUICK_REFERENCE_S if is_quick else REFERENCE_S
    with desk.new_desk() as there:
        tokens = [each.token for each in desk.visitors(there, max(CONNECTIONS) * VISITORS_OF_A_CONNECTION)]
        there.serve("--no-worker")
        for connections in CONNECTIONS:
            references = [disk.commits_per_s(there.folder, seconds=reference_s) for _ in range(2)]
            lived = crowd.send(
                crowd.Plan(
                    port=there.port,
                    key=desk.KEY,
                    tokens=tokens,
                    connections=connections,
                    warm_up_s=WARM_UP_S,
                    seconds=QUICK_SECONDS if is_quick else SECONDS,
                )
            )
            references += [disk.commits_per_s(there.folder, seconds=reference_s) for _ in range(2)]
            figures += figures_of(connections, lived, references)
    return figures


def figures_of(connections: int, lived: crowd.Lived, references: list[float]) -> list[Figure]:
    if not lived.stored:
        raise RuntimeError(f"nothing was stored: {lived.refused}")
    rate, reference = lived.stored / lived.seconds, median(references)
    ratio = rate / reference
    words = (
        f"{rate:,.0f} messages/s ÷ {reference:,.0f} commits/s of plain sqlite3 ({min(references):,.0f}–{max(references):,.0f}, "
        f"before and after); p50 {percentile(lived.took_ms, 50):.1f} ms, p99 {percentile(lived.took_ms, 99):.1f} ms; "
        f"refused {sum(lived.refused.values())}"
    )
    return [
        Figure(
            name=f"intake, {connections} connections",
            value=ratio,
            digits=2,
            goal=f"≥ {GOAL}, never below {FLOOR}",
            is_met=ratio >= GOAL,
            reference=words,
        )
    ]
