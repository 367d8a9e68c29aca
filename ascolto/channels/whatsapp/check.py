"""Try the settings of a WhatsApp channel against Meta, and have Meta call us."""

import hmac
from hashlib import sha256
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from ascolto.channels.contract import Door, Finding, Never, TryLater
from ascolto.channels.hook_check import check_hook_url
from ascolto.channels.said import Said, inner, line, objects
from ascolto.channels.whatsapp import graph
from ascolto.channels.whatsapp.errors import error_in, refuse

FIELDS = "display_phone_number,verified_name,quality_rating"


def check(door: Door) -> list[Finding]:
    """What Meta says about token, secret, number and subscription, and whether our address can be reached. Never raises."""
    return [*check_number(door), *check_subscription(door), check_hook_url(door)]


def check_number(door: Door) -> list[Finding]:
    proof = hmac.new(door.get("app_secret").encode(), door.get("access_token").encode(), sha256).hexdigest()
    query = urlencode({"fields": FIELDS, "appsecret_proof": proof})
    try:
        reply = graph.get(door, door.get("phone_number_id"), query=query)
        if "appsecret_proof" in line(error_in(reply), "message"):
            return [wrong_secret()]
        refuse(reply)
    except (TryLater, Never) as error:
        return [failed(error)]
    found = graph.answer_in(reply)
    number, name = line(found, "display_phone_number"), line(found, "verified_name")
    findings = [
        Finding(is_well=True, words=_("WhatsApp knows this channel as {name}, {number}.").format(name=name, number=number))
    ]
    if line(found, "quality_rating") == "RED":
        findings.append(
            Finding(
                is_well=False,
                words=_("Meta rates the quality of this number as low, because customers blocked or reported it."),
                todo=_("Send fewer messages that nobody asked for; else Meta limits the number."),
            )
        )
    return findings


def wrong_secret() -> Finding:
    return Finding(
        is_well=False,
        words=_("The app secret does not belong to the access token, so the calls of Meta would all be refused."),
        todo=_("Copy the app secret again: App settings, Basic, in the developer pages of Meta."),
    )


def check_subscription(door: Door) -> list[Finding]:
    try:
        reply = graph.get(door, door.get("waba_id"), "subscribed_apps")
        refuse(reply)
    except (TryLater, Never) as error:
        return [failed(error)]
    addresses = [where(each) for each in objects(graph.answer_in(reply), "data")]
    if not addresses:
        return [
            Finding(
                is_well=False,
                words=_("Meta does not call this desk when a customer writes."),
                todo=_("Press “Connect”, or subscribe the app to the account in the developer pages of Meta."),
            )
        ]
    if any(each and each != door.hook_url for each in addresses) and door.hook_url not in addresses:
        return [
            Finding(
                is_well=False,
                words=_("Meta calls another address when a customer writes: {address}").format(address=max(addresses)),
                todo=_("Press “Connect”."),
            )
        ]
    return [Finding(is_well=True, words=_("Meta calls this desk when a customer writes."))]


def where(app: Said) -> str:
    """The address that Meta calls in place of the app's own; empty when it is the app's own, which Meta does not say."""
    return line(app, "override_callback_uri", max_chars=500) or line(
        inner(app, "whatsapp_business_api_data"), "override_callback_uri", max_chars=500
    )


def connect(door: Door) -> list[Finding]:
    """Subscribe to what customers write, at our address; Meta tries it at once with the verify token. Twice is once."""
    said = {"override_callback_uri": door.hook_url, "verify_token": door.get("verify_token")}
    try:
        graph.post(door, door.get("waba_id"), "subscribed_apps", said=said)
    except (TryLater, Never) as error:
        return [failed(error), check_hook_url(door)]
    return [Finding(is_well=True, words=_("Meta calls this desk when a customer writes."))]


def failed(error: TryLater | Never) -> Finding:
    return Finding(
        is_well=False, words=_(error.reason), todo=_("Look at the number’s id, the account’s id and the access token.")
    )
