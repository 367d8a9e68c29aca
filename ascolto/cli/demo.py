"""`ascolto demo`: a believable desk in an empty data folder, then served. The second time it is only served."""

import argparse
import os
import sys

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from ascolto.cli import serve
from ascolto.cli.refusal import Refusal


def add_arguments(parser: argparse.ArgumentParser) -> None:
    serve.add_arguments(parser)
    parser.add_argument("--only-fill", action="store_true", help="make the desk and stop")


def run(options: argparse.Namespace) -> int:
    from ascolto.demo import cast, story
    from ascolto.workspace.queries import workspace

    # The address in links, for this process and for the worker that it starts.
    settings.SITE_URL = os.environ.setdefault("ASCOLTO_URL", f"http://{options.host}:{options.port}")
    call_command("migrate", verbosity=0)
    desk = workspace()
    if desk is None:
        say("Six weeks of service are being told (about half a minute, once)…")
        story.tell(story.now())
    elif desk.name != cast.DESK:
        raise Refusal(f"the data folder holds a real desk ({desk.name}); give the demo a folder of its own with ASCOLTO_DATA")
    if options.only_fill:
        return 0
    connection.close()
    introduce()
    return serve.run(options)


def introduce() -> None:
    """Addresses and sign-ins, before the server takes the terminal."""
    from ascolto.demo import cast, story

    site = settings.SITE_URL
    key, form = story.INBOXES["messenger"][0], story.INBOXES["webform"][0]
    say(f"\n  The desk            {site}/")
    say(f"  A shop's page       {site}/messenger/{key}/demo/   (write as a customer, in a second window)")
    say(f"  The contact form    {site}/contact/{form}/")
    say(f"  Mail gone out       {site}/settings/mail/")
    say(f"  The API             {site}/api/v1/docs\n")
    say(f"  Sign in with the password «{cast.PASSWORD}»")
    for each in cast.COLLEAGUES:
        say(f"    {each.email:26} {each.words}")
    say("")


def say(text: str) -> None:
    print(text, flush=True, file=sys.stdout)
