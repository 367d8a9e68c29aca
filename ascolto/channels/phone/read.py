"""What the provider reports of a call, as values; pure. Each report says what it knows, whatever came before (threat H6)."""

from collections.abc import Callable, Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from ascolto.channels.contract import Arrival, ArrivedMessage, Called, Door, Media, Sender, Unreadable
from ascolto.channels.phone.flow import ANSWERED, typed_number
from ascolto.channels.phone.words import minutes, voicemail_words
from ascolto.channels.twilio.forms import Form
from ascolto.channels.twilio.messages import read_message
from ascolto.channels.twilio.numbers import sender_of
from ascolto.text.normalise import TooLong, normalise

OVER = frozenset({"completed", "busy", "no-answer", "canceled", "failed"})
BRIDGED = frozenset({"bridged", "redirected-from-bridged"})
NOT_REACHED = OVER - {"completed"}
NO_CALL = gettext_noop("This names no call.")
RECORDING = "recording"  # ArrivedMessage.automatic of a recorded conversation: nobody waits for an answer to it


def read_report(form: Form, query: Mapping[str, str], door: Door) -> Sequence[Arrival]:
    """What one report says. :raises Unreadable: it is about no call"""
    if query.get("step") == "sms":
        return read_message(form)
    id = form.line("CallSid")
    if not id:
        raise Unreadable(NO_CALL)
    step = query.get("step", "")
    if step in OURS:
        return OURS[step](id, query.get("call", ""), form)
    if step not in REPORTS or form.line("Direction").startswith("outbound"):
        return []
    who = sender_of(form.get("From") or query.get("caller", ""))
    found = REPORTS[step](id, who, form, door)
    if form.line("CallStatus") in OVER:
        found = [*found, Called(id=id, caller=who, is_over=True, waits=False)]
    return found


def came_in(id: str, who: Sender, form: Form, door: Door) -> Sequence[Arrival]:
    return [Called(id=id, caller=who)]


def dialed(id: str, who: Sender, form: Form, door: Door) -> Sequence[Arrival]:
    if form.line("DialCallStatus") not in ANSWERED:
        return []
    return [Called(id=id, caller=who, is_answered=True, talked_s=form.number("DialCallDuration"), waits=False)]


def queued(id: str, who: Sender, form: Form, door: Door) -> Sequence[Arrival]:
    return [Called(id=id, caller=who, waits=True)]


def left(id: str, who: Sender, form: Form, door: Door) -> Sequence[Arrival]:
    return [Called(id=id, caller=who, waits=False, is_answered=form.line("QueueResult") in BRIDGED)]


def taken(id: str, who: Sender, form: Form, door: Door) -> Sequence[Arrival]:
    return [Called(id=id, caller=who, waits=False)]


def chosen(id: str, who: Sender, form: Form, door: Door) -> Sequence[Arrival]:
    if form.line("Digits") != "1" or not who.value:
        return []
    return [Called(id=id, caller=who, call_back=who.value, waits=False)]


def typed(id: str, who: Sender, form: Form, door: Door) -> Sequence[Arrival]:
    wanted = typed_number(door, form)
    return [Called(id=id, caller=who, call_back=wanted, waits=False)] if wanted else []


def voicemail(id: str, who: Sender, form: Form, door: Door) -> Sequence[Arrival]:
    """
    A voicemail: from the end of the recording, from the recording being ready, from its transcript; each alone is enough.

    The message is the recording's, so that all three are one.
    """
    recording, url = recorded_at(form)
    if not recording:
        return []
    length, transcript = form.number("RecordingDuration"), transcript_of(form)
    words = voicemail_words(length, transcript, door.language)
    message = ArrivedMessage(id=recording, sender=who, text=words, files=[audio(url, "voicemail")], matter=id)
    return [message, Called(id=id, caller=who, recording=recording, recorded_s=length, transcript=transcript)]


def tape(id: str, who: Sender, form: Form, door: Door) -> Sequence[Arrival]:
    """A conversation was recorded."""
    recording, url = recorded_at(form)
    if not recording:
        return []
    words = _("Recording of the call, %(length)s") % {"length": minutes(form.number("RecordingDuration") or 0)}
    files = [audio(url, "call")]
    return [ArrivedMessage(id=recording, sender=who, text=words, files=files, matter=id, automatic=RECORDING)]


def recorded_at(form: Form) -> tuple[str, str]:
    """What the provider calls a recording, and where it keeps it; nothing when there is none."""
    recording, url = form.line("RecordingSid"), form.get("RecordingUrl", "")
    if not recording or not url or form.line("RecordingStatus") in ("absent", "failed", "in-progress"):
        return "", ""
    return recording[:100], url[:2000]


def ended(id: str, who: Sender, form: Form, door: Door) -> Sequence[Arrival]:
    return []


def agent_leg(id: str, call: str, form: Form) -> Sequence[Arrival]:
    """What became of the colleague's own phone, which rings first."""
    status = form.line("CallStatus")
    if status not in OVER:
        return []
    return [Called(id=id, ours=call, is_over=True, why=f"agent-{status}" if status in NOT_REACHED else "")]


def customer_leg(id: str, call: str, form: Form) -> Sequence[Arrival]:
    status = form.line("DialCallStatus")
    is_answered = status in ANSWERED
    why = status if status in NOT_REACHED else ""
    return [Called(id=id, ours=call, is_over=True, is_answered=is_answered, talked_s=form.number("DialCallDuration"), why=why)]


def audio(url: str, name: str) -> Media:
    """As MP3, which every phone and browser plays; without an ending the provider gives WAV, ten times the size."""
    return Media(id=url if url.endswith((".mp3", ".wav")) else f"{url}.mp3", name=f"{name}.mp3", type="audio/mpeg")


def transcript_of(form: Form) -> str:
    if form.line("TranscriptionStatus") not in ("", "completed"):
        return ""
    written = form.get("TranscriptionText", "")
    try:
        return normalise(written).strip()
    except TooLong as error:
        return normalise(written[: error.limit]).strip()


REPORTS: dict[str, Callable[[str, Sender, Form, Door], Sequence[Arrival]]] = {
    "": came_in,
    "dialed": dialed,
    "queue": queued,
    "left": left,
    "ring": taken,
    "choice": chosen,
    "number": typed,
    "recorded": voicemail,
    "recording": voicemail,
    "transcript": voicemail,
    "tape": tape,
    "status": ended,
}
OURS: dict[str, Callable[[str, str, Form], Sequence[Arrival]]] = {"agent": agent_leg, "connected": customer_leg}
