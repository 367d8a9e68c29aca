"""What is known of phone calls takes effect: one call is one conversation, in whatever order it is told (threats H3, H6)."""

from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from django.db import transaction

from ascolto.channels.ask_for_call import ATTRIBUTE, tag, untag
from ascolto.channels.contract import Called
from ascolto.channels.inbound import InboundMessage, accept
from ascolto.channels.models import Call, MessageId, Thread
from ascolto.channels.phone.words import voicemail_words, words_of
from ascolto.conversations.attributes import merge_attributes
from ascolto.conversations.events import CallChanged
from ascolto.conversations.models import Conversation, Episode, Inbox, Message
from ascolto.conversations.preview import preview_of
from ascolto.conversations.receive import about
from ascolto.database.ids import new_id
from ascolto.eventlog.append import append
from ascolto.people.identify import Claim
from ascolto.text.phones import phone_in_words

LONGEST_CALL = timedelta(hours=4)  # as long as the provider lets one last
ENDED_AT_ONCE = 100
IN, OUT = Call.Direction.IN, Call.Direction.OUT


def take(inbox: Inbox, said: Called, *, at: datetime) -> None:
    """
    Note what a report says of a call, in the caller's transaction; the conversation shows what is known by now.

    Twice is once, and the order does not matter. A report about a call of ours that is not there is nothing.
    :param at: when the report reached us, UTC
    """
    call = ours(inbox, said) if said.ours else theirs(inbox, said, at)
    if call is not None:
        note(call, inbox, said, at)


def note(call: Call, inbox: Inbox, said: Called, at: datetime) -> None:
    wish = wish_of(call)
    learn(call, said, at)
    if call.conversation_id is None:
        enter(call, inbox, said)
    if wish_of(call) != wish:  # only then: the same report once more does not undo what was done since
        promise(call, at)
    show(call, at)


def end_forgotten(now: datetime) -> None:
    """For the timetable: calls whose end the provider has not told are over; who was not answered was missed. Twice is once."""
    rows = Call.objects.filter(ended_at=None, began_at__lt=now - LONGEST_CALL).exclude(conversation=None)
    for id in list(rows.values_list("pk", flat=True)[:ENDED_AT_ONCE]):
        with transaction.atomic():
            call = Call.objects.select_for_update(of=("self",)).select_related("inbox").filter(pk=id, ended_at=None).first()
            if call is not None:
                note(call, call.inbox, Called(id=call.provider_id, is_over=True), now)


def ours(inbox: Inbox, said: Called) -> Call | None:
    try:
        id = UUID(said.ours)
    except ValueError:
        return None
    return Call.objects.select_for_update().filter(pk=id, inbox=inbox, direction=OUT).first()


def theirs(inbox: Inbox, said: Called, at: datetime) -> Call:
    id = said.id[:100]
    Call.objects.bulk_create([Call(id=new_id(), inbox=inbox, provider_id=id, direction=IN, began_at=at)], ignore_conflicts=True)
    return Call.objects.select_for_update().get(inbox=inbox, provider_id=id)


def learn(call: Call, said: Called, at: datetime) -> None:
    """Facts only ever add up: what one report does not say, another's word stays true for."""
    call.began_at = min(call.began_at, at)
    call.provider_id = call.provider_id or said.id[:100]
    call.number = call.number or (said.caller.value if said.caller else "")
    call.is_answered = call.is_answered or said.is_answered
    call.talked_s = said.talked_s if said.talked_s is not None else call.talked_s
    call.why = call.why or said.why[:20]
    call.call_back = call.call_back or said.call_back[:20]
    call.recording = call.recording or said.recording[:100]
    call.recorded_s = said.recorded_s if said.recorded_s is not None else call.recorded_s
    call.transcript = call.transcript or said.transcript
    if said.is_over:
        call.ended_at = call.ended_at or at
    if said.waits is not None:
        call.waits_since = (call.waits_since or at) if said.waits else None
    if call.ended_at or call.is_answered:
        call.waits_since = None
    call.save(
        update_fields=[
            *("began_at", "provider_id", "number", "is_answered", "talked_s", "why", "call_back", "recording", "recorded_s"),
            *("transcript", "ended_at", "waits_since"),
        ]
    )


