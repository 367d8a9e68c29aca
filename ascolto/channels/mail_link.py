"""The letter with a new link to the customer's own page: always the same words, never theirs."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from ascolto.channels.delivery import desk_name, language_of, new_mail_id, page_link, post
from ascolto.channels.letters import BadAddress, Letter, Way, Words
from ascolto.conversations.models import PrivateLink
from ascolto.egress import mail


def mail_link(*, link_id: UUID, asked_at: datetime, now: datetime) -> bool:
    """
    Send a new link to where the old one went; whether it went.

    Whoever calls has asked pace.take_turn. A retry carries the same link.
    :raises egress.mail.TryLater: the mail server does not take it now
    """
    link = PrivateLink.objects.select_related("conversation__customer", "conversation__inbox").filter(pk=link_id).first()
    if link is None or link.revoked_at is not None or link.conversation.customer.forgotten_at is not None:
        return False  # withdrawn since it was asked for
    language = language_of(link.conversation)
    with translation.override(language):
        letter = letter_for(link, language, asked_at, now)
    try:
        post(letter)
    except (mail.Refused, BadAddress):
        return False
    return True


def letter_for(link: PrivateLink, language: str, asked_at: datetime, now: datetime) -> Letter:
    names = {"desk": desk_name(), "number": link.conversation.number}
    return Letter(
        sender_name=desk_name(),
        sender=settings.MAIL_FROM,
        to=link.sent_to,
        subject=_("%(desk)s: a new link to your request #%(number)s") % names,
        language=language,
        mail_id=new_mail_id(),
        at=now,
        blocks=[
            Words(_("The earlier link to your request #%(number)s had run out, and someone asked for a new one.") % names),
            Way(
                _("Read it, add something or send files on your page:"), page_link(link.conversation, link.sent_to, asked_at, now)
            ),
            Words(_("If it was not you, do nothing: nobody learns anything about you. Nobody reads answers to this e-mail.")),
        ],
        is_automatic=True,
    )
