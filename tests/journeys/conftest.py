"""A running desk, and people who use it through HTTP alone."""

import json
import re
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.running import RunningDesk, running_desk


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    with running_desk(tmp_path_factory.mktemp("desk")) as running:
        yield running


class Colleague:
    """A browser of someone who answers."""

    def __init__(self, desk: RunningDesk, name: str) -> None:
        self.http = httpx.Client(base_url=desk.url, follow_redirects=True, timeout=10)
        self.submit("/account/login/", login=desk.facts["people"][name], password=desk.facts["password"])

    def page(self, address: str) -> str:
        answer = self.http.get(address)
        assert answer.status_code == 200, f"{address}: {answer.status_code}"
        return answer.text

    def submit(self, address: str, form_at: str = "", **words: Any) -> httpx.Response:
        page = self.http.get(form_at or address).text
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert found, f"no form at {form_at or address}"
        return self.http.post(
            address, data={"csrfmiddlewaretoken": found.group(1), **words}, headers={"Referer": str(self.http.base_url)}
        )

    def does(self, number: int, what: str, **words: Any) -> httpx.Response:
        return self.submit(f"/conversations/{number}/{what}/", form_at=f"/conversations/{number}/", **words)


class Visitor:
    """A browser with the messenger open, without the browser."""

    def __init__(self, desk: RunningDesk) -> None:
        self.http = httpx.Client(base_url=f"{desk.url}/messenger/{desk.facts['messenger']}/api", timeout=10)
        self.session = self.http.post("/session", json={"language": "it", "page": {"url": desk.url, "title": "Negozio"}}).json()
        self.http.headers["Authorization"] = f"Bearer {self.session['token']}"

    def says(self, client_id: str, body: str, **rest: Any) -> dict[str, Any]:
        answer = self.http.post("/messages", json={"client_id": client_id, "body": body, **rest})
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def reads(self, conversation: str) -> dict[str, Any]:
        return dict(self.http.get("/messages", params={"conversation": conversation}).json())


class Ear:
    """A stream listened to in the background; `hears(kind)` waits for it."""

    def __init__(self, http: httpx.Client, address: str, after: int | None = None) -> None:
        self.frames: list[dict[str, Any]] = []
        self.position = after or 0
        self.news = threading.Condition()
        headers = {"Last-Event-ID": str(after)} if after is not None else {}
        self.open = threading.Event()
        threading.Thread(target=self.listen, args=(http, address, headers), daemon=True).start()
        assert self.open.wait(10), "the stream did not open"

    def listen(self, http: httpx.Client, address: str, headers: dict[str, str]) -> None:
        try:
            with http.stream("GET", address, headers=headers, timeout=None) as stream:
                for line in stream.iter_lines():
                    self.open.set()
                    self.take(line)
        except httpx.HTTPError as error:
            self.frames.append({"ended": str(error)})

    def take(self, line: str) -> None:
        name, _, value = line.partition(":")
        if name == "id":
            self.position = int(value)
        if name == "data" and value.strip():
            with self.news:
                self.frames.append(json.loads(value))
                self.news.notify_all()

    def hears(self, kind: str, timeout_s: float = 10) -> dict[str, Any]:
        """The first frame of that kind; within a second in the product, ten here for a machine that is busy."""
        with self.news:
            assert self.news.wait_for(lambda: any(frame.get("kind") == kind for frame in self.frames), timeout_s), (
                kind,
                self.frames,
            )
            return next(frame for frame in self.frames if frame.get("kind") == kind)


@pytest.fixture
def bruno(desk: RunningDesk) -> Colleague:
    return Colleague(desk, "bruno")


@pytest.fixture
def carla(desk: RunningDesk) -> Colleague:
    return Colleague(desk, "carla")


@pytest.fixture
def visitor(desk: RunningDesk) -> Visitor:
    return Visitor(desk)
