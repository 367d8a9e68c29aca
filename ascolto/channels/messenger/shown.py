"""What a visitor's browser shows of a conversation that others can write into by mail (threats A17, D1)."""

from collections.abc import Collection
from uuid import UUID

from ascolto.channels.link_view import came_by_mail, spelled, writers
from ascolto.conversations.models import Conversation, Message
from ascolto.conversations.preview import preview_of
from ascolto.conversations.timeline import messages_page
from ascolto.people.models import Address

LOOKED_AT = 50  # messages, for the last one that is shown


def shown_in_messenger(messages: Collection[Message], *, customer: UUID) -> list[Message]:
    """
    Those of these public messages that the customer's browser shows. One query where there are mails among them, else none.

    A mail into the reply address is shown when it came from an address that this customer has proven: whoever opened the
    messenger may have typed any address, or had a third party write to the reply address.
    """
    if not any(is_mail(each) for each in messages):
        return list(messages)
    rows = Address.objects.filter(customer=customer, kind=Address.Kind.EMAIL, proven_at__isnull=False)
    proven = {spelled(value) for value in rows.values_list("value", flat=True)}
    return [each for each in messages if not is_mail(each) or not proven.isdisjoint(writers(each.head or {}))]


def is_mail(message: Message) -> bool:
    return message.author_kind == Message.Author.CUSTOMER and came_by_mail(message)


def previews_in_messenger(conversations: Collection[Conversation], *, customer: UUID) -> dict[UUID, str]:
    """The last words that a browser shows of each. One query, and two for each conversation that mails came into."""
    found = {each.id: each.preview for each in conversations}
    mails = Message.objects.filter(conversation__in=list(found), author_kind=Message.Author.CUSTOMER, source__startswith="mail:")
    with_mails = set(mails.values_list("conversation_id", flat=True))
    for each in conversations:
        if each.id in with_mails:
            latest = messages_page(each, before=None, limit=LOOKED_AT, internal=False)
            shown = shown_in_messenger(latest, customer=customer)
            found[each.id] = preview_of(shown[-1].text) if shown else ""
    return found
