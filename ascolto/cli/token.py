"""`ascolto token …`: API tokens without the web."""

import argparse
import re
from datetime import datetime, timedelta

from ascolto.cli.refusal import Refusal, WrongUse

LASTS = re.compile(r"^(\d{1,4})([dh])$")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """create, list, revoke."""
    actions = parser.add_subparsers(dest="action", required=True)
    create = actions.add_parser("create", help="make a token and print it, once")
    create.add_argument("name", help="which program uses it")
    create.add_argument(
        "--scopes", default="read", help="read, write, admin and inbox:<key>, separated by commas (default: read)"
    )
    create.add_argument(
        "--expires", default="", metavar="90d", help="how long it lasts, in days or hours (default: until revoked)"
    )
    actions.add_parser("list", help="all tokens, without what they are")
    actions.add_parser("revoke", help="make a token useless").add_argument("prefix", help="how it begins, as list shows it")


def run(options: argparse.Namespace) -> int:
    """Do one of these. Gives 0. :raises Refusal: with the reason and the mend"""
    from django.utils import timezone

    from ascolto.accounts import join, queries, tokens

    at = timezone.now()
    if options.action == "list":
        for token in queries.tokens():
            state = "valid" if token.is_valid(at) else "not valid"
            print(f"{token.prefix}…\t{','.join(token.scopes)}\t{state}\t{token.name}")
        return 0
    if options.action == "revoke":
        return revoke(options.prefix, at)
    try:
        expires_at = expiry(options.expires, at)
        _, raw = tokens.create(name=options.name, scopes=options.scopes.split(","), expires_at=expires_at, at=at)
    except (tokens.BadScopes, join.BadDetails, ValueError) as error:
        raise WrongUse(str(error)) from error
    print(raw)
    return 0


def revoke(prefix: str, at: datetime) -> int:
    from ascolto.accounts import queries, tokens

    meant = [token for token in queries.tokens() if token.prefix == prefix.rstrip("…")]
    if len(meant) != 1:
        raise Refusal(f"{len(meant)} tokens begin with {prefix} – see: ascolto token list")
    tokens.revoke(token=meant[0], at=at)
    return 0


def expiry(written: str, at: datetime) -> datetime | None:
    """When "90d" or "12h" from `at` is over; None for nothing written."""
    if not written:
        return None
    match = LASTS.match(written)
    if not match or not int(match[1]):
        raise ValueError(f'--expires is "{written}" – write days or hours, as in 90d or 12h.')
    return at + (timedelta(days=int(match[1])) if match[2] == "d" else timedelta(hours=int(match[1])))
