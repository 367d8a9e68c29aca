"""The public numbers of conversations."""

from django.db import transaction
from django.db.models import F

from ascolto.workspace.models import Workspace


class NotSetUp(Exception):
    """The desk has no workspace yet: run `ascolto setup` or open the desk in a browser."""


def take_numbers(count: int) -> int:
    """
    Reserve `count` numbers in the caller's transaction and return the first; a roll-back gives them back.

    :raises NotSetUp: before set-up
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("numbers are taken inside the transaction that uses them")
    if not Workspace.objects.filter(pk=1).update(last_number=F("last_number") + count):
        raise NotSetUp
    last = Workspace.objects.values_list("last_number", flat=True).get(pk=1)
    return last - count + 1
