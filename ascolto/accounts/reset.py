"""A new password from the command line, by whoever holds the machine."""

from django.db import transaction

from ascolto.accounts.join import check_password
from ascolto.accounts.models import User
from ascolto.accounts.staff import end_sessions


@transaction.atomic
def reset_password(*, user: User, password: str) -> User:
    """Set the password and sign the colleague out everywhere. :raises BadDetails: it cannot be used"""
    check_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    end_sessions(user)
    return user
