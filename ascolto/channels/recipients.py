"""Which of our inboxes an address of a mail's envelope belongs to; every other address is none of ours (never a relay)."""

from dataclasses import dataclass, field
from uuid import UUID

from ascolto.channels.models import Channel
from ascolto.channels.tokens import thread_in


@dataclass(frozen=True, kw_only=True)
class Recipients:
    """The addresses of all open mail inboxes, as they stood when they were read."""

    addresses: dict[str, UUID] = field(default_factory=dict)
    reply_domains: dict[str, UUID] = field(default_factory=dict)

    def inbox_of(self, address: str) -> UUID | None:
        """
        The inbox of an address, one with "+anything" before the @ too; None: not ours.

        At a domain for replies only addresses with a token of ours exist.
        """
        local, at, domain = address.strip().lower().rpartition("@")
        if not at:
            return None
        plain, plus, token = local.partition("+")
        found = self.addresses.get(f"{local}@{domain}") or (self.addresses.get(f"{plain}@{domain}") if plus else None)
        if found is None and plus and thread_in(token) is not None:
            found = self.reply_domains.get(domain)
        return found


def read_recipients() -> Recipients:
    """One query. What is called in at a paused inbox is kept, so its addresses are among them; a closed one's are not."""
    addresses: dict[str, UUID] = {}
    reply_domains: dict[str, UUID] = {}
    rows = Channel.objects.filter(inbox__kind="email", inbox__is_active=True).order_by("inbox__created_at")
    for inbox, settings in rows.values_list("inbox_id", "settings"):
        for address in [settings.get("address") or "", *str(settings.get("aliases") or "").split()]:
            if address:
                addresses.setdefault(str(address).lower(), inbox)
        if domain := settings.get("reply_domain"):
            reply_domains.setdefault(str(domain).lower(), inbox)
    return Recipients(addresses=addresses, reply_domains=reply_domains)
