"""The one table of reactions: who reacts to which event; read it to know what happens after anything."""

from ascolto.eventlog.reaction import Reactions

REACTIONS: tuple[Reactions, ...] = ()
