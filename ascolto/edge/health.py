"""`/health/live` and `/health/ready`: for whoever watches the process from outside."""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from starlette.types import Receive, Scope, Send

from ascolto.edge.answer import Answer, as_json, as_text
from ascolto.edge.server import Server

_migrated = False


class Door:
    """Live: the process answers. Ready: it can also do its work."""

    def __init__(self, server: Server) -> None:
        self.server = server

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"].rstrip("/") == "/health/live":
            answer = as_json({"status": "live"})
        elif scope["path"].rstrip("/") == "/health/ready":
            answer = await self.ready()
        else:
            answer = as_text("There is no such page.", status=404)
        await answer(scope, receive, send)

    async def ready(self) -> Answer:
        """200 when started, database reachable and migrated, writer and tail alive; else 503 saying what is missing."""
        missing = []
        if not self.server.is_ready:
            missing.append("starting or stopping")
        if not self.server.writer.is_alive:
            missing.append("writer")
        if not self.server.tail.is_alive:
            missing.append("tail of the log")
        if trouble := await self.server.read(database_trouble):
            missing.append(trouble)
        return as_json({"status": "ready" if not missing else "not ready", "missing": missing}, status=503 if missing else 200)


def database_trouble() -> str:
    """What is wrong with the database, in a word or two; empty when nothing is. Migrations are looked at until applied once."""
    global _migrated
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if not _migrated:
            executor = MigrationExecutor(connection)
            _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "database"
    return "" if _migrated else "migrations"
