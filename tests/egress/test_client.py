"""One guarded way to call what someone else named: public, once, in time, and not too much of it."""

import socket
import threading
import time
from contextlib import closing

import pytest

from ascolto.egress.client import MAX_REPLY_BYTES, NoAnswer, NotAllowed, call


@pytest.fixture
def server():
    """A server on loopback that says what the test gave it, in pieces, and keeps what it was asked."""
    listener = socket.create_server(("127.0.0.1", 0))
    asked, pieces = [], []

    def serve():
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            with closing(peer):
                request = b""
                while b"\r\n\r\n" not in request or (b"Content-Length: 2" in request and not request.endswith(b"{}")):
                    request += peer.recv(65536)
                asked.append(request)
                try:
                    for piece, pause_s in pieces:
                        peer.sendall(piece)
                        time.sleep(pause_s)
                except OSError:
                    continue

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    server = type("Server", (), {"port": listener.getsockname()[1], "asked": asked, "pieces": pieces})
    yield server
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(5)


def call_loopback(server, path="/", **more):
    return call(
        "POST",
        f"http://hook.example:{server.port}{path}",
        resolve=lambda host, port: ["127.0.0.1"],
        allow=lambda ip, port: True,
        **more,
    )


def test_i4_the_checked_address_is_called_under_the_name_of_the_host(server):
    server.pieces.append((b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 0))

    reply = call_loopback(server, "/hook?a=1", content=b"{}", headers={"webhook-id": "1"})

    assert (reply.status, reply.body, reply.is_cut) == (200, b"ok", False)
    assert server.asked[0].startswith(b"POST /hook?a=1 HTTP/1.1\r\n")
    assert f"host: hook.example:{server.port}".encode() in server.asked[0].lower()
    assert server.asked[0].endswith(b"\r\n\r\n{}")


def test_i3_a_redirect_is_not_followed(server):
    server.pieces.append((b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n", 0))

    assert call_loopback(server).status == 302
    assert len(server.asked) == 1


def test_i4_a_name_is_resolved_once_and_one_bad_address_forbids_all():
    answers = iter([["8.8.8.8", "169.254.169.254"], ["8.8.8.8"]])

    with pytest.raises(NotAllowed):
        call("GET", "http://flips.example/", resolve=lambda host, port: next(answers))

    assert next(answers) == ["8.8.8.8"]


def test_i5_a_reply_is_kept_up_to_its_limit(server):
    server.pieces += [(b"HTTP/1.1 200 OK\r\n\r\n", 0)] + [(b"x" * 10_000, 0)] * 20

    reply = call_loopback(server)

    assert (len(reply.body), reply.is_cut) == (MAX_REPLY_BYTES, True)


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"], ids=["head", "body"])
def test_i5_a_reply_that_drips_is_given_up_in_time(server, head):
    server.pieces += [(head or b"HTTP/1.1 200 OK\r\n", 0)] + [(b"x", 0.05)] * 20

    with pytest.raises(NoAnswer):
        call_loopback(server, timeout_s=0.3)


def test_i5_a_file_that_a_provider_holds_may_be_larger_up_to_its_own_limit(server):
    server.pieces += [(b"HTTP/1.1 200 OK\r\n\r\n", 0)] + [(b"x" * 10_000, 0)] * 20

    assert len(call_loopback(server, max_bytes=300_000).body) == 200_000
    assert call_loopback(server, max_bytes=150_000).is_cut


def test_i1_only_what_the_operator_names_may_be_private(server, settings):
    server.pieces.append((b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 0))
    settings.EGRESS_ALLOW = frozenset({f"127.0.0.1:{server.port}"})

    assert call("GET", f"http://127.0.0.1:{server.port}/").status == 200
    for other in (f"http://127.0.0.1:{server.port + 1}/", f"http://[::1]:{server.port}/"):
        with pytest.raises(NotAllowed):
            call("GET", other)


def test_a_compressed_reply_is_not_unpacked(server):
    server.pieces.append((b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", 0))

    assert call_loopback(server).body == b"abc"
    assert b"accept-encoding: identity" in server.asked[0].lower()


@pytest.mark.parametrize(
    "url",
    [
        *(
            "file:///etc/passwd",
            "ftp://a.example",
            "gopher://a.example",
            "//a.example",
            "a.example",
            "",
            "http://",
            "http://[::1",
            "http://a:b",
        ),
        *("http://user:pass@a.example/", "http://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://[::ffff:127.0.0.1]/"),
        *("http://169.254.169.254/latest", "http://2130706433/", "http://0/", "http://8.8.8.8:22/", "http://8.8.8.8:6379/"),
        *("http://x" + "x" * 300 + ".example/", "http://a..example/", "javascript:x", "http://a\r\nb/", "unix:///run/x"),
    ],
)
def test_i2_a_target_that_is_not_public_is_refused(url):
    with pytest.raises((NotAllowed, NoAnswer)) as refused:
        call("GET", url, timeout_s=2)

    # 2130706433 and its like either resolve to loopback, which is forbidden, or to nothing.
    assert refused.type is NotAllowed or "gaierror" in str(refused.value)


def test_a_peer_that_breaks_off_is_no_answer(server):
    server.pieces.append((b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx", 0))

    with pytest.raises(NoAnswer):
        call_loopback(server)
