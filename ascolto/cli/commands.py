"""The table of commands; each row is a module in this folder with `add_arguments(parser)` and `run(options) -> int`."""

from dataclasses import dataclass
from importlib import import_module
from typing import Any


@dataclass(frozen=True)
class Command:
    """One command: its module here, and what it does in a line."""

    module: str
    words: str

    def load(self) -> Any:
        """The module, imported only when its command runs."""
        return import_module(f"ascolto.cli.{self.module}")


COMMANDS = {
    "serve": Command("serve", "Migrate if needed, check, and serve; starts and watches its own worker."),
    "worker": Command("worker", "Reactions, jobs and timetable only, for a second machine."),
    "setup": Command("setup", "First run: four questions, and the desk works."),
    "demo": Command("demo", "A believable desk in an empty data folder, and serve it."),
    "doctor": Command("doctor", "Check database, disk, mail, worker and lag; each finding says what to do."),
    "user": Command("users", "Make, list, reset and lock colleagues without the web."),
    "token": Command("token", "Make, list and revoke API tokens."),
    "reprocess": Command("reprocess", "Read once more what arrived and could not be read."),
    "mail": Command("mail", "Take mail: one on standard input (`receive`), or from a mail server by SMTP or LMTP (`serve`)."),
    "inbox": Command("inbox", "The channels with their public keys."),
}
