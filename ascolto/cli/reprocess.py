"""`ascolto reprocess [--inbox KEY]`: read once more what arrived and could not be read."""

import argparse

from django.utils import timezone

from ascolto.cli.refusal import Refusal


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--inbox", metavar="KEY", help="of this inbox alone")


def run(options: argparse.Namespace) -> int:
    from ascolto.channels.raw import read_again
    from ascolto.conversations.models import Inbox

    inbox = Inbox.objects.filter(key=options.inbox).first() if options.inbox else None
    if options.inbox and inbox is None:
        raise Refusal(f"no inbox has the key {options.inbox}; `ascolto inbox list` shows them")
    count = read_again(inbox=inbox.pk if inbox else None, now=timezone.now())
    print(f"{count} will be read again by the worker" if count else "nothing failed")
    return 0
