"""How a call goes on, step by step, as TwiML; pure: the caller's keys and the facts in, what is said and done out."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils import translation
from twilio.twiml.voice_response import Dial, Gather, VoiceResponse

from ascolto.channels.contract import Door
from ascolto.channels.phone import said
from ascolto.channels.phone.facts import Facts
from ascolto.channels.twilio.forms import Form
from ascolto.channels.twilio.numbers import country_of, number_of
from ascolto.text.phones import NotAPhone, phone_in_words, read_phone

VOICES = {"it": "it-IT", "en": "en-GB"}
KEY_WAIT_S = 5
NUMBER_WAIT_S = 15
QUIET_S = 20  # between two words about the place in the queue; music is not played, silence costs nobody anything
MAX_RECORDING_S = 300
RING_S = 25
MAX_WAIT_MIN = 10
MAX_FORWARDS = 10  # numbers that ring at once, as the provider takes them
CALL_S = 30  # how long a customer's phone rings
ANSWERED = frozenset({"completed", "answered"})


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One request of the provider: at which inbox, what it said, what we know."""

    door: Door
    form: Form
    query: dict[str, str]
    facts: Facts

    def url(self, step: str, **more: str) -> str:
        return step_url(self.door, step, **more)

    @property
    def caller(self) -> str:
        return number_of(self.form.get("From", ""))


def step_url(door: Door, step: str, **more: str) -> str:
    """Where the provider asks how a call goes on."""
    return f"{door.hook_url}?{urlencode({'step': step, **more})}"


def language_of(turn: Turn) -> str:
    """The inbox's; to a colleague their own."""
    wanted = turn.facts.language if turn.query.get("step") == "connect" else turn.door.language
    return wanted if wanted in VOICES else "en"


def go_on(turn: Turn) -> str:
    """What happens next, as TwiML; to a step that we do not know, nothing."""
    response = VoiceResponse()
    language = language_of(turn)
    with translation.override(language):
        STEPS.get(turn.query.get("step", ""), nothing)(turn, response)
    return str(response)


def say(turn: Turn, to: VoiceResponse | Gather, words: str) -> None:
    if words:
        to.say(words, language=VOICES[language_of(turn)])


def nothing(turn: Turn, response: VoiceResponse) -> None:
    """A report: the provider wants no answer."""


def begin(turn: Turn, response: VoiceResponse) -> None:
    """A call comes in."""
    door = turn.door
    say(turn, response, door.get(f"greeting_{language_of(turn)}") or said.greeting(door.desk_name))
    if door.settings.get("record"):
        say(turn, response, said.is_recorded())
    if not turn.facts.is_open:
        say(turn, response, said.we_are_closed(turn.facts.opens, turn.facts.now))
        offer(turn, response)
    elif forwards(door):
        say(turn, response, said.connecting())
        ring(turn, response, forwards(door))
    else:
        response.redirect(turn.url("queue"))


def ring(turn: Turn, response: VoiceResponse, numbers: list[str]) -> None:
    """Ring colleagues, all at once; who takes it first has it."""
    dial = response.dial(action=turn.url("dialed"), timeout=seconds(turn.door, "ring_s", RING_S), **recording(turn, turn.caller))
    for number in numbers:
        dial.number(number)


def recording(turn: Turn, customer: str) -> dict[str, str]:
    if not turn.door.settings.get("record"):
        return {}
    return {"record": "record-from-answer-dual", "recording_status_callback": turn.url("tape", caller=customer)}


def dialed(turn: Turn, response: VoiceResponse) -> None:
    """A colleague has spoken with them, or nobody has taken it."""
    if turn.form.get("DialCallStatus") in ANSWERED:
        response.hangup()
        return
    say(turn, response, said.all_busy())
    response.redirect(turn.url("queue"))


def queue(turn: Turn, response: VoiceResponse) -> None:
    now = str(int(turn.facts.now.timestamp()))
    response.enqueue(name_of_queue(turn.door), action=turn.url("left"), wait_url=turn.url("wait", since=now))


def name_of_queue(door: Door) -> str:
    return f"ascolto-{door.key}"


def wait(turn: Turn, response: VoiceResponse) -> None:
    """The place in the queue as it is, the way out, and silence; asked again when that is over."""
    if waited_s(turn) > seconds(turn.door, "max_wait_min", MAX_WAIT_MIN) * 60:
        response.leave()
        return
    since = turn.query.get("since", "")
    keys = response.gather(num_digits=1, timeout=KEY_WAIT_S, action=turn.url("choice", back="wait", since=since))
    say(turn, keys, said.position(turn.form.number("QueuePosition")))
    say(turn, keys, said.offer_call_back())
    response.pause(length=QUIET_S)
    response.redirect(turn.url("wait", since=since))


