"""Reads the database for the async side: few threads, each with its own connection, none held for a stream."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from django.db import close_old_connections, connections

Result = TypeVar("Result")
Given = ParamSpec("Given")
THREADS = 4  # readers wait for the disk or the server, not for us; more would only fight for the interpreter


class Reading:
    """A small pool of threads for synchronous verbs and queries."""

    def __init__(self, threads: int = THREADS) -> None:
        self.pool = ThreadPoolExecutor(threads, thread_name_prefix="edge-read")
        self.threads = threads

    async def __call__(self, function: Callable[Given, Result], /, *args: Given.args, **kwargs: Given.kwargs) -> Result:
        """Run `function` in one of the threads, outside any transaction, and wait for what it returns or raises."""
        call = partial(function, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self.pool, with_fresh_connection, call)

    def stop(self) -> None:
        """Let what runs finish and close the threads' connections."""
        for _ in range(self.threads):
            self.pool.submit(connections.close_all)
        self.pool.shutdown(wait=True)


def with_fresh_connection(call: Callable[[], Result]) -> Result:
    close_old_connections()
    try:
        return call()
    finally:
        close_old_connections()
