"""What the operator fills in for a Twilio-compatible provider, and a try of it."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ascolto.channels.contract import Door, Finding, Never, Setting, TryLater
from ascolto.channels.hook_check import check_hook_url
from ascolto.channels.twilio import rest

ACCOUNT = (
    Setting(
        name="account_sid",
        label=gettext_lazy("Account SID"),
        help=gettext_lazy("On the first page of the provider’s console; it begins with AC."),
        is_required=True,
        placeholder="AC…",
    ),
    Setting(
        name="auth_token",
        label=gettext_lazy("Auth token"),
        help=gettext_lazy("Beside the account SID. Calls from the provider are believed only with it."),
        form="secret",
        is_required=True,
    ),
    Setting(
        name="number",
        label=gettext_lazy("Our number"),
        help=gettext_lazy("The number that customers use, with its country."),
        form="phone",
        is_required=True,
        placeholder="+39 06 12345678",
    ),
)
MORE = gettext_lazy("More")
API_URL = Setting(
    name="api_url",
    part=MORE,
    label=gettext_lazy("Address of the interface"),
    help=gettext_lazy("Only for providers compatible with Twilio. Empty: Twilio itself."),
    form="url",
    placeholder="https://api.twilio.com",
)
COUNTRIES = Setting(
    name="countries",
    part=MORE,
    label=gettext_lazy("Countries"),
    help=gettext_lazy("Where we call and write to, as IT SM CH. Empty: the country of our number."),
    placeholder="IT SM CH",
)


def find_number(door: Door) -> dict[str, Any] | None:
    """Our number as the account has it; None when it has not. :raises TryLater, Never:"""
    found = rest.get(door, "/IncomingPhoneNumbers.json", [("PhoneNumber", door.get("number"))])
    rows = found.get("incoming_phone_numbers")
    first = rows[0] if isinstance(rows, list) and rows else None
    return first if isinstance(first, dict) else None


def check_account(door: Door, *, addresses: dict[str, str], capability: str) -> Sequence[Finding]:
    """
    Try the settings, reading only.

    :param addresses: what the number must be told to call, by the provider's name for it
    :param capability: what the number must be able to: sms, voice
    """
    reached = check_hook_url(door)
    try:
        number = find_number(door)
    except (TryLater, Never) as error:
        return [reached, Finding(is_well=False, words=error.reason, todo=_("Check the account SID and the token."))]
    account = Finding(is_well=True, words=_("The provider takes our account and its token."))
    if number is None:
        todo = _("Buy the number there, or write the one that the account has.")
        return [reached, account, Finding(is_well=False, words=_("The account does not have this number."), todo=todo)]
    return [reached, account, *check_number(number, addresses, capability)]


def check_number(number: dict[str, Any], addresses: dict[str, str], capability: str) -> list[Finding]:
    found = []
    can = number.get("capabilities")
    if isinstance(can, dict) and not can.get(capability, can.get(capability.upper(), True)):
        todo = _("Choose a number that can.")
        found.append(Finding(is_well=False, words=_("This number cannot do that at the provider."), todo=todo))
    wrong = [url for name, url in addresses.items() if number.get(name) != url]
    if wrong:
        words = _("The number does not call us yet.")
        todo = _("Press “Connect”, or write this address at the provider: %(url)s") % {"url": wrong[0]}
        found.append(Finding(is_well=False, words=words, todo=todo))
    else:
        found.append(Finding(is_well=True, words=_("The number calls us.")))
    return found


def connect_number(door: Door, addresses: dict[str, str]) -> Sequence[Finding]:
    """Tell the provider where the number calls. Twice is once."""
    try:
        number = find_number(door)
        if number is None:
            return [Finding(is_well=False, words=_("The account does not have this number."))]
        wanted = [(named(name), url) for name, url in addresses.items()]
        rest.post(door, f"/IncomingPhoneNumbers/{quote(str(number.get('sid')), safe='')}.json", wanted)
    except (TryLater, Never) as error:
        return [Finding(is_well=False, words=error.reason)]
    return [Finding(is_well=True, words=_("The number calls us."))]


def named(name: str) -> str:
    """sms_url as it is written when it is set: SmsUrl."""
    return "".join(part.capitalize() for part in name.split("_"))
