"""By which mail inbox a conversation is answered that did not begin by mail, so that answers come back into it."""

from ascolto.channels.models import Channel
from ascolto.channels.registry import KINDS
from ascolto.conversations.models import Conversation, Inbox

SETTING = "reply_inbox"  # of the inbox that was written to: the id of a mail inbox


def reply_inbox_of(conversation: Conversation) -> Inbox | None:
    """
    The mail inbox that answers for this one: the chosen one, else that of the same team, of the same language, the oldest.

    None: there is none that works, and replies go as the desk's own mail.
    """
    if Inbox.Kind.EMAIL not in KINDS:
        return None
    rows = Inbox.objects.filter(kind=Inbox.Kind.EMAIL, is_active=True, channel__paused_at=None, channel__isnull=False)
    mailboxes = list(rows.order_by("created_at").prefetch_related("teams"))
    if not mailboxes:
        return None
    chosen = chosen_for(conversation.inbox)
    teams = {team.pk for team in conversation.inbox.teams.all()}
    return min(
        mailboxes,
        key=lambda each: (
            str(each.pk) != chosen,
            not teams & {team.pk for team in each.teams.all()},
            each.language != conversation.inbox.language,
        ),
    )


def chosen_for(inbox: Inbox) -> str:
    """The id of the mail inbox that was chosen for this one; empty: none was."""
    values = Channel.objects.filter(pk=inbox.pk).values_list("settings", flat=True).first() or {}
    return str(values.get(SETTING, ""))


def choose_reply_inbox(*, inbox: Inbox, to: Inbox | None) -> None:
    """Have an inbox's replies by mail go through this mail inbox, or (None) through the one that fits best. Twice is once."""
    channel, _ = Channel.objects.get_or_create(inbox=inbox)
    channel.settings = {**channel.settings, SETTING: str(to.pk) if to else ""}
    channel.save(update_fields=["settings"])
