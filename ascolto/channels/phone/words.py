"""A phone call in words, as colleagues read it in the conversation."""

from django.utils import translation
from django.utils.translation import gettext as _

from ascolto.channels.models import Call
from ascolto.text.phones import phone_in_words


def words_of(call: Call, language: str) -> str:
    """The call in one sentence, with what has become of it by now."""
    with translation.override(language):
        told = {"phone": phone_in_words(call.number), "length": minutes(call.talked_s or 0)}
        if call.direction == Call.Direction.OUT:
            return words_of_ours(call, told)
        return words_of_theirs(call, told) if call.number else words_of_withheld(call, told)


def words_of_theirs(call: Call, told: dict[str, str]) -> str:
    if call.is_answered:
        return (
            _("Call from %(phone)s, answered: %(length)s") % told if call.talked_s else _("Call from %(phone)s, answered") % told
        )
    if call.call_back:
        told["back"] = phone_in_words(call.call_back)
        return _("Call from %(phone)s: asks to be called back at %(back)s") % told
    if call.recording:
        return _("Call from %(phone)s: left a message") % told
    if call.ended_at:
        return _("Missed call from %(phone)s: we call back") % told
    if call.waits_since:
        return _("Call from %(phone)s: waits in the queue") % told
    return _("Call from %(phone)s") % told


def words_of_withheld(call: Call, told: dict[str, str]) -> str:
    if call.is_answered:
        return _("Call without a number, answered: %(length)s") % told if call.talked_s else _("Call without a number, answered")
    if call.call_back:
        return _("Call without a number: asks to be called back at %(back)s") % {"back": phone_in_words(call.call_back)}
    if call.recording:
        return _("Call without a number: left a message")
    if call.ended_at:
        return _("Missed call without a number")
    if call.waits_since:
        return _("Call without a number: waits in the queue")
    return _("Call without a number")


def words_of_ours(call: Call, told: dict[str, str]) -> str:
    if call.is_answered:
        return _("Call to %(phone)s: spoke for %(length)s") % told if call.talked_s else _("Call to %(phone)s: they spoke") % told
    if call.why.startswith("agent-"):
        return _("Call to %(phone)s did not begin: the colleague’s own phone was not answered") % told
    if call.why == "busy":
        return _("Call to %(phone)s: busy") % told
    if call.why == "no-answer":
        return _("Call to %(phone)s: no answer") % told
    if call.why or call.ended_at:
        return _("Call to %(phone)s: it did not come about") % told
    return _("Call to %(phone)s: ringing") % told


def voicemail_words(length_s: int | None, transcript: str, language: str) -> str:
    """«Voicemail, 0:42: the words», as much of it as is known."""
    told = {"length": minutes(length_s or 0), "words": transcript}
    with translation.override(language):
        if length_s and transcript:
            return _("Voicemail, %(length)s: %(words)s") % told
        if transcript:
            return _("Voicemail: %(words)s") % told
        return _("Voicemail, %(length)s") % told if length_s else _("Voicemail")


def minutes(seconds: int) -> str:
    """0:42."""
    return f"{seconds // 60}:{seconds % 60:02}"
