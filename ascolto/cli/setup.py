"""`ascolto setup`: first run, asks four questions, leaves a working desk."""

import argparse
import getpass
import secrets
from collections.abc import Callable

from ascolto.cli.refusal import Refusal


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Each question has a flag; what no flag answers is asked."""
    parser.add_argument("--name", help="name of the desk, as customers see it")
    parser.add_argument("--email", help="e-mail address of the first admin")
    parser.add_argument("--admin-name", help="name of the first admin")
    parser.add_argument("--password", help="password of the first admin; better: leave it out and be asked")
    parser.add_argument("--generate-password", action="store_true", help="make a password and print it once")
    parser.add_argument("--language", choices=["it", "en"], help="language of the desk (default: ASCOLTO_LANGUAGE)")


def run(options: argparse.Namespace) -> int:
    """Make the desk. Gives 0. :raises Refusal: with the reason and the mend"""
    from django.conf import settings
    from django.core.management import call_command
    from django.utils import timezone, translation

    from ascolto.accounts import begin, join

    call_command("migrate", verbosity=0)
    language = options.language or settings.LANGUAGE_CODE
    with translation.override(language):
        if begin.has_begun():
            raise Refusal("This desk is set up already. To add a colleague: ascolto user invite ADDRESS")
        password = secrets.token_urlsafe(12) if options.generate_password else options.password
        try:
            admin = begin.begin(
                desk_name=options.name or ask("Name of the desk: "),
                email=options.email or ask("Your e-mail address: "),
                name=options.admin_name or ask("Your name: "),
                password=password or ask("Choose a password (10 characters or more): ", getpass.getpass),
                language=language,
                time_zone=settings.TIME_ZONE,
                at=timezone.now(),
            )
        except begin.AlreadyBegun as error:
            raise Refusal("This desk is set up already.") from error
        except join.BadDetails as error:
            raise Refusal(f"{error.field}: {error}") from error
        except EOFError as error:
            raise Refusal(
                "Nobody answers here. Give --name, --email, --admin-name and --password or --generate-password."
            ) from error
    print(f"The desk is ready. Sign in as {admin.email} at {settings.SITE_URL}/")
    if options.generate_password:
        print(f"Password, shown this once: {password}")
    return 0


def ask(question: str, how: Callable[[str], str] | None = None) -> str:
    """The answer, asked again until there is one. :raises EOFError: nobody is there to answer"""
    while not (answer := (how or input)(question).strip()):
        pass
    return answer
