"""Joins the doors of the edge in front of Django, and starts and stops what lives as long as the process."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext_lazy as _
from starlette.types import ASGIApp, Receive, Scope, Send

from ascolto.edge import doors, health, messenger, metrics, problems, statics, stream
from ascolto.edge.answer import Answer, Problem
from ascolto.edge.guard import Guard, WholeBodyFirst
from ascolto.edge.messages import SenderLeft
from ascolto.edge.server import Server
from ascolto.edge.words import language_of

NO_DATABASE = _("The desk cannot answer right now. It is tried again by itself.")

log = logging.getLogger(__name__)


class Edge:
    """
    One ASGI application: streams, visitors' API, providers' calls, statics and health here; everything else is Django's.

    :param django: the pages and the REST API as an ASGI application
    """

    def __init__(self, django: ASGIApp, server: Server) -> None:
        self.server = server
        self.django = WholeBodyFirst(django)
        self.statics = statics.Statics()
        self.messenger = messenger.Door(server)
        self.hooks = doors.Hooks(server)
        self.streams = stream.Door(server)
        self.long_poll = stream.LongPoll(server, self.django)
        self.health = health.Door(server)
        self.metrics = metrics.Door(server)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await live(self.server, receive, send)
            return
        try:
            await self.door(scope["path"])(scope, receive, send)
        except SenderLeft:
            return
        except Problem as problem:
            await refusal(problem, scope)(scope, receive, send)
        except (OperationalError, InterfaceError):
            log.warning("the database did not answer", exc_info=True)
            await refusal(Problem(503, "busy", NO_DATABASE, retry_after_s=2), scope)(scope, receive, send)

    def door(self, path: str) -> ASGIApp:
        """Who answers this path. A few comparisons: every message of a visitor passes here."""
        if path.startswith("/messenger/") and "/api/" in path:
            return self.messenger
        if path.startswith("/hooks/"):
            return self.hooks
        if path.startswith(statics.PREFIX):
            return self.statics
        if path.startswith("/live/") or path == stream.API_STREAM:
            return self.streams
        if path == stream.API_EVENTS:
            return self.long_poll
        if path.startswith("/health/"):
            return self.health
        if path == "/metrics":
            return self.metrics
        return self.django


def refusal(problem: Problem, scope: Scope) -> Answer:
    """The problem in the form that this address speaks."""
    if problems.is_for_programs(scope["path"]):
        return problems.document(problem)
    return problem.answer(language_of(scope))


def build(django: ASGIApp, server: Server, *, hops: int) -> ASGIApp:
    """The whole application. :param hops: reverse proxies in front (settings.PROXIES)"""
    return Guard(Edge(django, server), hops=hops)


@asynccontextmanager
async def running(server: Server) -> AsyncIterator[Server]:
    """The server's own parts at work; for the lifespan and for tests."""
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


async def live(server: Server, receive: Receive, send: Send) -> None:
    """The lifespan protocol: start before the first request, stop after the last."""
    await receive()
    try:
        await server.start()
    except Exception as error:
        await send({"type": "lifespan.startup.failed", "message": str(error)})
        raise
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await server.stop()
    await send({"type": "lifespan.shutdown.complete"})
