"""The ASGI entry: the edge in front, Django (WSGI) behind, a lifespan that starts and stops the writer."""

import gc
from typing import Any, cast

from a2wsgi import WSGIMiddleware
from django.conf import settings
from starlette.types import ASGIApp

from ascolto.edge import app
from ascolto.edge.server import Server
from ascolto.project import timetable, wsgi

DJANGO_THREADS = 10
GARBAGE = (10_000, 20, 50)  # new objects before the collector looks for circles, and how often it looks at older ones too
PARTS_WAITING = 64  # of an answer that a slow browser has not taken; until then the thread is free for the next page


def build() -> tuple[ASGIApp, Server]:
    """The application and the server it stands on."""
    timetable.connect()
    server = Server(redis_url=settings.REDIS_URL, limits_factor=settings.LIMITS_FACTOR)
    django = WSGIMiddleware(cast(Any, wsgi.application), workers=DJANGO_THREADS, send_queue_size=PARTS_WAITING)
    return app.build(cast(ASGIApp, django), server, hops=settings.PROXIES), server


def settle_memory() -> None:
    """
    Call it when all is loaded: the collector passes over what stays for good, and looks less often at what comes and goes.

    In a flood it took a seventh of the time, and nearly all that it looked at was modules and models.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE)
