"""Try the settings of a custom channel: one signed call that means nothing."""

from datetime import UTC, datetime
from uuid import uuid4

from django.utils.translation import gettext as _

from ascolto.channels.contract import Door, Finding, Never, TryLater
from ascolto.channels.custom.send import call
from ascolto.channels.hook_check import check_hook_url
from ascolto.vault.webhooks import BadSecret, key_of


def check(door: Door) -> list[Finding]:
    """Whether the secret is one, the bridge answers a call of type “test”, and our address can be reached. Never raises."""
    return [*check_secret(door), *check_bridge(door), check_hook_url(door)]


def check_secret(door: Door) -> list[Finding]:
    try:
        key_of(door.get("secret"))
    except BadSecret:
        return [
            Finding(
                is_well=False,
                words=_("The secret is not one: it has to be whsec_ and 24 to 64 random bytes in base64."),
                todo=_("Make one with: printf whsec_; openssl rand -base64 32"),
            )
        ]
    return []


def check_bridge(door: Door) -> list[Finding]:
    if not door.get("url"):
        return [Finding(is_well=True, words=_("No address for replies: this channel only takes messages in."))]
    now = datetime.now(UTC)
    try:
        reply = call(door, id=f"test_{uuid4().hex}", said={"type": "test", "timestamp": now.isoformat(), "data": {}}, at=now)
    except (TryLater, Never) as error:
        return [Finding(is_well=False, words=_(error.reason), todo=_("Look at the address of the bridge, and whether it runs."))]
    if 200 <= reply.status < 300:
        return [Finding(is_well=True, words=_("The bridge took a signed test."))]
    words = _("The bridge answered a signed test with the status {status}.").format(status=reply.status)
    return [
        Finding(is_well=False, words=words, todo=_("Look whether it has the same secret, and answers 2xx to the type “test”."))
    ]
