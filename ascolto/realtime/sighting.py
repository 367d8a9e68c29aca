"""Someone is seen at a conversation, and the news of the log: what is told from process to process."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Sighting:
    """Someone looks at a conversation, or types in it, or has gone. Short-lived, never in the log."""

    conversation: str
    number: int
    inbox: str
    customer: str
    who: str  # "user:<id>" or "customer:<id>"
    name: str = ""
    initials: str = ""
    is_typing: bool = False
    is_gone: bool = False


OnPosition = Callable[[int], None]
OnPresence = Callable[[Sighting], None]
