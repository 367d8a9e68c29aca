"""
Years of service in a minute: conversations with their messages, customers and episodes, straight into SQLite's tables.

What it writes is what the product would have written, without its log and without its search index. The same count gives
the same rows. A filled database is kept in var/bench/ for as long as its tables and this file stay as they are.
"""

import hashlib
import shutil
import sqlite3
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from bench import desk, figure

FOLDER = figure.FOLDER / "filled"
END = datetime(2026, 11, 1, 12, tzinfo=UTC)
YEARS = timedelta(days=3 * 365)
INBOX_SHARES = (60, 24, 10, 5, 1)  # percent; the last is the small door that one colleague answers
BUSY_SHARE = 0.6  # of the first inbox's assigned ones are one agent's, so that their own list is longer than a page
AGENTS = 40
OPEN_PCT, WAITING_PCT = 1.5, 1.5  # of all conversations; the rest are resolved
FRESH = 3  # what is open lies in the latest so many hundredths of the time, as it does on a desk that keeps up
CHUNK = 5_000
WORDS = ("lampada", "ordine", "consegna", "fattura", "spedizione", "accesso", "password", "rimborso", "guasto", "ricambio")
NAMES = ("Anna Bianchi", "Luca Conti", "Giulia Ferri", "Marco Villa", "Sara Longo", "Paolo Greco", "Elena Riva")

Row = tuple[Any, ...]


def filled(count: int) -> Path:
    """The folder of a desk with so many conversations; made now, or kept from an earlier run."""
    folder = FOLDER / f"{count}-{version()}"
    if (folder / "done").exists():
        return folder
    for earlier in FOLDER.glob(f"{count}-*"):
        shutil.rmtree(earlier)
    folder.mkdir(parents=True)
    inbox = desk.prepare(folder, 8000)
    started = time.monotonic()
    people = people_of(inbox.hex)
    from django.db import connection

    connection.close()
    fill(folder / "ascolto.sqlite3", count, people)
    (folder / "done").touch()
    print(f"  filled {count:,} conversations in {time.monotonic() - started:.0f} s", flush=True)
    return folder


def version() -> str:
    """Changes with this file and with every migration."""
    from ascolto import __file__ as package

    migrations = sorted(Path(package).parent.glob("*/migrations/0*.py"))
    seen = hashlib.sha256(b"".join(path.read_bytes() for path in [Path(__file__), *migrations]))
    return seen.hexdigest()[:10]


class People:
    """The desk's inboxes, teams and agents, as ids in SQLite's spelling."""

    def __init__(self, inboxes: list[str], teams: list[str], agents: list[str]) -> None:
        self.inboxes = inboxes
        self.teams = teams
        self.agents = agents


def people_of(first_inbox: str) -> People:
    """Five inboxes, each with its team, and the agents who share them; the last inbox has one agent of its own."""
    from ascolto.accounts.models import User
    from ascolto.channels.configure import make_inbox
    from ascolto.conversations.models import Inbox
    from ascolto.people.models import Team

    inboxes = [Inbox.objects.get(pk=first_inbox)]
    inboxes += [make_inbox(name=f"Porta {n}", kind="messenger", language="it", at=END) for n in range(2, len(INBOX_SHARES) + 1)]
    teams = [Team.objects.create(name=f"Squadra {n}") for n, _ in enumerate(inboxes, 1)]
    agents = [User(email=f"agent{n}@bench.example", name=NAMES[n % len(NAMES)], password="!") for n in range(AGENTS)]
    User.objects.bulk_create(agents)
    for n, (inbox, team) in enumerate(zip(inboxes, teams, strict=True)):
        inbox.teams.add(team)
        team.members.add(*([agents[-1]] if n == len(inboxes) - 1 else agents[n:-1:2]))
    User.objects.create_user(email="admin@bench.example", name="Ada Rossi", role="admin")
    return People([each.id.hex for each in inboxes], [each.id.hex for each in teams], [each.id.hex for each in agents])


def fill(database: Path, count: int, people: People) -> None:
    """Write `count` conversations in the order in which they began; indexes are built afterwards, at one go."""
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("PRAGMA cache_size=-200000")
    tables = ("conversations_conversation", "conversations_message", "conversations_episode", "people_customer")
    names = ", ".join(f"'{table}'" for table in tables)
    indexes = connection.execute(
        f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql > '' AND tbl_name IN ({names})"
    )
    kept = indexes.fetchall()
    for name, _ in kept:
        connection.execute(f'DROP INDEX "{name}"')
    random = Random(count)
    rows = Rows(people, random, count)
    for chunk in rows.chunks():
        connection.execute("BEGIN IMMEDIATE")
        for table, found in chunk.items():
            if found:
                columns = ", ".join(COLUMNS[table])
                marks = ", ".join("?" * len(COLUMNS[table]))
                connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", found)
        connection.execute("COMMIT")
    for _, sql in kept:
        connection.execute(sql)
    connection.execute("UPDATE workspace_workspace SET last_number = ?", (1000 + count,))
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


