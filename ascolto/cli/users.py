"""`ascolto user …`: invite, create, reset, lock, without the web."""

import argparse
import secrets
from datetime import datetime
from typing import TYPE_CHECKING

from ascolto.cli.refusal import Refusal

if TYPE_CHECKING:
    from ascolto.accounts.models import User

ROLES = ["agent", "lead", "admin"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One sub-command for each thing that can be done."""
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("list", help="who has an account")
    for name, words in (
        ("invite", "print a link that lets a colleague in once"),
        ("create", "make a colleague with a new password"),
    ):
        one = actions.add_parser(name, help=words)
        one.add_argument("email")
        one.add_argument("--name", default="")
        one.add_argument("--role", choices=ROLES, default="agent")
    for name, words in (
        ("reset", "give a colleague a new password and print it once; their sessions end"),
        ("lock", "close a colleague's access; their sessions end"),
        ("unlock", "open the access again"),
    ):
        actions.add_parser(name, help=words).add_argument("email")
    role = actions.add_parser("role", help="give a colleague another role")
    role.add_argument("email")
    role.add_argument("role", choices=ROLES)


def run(options: argparse.Namespace) -> int:
    """Do one of these. Gives 0. :raises Refusal: with the reason and the mend"""
    from django.utils import timezone

    from ascolto.accounts import join, staff
    from ascolto.accounts.models import User

    try:
        return act(options, timezone.now())
    except User.DoesNotExist as error:
        raise Refusal(f"Nobody here has the address {options.email}.") from error
    except staff.LastAdmin as error:
        raise Refusal("This is the only admin. Make someone else an admin first: ascolto user role ADDRESS admin") from error
    except join.AlreadyHere as error:
        raise Refusal(f"{options.email} has an account already.") from error
    except join.BadDetails as error:
        raise Refusal(f"{error.field}: {error}") from error


def act(options: argparse.Namespace, at: datetime) -> int:
    from ascolto.accounts import invite, join, letters, queries, reset, staff

    if options.action == "list":
        for user in queries.colleagues():
            print(f"{user.email}\t{user.role}\t{'active' if user.is_active else 'locked'}\t{user.name}")
    elif options.action == "invite":
        _, token = invite.invite(email=options.email, name=options.name, role=options.role, by=None, at=at)
        print(f"Good once, for seven days: {letters.invitation_link(token)}")
    elif options.action == "create":
        password = secrets.token_urlsafe(12)
        name = options.name or options.email.partition("@")[0]
        user = join.join(email=options.email, name=name, role=options.role, password=password, at=at)
        print(f"{user.email} can sign in. Password, shown this once: {password}")
    elif options.action == "reset":
        password = secrets.token_urlsafe(12)
        reset.reset_password(user=found(options.email), password=password)
        print(f"Password, shown this once: {password}")
    elif options.action == "lock":
        staff.deactivate(user=found(options.email), by=None, at=at)
    elif options.action == "unlock":
        staff.reactivate(user=found(options.email), by=None, at=at)
    else:
        staff.change_role(user=found(options.email), role=options.role, by=None, at=at)
    return 0


def found(email: str) -> "User":
    from ascolto.accounts.models import User, written_alike

    return User.objects.get(email=written_alike(email))