def enter(call: Call, inbox: Inbox, said: Called) -> None:
    """A call becomes the customer's message: a new conversation, or the one that its voicemail has begun already."""
    begun = Conversation.objects.filter(external_id=external_id(inbox, call.provider_id)).first()
    name = (said.caller.name if said.caller else "") or (phone_in_words(call.number) if call.number else "")
    received = accept(
        InboundMessage(
            inbox=inbox.id,
            text=words_of(call, inbox.language),
            at=call.began_at,
            source=f"phone:{inbox.id.hex}:{sha256(f'call:{call.provider_id}'.encode()).hexdigest()}",
            customer=begun.customer_id if begun else None,
            claim=None if begun else Claim(name=name, carried=("phone", call.number) if call.number else None),
            conversation=begun.id if begun else None,
            language=inbox.language,
            external_id=None if begun else external_id(inbox, call.provider_id),
        )
    )
    call.conversation_id, call.message_id = received.conversation, received.message
    call.save(update_fields=["conversation", "message"])
    if call.number:
        has_main = Thread.objects.filter(conversation=received.conversation, is_main=True).exists()
        row = Thread(conversation_id=received.conversation, inbox=inbox, kind="phone", address=call.number, is_main=not has_main)
        row.created_at = row.last_in_at = call.began_at
        Thread.objects.bulk_create([row], ignore_conflicts=True)


def external_id(inbox: Inbox, matter: str) -> str:
    """What the conversation of a call is called, here alone."""
    return f"phone:{inbox.id.hex}:{matter}"[:200]


def conversation_of(inbox: UUID, matter: str) -> Conversation | None:
    """The conversation that a call has already, as the customer's or as ours."""
    call = Call.objects.filter(inbox=inbox, provider_id=matter[:100]).exclude(conversation=None)
    known = call.select_related("conversation").first()
    if known is not None:
        return known.conversation
    return Conversation.objects.filter(external_id=f"phone:{inbox.hex}:{matter}"[:200]).first()


def show(call: Call, at: datetime, *, reason: str = "") -> None:
    """
    Bring the words of the call and the wait to what is known by now, in the caller's transaction.

    :param reason: what the provider says why it did not come about
    """
    conversation = Conversation.objects.select_for_update(of=("self",)).select_related("inbox").get(calls=call)
    language = conversation.inbox.language
    words = words_of(call, language)
    has_changed = rewrite(call.message, f"{words}. {reason}" if reason else words, conversation)
    if call.recording and (call.transcript or call.recorded_s):
        has_changed |= write_down(call, language, conversation)
    if call.is_answered:
        note_spoken(call, conversation, at)
    if has_changed:
        append(CallChanged(message=call.message_id, **about(conversation)), at=at)


def rewrite(message: Message | None, text: str, conversation: Conversation) -> bool:
    """Whether the words are others than they were."""
    if message is None or message.text == text:
        return False
    before = preview_of(message.text)
    Message.objects.filter(pk=message.pk).update(text=text)
    Conversation.objects.filter(pk=conversation.pk, preview=before).update(preview=preview_of(text))
    Conversation.objects.filter(pk=conversation.pk, subject=message.text[:80]).update(subject=text[:80])
    return True


def write_down(call: Call, language: str, conversation: Conversation) -> bool:
    """The voicemail's own message gets its length and its words, whichever came first."""
    named = MessageId.objects.filter(inbox=call.inbox_id, value=call.recording, message__conversation=conversation)
    row = named.select_related("message").first()
    return rewrite(row.message if row else None, voicemail_words(call.recorded_s, call.transcript, language), conversation)


def wish_of(call: Call) -> dict[str, str]:
    """Where to call back, and since when: who asked for it, and who was missed with a number; empty: nobody waits for that."""
    if call.direction == OUT:
        return {}
    number = call.call_back or (call.number if call.ended_at and not call.is_answered else "")
    if not number or (call.is_answered and not call.call_back):
        return {}
    return {"phone": number, "asked_at": call.began_at.isoformat()}


def promise(call: Call, at: datetime) -> None:
    """Keep beside the conversation where they are to be called back, or that it is no longer due."""
    assert call.conversation is not None  # enter has given it one
    wish = wish_of(call)
    merge_attributes(conversation=call.conversation, attributes={ATTRIBUTE: wish or None}, at=at)
    if wish:
        tag(call.conversation, at)
    else:
        untag(call.conversation, at)


def note_spoken(call: Call, conversation: Conversation, at: datetime) -> None:
    """They have spoken: nobody waits for a first answer, and a promise to call back is kept."""
    conversation.refresh_from_db()
    Conversation.objects.filter(pk=conversation.pk, waiting_since__lte=call.began_at).update(waiting_since=None)
    Episode.objects.filter(conversation=conversation, resolved_at=None, first_reply_at=None).update(first_reply_at=at)
    wished = conversation.attributes.get(ATTRIBUTE)
    if isinstance(wished, dict) and str(wished.get("asked_at", "")) <= call.began_at.isoformat() and not call.call_back:
        merge_attributes(conversation=conversation, attributes={ATTRIBUTE: None}, at=at)
        untag(conversation, at)
