"""The table of kinds: adding a channel is one folder and one row here (docs/add-a-channel.md)."""

from ascolto.channels.contract import HookKind, Kind
from ascolto.channels.custom.channel import CustomKind
from ascolto.channels.email.channel import EmailKind
from ascolto.channels.phone.channel import PhoneKind
from ascolto.channels.sms.channel import SmsKind
from ascolto.channels.telegram.channel import TelegramKind
from ascolto.channels.whatsapp.channel import WhatsAppKind

KINDS: dict[str, Kind] = {
    "email": EmailKind(),
    "sms": SmsKind(),
    "phone": PhoneKind(),
    "whatsapp": WhatsAppKind(),
    "telegram": TelegramKind(),
    "custom": CustomKind(),
}


def kind_of(name: str) -> Kind | None:
    """The kind with this name; None for doors of the desk's own (messenger, webform, api)."""
    return KINDS.get(name)


def hook_kind(name: str) -> HookKind | None:
    """The kind with this name, if its provider calls us."""
    found = KINDS.get(name)
    return found if found is not None and hasattr(found, "verify") else None  # type: ignore[return-value]
