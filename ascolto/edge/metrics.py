"""`/metrics`: what the process does, for Prometheus; needs an API token of scope admin."""

from datetime import UTC, datetime

from prometheus_client import CollectorRegistry, Gauge
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.types import Receive, Scope, Send

from ascolto.edge import headers
from ascolto.edge.answer import Answer, Problem
from ascolto.edge.rights import Program
from ascolto.edge.server import Server
from ascolto.eventlog import consume, read
from ascolto.jobs import heartbeat, queries
from ascolto.vault.secrets import digest


class Door:
    """Measures anew for each call; a few bounded queries."""

    def __init__(self, server: Server) -> None:
        self.server = server

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        rights = await self.server.permits.rights("token", digest(bearer(scope)))
        if not isinstance(rights, Program):
            raise Problem(401, "sign_in", "This needs an API token of scope admin.")
        if "admin" not in rights.scopes:
            raise Problem(403, "not_allowed", "This needs an API token of scope admin.")
        registry = CollectorRegistry()
        measure_process(registry, self.server)
        await self.server.read(measure_database, registry)
        answer = Answer(200, generate_latest(registry), headers.private(CONTENT_TYPE_LATEST))
        await answer(scope, receive, send)


def bearer(scope: Scope) -> str:
    """The token in the Authorization header; empty when there is none."""
    kind, _, token = headers.header(scope, b"authorization").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def measure_process(registry: CollectorRegistry, server: Server) -> None:
    stats = server.writer.stats
    put(registry, "ascolto_streams", "Open event streams", len(server.hub.listeners))
    put(registry, "ascolto_writer_batches", "Transactions of the writer since the start", stats.batches)
    put(registry, "ascolto_writer_units", "Units written since the start", stats.units)
    put(registry, "ascolto_writer_failed", "Units that failed since the start", stats.failed)
    put(registry, "ascolto_writer_refused", "Units refused because too many waited", stats.refused)
    put(registry, "ascolto_writer_waiting", "Units that wait to be written", stats.waiting)
    put(registry, "ascolto_tail_position", "Position of the log that listeners have heard", server.hub.position)


def measure_database(registry: CollectorRegistry) -> None:
    put(registry, "ascolto_log_position", "Position of the newest event", read.last_position())
    put(registry, "ascolto_consumers_failing", "Consumers whose next event failed", len(consume.failing_consumers()))
    put(registry, "ascolto_events_set_aside", "Events that a consumer could not take", len(consume.set_aside_list()))
    put(registry, "ascolto_workers", "Workers that gave a sign of life", len(heartbeat.living_workers(now=datetime.now(UTC))))
    jobs = Gauge("ascolto_jobs", "Jobs by state", ["state"], registry=registry)
    for state, count in queries.counts().items():
        jobs.labels(state).set(count)


def put(registry: CollectorRegistry, name: str, words: str, value: float) -> None:
    Gauge(name, words, registry=registry).set(value)
