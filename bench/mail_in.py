"""Mails per second from the mailbox (IMAP) and from the SMTP door until they are visible, on one core; memory over 10,000."""

import os
import signal
import smtplib
import subprocess
import sys
import threading
import time

from bench import desk, disk
from bench.figure import Figure, at_least, at_most, median
from bench.mail_kill import ask, stored
from bench.mailbox import desk_with_mailbox, rss_mb, written
from tests.mailservers import USER, Dovecot

MAILS, QUICK_MAILS = 2_000, 300
MANY, QUICK_MANY = 10_000, 600
CONNECTIONS = 8
BEST_PEER_S = 0.021  # a mail, django-helpdesk on the same kind of machine
GOAL_S = BEST_PEER_S / 10
GROWTH_PCT = 10.0
WARM = 0.2  # share of the mails after which memory is first looked at
WITHIN_S = 240.0


def run(*, is_quick: bool) -> list[Figure]:
    """Both doors, each on a desk of its own; the machine's own commits per second beside them."""
    count, many = (QUICK_MAILS, QUICK_MANY) if is_quick else (MAILS, MANY)
    return [*from_imap(count), *from_door(count), *memory_over(many)]


def figure(name: str, took_s: float, cpu_s: float, count: int, words: str) -> Figure:
    per_mail = took_s / count
    return at_most(
        name,
        per_mail * 1000,
        GOAL_S * 1000,
        unit="ms",
        digits=2,
        reference=(
            f"{count / took_s:,.0f} mails/s, {cpu_s / count * 1000:.2f} ms of CPU each; the best peer takes "
            f"{BEST_PEER_S * 1000:.0f} ms, {BEST_PEER_S / per_mail:.0f} times that; {words}"
        ),
    )


def from_imap(count: int) -> list[Figure]:
    """A worker that starts beside a full mailbox: from the first mail it keeps to the last that is visible."""
    with desk_with_mailbox() as (there, server, _):
        fill(server, count)
        references = [disk.commits_per_s(there.folder, seconds=1.0)]
        worker = one_core(there, "worker")
        try:
            began = wait(there, "SELECT count(*) FROM channels_rawinbound", 1)
            before_s = cpu_of(worker.pid)
            ended = wait(there, "SELECT count(*) FROM conversations_message", count)
            cpu_s = cpu_of(worker.pid) - before_s
        finally:
            end(worker)
        references.append(disk.commits_per_s(there.folder, seconds=1.0))
    words = f"dovecot beside it on the other core; {median(references):,.0f} commits/s of plain sqlite3 on this disk"
    return [figure("a mail by IMAP, to visible", ended - began, cpu_s, count, words)]


def from_door(count: int) -> list[Figure]:
    """Eight connections hand over while a worker reads; door and worker share one core, the senders have the other."""
    with desk_with_mailbox(imap_host="") as (there, _, _inbox):
        port = desk.free_port()
        door, worker = one_core(there, "mail", "serve", "--port", str(port)), one_core(there, "worker")
        try:
            wait_for_door(port)
            wait(there, "SELECT count(*) FROM jobs_workerheartbeat", 1)
            before_s = cpu_of(worker.pid)
            mails = [written(number, files=True) for number in range(count)]
            began = time.monotonic()
            threads = [threading.Thread(target=hand_over, args=(port, mails[each::CONNECTIONS])) for each in range(CONNECTIONS)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            acknowledged = time.monotonic()
            ended = wait(there, "SELECT count(*) FROM conversations_message", count)
            cpu_s = cpu_of(door.pid) + cpu_of(worker.pid) - before_s
        finally:
            end(worker)
            end(door)
    taken = f"{CONNECTIONS} connections; the last was acknowledged after {acknowledged - began:.1f} s"
    return [
        figure("a mail by SMTP, to visible", ended - began, cpu_s, count, taken),
        at_least("mails acknowledged at the SMTP door", count / (acknowledged - began), 1 / GOAL_S, unit="/s", reference=taken),
    ]


def memory_over(count: int) -> list[Figure]:
    """What a worker holds after a fifth of the mails and after all of them."""
    with desk_with_mailbox() as (there, server, _):
        worker = one_core(there, "worker")
        try:
            fill(server, int(count * WARM))
            wait(there, "SELECT count(*) FROM conversations_message", int(count * WARM))
            warm_mb = rss_mb(worker.pid)
            fill(server, count, first=int(count * WARM))
            wait(there, "SELECT count(*) FROM conversations_message", count)
            end_mb = rss_mb(worker.pid)
        finally:
            end(worker)
    growth_pct = (end_mb / warm_mb - 1) * 100
    words = f"{warm_mb:.0f} MB after {int(count * WARM):,} mails, {end_mb:.0f} MB after {count:,}; without the reader's child"
    return [at_most(f"growth of the worker over {count:,} mails", growth_pct, GROWTH_PCT, unit="%", digits=1, reference=words)]


def fill(server: Dovecot, count: int, *, first: int = 0) -> None:
    for number in range(first, count):
        server.deliver(written(number, files=True), name=f"{number}.0.desk")


def one_core(there: desk.Desk, *arguments: str) -> "subprocess.Popen[bytes]":
    """A command of ours on the first core, its children too."""
    environment = desk.environment(there.folder, there.port)
    first = min(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None
    pinned = ["taskset", "-c", str(first)] if first is not None else []
    with (there.folder / "processes.log").open("ab") as log:
        command = [*pinned, sys.executable, "-m", "ascolto.cli", *arguments]
        return subprocess.Popen(command, env=environment, stdout=log, stderr=log)


def wait(there: desk.Desk, query: str, count: int) -> float:
    """The moment when so many are there."""
    deadline = time.monotonic() + WITHIN_S
    while int(ask(there, query)[0][0]) < count:
        if time.monotonic() > deadline:
            raise RuntimeError(
                f"only {stored(there)} mails became visible: {(there.folder / 'processes.log').read_text()[-2000:]}"
            )
        time.sleep(0.01)
    return time.monotonic()


def wait_for_door(port: int) -> None:
    deadline = time.monotonic() + WITHIN_S
    while not desk.answers(port):
        if time.monotonic() > deadline:
            raise RuntimeError("the door did not open")
        time.sleep(0.02)


def hand_over(port: int, mails: list[bytes]) -> None:
    with smtplib.SMTP("127.0.0.1", port) as server:
        for mail in mails:
            server.sendmail("cliente@posta.example", [USER], mail)


def cpu_of(pid: int) -> float:
    """Seconds of CPU that a process and its children have used, the living ones too."""
    ticks = os.sysconf("SC_CLK_TCK")
    total = 0.0
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/stat", encoding="ascii", errors="replace") as file:
                fields = file.read().rpartition(")")[2].split()
        except OSError:
            continue
        if int(entry) == pid:
            total += sum(int(each) for each in fields[11:15]) / ticks
        elif int(fields[1]) == pid:
            total += sum(int(each) for each in fields[11:13]) / ticks
    return total


def end(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
