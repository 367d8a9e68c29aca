"""`ascolto inbox list|show|create`: the channels with their public keys, as text or JSON."""

import argparse
import json
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone

from ascolto.cli.refusal import Refusal

if TYPE_CHECKING:  # models are loaded when the command runs, not for its --help
    from ascolto.conversations.models import Inbox

KINDS = ("messenger", "webform", "api")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True)
    listing = actions.add_parser("list", help="all inboxes")
    listing.add_argument("--json", action="store_true")
    show = actions.add_parser("show", help="one inbox")
    show.add_argument("key")
    show.add_argument("--json", action="store_true")
    create = actions.add_parser("create", help="a new inbox")
    create.add_argument("name")
    create.add_argument("--kind", choices=KINDS, default="messenger")
    create.add_argument("--language", choices=["it", "en"], default="it")
    create.add_argument("--origin", action="append", default=[], help="a site that may embed it, as https://shop.example")
    create.add_argument("--json", action="store_true")


def run(options: argparse.Namespace) -> int:
    from ascolto.channels.configure import make_inbox
    from ascolto.conversations.models import Inbox

    if options.action == "create":
        inbox = make_inbox(
            name=options.name, kind=options.kind, language=options.language, allowed_origins=options.origin, at=timezone.now()
        )
        say([inbox], as_json=options.json)
        return 0
    rows = Inbox.objects.order_by("created_at")
    if options.action == "show":
        rows = rows.filter(key=options.key)
        if not rows:
            raise Refusal(f"no inbox has the key {options.key}; `ascolto inbox list` shows them")
    say(list(rows), as_json=options.json)
    return 0


def say(rows: "list[Inbox]", *, as_json: bool) -> None:
    facts = [facts_of(row) for row in rows]
    if as_json:
        print(json.dumps(facts, indent=2, ensure_ascii=False))
        return
    for fact in facts:
        print("  ".join(str(fact[name]) for name in ("key", "kind", "name", "address")))


def facts_of(inbox: "Inbox") -> dict[str, object]:
    paths = {"messenger": f"/messenger/{inbox.key}/demo/", "webform": f"/contact/{inbox.key}/", "api": "/api/v1/docs"}
    return {
        "key": inbox.key,
        "kind": inbox.kind,
        "name": inbox.name,
        "language": inbox.language,
        "active": inbox.is_active,
        "address": settings.SITE_URL + paths[inbox.kind],
    }
