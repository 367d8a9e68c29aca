"""`ascolto inbox list|show|create|connect|identity-key`: the channels with their public keys, as text or JSON."""

import argparse
import json
import sys
from pathlib import Path
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
    connect = actions.add_parser("connect", help="a channel of a provider (email, sms, …)")
    connect.add_argument("kind", help="email, sms, phone, whatsapp, telegram or custom")
    connect.add_argument("name")
    connect.add_argument(
        "settings",
        nargs="*",
        metavar="NAME=VALUE",
        help="its settings, before any option; NAME=@FILE reads a secret from a file, NAME=- from standard input",
    )
    connect.add_argument("--language", choices=["it", "en"], default="it")
    connect.add_argument("--key", default="", help="its public key; left out: a random one")
    connect.add_argument("--json", action="store_true")
    identity = actions.add_parser("identity-key", help="the Ed25519 public key that the site's proofs (EdDSA) are checked with")
    identity.add_argument("key")
    identity.add_argument("file", nargs="?", help="PEM or base64; - reads standard input; left out: print the key")
    identity.add_argument("--remove", action="store_true", help="take no EdDSA proofs any more")


def run(options: argparse.Namespace) -> int:
    from ascolto.channels.configure import make_inbox
    from ascolto.conversations.models import Inbox

    if options.action == "create":
        inbox = make_inbox(
            name=options.name, kind=options.kind, language=options.language, allowed_origins=options.origin, at=timezone.now()
        )
        say([inbox], as_json=options.json)
        return 0
    if options.action == "connect":
        return connect(options)
    if options.action == "identity-key":
        return identity_key(options)
    rows = Inbox.objects.order_by("created_at")
    if options.action == "show":
        rows = rows.filter(key=options.key)
        if not rows:
            raise Refusal(f"no inbox has the key {options.key}; `ascolto inbox list` shows them")
    say(list(rows), as_json=options.json)
    return 0


def connect(options: argparse.Namespace) -> int:
    """A new channel of a registered kind. :raises Refusal: an unknown kind, or settings that cannot be"""
    from ascolto.channels.connect import BadSettings, UnknownKind, make_channel
    from ascolto.channels.registry import KINDS as CHANNELS

    values = dict(pair.partition("=")[::2] for pair in options.settings)
    try:
        values = {name: given(value) for name, value in values.items()}
        inbox = make_channel(
            kind=options.kind, name=options.name, language=options.language, values=values, at=timezone.now(), key=options.key
        )
    except UnknownKind as error:
        raise Refusal(f"there is no kind {options.kind}; there are {', '.join(CHANNELS)}") from error
    except BadSettings as error:
        raise Refusal("; ".join(f"{name}: {words}" for name, words in error.problems.items())) from error
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal(f"a file cannot be read: {error}") from error
    say([inbox], as_json=options.json)
    return 0


def given(value: str) -> str:
    """A value as it stands, or from where it points."""
    return read(value.removeprefix("@")).strip() if value.startswith("@") or value == "-" else value


def identity_key(options: argparse.Namespace) -> int:
    """Keep, remove or print the key. :raises Refusal: no such inbox, no such file, no such key"""
    from ascolto.channels.identity import BadKey, set_identity_key
    from ascolto.conversations.models import Inbox

    inbox = Inbox.objects.filter(key=options.key).first()
    if inbox is None:
        raise Refusal(f"no inbox has the key {options.key}; `ascolto inbox list` shows them")
    if options.file or options.remove:
        try:
            set_identity_key(inbox=inbox, pem="" if options.remove else read(options.file))
        except BadKey as error:
            raise Refusal("this is not an Ed25519 public key, neither PEM nor 32 bytes in base64") from error
        except (OSError, UnicodeDecodeError) as error:
            raise Refusal(f"the file cannot be read: {error}") from error
    print(inbox.identity_public_key.strip() or "no key: EdDSA proofs are worth nothing at this inbox")
    return 0


def read(name: str) -> str:
    return sys.stdin.read() if name == "-" else Path(name).read_text()


def say(rows: "list[Inbox]", *, as_json: bool) -> None:
    facts = [facts_of(row) for row in rows]
    if as_json:
        print(json.dumps(facts, indent=2, ensure_ascii=False))
        return
    for fact in facts:
        print("  ".join(str(fact[name]) for name in ("key", "kind", "name", "address")))


def facts_of(inbox: "Inbox") -> dict[str, object]:
    hook = f"/hooks/{inbox.kind}/{inbox.key}/"
    paths = {"messenger": f"/messenger/{inbox.key}/demo/", "webform": f"/contact/{inbox.key}/", "api": "/api/v1/docs"}
    return {
        "key": inbox.key,
        "kind": inbox.kind,
        "name": inbox.name,
        "language": inbox.language,
        "active": inbox.is_active,
        "address": settings.SITE_URL + paths.get(inbox.kind, hook),
    }
