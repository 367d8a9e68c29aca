"""Conversations of the story: what is said, by whom, after how long."""

from ascolto.demo.threads.english import ENGLISH
from ascolto.demo.threads.italian import ITALIAN
from ascolto.demo.threads.script import Line, Script

SCRIPTS: tuple[Script, ...] = ITALIAN + ENGLISH

__all__ = ["SCRIPTS", "Line", "Script"]
