"""`ascolto` itself: finds the command, prints errors as people read them."""

import argparse
import os
import sys

from ascolto import __version__
from ascolto.cli.commands import COMMANDS
from ascolto.cli.refusal import Refusal, WrongUse

MAIL_PIPE = ["mail", "receive"]
TRY_LATER = 75  # EX_TEMPFAIL of sysexits.h, which mail servers know


def main(arguments: list[str] | None = None) -> int:
    """Run one command. 0 done, 1 refused or failed (reason and mend on stderr), 2 wrong use; 75 a mail to be tried later."""
    given = sys.argv[1:] if arguments is None else arguments
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ascolto.project.settings")
    if given[:1] == ["manage"]:
        from django.core.management import execute_from_command_line

        execute_from_command_line(["ascolto manage", *given[1:]])
        return 0
    options = parser(given).parse_args(given)
    from ascolto.project.environment import WrongSetting

    try:
        import django

        django.setup()
        return int(COMMANDS[options.command].load().run(options))
    except (Refusal, WrongSetting) as refusal:
        print(f"ascolto: {refusal}", file=sys.stderr)
        return TRY_LATER if isinstance(refusal, WrongSetting) and given[:2] == MAIL_PIPE else 1
    except WrongUse as refusal:
        print(f"ascolto: {refusal}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if given[:2] != MAIL_PIPE:
            raise
        # Whatever stands in the way here, the mail server shall keep the mail, not send it back.
        print(f"ascolto: not taken now, try later: {type(error).__name__}: {error}", file=sys.stderr)
        return TRY_LATER


def parser(given: list[str]) -> argparse.ArgumentParser:
    """The parser of the one command that was given, so that `--help` of one does not load all."""
    whole = argparse.ArgumentParser(prog="ascolto", description="Customer service that a company runs itself.")
    whole.add_argument("--version", action="version", version=f"ascolto {__version__}")
    commands = whole.add_subparsers(dest="command", required=True, metavar="command")
    for name, command in COMMANDS.items():
        sub = commands.add_parser(name, help=command.words, description=command.words)
        if given[:1] == [name]:
            command.load().add_arguments(sub)
    commands.add_parser("manage", help="Django's own commands (makemigrations, dbshell, …).")
    return whole


if __name__ == "__main__":
    sys.exit(main())
