"""Tell the sender of a web form that it arrived: always the same words, never theirs (threat D8)."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from ascolto.channels.delivery import desk_name, language_of, new_mail_id, page_link, post
from ascolto.channels.letters import BadAddress, Letter, Way, Words
from ascolto.channels.unsubscribe import unsubscribe_url
from ascolto.conversations.models import Conversation
from ascolto.egress import mail
from ascolto.people.models import Address
from ascolto.people.queries import mail_address


def acknowledge(*, conversation_id: UUID, now: datetime) -> bool:
    """
    Send the private link of a conversation to the address that was given; whether it went.

    Whoever calls has asked pace.take_turn. Twice sends twice.
    :raises egress.mail.TryLater: the mail server does not take it now
    """
    conversation = Conversation.objects.select_related("inbox", "customer").filter(pk=conversation_id).first()
    to = mail_address(conversation.customer_id) if conversation else None
    if conversation is None or to is None:
        return False
    language = language_of(conversation)
    with translation.override(language):
        letter = letter_for(conversation, to, language, now)
    try:
        post(letter)
    except (mail.Refused, BadAddress):
        return False  # the address does not exist; what was written stands in the inbox all the same
    return True


def letter_for(conversation: Conversation, to: Address, language: str, now: datetime) -> Letter:
    names = {"desk": desk_name(), "number": conversation.number}
    return Letter(
        sender_name=desk_name(),
        sender=settings.MAIL_FROM,
        to=to.value,
        subject=_("%(desk)s: request #%(number)s has arrived") % names,
        language=language,
        mail_id=new_mail_id(),
        at=now,
        blocks=[
            Words(
                _("Someone gave this address in the contact form of %(desk)s. The request has the number #%(number)s.") % names
            ),
            Way(
                _("Read it, add something or send files on your page:"),
                page_link(conversation, to.value, conversation.created_at, now),
            ),
            Words(_("If it was not you, do nothing: nobody learns anything about you. Nobody reads answers to this e-mail.")),
        ],
        is_automatic=True,
        unsubscribe_url=unsubscribe_url(to),
    )
