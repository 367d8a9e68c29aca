"""The letter that asks how it went: to whom it goes, and its words."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from ascolto.channels.delivery import desk_name, language_of, new_mail_id, post
from ascolto.channels.letters import BadAddress, Letter, Way, Words
from ascolto.channels.pace import take_turn
from ascolto.channels.unsubscribe import unsubscribe_url
from ascolto.conversations.models import Conversation, Message
from ascolto.egress import mail
from ascolto.people.models import Address
from ascolto.people.queries import mail_address
from ascolto.surveys.answer import answer_to
from ascolto.surveys.invite import Skipped, token_of
from ascolto.surveys.models import Invitation
from ascolto.surveys.wording import wording

REST_PERIOD = timedelta(days=30)  # measurement.md 7.2: per person, across all letters that ask


def ask_by_mail(*, invitation_id: UUID, now: datetime) -> Invitation | Skipped:
    """
    Mail the questions to a customer who has not seen them. Twice is once; a retry carries the same Message-ID.

    :raises egress.mail.TryLater: the mail server does not take it now
    """
    prepared = prepare(invitation_id, now)
    if isinstance(prepared, Skipped):
        return prepared
    invitation, to = prepared
    language = language_of(invitation.conversation)
    with translation.override(language):
        letter = survey_letter(invitation, to, language, now)
    try:
        post(letter)
    except (mail.Refused, BadAddress) as error:
        return Skipped(f"the address takes no mail: {error}")
    Invitation.objects.filter(pk=invitation.pk).update(mailed_at=now)
    return invitation


@transaction.atomic
def prepare(invitation_id: UUID, now: datetime) -> tuple[Invitation, Address] | Skipped:
    """Decide, and fix the Message-ID before anything is sent."""
    rows = Invitation.objects.select_for_update(of=("self",)).filter(pk=invitation_id)
    invitation = rows.select_related("conversation__inbox", "conversation__customer").first()
    if invitation is None:
        return Skipped("the invitation is gone")
    if reason := why_not(invitation, now):
        return Skipped(reason)
    to = mail_address(invitation.customer_id)
    if to is None:
        return Skipped("no address is known")
    if not invitation.mail_id:
        if not take_turn(address=to.value, kind="survey", at=now, is_proven=to.proven_at is not None):
            return Skipped("this address takes no letters of ours, or had enough of them lately")
        invitation.mail_id = new_mail_id()
        invitation.save(update_fields=["mail_id"])
    return invitation, to


def why_not(invitation: Invitation, now: datetime) -> str:
    """The reason not to write, or nothing."""
    conversation = invitation.conversation
    if answer_to(invitation) is not None or invitation.mailed_at is not None:
        return "answered or written to before"
    if invitation.displayed_at is not None or (
        conversation.customer_seen_at and conversation.customer_seen_at >= invitation.invited_at
    ):
        return "the customer has seen the questions"
    if now >= invitation.expires_at or conversation.status != Conversation.Status.RESOLVED:
        return "it is no longer the time to ask"
    if conversation.customer.forgotten_at is not None:
        return "the customer was forgotten"
    if wrote_only_by_machine(conversation):
        return "only machines wrote"
    lately = Invitation.objects.filter(customer_id=invitation.customer_id, mailed_at__gt=now - REST_PERIOD)
    return "written to in the last 30 days" if lately.exists() else ""


def wrote_only_by_machine(conversation: Conversation) -> bool:
    """Whether nobody is there to answer (threat J1)."""
    theirs = Message.objects.filter(conversation=conversation, author_kind=Message.Author.CUSTOMER)
    return theirs.filter(is_automatic=True).exists() and not theirs.filter(is_automatic=False).exists()


def survey_letter(invitation: Invitation, to: Address, language: str, now: datetime) -> Letter:
    """The mail in the active language. A link chooses an answer beforehand, and counts nothing (threat E1)."""
    names = {"desk": desk_name(), "number": invitation.conversation.number}
    asked = wording()
    page = f"{settings.SITE_URL}/r/{token_of(invitation)}"
    return Letter(
        sender_name=desk_name(),
        sender=settings.MAIL_FROM,
        to=to.value,
        subject=_("%(desk)s: how did it go?") % names,
        language=language,
        mail_id=invitation.mail_id,
        at=now,
        blocks=[
            Words(
                _("Your request #%(number)s to %(desk)s is closed. Two questions, less than a minute, and room for your words.")
                % names
            ),
            Words(asked.csat),
            *[Way(f"{score} – {words}", f"{page}?csat={score}") for score, words in reversed(asked.csat_points)],
            Words(_("It counts only when you press Send on the page. If you do not wish to answer, do nothing.")),
            Way(_("No more automatic letters from us:"), unsubscribe_url(to)),
        ],
        unsubscribe_url=unsubscribe_url(to),
        is_automatic=True,
    )
