"""Words that only some may see, looked for wherever anyone can look (threats.md, R15): sightings only where the table allows."""

from typing import Any

import pytest

from ascolto.eventlog.read import first_position
from ascolto.project.settle import settle
from tests.edge.desk import Stream, desk, run
from tests.threats.conftest import ACTORS, Everyone
from tests.threats.test_matrix import OF_PAGES

# Canary → who may see it, wherever it stands. Each is made by conversation_in (conftest.py).
OURS = {"bruno", "carla", "ada", "read", "write"}
THEIRS = {"dario", "ada", "read", "write", "narrow"}
CANARIES = {
    "parolaQui": OURS | {"visitor"},
    "notaQui": OURS,
    "nota-Qui.txt": OURS,
    "segnoqui": OURS,
    "cliente.qui@example.org": OURS,
    "parolaAltrove": THEIRS,
    "notaAltrove": THEIRS,
    "nota-Altrove.txt": THEIRS,
    "segnoaltrove": THEIRS,
    "cliente.altrove@example.org": THEIRS,
}
# Pages that their address opens, whoever comes: what these show is asked for below.
BY_ADDRESS = ("/t/", "/r/", "/files/", "/contact/", "/messenger/", "/setup/")
MORE = [
    *(f"/inbox/{view}/" for view in ("mine", "team", "unassigned", "open", "waiting", "resolved")),
    *(f"/inbox/{view}/rows/" for view in ("mine", "team", "unassigned", "open", "waiting", "resolved")),
    *(f"/search/?q={word}" for word in ("parolaqui", "parolaaltrove", "notaqui", "notaaltrove", "cliente", "segnoqui")),
    *(f"/api/v1/search?q={word}" for word in ("parolaqui", "parolaaltrove", "notaqui", "notaaltrove", "cliente")),
    "/api/v1/customers?email=cliente.altrove@example.org",
    "/api/v1/events?limit=100",
    "/api/v1/conversations?limit=100",
    "/insights/answers/?words=1",
    "/insights/?inbox=altrove",
    "/account/",
]


@pytest.fixture
def indexed(everyone: Everyone) -> Everyone:
    settle(everyone.now)
    return everyone


def addresses() -> list[str]:
    listed = [line.path for line in OF_PAGES if line.method == "GET" and not line.path.startswith(BY_ADDRESS)]
    return list(dict.fromkeys([*listed, *MORE]))


def test_l1_l2_k1_g9_no_canary_is_seen_by_who_may_not(indexed: Everyone) -> None:
    seen: dict[str, set[str]] = {canary: set() for canary in CANARIES}
    wrong = []
    for name in ACTORS:
        client = indexed.actors[name].client()
        for address in addresses():
            answer = client.get(indexed.filled(address), follow=False)
            if answer.streaming:
                continue
            asked = address.casefold()
            for canary in CANARIES:
                if canary in answer.text and canary.casefold() not in asked:
                    seen[canary].add(name)
                    if name not in CANARIES[canary]:
                        wrong.append(f"{name} saw {canary} at {address}")

    assert not wrong, "\n".join(wrong)
    assert {
        canary: CANARIES[canary] - {"visitor"} - who for canary, who in seen.items() if CANARIES[canary] - {"visitor"} - who
    } == {}


@pytest.mark.parametrize(
    "address",
    ["/t/{A_link}", "/r/{A_survey}", "/contact/modulo/", "/messenger/sito/", "/messenger/sito.js", "/messenger/sito/demo/"],
)
def test_l3_e3_what_is_open_by_its_address_holds_no_canary(indexed: Everyone, address: str) -> None:
    text = indexed.actors["nobody"].client().get(indexed.filled(address)).text

    sighted = {canary for canary in CANARIES if canary in text}
    assert sighted == ({"parolaQui"} if address.startswith("/t/") else set())


def test_l2_counts_are_of_what_one_sees(indexed: Everyone) -> None:
    told = {
        name: indexed.actors[name].client().get("/search/?q=cliente parola").context["count"]
        for name in ("bruno", "dario", "ada")
    }
    listed = {
        name: len(indexed.actors[name].client().get("/inbox/resolved/").context["rows"]) for name in ("bruno", "dario", "ada")
    }

    assert listed == {"bruno": 1, "dario": 1, "ada": 2}
    assert told["bruno"] <= 1
    assert told["dario"] <= 1


@pytest.mark.django_db(transaction=True)
def test_d4_l3_k1_no_stream_or_list_of_the_edge_shows_a_canary(everyone: Everyone) -> None:
    paths = [
        "/messenger/sito/api/conversations",
        "/messenger/sito/api/messages?conversation={A_id}",
        "/messenger/sito/api/messages?conversation={B_id}",
        "/messenger/altrove/api/conversations",
    ]
    heard: dict[str, str] = {}
    before = first_position() - 1  # PostgreSQL counts on where another test has rolled back

    async def story() -> None:
        async with desk(limits_factor=1000) as here:
            for name in ACTORS:
                knocker = everyone.actors[name]
                cookie = {"cookie": f"sessionid={knocker.cookie}"} if knocker.cookie else {}
                told = [await here.call("GET", everyone.filled(path), token=knocker.bearer, headers=cookie) for path in paths]
                heard[name] = "".join(reply.body.decode() for reply in told)
                for path in (
                    f"/live/stream?after={before}",
                    f"/api/v1/stream?after={before}",
                    f"/messenger/sito/api/stream?after={before}",
                ):
                    stream = await here.listen(path, token=knocker.bearer, headers=cookie)
                    heard[name] += await all_of(stream)

    run(story())

    for name, words in heard.items():
        for canary in CANARIES:
            if name not in CANARIES[canary] or name != "visitor":
                assert canary not in words, f"{name} {canary}"
    assert "parolaQui" in heard["visitor"]
    assert "note_written" not in heard["visitor"] + heard["other"]
    ids = {name: everyone.things[f"{name}_id"] for name in ("A", "B")}
    assert {name for name in ACTORS if ids["A"] in heard[name]} == OURS | {"visitor"}
    assert {name for name in ACTORS if ids["B"] in heard[name]} == THEIRS


async def all_of(stream: Stream) -> str:
    if stream.status == 200:
        await stream.until("retry:")
        for _ in range(20):
            before = len(stream.heard)
            await wait_a_little()
            if len(stream.heard) == before:
                break
    await stream.leave()
    return stream.heard.decode()


async def wait_a_little() -> Any:
    import asyncio

    await asyncio.sleep(0.1)
