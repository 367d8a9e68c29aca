"""Makes a small desk in the data folder of its environment, and prints what one needs to use it as JSON."""

import json
import os
import sys
from datetime import time

from tests.colleagues import PASSWORD, colleagues


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ascolto.project.settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from ascolto.accounts import tokens
    from ascolto.channels.configure import identity_secret, make_inbox
    from ascolto.workspace.configure import set_hours, set_up

    call_command("migrate", verbosity=0)
    now = timezone.now()
    set_up(name="Negozio Esempio", language="it", time_zone="Europe/Rome", at=now)
    set_hours([(day, time(0), time(23, 59)) for day in range(7)])
    language = sys.argv[1] if len(sys.argv) > 1 else "it"
    people, team, _ = colleagues("negozio.example", language=language)
    messenger = make_inbox(name="Negozio Esempio", kind="messenger", language="it", at=now, key="sito")
    form = make_inbox(name="Modulo", kind="webform", language="it", at=now, key="modulo")
    for inbox in (messenger, form):
        inbox.teams.add(team)
    _, token = tokens.create(name="prova", scopes=["read", "write", "admin"], expires_at=None, at=now)
    print(
        json.dumps(
            {
                "password": PASSWORD,
                "people": {name: user.email for name, user in people.items()},
                "token": token,
                "messenger": messenger.key,
                "form": form.key,
                "identity_secret": identity_secret(messenger),
            }
        )
    )


if __name__ == "__main__":
    main()
