"""No more letters that no colleague wrote: the link in them, and what it does (RFC 8058, threat E4)."""

from datetime import datetime

from django.conf import settings

from ascolto.channels.pace import unsubscribe
from ascolto.people.models import Address
from ascolto.vault.tokens import BadToken, read_id, sign_id

PURPOSE = "unsubscribe"  # the token stands for an Address


class UnknownLink(Exception):
    """Not a link of ours, or its address is no longer here."""


def unsubscribe_url(address: Address) -> str:
    """The address of List-Unsubscribe: a POST without cookies is enough, a GET only asks. It never ends."""
    return f"{settings.SITE_URL}/u/{sign_id(purpose=PURPOSE, id=address.pk)}"


def address_behind(token: str, *, now: datetime) -> Address:
    """:raises UnknownLink:"""
    try:
        id = read_id(purpose=PURPOSE, token=token, now=now).id
    except BadToken as error:
        raise UnknownLink from error
    found = Address.objects.select_related("customer").filter(pk=id).first()
    if found is None:
        raise UnknownLink
    return found


def unsubscribe_by_link(token: str, *, at: datetime) -> Address:
    """The owner of the mailbox wants no more of them. Twice is once. :raises UnknownLink:"""
    address = address_behind(token, now=at)
    unsubscribe(address=address.value, at=at)
    return address
