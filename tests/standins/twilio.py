"""
A Twilio-compatible provider on this machine: its REST interface, its signed calls, and telephones with people who use them.

It follows the TwiML that it gets, as the documentation of the verbs says: Say, Pause, Gather, Record, Enqueue, Leave, Dial,
Redirect, Hangup. Signatures are computed by the provider's own SDK.
"""

import base64
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urljoin, urlsplit
from xml.etree import ElementTree

import httpx
from twilio.request_validator import RequestValidator

SID, TOKEN = "AC" + "0" * 32, "0123456789abcdef0123456789abcdef"
OUR_NUMBER = "+390612345678"
MP3 = b"ID3\x03\x00\x00\x00\x00\x00\x00" + b"\xff\xfb\x90\x00" * 400

Deliver = Callable[[str, dict[str, str], bytes], tuple[int, bytes]]


def post(url: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
    """Call a desk that runs elsewhere."""
    reply = httpx.post(url, headers=headers, content=body, timeout=20)
    return reply.status_code, reply.content


@dataclass
class Person:
    """Someone with a telephone: what they do when they are asked, rung or left waiting."""

    number: str
    keys: list[str] = field(default_factory=list)  # pressed at each Gather in turn; empty: nothing
    speaks_s: int = 0  # into a voicemail
    says: str = ""  # which the provider writes down
    patience: int = 1  # rounds of the queue before they hang up
    stays: bool = False  # in the queue, until somebody does something
    picks_up: str = "no-answer"  # or busy, or completed
    talks_s: int = 0


@dataclass
class Line:
    """A call as the provider sees it."""

    sid: str
    person: Person
    values: dict[str, str]
    status: str = "ringing"
    heard: list[str] = field(default_factory=list)
    queue: Any = None  # the Enqueue that it stands in
    waited_s: int = 0

    @property
    def is_over(self) -> bool:
        return self.status in ("completed", "busy", "no-answer", "failed", "canceled")


class StandIn:
    """The provider. `later` are calls to the desk that are still to be made, in the order that they come to mind."""

    def __init__(self, deliver: Deliver = post) -> None:
        self.deliver = deliver
        self.numbers: dict[str, dict[str, Any]] = {
            OUR_NUMBER: {
                "sid": "PN" + "1" * 32,
                "phone_number": OUR_NUMBER,
                "capabilities": {"sms": True, "voice": True},
                "sms_url": "",
                "voice_url": "",
                "status_callback": "",
            }
        }
        self.people: dict[str, Person] = {}
        self.sent: list[dict[str, str]] = []
        self.lines: dict[str, Line] = {}
        self.blocked: set[str] = set()
        self.files: dict[str, tuple[bytes, str]] = {}
        self.moved: dict[str, str] = {}
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.said: list[tuple[str, dict[str, str], int, bytes]] = []
        self.later: list[tuple[str, dict[str, str]]] = []
        self.answers: list[tuple[int, dict[str, Any], dict[str, str]]] = []  # to be given instead of doing anything
        self.count = 0
        self.url = ""

    # What customers do

    def text(self, sender: str, body: str, **more: str) -> str:
        """A customer writes; what the provider calls it."""
        sid = self.new("SM")
        if body.strip().upper() == "STOP":
            self.blocked.add(sender)
        values = {
            "MessageSid": sid,
            "SmsSid": sid,
            "SmsMessageSid": sid,
            "SmsStatus": "received",
            "From": sender,
            "To": OUR_NUMBER,
        }
        values |= {"Body": body, "NumMedia": "0", "NumSegments": "1", "AccountSid": SID, "ApiVersion": "2010-04-01", **more}
        self.hook(self.numbers[OUR_NUMBER]["sms_url"], values)
        return sid

    def picture(self, sender: str, content: bytes, kind: str = "image/png", **more: str) -> str:
        path = f"/2010-04-01/Accounts/{SID}/Messages/MM1/Media/{self.new('ME')}"
        self.files[path] = (content, kind)
        return self.text(sender, "", NumMedia="1", MediaUrl0=f"{self.url}{path}", MediaContentType0=kind, **more)

    def call(self, person: Person) -> Line:
        """A customer calls and does what they do, until the call is over or they stay in the queue."""
        line = Line(self.new("CA"), person, {"From": person.number, "To": OUR_NUMBER, "Direction": "inbound"})
        line.values |= {"AccountSid": SID, "ApiVersion": "2010-04-01", "CallSid": line.sid}
        self.lines[line.sid] = line
        self.follow(line, self.numbers[OUR_NUMBER]["voice_url"], {})
        return line

    def let_pass(self) -> None:
        """Make the calls to the desk that come by themselves after a while."""
        while self.later:
            self.hook(*self.later.pop(0))

    # Its calls to the desk

    def hook(self, url: str, values: dict[str, str]) -> bytes:
        """Call the desk, signed as the documentation says."""
        signature = RequestValidator(TOKEN).compute_signature(url, values)
        headers = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8", "X-Twilio-Signature": signature}
        status, body = self.deliver(url, headers, urlencode(values).encode())
        self.said.append((url, values, status, body))
        return body

    def new(self, kind: str) -> str:
        self.count += 1
        return f"{kind}{self.count:032x}"

    # Calls, verb by verb

    def follow(self, line: Line, url: str, values: dict[str, str]) -> None:
        """Ask the desk how the call goes on, and do that."""
        document = self.hook(url, {**line.values, "CallStatus": line.status, **values})
        if line.status == "ringing":
            line.status = "in-progress"
        self.run(line, list(ElementTree.fromstring(document)), url)

    def run(self, line: Line, verbs: list[Any], base: str) -> None:
        for verb in verbs:
            if line.is_over:
                return
            if self.do(line, verb, base):
                return
        if not line.is_over and line.queue is None:
            self.end(line)

    def do(self, line: Line, verb: Any, base: str) -> bool:
        """One verb; whether the document ends with it."""
        match verb.tag:
            case "Say":
                line.heard.append(verb.text or "")
            case "Pause" | "Play":
                line.waited_s += int(verb.get("length", "1"))
            case "Gather":
                return self.gather(line, verb, base)
            case "Record":
                return self.record(line, verb, base)
            case "Enqueue":
                self.enqueue(line, verb, base)
                return True
            case "Leave":
                queue, line.queue = line.queue, None
                self.follow(
                    line, urljoin(queue[1], queue[0].get("action")), {"QueueResult": "leave", "QueueTime": str(line.waited_s)}
                )
                return True
            case "Dial":
                self.dial(line, verb, base)
                return True
            case "Redirect":
                if line.queue is not None:
                    return True  # the queue asks again by itself
                self.follow(line, urljoin(base, verb.text), {})
                return True
            case "Hangup":
                self.end(line)
                return True
        return False

    def gather(self, line: Line, verb: Any, base: str) -> bool:
        for inner in verb:
            self.do(line, inner, base)
        pressed = line.person.keys.pop(0) if line.person.keys else ""
        if not pressed:
            line.waited_s += int(verb.get("timeout", "5"))
            return False
        self.follow(line, urljoin(base, verb.get("action")), {"Digits": pressed})
        return True

    def record(self, line: Line, verb: Any, base: str) -> bool:
        if not line.person.speaks_s:
            return False
        recording, values = self.keep_recording(line, line.person.speaks_s)
        if callback := verb.get("recordingStatusCallback"):
            ready = {**values, "CallSid": line.sid, "AccountSid": SID, "RecordingStatus": "completed", "RecordingChannels": "1"}
            self.later.append((urljoin(base, callback), ready))
        if (callback := verb.get("transcribeCallback")) and line.person.says:
            written = {
                "TranscriptionSid": self.new("TR"),
                "TranscriptionText": line.person.says,
                "TranscriptionStatus": "completed",
            }
            named = {"RecordingSid": recording, "RecordingUrl": values["RecordingUrl"], "CallSid": line.sid, "AccountSid": SID}
            self.later.append((urljoin(base, callback), {**written, **named}))
        line.status = "completed"
        self.follow(line, urljoin(base, verb.get("action")), {**values, "Digits": "hangup"})
        self.end(line)
        return True

    def keep_recording(self, line: Line, length_s: int) -> tuple[str, dict[str, str]]:
        recording = self.new("RE")
        path = f"/2010-04-01/Accounts/{SID}/Recordings/{recording}"
        self.files[f"{path}.mp3"] = (MP3, "audio/mpeg")
        values = {"RecordingSid": recording, "RecordingUrl": f"{self.url}{path}", "RecordingDuration": str(length_s)}
        return recording, values

    def enqueue(self, line: Line, verb: Any, base: str) -> None:
        line.queue = (verb, base)
        if line.person.stays:
            self.tell_place(line)
            return
        for _round in range(line.person.patience):
            self.tell_place(line)
            if line.is_over or line.queue is None:
                return
        self.end(line)

    def tell_place(self, line: Line) -> None:
        verb, base = line.queue
        place = [each.sid for each in self.lines.values() if each.queue is not None].index(line.sid) + 1
        values = {"QueuePosition": str(place), "QueueTime": str(line.waited_s), "CurrentQueueSize": str(place), "QueueSid": "QU1"}
        url = urljoin(base, verb.get("waitUrl"))
        document = self.hook(url, {**line.values, "CallStatus": "in-progress", **values})
        self.run(line, list(ElementTree.fromstring(document)), url)

    def dial(self, line: Line, verb: Any, base: str) -> None:
        rung = [self.people.get(each.text, Person(each.text)) for each in verb if each.tag == "Number"]
        taken = next((each for each in rung if each.picks_up == "completed"), None)
        values = {"DialCallSid": self.new("CA"), "DialCallStatus": taken.picks_up if taken else rung[0].picks_up}
        if taken:
            values["DialCallDuration"] = str(taken.talks_s)
            if callback := verb.get("recordingStatusCallback"):
                _, recorded = self.keep_recording(line, taken.talks_s)
                ready = {**recorded, "CallSid": line.sid, "AccountSid": SID, "RecordingStatus": "completed"}
                self.later.append((urljoin(base, callback), ready))
        self.follow(line, urljoin(base, verb.get("action")), values)

    def end(self, line: Line) -> None:
        """The call is over; whoever wants to know is told after a while."""
        line.status = line.status if line.is_over else "completed"
        queue, line.queue = line.queue, None
        values = {**line.values, "CallStatus": line.status, "CallDuration": str(line.waited_s)}
        if queue is not None:
            left = {"QueueResult": "hangup", "QueueTime": str(line.waited_s)}
            self.hook(urljoin(queue[1], queue[0].get("action")), {**values, **left})
        callback = line.values.get("ours") or self.numbers[OUR_NUMBER]["status_callback"]
        if callback:
            self.later.append((callback, {name: value for name, value in values.items() if name != "ours"}))

    # Its REST interface

    def ask(self, method: str, path: str, headers: dict[str, str], form: dict[str, str]) -> tuple[int, Any, dict[str, str]]:
        """Answer one request: status, JSON or bytes with their type, more headers."""
        self.asked.append((method, path, headers))
        parts = urlsplit(path)
        if parts.path in self.moved:
            return 307, {}, {"Location": self.moved[parts.path]}
        wanted = "Basic " + base64.b64encode(f"{SID}:{TOKEN}".encode()).decode()
        if not parts.path.startswith("/elsewhere/") and headers.get("authorization") != wanted:
            return 401, {"code": 20003, "message": "Authenticate"}, {}
        if parts.path in self.files:
            return 200, self.files[parts.path], {}
        if self.answers:
            return self.answers.pop(0)
        room = parts.path.removeprefix(f"/2010-04-01/Accounts/{SID}")
        return self.do_rest(method, room, form, parse_qs(parts.query))

    def do_rest(
        self, method: str, room: str, form: dict[str, str], query: dict[str, list[str]]
    ) -> tuple[int, Any, dict[str, str]]:
        match method, room.split("/")[1:]:
            case "POST", ["Messages.json"]:
                return self.take_message(form)
            case "POST", ["Calls.json"]:
                return self.take_call(form)
            case "POST", ["Calls", name]:
                return self.redirect(self.lines.get(name.removesuffix(".json")), form)
            case "GET", ["IncomingPhoneNumbers.json"]:
                rows = [row for number, row in self.numbers.items() if number in query.get("PhoneNumber", [number])]
                return 200, {"incoming_phone_numbers": rows}, {}
            case "POST", ["IncomingPhoneNumbers", name]:
                row = next(each for each in self.numbers.values() if each["sid"] == name.removesuffix(".json"))
                known = {"SmsUrl": "sms_url", "VoiceUrl": "voice_url", "StatusCallback": "status_callback"}
                row.update({known[key]: value for key, value in form.items() if key in known})
                return 200, row, {}
        return 404, {"code": 20404, "message": "The requested resource was not found"}, {}

    def take_message(self, form: dict[str, str]) -> tuple[int, Any, dict[str, str]]:
        if form["To"] in self.blocked:
            return 400, {"code": 21610, "message": "Attempt to send to unsubscribed recipient", "status": 400}, {}
        sid = self.new("SM")
        self.sent.append({**form, "sid": sid})
        about = {"MessageSid": sid, "SmsSid": sid, "To": form["To"], "From": form.get("From", ""), "AccountSid": SID}
        for status in ("sent", "delivered"):
            self.later.append((form["StatusCallback"], {**about, "MessageStatus": status, "SmsStatus": status}))
        return 201, {"sid": sid, "status": "queued", "error_code": None}, {}

    def take_call(self, form: dict[str, str]) -> tuple[int, Any, dict[str, str]]:
        person = self.people.get(form["To"], Person(form["To"]))
        line = Line(self.new("CA"), person, {"From": form["From"], "To": form["To"], "Direction": "outbound-api"})
        line.values |= {"AccountSid": SID, "ApiVersion": "2010-04-01", "CallSid": line.sid, "ours": form["StatusCallback"]}
        line.heard.append(form["Url"])
        self.lines[line.sid] = line
        return 201, {"sid": line.sid, "status": "queued"}, {}

    def ring_agents(self) -> None:
        """The phones of colleagues that were asked to be rung."""
        for line in list(self.lines.values()):
            if line.values["Direction"] == "outbound-api" and line.status == "ringing":
                if line.person.picks_up != "completed":
                    line.status = line.person.picks_up
                    self.end(line)
                    continue
                callback = line.values["ours"]
                del line.values["ours"]
                self.follow(line, line.heard.pop(0), {"CallStatus": "in-progress"})
                line.values["ours"] = callback
                self.later = [each for each in self.later if each[1].get("CallSid") != line.sid]
                line.status = "completed"
                self.end(line)

    def redirect(self, line: Line | None, form: dict[str, str]) -> tuple[int, Any, dict[str, str]]:
        if line is None or line.is_over:
            return 404, {"code": 20404, "message": "The requested resource was not found"}, {}
        line.queue = None
        self.later.append(("", {"redirect": line.sid, "url": form["Url"]}))
        return 200, {"sid": line.sid, "status": "in-progress"}, {}

    def go_on(self) -> None:
        """Calls that were sent elsewhere while they waited."""
        moved, self.later = [each for each in self.later if not each[0]], [each for each in self.later if each[0]]
        for _, values in moved:
            self.follow(self.lines[values["redirect"]], values["url"], {})


@contextmanager
def serving(standin: StandIn, port: int = 0) -> Iterator[StandIn]:
    """Its REST interface on loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.reply("GET")

        def do_POST(self) -> None:
            self.reply("POST")

        def reply(self, method: str) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            headers = {name.lower(): value for name, value in self.headers.items()}
            form = dict(parse_qsl(body.decode(), keep_blank_values=True))
            status, answer, more = standin.ask(method, self.path, headers, form)
            content, kind = answer if isinstance(answer, tuple) else (json.dumps(answer).encode(), "application/json")
            self.send_response(status)
            for name, value in {"Content-Type": kind, "Content-Length": str(len(content)), **more}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: Any) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    standin.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield standin
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
