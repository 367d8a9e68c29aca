"""Lets mails into a running desk from beside it: {"text", "html", "head"} come in as JSON, what they became goes out."""

import json
import os
import subprocess
import sys
from typing import Any

from tests.running import ROOT, RunningDesk


def let_in(desk: RunningDesk, mails: list[dict[str, Any]]) -> dict[str, Any]:
    """One conversation with these mails of one customer: {"number", "messages"}."""
    command = [sys.executable, "-m", "tests.browser.mail_in"]
    made = subprocess.run(
        command, cwd=ROOT, env=desk.environment, input=json.dumps(mails), capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stderr[-3000:]
    return dict(json.loads(made.stdout))


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ascolto.project.settings")
    import django

    django.setup()
    from datetime import timedelta

    from django.utils import timezone

    from ascolto.channels.inbound import InboundMessage, accept
    from ascolto.conversations.models import Conversation, Inbox
    from ascolto.people.identify import Claim
    from ascolto.text.mail_html import keep

    inbox = Inbox.objects.get(key="modulo")
    now, ids, conversation, number, customer = timezone.now(), [], None, 0, None
    for nth, mail in enumerate(json.load(sys.stdin)):
        received = accept(
            InboundMessage(
                inbox=inbox.id,
                text=mail["text"],
                html=keep(mail.get("html", "")).html,
                head=mail.get("head", {"from": "Anna Verdi <anna@posta.example>", "to": ["aiuto@negozio.example"]}),
                at=now + timedelta(milliseconds=nth),
                source=None,
                customer=customer,
                claim=None if customer else Claim(name="Anna Verdi", email="anna@posta.example"),
                conversation=conversation,
                subject=mail.get("subject", "Una lettera"),
            )
        )
        conversation, number = received.conversation, received.number
        customer = Conversation.objects.values_list("customer_id", flat=True).get(pk=conversation)
        ids.append(str(received.message))
    print(json.dumps({"number": number, "messages": ids}))


if __name__ == "__main__":
    main()
