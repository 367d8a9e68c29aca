"""The one table of reactions: who reacts to which event; read it to know what happens after anything."""

from ascolto.channels import reactions as channels
from ascolto.conversations import reactions as conversations
from ascolto.eventlog.reaction import Reactions
from ascolto.surveys import reactions as surveys

REACTIONS: tuple[Reactions, ...] = (conversations.REACTIONS, channels.REACTIONS, surveys.REACTIONS)