COLUMNS = {
    "people_customer": ("id", "name", "language", "attributes", "created_at", "updated_at"),
    "conversations_conversation": (
        *("id", "number", "inbox_id", "customer_id", "subject", "language", "status", "is_active", "priority", "assignee_id"),
        *("team_id", "attributes", "created_at", "updated_at", "version", "last_message_at", "last_author", "preview"),
        "waiting_since",
    ),
    "conversations_episode": ("conversation_id", "number", "opened_at", "first_reply_at", "resolved_at"),
    "conversations_message": (
        *("id", "conversation_id", "author_kind", "author_id", "visibility", "text", "html", "at", "delivery"),
        *("delivery_note", "mail_id", "source", "is_automatic"),
    ),
    "conversations_readmark": ("user_id", "conversation_id", "at"),
}


class Rows:
    """Makes the rows; all chance comes from `random`."""

    def __init__(self, people: People, random: Random, count: int) -> None:
        self.people = people
        self.random = random
        self.count = count
        self.first = END - YEARS

    def chunks(self) -> Iterator[dict[str, list[Row]]]:
        for start in range(0, self.count, CHUNK):
            chunk: dict[str, list[Row]] = {table: [] for table in COLUMNS}
            for n in range(start, min(start + CHUNK, self.count)):
                self.conversation(n, chunk)
            yield chunk

    def id(self, at: datetime) -> str:
        """A UUIDv7 of that moment, as SQLite keeps it."""
        tail = self.random.getrandbits(74)
        return f"{int(at.timestamp() * 1000):012x}7{tail >> 62:03x}{(tail & (1 << 62) - 1) | (1 << 63):016x}"

    def status(self, n: int) -> str:
        """Resolved, but for what is open among the latest."""
        place = n / self.count
        chance = self.random.random() * 100
        share = 100 / FRESH
        if place < 1 - FRESH / 100:
            return "resolved"
        return "open" if chance < OPEN_PCT * share else "waiting" if chance < (OPEN_PCT + WAITING_PCT) * share else "resolved"

    def agent(self, place: int) -> str:
        """Who answers in that inbox."""
        agents = self.people.agents
        if place == len(self.people.inboxes) - 1:
            return agents[-1]
        return agents[0] if place == 0 and self.random.random() < BUSY_SHARE else self.random.choice(agents[1:-1])

    def conversation(self, n: int, chunk: dict[str, list[Row]]) -> None:
        random, people = self.random, self.people
        began = self.first + YEARS * (n / self.count)
        replied = began + timedelta(minutes=5 + random.random() * 300)
        status = self.status(n)
        has_reply = status != "open"
        place = random.choices(range(len(people.inboxes)), INBOX_SHARES)[0]
        agent = self.agent(place)
        assignee = agent if has_reply or random.random() < 0.5 else None
        customer, id = self.id(began), self.id(began)
        text = f"Buongiorno, un problema con {random.choice(WORDS)} e {random.choice(WORDS)}. Ho una consegna alle 18. Grazie"
        last = replied if has_reply else began
        first_at, last_at = written(began), written(last)
        chunk["people_customer"].append((customer, random.choice(NAMES), "it", "{}", first_at, first_at))
        chunk["conversations_conversation"].append(
            (
                *(id, 1001 + n, people.inboxes[place], customer, text[:80], "it", status, status != "resolved", 2, assignee),
                *(people.teams[place], "{}", first_at, last_at, 2, last_at, "agent" if has_reply else "customer", text),
                None if has_reply else first_at,
            )
        )
        resolved_at = last_at if status == "resolved" else None
        chunk["conversations_episode"].append((id, 1, first_at, last_at if has_reply else None, resolved_at))
        source = f"m:{customer}:{n}"
        more = ("", "", source, False)
        chunk["conversations_message"].append((self.id(began), id, "customer", None, "public", text, "", first_at, "", *more))
        if has_reply and random.random() < 0.5:
            reply = (self.id(replied), id, "agent", agent, "public", "Ci pensiamo noi.", "", last_at, "read", "", "", None, False)
            chunk["conversations_message"].append(reply)
        if assignee and random.random() < 0.1:
            chunk["conversations_readmark"].append((assignee, id, last_at))


def written(moment: datetime) -> str:
    """A moment as Django writes it to SQLite."""
    return moment.replace(tzinfo=None).isoformat(sep=" ")
