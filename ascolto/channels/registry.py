"""The table of kinds: adding a channel is one folder and one row here (docs/add-a-channel.md)."""

from collections.abc import Iterator, MutableMapping
from importlib import import_module

from ascolto.channels.contract import HookKind, Kind

# By name, where its class is. A desk loads the kinds it uses: the libraries of all together weigh as much as the desk.
ROWS = {
    "email": "ascolto.channels.email.channel:EmailKind",
    "sms": "ascolto.channels.sms.channel:SmsKind",
    "phone": "ascolto.channels.phone.channel:PhoneKind",
    "whatsapp": "ascolto.channels.whatsapp.channel:WhatsAppKind",
    "telegram": "ascolto.channels.telegram.channel:TelegramKind",
    "custom": "ascolto.channels.custom.channel:CustomKind",
}


class Kinds(MutableMapping[str, Kind]):
    """The kinds by name, each loaded when it is first asked for; their names are known without that."""

    def __init__(self, rows: dict[str, str]) -> None:
        self.rows = dict(rows)
        self.loaded: dict[str, Kind] = {}

    def __getitem__(self, name: str) -> Kind:
        if name not in self.loaded:
            module, _, kind = self.rows[name].partition(":")
            self.loaded[name] = getattr(import_module(module), kind)()
        return self.loaded[name]

    def __setitem__(self, name: str, kind: Kind) -> None:
        self.rows.setdefault(name, "")
        self.loaded[name] = kind

    def __delitem__(self, name: str) -> None:
        del self.rows[name]
        self.loaded.pop(name, None)

    def __contains__(self, name: object) -> bool:
        return name in self.rows

    def __iter__(self) -> Iterator[str]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


KINDS = Kinds(ROWS)


def kind_of(name: str) -> Kind | None:
    """The kind with this name; None for doors of the desk's own (messenger, webform, api)."""
    return KINDS.get(name)


def hook_kind(name: str) -> HookKind | None:
    """The kind with this name, if its provider calls us."""
    found = KINDS.get(name)
    return found if found is not None and hasattr(found, "verify") else None  # type: ignore[return-value]
