"""Makes positions of the log follow commit order: nothing on SQLite, a transaction lock on PostgreSQL."""

from django.db import connection

LOG_LOCK = 0x4C4F47  # any constant that no other advisory lock of this desk uses ("LOG")


def hold_order() -> None:
    """
    Make this transaction the only one that may append to the log until it ends.

    Call it inside a transaction, before the first position is taken; twice is once. SQLite has one writer at a
    time (IMMEDIATE), so its order is given. See docs/decisions/0001-log-order.md.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("the log is appended to inside the transaction of the fact it records")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOG_LOCK])
