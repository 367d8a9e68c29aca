"""HTTP/1.1 as uvicorn speaks it, with an end to what a head may weigh and to how long it may take."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_BYTES = 64 * 1024  # more than any browser sends; the guard then asks for less, with words
HEAD_WAIT_S = 20.0  # a connection that has not sent a whole head by then is closed


class BoundedProtocol(HttpToolsProtocol):
    """The parser keeps a head in memory for as long as it comes: a sender who never ends it is cut off."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._head_bytes = 0
        self._head_end: asyncio.TimerHandle | None = self.loop.call_later(HEAD_WAIT_S, self._give_up)

    def on_message_begin(self) -> None:
        self._head_bytes = 0
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        self._weigh(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._weigh(len(name) + len(value))
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._stop_waiting()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def _weigh(self, size_bytes: int) -> None:
        self._head_bytes += size_bytes
        if self._head_bytes > HEAD_BYTES:
            raise ValueError("the head is too large")  # the parser turns this into 400 and closes

    def _stop_waiting(self) -> None:
        if self._head_end is not None:
            self._head_end.cancel()
            self._head_end = None

    def _give_up(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()
