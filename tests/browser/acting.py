"""Colleagues of the running desk, for browser tests: a process that does what each line of its input asks for."""

import json
import os
import sys
from datetime import UTC, datetime

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ascolto.project.settings")


def make_world() -> object:
    """A desk named Lumen with one messenger and Elena, who answers there."""
    from ascolto.accounts.models import User
    from ascolto.channels.configure import make_inbox
    from ascolto.workspace.configure import set_up

    at = datetime.now(UTC)
    set_up(name="Lumen", language="it", time_zone="Europe/Rome", at=at)
    User.objects.create_user(
        email="elena@lumen.example", password="una parola lunga", name="Elena Neri", role="agent", language="it"
    )
    inbox = make_inbox(name="Sito", kind="messenger", language="it", at=at, key="sito", welcome="Buongiorno, la ascoltiamo.")
    return inbox.key


def make_messenger(key: str, origin: str) -> object:
    """One more messenger, for one site."""
    from ascolto.channels.configure import make_inbox

    at = datetime.now(UTC)
    return make_inbox(name=key, kind="messenger", language="it", at=at, key=key, allowed_origins=[origin]).key


def conversations() -> object:
    """What stands on the desk: every conversation with its messages, oldest first."""
    from ascolto.conversations.models import Conversation, Message

    return [
        {
            "number": row.number,
            "status": row.status,
            "messages": list(Message.objects.filter(conversation=row).order_by("at", "id").values_list("text", flat=True)),
            "files": Message.objects.filter(conversation=row, attachments__isnull=False).count(),
        }
        for row in Conversation.objects.order_by("number")
    ]


def answers() -> object:
    """Every answer to the two questions."""
    from ascolto.surveys.models import Answer

    return [[row.csat, row.effort, row.why] for row in Answer.objects.all()]


def proof(sub: str) -> object:
    """What the shop's own server signs for someone signed in there."""
    import jwt

    from ascolto.channels.configure import identity_secret
    from ascolto.conversations.models import Inbox

    now = int(datetime.now(UTC).timestamp())
    secret = identity_secret(Inbox.objects.get(key="sito"))
    return jwt.encode(
        {"sub": sub, "aud": "sito", "iat": now, "exp": now + 300, "name": "Anna Bianchi"}, secret, algorithm="HS256"
    )


def who_wrote(text: str) -> object:
    """The customer of the conversation with these words: the company's own id of them, and their name."""
    from ascolto.conversations.models import Message

    customer = Message.objects.get(text=text).conversation.customer
    return [customer.external_id, customer.name]


def reply(text: str) -> object:
    """Elena answers the latest conversation."""
    from ascolto.conversations.reply import write_reply

    message = write_reply(conversation=latest(), text=text, by=elena_acts(), author=elena(), at=datetime.now(UTC))
    return str(message.id)


def resolve() -> object:
    """Elena resolves the latest conversation."""
    from ascolto.conversations.status import resolve as close

    return close(conversation=latest(), by=elena_acts(), at=datetime.now(UTC)).number


def latest():  # type: ignore[no-untyped-def]
    from ascolto.conversations.models import Conversation

    return Conversation.objects.latest("number")


def elena():  # type: ignore[no-untyped-def]
    from ascolto.accounts.models import User

    return User.objects.get(email="elena@lumen.example")


def elena_acts():  # type: ignore[no-untyped-def]
    from ascolto.eventlog.event import Actor

    return Actor("agent", str(elena().id))


VERBS = {verb.__name__: verb for verb in (make_world, make_messenger, conversations, answers, proof, who_wrote, reply, resolve)}

if __name__ == "__main__":
    import django

    django.setup()
    for line in sys.stdin:
        verb, *rest = json.loads(line)
        print(json.dumps(VERBS[verb](*rest)), flush=True)
