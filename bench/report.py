"""docs/performance.md from the last full results: what was measured, with its goal, and how the cost of it grows."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.figure import kept

PAGE = Path(__file__).resolve().parent.parent / "docs" / "performance.md"

INTRODUCTION = """# Performance

Written by `make bench` and `python -m bench --write`; not by hand. Figures of different machines cannot be compared, so what
matters is a **ratio to a named reference measured in the same run**, a size, or a growth. Times are those of this machine.

Run it yourself: `make bench` (all, about ten minutes), `python -m bench intake inbox` (some), `--quick` (for trying only).
"""

# What was measured, and how its cost grows, for people.
WORDS = {
    "intake": (
        "Intake",
        "Visitors write over keep-alive connections, each message answered with 201 after its commit is on disk (SQLite, WAL, "
        "`synchronous=FULL`). One message in twenty begins a conversation. The reference is plain `sqlite3` with the same "
        "pragmas on the same disk: one row, one commit, one after the other, before and after.",
        "A batch costs one commit, however many messages wait; a message costs its own work in Python, so more connections mean "
        "larger batches until one core is full. It does not grow with what is stored.",
    ),
    "first_word": (
        "First word to screen",
        "From the start of a visitor's POST to the event on a signed-in agent's stream, at a steady pace that does not wait "
        "for answers; `ascolto serve` with its worker.",
        "One read of the log for all listeners of a process, one line to each listener who may hear it.",
    ),
    "streams": (
        "Streams",
        "Open event streams of visitors in one process, then events that all of them hear.",
        "Memory grows with the number of open streams. An event costs a line for each of its listeners and nothing for others.",
    ),
    "inbox": (
        "Inbox page",
        "The whole page in process, as Django renders it, with three years of service stored: 97 % resolved, the open ones among "
        "the latest, five inboxes. An admin sees all of it; the agent of a small inbox sees one conversation in a thousand.",
        "A page reads its 50 rows from its list's index and counts to 1,000 at most. Neither grows with what is stored. "
        "For someone who sees few of all conversations, the index entries passed over on the way to the fiftieth row do grow.",
    ),
    "widget": (
        "Messenger on a page",
        "Chromium opens the demo page, then presses the button. Sizes are gzip.",
        "Constant: nothing else is fetched until someone wants it, and after that only what is said.",
    ),
    "start": (
        "Start and memory",
        "From the command to 200 on `/health/ready`; memory of the server and its worker after a while without work.",
        "Constant: neither starting nor being idle reads what is stored.",
    ),
    "hooks": (
        "Calls of providers",
        "Signed calls arrive at a steady pace that does not wait for answers, and are answered after their commit is on disk, "
        "while the worker is stopped; timed from when each was due. Then each sample of four kinds of channel comes in ten "
        "copies at once, over and over, while server and worker are killed, and in the end everything is read.",
        "A call costs the digest of its bytes and one row; many at once share a commit. It does not grow with what is stored.",
    ),
    "kill": (
        "kill -9",
        "Fifty visitors write with their own ids and send again what was not answered, while the server is killed at random.",
        "A visitor sends again what was not answered; the id makes it the same message.",
    ),
    "mail_in": (
        "Mail in",
        "Mails of two parts and a quote, one in ten with a picture (SMTP), until their conversations stand in the inbox; all "
        "processes of the desk on one core, dovecot or the senders on the other. Reactions (search, alerts) run beside it on the "
        "same core. Peers: 21 ms a mail (django-helpdesk), 44 (Roundup, from an mbox), 152 (Request Tracker).",
        "A mail costs its own reading and rows; fetching, commits and look-ups are shared by a batch of 50 to 100. It does not "
        "grow with what is stored.",
    ),
    "mail_kill": (
        "kill -9 while mails arrive",
        "The worker is killed at random while it fetches, reads and stores; every fourth mail comes twice, half of those with "
        "another Received line. The mailbox deletes what is fetched, so what were lost would be lost for good.",
        "A mail is kept under its UID, then by its bytes, then by Message-ID and content; any of the three makes it the same.",
    ),
    "mail_out": (
        "Replies by mail",
        "Replies of many conversations while the mail server is away, then answers 4xx and 5xx and breaks the line before and "
        "after it has the mail, and the worker is killed; then undisturbed, each of another conversation, to a sink.",
        "A mail costs its own statements and its own SMTP exchange over a connection that stays open; it does not grow with what "
        "is stored. One worker sends one mail at a time; more workers send more.",
    ),
}


def write(names: Sequence[str]) -> Path:
    """Write the page from the last full result of each benchmark; one that was never run says so. Returns the path."""
    parts = [INTRODUCTION]
    for name in names:
        title, measured, growth = WORDS[name]
        result = kept(name)
        table = [*head_of(result), *rows_of(result)] if result else ["Not measured yet."]
        parts.append("\n".join([f"## {title}", "", measured, "", *table, "", f"**How it grows.** {growth}", ""]))
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text("\n".join(parts))
    return PAGE


def head_of(result: dict[str, Any]) -> list[str]:
    facts = result["machine"]
    machine = f"{facts['cores']} cores, Python {facts['python']}, SQLite {facts['sqlite']}, {facts['system']}"
    return [f"{result['at'][:10]}, {machine}.", "", "| | Figure | Goal | |", "|---|---:|---|---|"]


def rows_of(result: dict[str, Any]) -> list[str]:
    """A row for each figure; how it was measured stands beside it."""
    rows = []
    for each in result["figures"]:
        amount = f"{each['value']:,.{each['digits']}f} {each['unit']}".strip()
        verdict = {True: "met", False: "**missed**", None: ""}[each["is_met"]]
        goal = f"{each['goal']} {verdict}".strip()
        rows.append(f"| {each['name']} | {amount} | {goal} | {each['reference']} |")
    return rows
