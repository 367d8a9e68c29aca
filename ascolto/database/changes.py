"""A cheap sign that another connection has committed something."""

from django.db import connection


def change_token() -> int | None:
    """
    A number that differs from the last one, on the same connection, after others have committed.

    None on PostgreSQL, which has no such number that is up to date: there one asks the tables themselves.
    """
    if connection.vendor != "sqlite":
        return None
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA data_version")
        return int(cursor.fetchone()[0])
