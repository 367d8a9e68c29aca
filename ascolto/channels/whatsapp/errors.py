"""What WhatsApp's error codes mean for the message, in words for people."""

from datetime import timedelta

from django.utils.translation import gettext_noop

from ascolto.channels.contract import Never, TryLater, Unreadable
from ascolto.channels.provider_calls import wait_of
from ascolto.channels.said import NOTHING, Said, inner, line, number, object_in
from ascolto.egress.client import Reply

OUTSIDE_WINDOW = 131047

# Of the codes that Meta publishes, those that a person at the desk can do something with.
WORDS: dict[int, str] = {
    368: gettext_noop("WhatsApp has restricted this account. See the Business Manager of Meta."),
    130472: gettext_noop("WhatsApp did not deliver it: this number takes part in an experiment of Meta."),
    131021: gettext_noop("The customer’s number is the same as this channel’s."),
    131026: gettext_noop("This number cannot be reached on WhatsApp, or its app is too old."),
    131030: gettext_noop("The account is still a test account, and this number is not on its list."),
    131031: gettext_noop("WhatsApp has locked this account. See the Business Manager of Meta."),
    131042: gettext_noop("WhatsApp does not deliver because of the payment method. See the Business Manager of Meta."),
    131045: gettext_noop("The number of this channel is not registered with WhatsApp."),
    OUTSIDE_WINDOW: gettext_noop(
        "The customer last wrote more than 24 hours ago. WhatsApp then takes nothing but an approved template."
    ),
    131049: gettext_noop("WhatsApp did not deliver it, to keep the customer from too many messages of companies."),
    131050: gettext_noop("The customer does not want messages of this kind."),
    131051: gettext_noop("WhatsApp does not carry messages of this kind."),
    131052: gettext_noop("WhatsApp could not bring the customer’s file."),
    131053: gettext_noop("WhatsApp does not take this file."),
    132000: gettext_noop("The template of this channel does not have exactly one placeholder."),
    132001: gettext_noop("There is no approved template of this name in this language."),
    132005: gettext_noop("The text is too long for the template of this channel."),
    132007: gettext_noop("WhatsApp does not allow this text in a template."),
    132012: gettext_noop("The template of this channel does not have exactly one placeholder."),
    132015: gettext_noop("WhatsApp has paused the template of this channel."),
    132016: gettext_noop("WhatsApp has switched the template of this channel off."),
}
OTHER = gettext_noop("WhatsApp refused the message.")
TOKEN = gettext_noop("WhatsApp does not accept the access token of this channel any more.")
RIGHTS = gettext_noop("The access token of this channel may not do this with WhatsApp.")
BUSY = gettext_noop("WhatsApp takes no more messages for a while.")
AWAY = gettext_noop("WhatsApp cannot take the message right now.")
NOT_REGISTERED = gettext_noop("The number of this channel is not registered with WhatsApp.")

# What a person has to mend in the settings or with Meta, and then it goes.
TO_MEND = {0: TOKEN, 190: TOKEN, 3: RIGHTS, 10: RIGHTS, 131005: RIGHTS, 131042: WORDS[131042], 133010: NOT_REGISTERED}
PASSING = {
    1: AWAY,
    2: AWAY,
    4: BUSY,
    80007: BUSY,
    130429: BUSY,
    131000: AWAY,
    131016: AWAY,
    131048: BUSY,
    131056: BUSY,
    131057: AWAY,
}
MEND_WAIT = timedelta(minutes=15)


class Outside(Never):
    """Refused because the customer wrote too long ago; a template may still go."""


def reason_of(error: Said) -> str:
    """Why a message failed, from one of the errors that a status brings."""
    code = number(error, "code")
    known = WORDS.get(code or -1) or TO_MEND.get(code or -1) or PASSING.get(code or -1)
    if known:
        return known
    details = line(inner(error, "error_data"), "details") or line(error, "message") or line(error, "title")
    return f"WhatsApp: {details} ({code})" if details else OTHER


def error_in(reply: Reply) -> Said:
    """The error that an answer of the Graph API speaks of; empty when it is none that can be read."""
    try:
        return inner(object_in(reply.body), "error")
    except Unreadable:  # a proxy's page, half an answer
        return NOTHING


def refuse(reply: Reply) -> None:
    """Say what an answer other than 2xx means. :raises TryLater, Outside, Never:"""
    if 200 <= reply.status < 300:
        return
    error = error_in(reply)
    code = number(error, "code")
    if code in PASSING:
        raise TryLater(PASSING[code], after=wait_of(reply))
    if code in TO_MEND or (code is not None and 200 <= code < 300) or reply.status == 401:
        raise TryLater(TO_MEND.get(code if code is not None else 0, RIGHTS), after=MEND_WAIT)
    if reply.status == 429 or reply.status >= 500 or (code is None and reply.status in (408, 425)):
        raise TryLater(BUSY if reply.status == 429 else AWAY, after=wait_of(reply))
    if code == OUTSIDE_WINDOW:
        raise Outside(WORDS[OUTSIDE_WINDOW])
    raise Never(reason_of(error))
