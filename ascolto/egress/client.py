"""The only module that opens HTTP to the outside: public addresses only, no redirects, bounded time and size."""

import logging
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import httpcore
import httpx
from django.conf import settings

from ascolto.egress.addresses import may_call, may_call_port

TOTAL_TIMEOUT_S = 15.0
MAX_REPLY_BYTES = 64 * 1024
RESOLVERS = ThreadPoolExecutor(max_workers=4, thread_name_prefix="resolve")  # getaddrinfo has no timeout of its own

# httpx writes every address that it calls into the log, and some providers have the password in it (Telegram).
logging.getLogger("httpx").setLevel(logging.WARNING)

Resolve = Callable[[str, int], list[str]]


class NotAllowed(Exception):
    """The target is not one that the desk may call: its scheme, its port or one of its addresses."""


class NoAnswer(Exception):
    """The target could not be reached, broke off, or took longer than the desk waits; trying later may help."""


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What came back; `body` is its beginning only when `is_cut`. A redirect is a reply like any other."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    is_cut: bool


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host; a dot behind a name keeps the resolver from trying the local domains."""
    is_name = not host.endswith(".") and ":" not in host and not host.replace(".", "").isdigit()
    found = socket.getaddrinfo(f"{host}." if is_name else host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


def call(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    content: bytes = b"",
    timeout_s: float = TOTAL_TIMEOUT_S,
    resolve: Resolve = resolve,
    allow: Callable[[str, int], bool] = lambda ip, port: may_call(ip) and may_call_port(port),
    max_bytes: int = MAX_REPLY_BYTES,
) -> Reply:
    """
    Call `url` once and return what came back, 64 KB of it at most unless more is asked for.

    Twice is two calls. The host is resolved once, all its addresses are checked, and the checked one is connected to.
    What the operator names in ASCOLTO_EGRESS_ALLOW may be called wherever it is.
    :param timeout_s: for all of it, from resolving to the last byte
    :param max_bytes: how much of the reply is kept; more only for files that a provider holds for us
    :raises NotAllowed: the target is not public; nothing was sent
    :raises NoAnswer: no whole reply in time; whether it was received is not known
    """
    guard = Guard(deadline=time.monotonic() + timeout_s, resolve=resolve, allow=allow)
    try:
        target = httpx.URL(url)
        if target.scheme not in ("http", "https") or not target.host or target.userinfo:
            raise NotAllowed("only http and https, without a user name")
        with (
            httpx.Client(transport=Transport(guard), follow_redirects=False, trust_env=False, timeout=timeout_s) as client,
            client.stream(method, target, headers={"Accept-Encoding": "identity", **(headers or {})}, content=content) as reply,
        ):
            body, is_cut = beginning(reply.iter_raw(), max_bytes)
            return Reply(status=reply.status_code, headers=dict(reply.headers), body=body, is_cut=is_cut)
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise NotAllowed(f"not an address of the web: {error}") from error
    except (httpx.HTTPError, httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, OSError) as error:
        raise NoAnswer(f"{type(error).__name__}: {error}") from error


def beginning(chunks: Iterable[bytes], max_bytes: int) -> tuple[bytes, bool]:
    """The first so many bytes, and whether there was more."""
    kept = bytearray()
    for chunk in chunks:
        kept += chunk
        if len(kept) > max_bytes:
            return bytes(kept[:max_bytes]), True
    return bytes(kept), False


class Transport(httpx.BaseTransport):
    """httpx over a connection pool of our own, whose connections the guard opens; Host and SNI stay those of the URL."""

    def __init__(self, guard: "Guard") -> None:
        self.pool = httpcore.ConnectionPool(ssl_context=ssl.create_default_context(), network_backend=guard)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = httpcore.URL(
            scheme=request.url.raw_scheme, host=request.url.raw_host, port=request.url.port, target=request.url.raw_path
        )
        answer = self.pool.handle_request(
            httpcore.Request(
                request.method, url, headers=request.headers.raw, content=request.stream, extensions=request.extensions
            )
        )
        return httpx.Response(answer.status, headers=answer.headers, stream=Body(answer), extensions=answer.extensions)

    def close(self) -> None:
        self.pool.close()


class Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self.answer = answer

    def __iter__(self) -> Any:
        yield from self.answer.iter_stream()

    def close(self) -> None:
        self.answer.close()


class Guard(httpcore.NetworkBackend):
    """Opens connections to checked addresses only, and gives every step only the time that is left."""

    def __init__(self, *, deadline: float, resolve: Resolve, allow: Callable[[str, int], bool]) -> None:
        self.deadline = deadline
        self.resolve = resolve
        self.allow = allow
        self.plain = httpcore.SyncBackend()

    def left_s(self) -> float:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the time for this call is over")
        return left

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:
        try:
            found = RESOLVERS.submit(self.resolve, host, port).result(self.left_s())
        except TimeoutError as error:
            raise httpcore.ConnectTimeout("the name was not resolved in time") from error
        except UnicodeError as error:
            raise NotAllowed(f"not a host name: {host[:100]!r}") from error
        # One forbidden address forbids all: the next look-up might give only that one.
        if not found or not (is_named(host, port) or all(self.allow(ip, port) for ip in found)):
            raise NotAllowed(f"{host} is not a public address, or {port} is not a port of the web")
        return Timed(self.plain.connect_tcp(found[0], port, timeout=self.left_s(), socket_options=socket_options), self)


def is_named(host: str, port: int) -> bool:
    """Whether the operator has named this very host and port in ASCOLTO_EGRESS_ALLOW."""
    written = f"[{host}]" if ":" in host else host
    return f"{written}:{port}".lower() in settings.EGRESS_ALLOW


class Timed(httpcore.NetworkStream):
    """A connection whose every step ends when the whole call must."""

    def __init__(self, stream: httpcore.NetworkStream, guard: Guard) -> None:
        self.stream = stream
        self.guard = guard

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.stream.read(max_bytes, timeout=self.guard.left_s())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.stream.write(buffer, timeout=self.guard.left_s())

    def close(self) -> None:
        self.stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return Timed(self.stream.start_tls(ssl_context, server_hostname, timeout=self.guard.left_s()), self.guard)

    def get_extra_info(self, info: str) -> Any:
        return self.stream.get_extra_info(info)
