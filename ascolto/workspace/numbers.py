"""The public numbers of conversations."""

from django.db import connection

from ascolto.workspace.models import Workspace


class NotSetUp(Exception):
    """The desk has no workspace yet: run `ascolto setup` or open the desk in a browser."""


def take_numbers(count: int) -> int:
    """
    Reserve `count` numbers in the caller's transaction and return the first; a roll-back gives them back.

    :raises NotSetUp: before set-up
    """
    if not connection.in_atomic_block:
        raise RuntimeError("numbers are taken inside the transaction that uses them")
    table = connection.ops.quote_name(Workspace._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET last_number = last_number + %s WHERE id = 1 RETURNING last_number", [count])  # noqa: S608
        found = cursor.fetchone()
    if found is None:
        raise NotSetUp
    last: int = found[0]
    return last - count + 1
