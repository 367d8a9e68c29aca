"""Colleagues and tokens as the log names them."""

from ascolto.accounts.models import Token, User
from ascolto.eventlog.event import SYSTEM, Actor


def actor_of(who: User | Token | None) -> Actor:
    """The actor for an event; None is the command line."""
    if isinstance(who, User):
        return Actor("agent", str(who.pk))
    if isinstance(who, Token):
        return Actor("token", str(who.pk))
    return SYSTEM
