"""The provider's error codes in plain words."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

BLOCKED = gettext_lazy("They have answered STOP: messages to this number are refused until they answer START.")
NO_SUCH_NUMBER = gettext_lazy("This number does not exist.")
NOT_MOBILE = gettext_lazy("This number takes no text messages.")
NOT_ALLOWED = gettext_lazy("The account may not write to this country; allow it at the provider.")
AWAY = gettext_lazy("The phone is off or cannot be reached.")
FILTERED = gettext_lazy("The network took the message for spam and did not deliver it.")
OUR_NUMBER = gettext_lazy("The provider does not let this account send from our number.")
TOO_LONG = gettext_lazy("The message is too long for a text message.")
UNKNOWN_TO_CARRIER = gettext_lazy("The network could not deliver it and does not say why.")
NO_MONEY = gettext_lazy("The account at the provider is suspended or has no credit.")

# https://www.twilio.com/docs/api/errors; compatible providers use the same numbers.
REASONS: dict[str, str | Promise] = {
    "20003": NO_MONEY,
    "21211": NO_SUCH_NUMBER,
    "21214": NO_SUCH_NUMBER,
    "21217": NO_SUCH_NUMBER,
    "21401": NO_SUCH_NUMBER,
    "21215": NOT_ALLOWED,
    "21408": NOT_ALLOWED,
    "21610": BLOCKED,
    "21612": NOT_ALLOWED,
    "21614": NOT_MOBILE,
    "21617": TOO_LONG,
    "21606": OUR_NUMBER,
    "21210": OUR_NUMBER,
    "21659": OUR_NUMBER,
    "30002": NO_MONEY,
    "30003": AWAY,
    "30004": BLOCKED,
    "30005": NO_SUCH_NUMBER,
    "30006": NOT_MOBILE,
    "30007": FILTERED,
    "30008": UNKNOWN_TO_CARRIER,
    "30034": OUR_NUMBER,
}
FOR_GOOD = frozenset({"21211", "21214", "21217", "21401", "21614", "30005", "30006"})  # the number itself does not work


def reason_of(code: str, said: str = "") -> str:
    """What a code means, in the active language; of an unknown one its number and the provider's own words."""
    if code in REASONS:
        return str(REASONS[code])
    if code and said:
        return _("The provider says: %(words)s (%(code)s).") % {"words": said[:150], "code": code}
    if code:
        return _("The provider gives error %(code)s.") % {"code": code}
    return _("The provider says: %(words)s") % {"words": said[:150]} if said else _("The provider does not say why.")


def is_for_good(code: str) -> bool:
    """Whether the number itself does not work, now and later."""
    return code in FOR_GOOD
