"""Servers of mail providers that many shops use, so that an address and a password are enough to connect."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class Servers(NamedTuple):
    """Where a provider's mailboxes are read and where they send, as its own help pages say."""

    imap_host: str
    smtp_host: str
    smtp_port: int = 587
    smtp_security: str = "starttls"


GMAIL = Servers("imap.gmail.com", "smtp.gmail.com")
MICROSOFT = Servers("outlook.office365.com", "smtp.office365.com")
YAHOO = Servers("imap.mail.yahoo.com", "smtp.mail.yahoo.com")
APPLE = Servers("imap.mail.me.com", "smtp.mail.me.com")
VIRGILIO = Servers("in.virgilio.it", "out.virgilio.it", 465, "tls")
TIM = Servers("in.alice.it", "out.alice.it")
GMX = Servers("imap.gmx.com", "mail.gmx.com")

KNOWN = {
    "gmail.com": GMAIL,
    "googlemail.com": GMAIL,
    "outlook.com": MICROSOFT,
    "outlook.it": MICROSOFT,
    "hotmail.com": MICROSOFT,
    "hotmail.it": MICROSOFT,
    "live.com": MICROSOFT,
    "live.it": MICROSOFT,
    "yahoo.com": YAHOO,
    "yahoo.it": YAHOO,
    "icloud.com": APPLE,
    "me.com": APPLE,
    "libero.it": Servers("imapmail.libero.it", "smtp.libero.it", 465, "tls"),
    "virgilio.it": VIRGILIO,
    "alice.it": TIM,
    "tim.it": TIM,
    "tiscali.it": Servers("imap.tiscali.it", "smtp.tiscali.it", 465, "tls"),
    "aruba.it": Servers("imaps.aruba.it", "smtps.aruba.it", 465, "tls"),
    "fastmail.com": Servers("imap.fastmail.com", "smtp.fastmail.com", 465, "tls"),
    "gmx.com": GMX,
    "gmx.net": GMX,
    "zoho.com": Servers("imap.zoho.com", "smtp.zoho.com"),
    "zoho.eu": Servers("imap.zoho.eu", "smtp.zoho.eu"),
}


def filled(values: Mapping[str, Any]) -> dict[str, Any]:
    """
    The settings with what a known provider's address tells, where nothing else was said. Pure.

    The mailbox's user is the address and the way out has the mailbox's user and password, unless they are given.
    """
    found = dict(values)
    address = str(found.get("address") or "").strip().lower()
    servers = KNOWN.get(address.rpartition("@")[2])
    if servers is not None and not found.get("imap_host") and not found.get("smtp_host"):
        found |= {**servers._asdict(), "imap_port": 993, "imap_security": "tls"}
    if found.get("imap_host"):
        found["imap_user"] = found.get("imap_user") or address
    if found.get("smtp_host") and not found.get("smtp_user") and not found.get("smtp_password") and found.get("imap_password"):
        found |= {"smtp_user": found["imap_user"], "smtp_password": found["imap_password"]}
    return found
