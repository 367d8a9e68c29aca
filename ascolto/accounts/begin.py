"""The first run: the workspace and its first admin, together or not at all."""

from datetime import datetime

from django.db import transaction

from ascolto.accounts.join import join
from ascolto.accounts.models import Role, User
from ascolto.database.order import hold_order
from ascolto.workspace import configure, queries


class AlreadyBegun(Exception):
    """Somebody has an account here: the first run is over."""


def has_begun() -> bool:
    """Whether anybody has an account; from then on colleagues are invited."""
    return User.objects.exists()


@transaction.atomic
def begin(*, desk_name: str, email: str, name: str, password: str, language: str, time_zone: str, at: datetime) -> User:
    """
    Make the workspace, unless it is there, and the first admin. Of two who come at once, one gets in.

    :raises AlreadyBegun: there is a colleague
    :raises BadDetails: see join.py
    """
    hold_order()  # one at a time on PostgreSQL; on SQLite this transaction already is
    if has_begun():
        raise AlreadyBegun
    if queries.workspace() is None:
        configure.set_up(name=desk_name, language=language, time_zone=time_zone, at=at)
    return join(email=email, name=name, role=Role.ADMIN, language=language, password=password, at=at)
