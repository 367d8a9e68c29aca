"""Tell the admins by mail that a channel does not work: once when it begins, once a day while it lasts."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from ascolto.accounts.models import Role, User
from ascolto.channels.delivery import desk_name, new_mail_id, post
from ascolto.channels.letters import BadAddress, Letter, Way, Words
from ascolto.channels.models import Channel
from ascolto.egress import mail

LASTS = timedelta(minutes=15)  # a provider that is away for moments wakes nobody
AGAIN = timedelta(days=1)


def alarm(now: datetime) -> int:
    """
    Mail every admin about each channel in trouble for a quarter of an hour; how many channels that were.

    Twice within a day is once. :raises egress.mail.TryLater: the desk's own mail server does not answer either
    """
    rows = Channel.objects.filter(inbox__is_active=True, paused_at=None, trouble_since__lte=now - LASTS).exclude(trouble="")
    due = list(rows.filter(Q(alarmed_at=None) | Q(alarmed_at__lte=now - AGAIN)).select_related("inbox"))
    for channel in due:
        if Channel.objects.filter(pk=channel.pk, alarmed_at=channel.alarmed_at).update(alarmed_at=now):
            for admin in User.objects.filter(role=Role.ADMIN, is_active=True):
                tell(admin, channel, now)
    return len(due)


def sound_alarms(now: datetime) -> None:
    """`alarm`, as the timetable calls it."""
    alarm(now)


def tell(admin: User, channel: Channel, now: datetime) -> None:
    with translation.override(admin.language):
        letter = letter_for(admin, channel, now)
    try:
        post(letter)
    except (mail.Refused, BadAddress):
        return  # the page of the channel says the same


def letter_for(admin: User, channel: Channel, now: datetime) -> Letter:
    names = {"desk": desk_name(), "inbox": channel.inbox.name}
    page = f"{settings.SITE_URL}{reverse('settings_channel', args=[channel.inbox.key])}"
    return Letter(
        sender_name=desk_name(),
        sender=settings.MAIL_FROM,
        to=admin.email,
        subject=_("%(desk)s: the channel “%(inbox)s” does not work") % names,
        language=admin.language,
        mail_id=new_mail_id(),
        at=now,
        blocks=[
            Words(_("The channel “%(inbox)s” does not work. Nothing that arrived is lost; replies wait.") % names),
            Words(_(channel.trouble)),
            Way(_("What to do stands on its page:"), page),
        ],
        is_automatic=True,
    )
