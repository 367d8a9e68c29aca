"""Try the settings of a Telegram channel against the Bot API, and have Telegram call us."""

from datetime import UTC, datetime

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from ascolto.channels.contract import Door, Finding, Never, TryLater
from ascolto.channels.hook_check import check_hook_url
from ascolto.channels.said import Said, line, number
from ascolto.channels.telegram import bot
from ascolto.channels.telegram.hook import secret_of

WANTED = ["message", "edited_message", "callback_query", "message_reaction", "my_chat_member"]


def check(door: Door) -> list[Finding]:
    """What Telegram says about the bot and about its calls to us. Never raises."""
    try:
        me = bot.post(door, "getMe")
        hook = bot.post(door, "getWebhookInfo")
    except (TryLater, Never) as error:
        return [failed(error)]
    return [*findings_about(me, door), *findings_of(hook, door), check_hook_url(door)]


def findings_about(me: Said, door: Door) -> list[Finding]:
    name = line(me, "username")
    found = [
        Finding(
            is_well=True,
            words=_("Telegram knows this bot as {name}, @{username}.").format(name=line(me, "first_name"), username=name),
        )
    ]
    wanted = door.get("bot_name").removeprefix("@")
    if wanted and wanted.lower() != name.lower():
        found.append(
            Finding(
                is_well=False,
                words=_("The token belongs to @{found}, the name says @{wanted}.").format(found=name, wanted=wanted),
                todo=_("Correct the bot’s name or its token."),
            )
        )
    return found


def findings_of(hook: Said, door: Door) -> list[Finding]:
    """What Telegram says of its calls."""
    url = line(hook, "url", max_chars=500)
    if url != door.hook_url:
        words = (
            _("Telegram calls another address when a customer writes: {address}").format(address=url)
            if url
            else _("Telegram does not call this desk when a customer writes.")
        )
        return [Finding(is_well=False, words=words, todo=_("Press “Connect”."))]
    found = [Finding(is_well=True, words=_("Telegram calls this desk when a customer writes."))]
    waiting, error = number(hook, "pending_update_count") or 0, line(hook, "last_error_message")
    if waiting and error:
        at = datetime.fromtimestamp(max(0, min(number(hook, "last_error_date") or 0, 4_000_000_000)), UTC)
        found.append(
            Finding(
                is_well=False,
                words=_("{count} messages wait at Telegram. Its last call failed on {time}: {reason}").format(
                    count=waiting, time=formats.date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT"), reason=error
                ),
                todo=_("Telegram tries again by itself. Press “Connect” if the secret of the desk has changed."),
            )
        )
    return found


def connect(door: Door) -> list[Finding]:
    """Have Telegram call us from now on, and say our secret with each call. Twice is once; nothing that waits is dropped."""
    said = {"url": door.hook_url, "secret_token": secret_of(door), "allowed_updates": WANTED, "max_connections": 40}
    try:
        bot.post(door, "setWebhook", said)
    except (TryLater, Never) as error:
        return [failed(error), check_hook_url(door)]
    return [Finding(is_well=True, words=_("Telegram calls this desk when a customer writes."))]


def failed(error: TryLater | Never) -> Finding:
    return Finding(is_well=False, words=_(error.reason), todo=_("Copy the token again from the chat with BotFather."))
