"""Mail that leaves by a provider's API, to a stand-in on this machine."""

import json
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from ascolto.egress.mail import written
from ascolto.egress.providers import BACKENDS, Provider, backend_of, send_by
from ascolto.egress.smtp import Refused, TryLater

INACTIVE = (
    "You tried to send to a recipient that has been marked as inactive. Found inactive addresses: anna@example.org. "
    "Inactive recipients are ones that have generated a hard bounce, a spam complaint, or a manual suppression."
)


class StandIn:
    """Answers as the test wants, and keeps what it was told."""

    def __init__(self) -> None:
        self.status, self.body = 200, b"{}"
        self.told: list[dict[str, Any]] = []
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers["Content-Length"]))
                stand_in.told.append({"path": self.path, "headers": dict(self.headers), "body": content})
                self.send_response(stand_in.status)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(stand_in.body)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    there = StandIn()
    yield there
    there.server.shutdown()
    there.server.server_close()


def mail() -> bytes:
    letter = EmailMessage()
    letter["From"] = "Bruno · Lumen <aiuto@lumen.example>"
    letter["To"] = "Anna <anna@example.org>"
    letter["Reply-To"] = "aiuto+x@lumen.example"
    letter["Subject"] = "È arrivato"
    letter["Message-ID"] = "<1@desk.lumen.example>"
    letter["References"] = "<a@example.org>"
    letter.set_content("ciao")
    letter.add_alternative("<p>ciao</p>", subtype="html")
    letter.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="nota è.pdf")
    return written(letter)


def postmark(stand_in: StandIn) -> Provider:
    return Provider(name="postmark", key="canary", api_url=stand_in.url)


def test_the_provider_gets_the_whole_mail_and_names_it(stand_in: StandIn) -> None:
    stand_in.body = json.dumps({"ErrorCode": 0, "Message": "OK", "MessageID": "p-1", "To": "anna@example.org"}).encode()

    id = send_by(postmark(stand_in), mail(), envelope_to=["anna@example.org"])

    told = json.loads(stand_in.told[0]["body"])
    assert id == "p-1"
    assert told["To"] == "Anna <anna@example.org>"
    assert told["ReplyTo"] == "aiuto+x@lumen.example"
    assert (told["Subject"], told["TextBody"].strip(), told["HtmlBody"].strip()) == ("È arrivato", "ciao", "<p>ciao</p>")
    assert told["Attachments"][0]["Name"] == "nota è.pdf"
    assert {"Name": "References", "Value": "<a@example.org>"} in told["Headers"]
    assert stand_in.told[0]["headers"]["X-Postmark-Server-Token"] == "canary"


@pytest.mark.parametrize(
    ("status", "error"), [(500, TryLater), (503, TryLater), (429, TryLater), (401, TryLater), (400, Refused), (413, Refused)]
)
def test_what_the_provider_says_is_for_now_or_for_ever(stand_in: StandIn, status: int, error: type[Exception]) -> None:
    stand_in.status = status

    with pytest.raises(error) as raised:
        send_by(Provider(name="sendgrid", key="canary", api_url=stand_in.url), mail(), envelope_to=["anna@example.org"])

    assert "canary" not in str(raised.value)


def test_a_recipient_that_the_provider_refuses_is_refused(stand_in: StandIn) -> None:
    stand_in.status = 422
    stand_in.body = json.dumps({"ErrorCode": 406, "Message": INACTIVE}).encode()

    with pytest.raises(Refused):
        send_by(postmark(stand_in), mail(), envelope_to=["anna@example.org"])


def test_a_provider_that_is_away_is_tried_later(stand_in: StandIn) -> None:
    stand_in.server.shutdown()
    stand_in.server.server_close()

    with pytest.raises(TryLater):
        send_by(postmark(stand_in), mail(), envelope_to=["anna@example.org"])


@pytest.mark.parametrize("name", sorted(BACKENDS))
def test_each_provider_can_be_had(name: str) -> None:
    assert backend_of(Provider(name=name, key="a:b"))


def test_half_a_key_says_so() -> None:
    with pytest.raises(TryLater):
        backend_of(Provider(name="mailjet", key="a"))