def waited_s(turn: Turn) -> int:
    """How long they have waited: as the provider says, and by our own clock where it does not say it every time."""
    since = turn.query.get("since", "")
    ours = int(turn.facts.now.timestamp()) - int(since) if since.isascii() and since.isdigit() and len(since) < 12 else 0
    return max(turn.form.number("QueueTime") or 0, ours)


def left(turn: Turn, response: VoiceResponse) -> None:
    """Out of the queue: spoken with, hung up, or nobody came in time."""
    if turn.form.get("QueueResult") in ("bridged", "hangup", "redirected", "redirected-from-bridged"):
        return  # it is over, or somewhere else by now
    say(turn, response, said.all_busy())
    offer(turn, response)


def offer(turn: Turn, response: VoiceResponse) -> None:
    """To be called back, or to leave a message."""
    keys = response.gather(num_digits=1, timeout=KEY_WAIT_S, action=turn.url("choice", back="voicemail"))
    say(turn, keys, said.offer_call_back())
    if turn.door.settings.get("voicemail", True):
        say(turn, keys, said.offer_voicemail())
    response.redirect(turn.url("voicemail"))


def choice(turn: Turn, response: VoiceResponse) -> None:
    """A key was pressed; only 1 means something."""
    if turn.form.get("Digits") != "1":
        waits = turn.query.get("back") == "wait"
        response.redirect(turn.url("wait", since=turn.query.get("since", "")) if waits else turn.url("voicemail"))
    elif turn.caller:
        say(turn, response, said.number_taken())
        response.hangup()
    else:
        ask_for_number(turn, response)


def ask_for_number(turn: Turn, response: VoiceResponse) -> None:
    keys = response.gather(finish_on_key="#", timeout=NUMBER_WAIT_S, action=turn.url("number"))
    say(turn, keys, said.ask_number())
    response.redirect(turn.url("voicemail"))


def number(turn: Turn, response: VoiceResponse) -> None:
    if typed_number(turn.door, turn.form):
        say(turn, response, said.number_taken())
        response.hangup()
        return
    say(turn, response, said.number_not_understood())
    response.redirect(turn.url("voicemail"))


def typed_number(door: Door, form: Form) -> str:
    """What was typed, as +390612345 in the country of our number; empty for no number."""
    try:
        return read_phone(form.get("Digits", ""), region=country_of(door.get("number")) or "IT")
    except NotAPhone:
        return ""


def voicemail(turn: Turn, response: VoiceResponse) -> None:
    if not turn.door.settings.get("voicemail", True):
        say(turn, response, said.goodbye())
        response.hangup()
        return
    say(turn, response, said.speak_now())
    who = {"caller": turn.caller} if turn.caller else {}  # what comes later does not say who called
    transcript = (
        {"transcribe": True, "transcribe_callback": turn.url("transcript", **who)} if turn.door.settings.get("transcribe") else {}
    )
    response.record(
        action=turn.url("recorded"),
        max_length=MAX_RECORDING_S,
        play_beep=True,
        recording_status_callback=turn.url("recording", **who),
        **transcript,
    )
    say(turn, response, said.nothing_heard() if turn.caller else said.nothing_heard_from_nobody())
    response.hangup()


def recorded(turn: Turn, response: VoiceResponse) -> None:
    say(turn, response, said.message_kept())
    response.hangup()


def connect(turn: Turn, response: VoiceResponse) -> None:
    """A colleague has taken the call that the desk makes for them: now the customer's phone rings."""
    facts = turn.facts
    if not facts.number:
        say(turn, response, said.gone())
        response.hangup()
        return
    say(turn, response, said.to_agent(phone_in_words(facts.number)))
    call = turn.query.get("call", "")
    dial = Dial(
        action=turn.url("connected", call=call),
        caller_id=turn.door.get("number"),
        timeout=CALL_S,
        **recording(turn, facts.number),
    )
    dial.number(facts.number)
    response.append(dial)


def connected(turn: Turn, response: VoiceResponse) -> None:
    response.hangup()


def take(turn: Turn, response: VoiceResponse) -> None:
    """A waiting caller is put through to the colleague who takes them."""
    if turn.facts.agent:
        ring(turn, response, [turn.facts.agent])
    else:
        response.redirect(turn.url("queue"))


def forwards(door: Door) -> list[str]:
    """The numbers that ring first, those of them that are numbers."""
    written = door.get("forward_to").replace(",", "\n").replace(";", "\n").splitlines()
    found = [number for each in written if (number := number_of(each))]
    return found[:MAX_FORWARDS]


def seconds(door: Door, name: str, otherwise: int) -> int:
    written = door.get(name)
    return int(written) if written.isascii() and written.isdigit() and len(written) < 5 else otherwise


STEPS: dict[str, Callable[[Turn, VoiceResponse], None]] = {
    "": begin,
    "dialed": dialed,
    "queue": queue,
    "wait": wait,
    "left": left,
    "choice": choice,
    "number": number,
    "voicemail": voicemail,
    "recorded": recorded,
    "connect": connect,
    "connected": connected,
    "ring": take,
}
