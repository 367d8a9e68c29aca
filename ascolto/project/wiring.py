"""The one table of reactions: who reacts to which event; read it to know what happens after anything."""

from ascolto.conversations import reactions as conversations
from ascolto.eventlog.reaction import Reactions

REACTIONS: tuple[Reactions, ...] = (conversations.REACTIONS,)
