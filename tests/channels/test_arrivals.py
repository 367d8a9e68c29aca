"""What arrives is kept, read, and put in its place: once, whatever happens on the way."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from ascolto.channels import raw, receipts
from ascolto.channels.arrivals import BATCH, TRIES, read_waiting, take
from ascolto.channels.connect import make_channel
from ascolto.channels.contract import (
    Arrival,
    ArrivedFile,
    ArrivedMessage,
    Capabilities,
    Door,
    Edited,
    Media,
    Never,
    OutboundMessage,
    Raw,
    Reacted,
    Receipt,
    Sender,
    Taken,
    Unreadable,
)
from ascolto.channels.models import Delivery, EarlyReceipt, RawInbound, Thread, Visit
from ascolto.channels.registry import KINDS
from ascolto.channels.retry import retry
from ascolto.channels.send_later import sweep
from ascolto.channels.tokens import token_of
from ascolto.conversations.models import Conversation, Message
from ascolto.conversations.reply import write_reply
from ascolto.conversations.status import resolve
from ascolto.eventlog.event import Actor
from ascolto.jobs.models import Job
from ascolto.people.models import Address, Customer
from tests.conftest import NOON

ROSA = Sender(kind="email", value="rosa@posta.example", name="Rosa Blu")


class Spoken:
    """A kind whose raw bytes name what they say, in the table of the test."""

    name, label, hint, address_kind = "custom", "Spoken", "", "email"
    capabilities = Capabilities(subject=True)
    settings = ()

    def __init__(self) -> None:
        self.says: dict[bytes, Sequence[Arrival] | Unreadable | Exception] = {}

    def read(self, raws: Sequence[Raw], door: Door) -> list[Sequence[Arrival] | Unreadable]:
        found = []
        for each in raws:
            said = self.says[each.content]
            if isinstance(said, Exception) and not isinstance(said, Unreadable):
                raise said
            found.append(said)
        return found

    def fetch(self, media: Media, door: Door) -> ArrivedFile:
        raise Never("gone")

    def send(self, message: OutboundMessage, door: Door) -> Taken:
        return Taken(id="1")

    def check(self, door: Door) -> list[Any]:
        return []


@pytest.fixture
def spoken(monkeypatch: pytest.MonkeyPatch) -> Spoken:
    kind = Spoken()
    monkeypatch.setitem(KINDS, "custom", kind)
    return kind


@pytest.fixture
def inbox(world: Any, spoken: Spoken) -> Any:
    return make_channel(kind="custom", name="Posta", language="it", values={}, at=NOON)


def arrive(inbox: Any, *contents: bytes, at: datetime = NOON) -> None:
    for each in contents:
        raw.keep(raw.Arrived(inbox=inbox.id, content=each, at=at))
    while read_waiting(inbox_id=inbox.id, now=at):
        pass


def words(id: str, text: str = "Buongiorno", **rest: Any) -> ArrivedMessage:
    return ArrivedMessage(**{"id": id, "sender": ROSA, "text": text, "subject": "Domanda", "head": {"from": "Rosa"}, **rest})


def test_words_that_arrive_stand_in_a_conversation(spoken, inbox):
    spoken.says[b"1"] = [words("<1@x>", files=[ArrivedFile(name="nota.txt", content=b"ciao")])]

    arrive(inbox, b"1")

    conversation = Conversation.objects.get(inbox=inbox)
    message = conversation.messages.get()
    assert (conversation.subject, message.text, message.attachments.count()) == ("Domanda", "Buongiorno", 1)
    assert RawInbound.objects.get().message_id == message.id
    assert Thread.objects.get().is_main


def test_what_is_kept_twice_is_one_and_read_once(spoken, inbox):
    spoken.says[b"1"] = [words("<1@x>")]

    arrive(inbox, b"1", b"1")
    arrive(inbox, b"1")

    assert RawInbound.objects.count() == 1
    assert Message.objects.count() == 1


def test_a8_the_same_mail_under_another_id_of_the_mailbox_is_one_message(spoken, inbox):
    spoken.says[b"1"] = [words("<1@x>")]
    raw.keep(raw.Arrived(inbox=inbox.id, content=b"1", at=NOON, key="7:1"))

    arrive(inbox, b"1")

    assert RawInbound.objects.count() == 2
    assert Message.objects.count() == 1


@pytest.mark.parametrize(("id", "text", "count"), [("<1@x>", "Altro", 2), ("", "Buongiorno", 2), ("<2@x>", "Buongiorno", 2)])
def test_a9_another_mail_under_a_known_id_is_another_message(spoken, inbox, id, text, count):
    spoken.says[b"1"], spoken.says[b"2"] = [words("<1@x>")], [words(id, text)]

    arrive(inbox, b"1", b"2")

    assert Message.objects.count() == count
    if id == "<1@x>":
        assert "warnings" in (Message.objects.order_by("id").last().head or {})


def test_a9_another_mail_of_nobody_under_a_known_id_is_another_message(spoken, inbox, monkeypatch):
    monkeypatch.setattr(Spoken, "name", "email")
    first, second = (replace(words("<1@x>", text), sender=Sender(kind="email", value=""), head={}) for text in ("Uno", "Due"))
    spoken.says = {b"1": [first], b"2": [second]}

    arrive(inbox, b"1", b"2")

    assert set(Message.objects.values_list("text", flat=True)) == {"Uno", "Due"}


def test_two_sheets_of_a_scanner_are_two_messages(spoken, inbox):
    def sheet(content: bytes) -> ArrivedMessage:
        return words("", "", subject="Scan", files=[ArrivedFile(name="scan.pdf", content=content)])

    spoken.says = {b"1": [sheet(b"%PDF one\n")], b"2": [sheet(b"%PDF two\n")], b"1 by another way": [sheet(b"%PDF one\r\n")]}

    arrive(inbox, *spoken.says)

    assert Message.objects.count() == 2
    assert RawInbound.objects.filter(state="read", message__isnull=False).count() == 3


def test_a11_one_that_cannot_be_read_stops_nobody(spoken, inbox):
    spoken.says |= {
        b"1": [words("<1@x>")],
        b"2": Unreadable("nonsense"),
        b"3": RuntimeError("bang"),
        b"4": [words("<4@x>", "Due")],
    }

    arrive(inbox, b"1", b"2", b"3", b"4")

    assert Message.objects.count() == 2
    assert set(RawInbound.objects.filter(state="failed").values_list("content", flat=True)) == {b"2", b"3"}
    spoken.says |= {b"2": [words("<2@x>", "Tre")], b"3": [words("<3@x>", "Quattro")]}
    assert raw.read_again(now=NOON) == 2
    arrive(inbox)
    assert Message.objects.count() == 4


def test_an_answer_with_our_token_joins_its_conversation(spoken, inbox):
    spoken.says[b"1"] = [words("<1@x>")]
    arrive(inbox, b"1")
    thread = Thread.objects.get()
    resolve(conversation=thread.conversation, by=Actor("system", ""), at=NOON)

    other = Sender(kind="email", value="marito@posta.example")
    spoken.says[b"2"] = [words("<2@x>", "Eccomi", sender=other, tokens=[token_of(thread.id).upper()])]
    arrive(inbox, b"2", at=NOON + timedelta(hours=1))

    assert thread.conversation.messages.count() == 2
    assert Conversation.objects.get().status == "open"
    assert not Thread.objects.get(address="marito@posta.example").is_main


@pytest.mark.parametrize("sender", [ROSA, replace(ROSA, value="ladro@altrove.example"), replace(ROSA, value="")])
def test_a1_forged_references_join_nothing(spoken, inbox, sender):
    spoken.says[b"1"] = [words("<1@x>")]
    spoken.says[b"2"] = [words("<2@x>", "Aggiungo", sender=sender, answers_to=["<1@x>"], subject_number=1)]

    arrive(inbox, b"1", b"2")

    first = Conversation.objects.order_by("number").first()
    if sender == ROSA:
        assert first.messages.count() == 2
    else:
        assert first.messages.count() == 1
        assert Message.objects.get(text="Aggiungo").head["follows"] == first.number


def test_d1_who_only_writes_a_from_shares_a_customer_and_joins_nobody_proven(spoken, inbox, world):
    proven = replace(ROSA, is_proven=True)
    spoken.says |= {b"1": [words("<1@x>")], b"2": [words("<2@x>", "Due")], b"3": [words("<3@x>", "Tre", sender=proven)]}
    spoken.says |= {b"4": [words("<4@x>", "Quattro", sender=proven)], b"5": [words("<5@x>", "Cinque")]}

    arrive(inbox, b"1", b"2", b"3", b"4", b"5")

    customers = [each.conversation.customer_id for each in Message.objects.filter(conversation__inbox=inbox).order_by("at", "id")]
    assert customers[0] == customers[1] == customers[4]
    assert customers[2] == customers[3] != customers[0]
    assert Address.objects.filter(value=ROSA.value, is_carried=True).count() == 1


def test_j3_the_desks_own_addresses_are_never_customers(spoken, inbox, settings):
    settings.MAIL_FROM = "Lumen <desk@lumen.example>"
    before = Customer.objects.count()
    spoken.says[b"1"] = [words("<1@x>", sender=replace(ROSA, value="desk@lumen.example"))]

    arrive(inbox, b"1")

    assert Customer.objects.count() == before
    assert RawInbound.objects.get().state == "ignored"


def test_j8_an_absence_note_reopens_nothing(spoken, inbox):
    spoken.says[b"1"] = [words("<1@x>")]
    arrive(inbox, b"1")
    thread = Thread.objects.get()
    resolve(conversation=thread.conversation, by=Actor("system", ""), at=NOON)
    spoken.says[b"2"] = [words("<2@x>", "Sono assente", automatic="auto-reply", tokens=[token_of(thread.id)])]

    arrive(inbox, b"2")

    assert Conversation.objects.get().status == "resolved"
    assert Message.objects.get(text="Sono assente").is_automatic


def test_edits_and_signs_find_their_message(spoken, inbox):
    spoken.says |= {b"1": [words("<1@x>")], b"2": [Edited(id="<1@x>", text="Buonasera")]}
    spoken.says[b"3"] = [Reacted(id="<1@x>", sign="👍", sender=ROSA)]

    arrive(inbox, b"1", b"2", b"3")

    message = Message.objects.get()
    assert message.text == "Buonasera"
    assert message.head["earlier"][0]["text"] == "Buongiorno"
    assert message.head["signs"] == {ROSA.value: "👍"}


def test_what_lost_the_job_that_should_read_it_is_read_after_all(spoken, inbox, world):
    spoken.says[b"1"] = [words("<1@x>")]
    raw.keep(raw.Arrived(inbox=inbox.id, content=b"1", at=NOON))
    Job.objects.all().delete()

    sweep(NOON + timedelta(minutes=9))
    assert not Job.objects.exists()
    sweep(NOON + timedelta(minutes=11))

    assert Job.objects.get().kind == "channels.read_arrivals"


def test_h6_receipts_count_in_any_order_and_before_their_message(spoken, inbox, world):
    spoken.says[b"1"] = [words("<1@x>")]
    arrive(inbox, b"1")
    message = Message.objects.get()
    delivery = Delivery.objects.create(message=message, inbox=inbox, kind="custom", to=ROSA.value, queued_at=NOON)
    for state in ("read", "sent"):
        receipts.take(inbox, Receipt(id="p1", state=state), now=NOON)
    assert EarlyReceipt.objects.count() == 2
    Delivery.objects.filter(pk=delivery.pk).update(provider_id="p1")
    delivery.refresh_from_db()

    receipts.take_early(delivery, now=NOON)
    receipts.take(inbox, Receipt(id="p1", state="delivered"), now=NOON)

    delivery.refresh_from_db()
    assert delivery.state == "read"
    assert Message.objects.get(pk=message.pk).delivery == "read"


def test_who_answers_with_our_token_has_proven_the_address(spoken, inbox, world):
    spoken.says[b"1"] = [words("<1@x>")]
    arrive(inbox, b"1")
    thread = Thread.objects.get()
    spoken.says[b"2"] = [words("<2@x>", "Eccomi", tokens=[token_of(thread.id)])]
    spoken.says[b"3"] = [words("<3@x>", "Altra cosa", sender=replace(ROSA, is_proven=True))]

    arrive(inbox, b"2")
    arrive(inbox, b"3")

    assert Address.objects.get(value=ROSA.value).proven_at is not None
    assert {each.customer_id for each in Conversation.objects.filter(inbox=inbox)} == {thread.conversation.customer_id}


def test_a_proof_joins_the_history_of_who_had_proven_the_address(spoken, inbox, world):
    spoken.says[b"1"] = [words("<1@x>", sender=replace(ROSA, is_proven=True))]
    spoken.says[b"2"] = [words("<2@x>", "Senza prova")]
    arrive(inbox, b"1", b"2")
    proven, unproven = Conversation.objects.filter(inbox=inbox).order_by("number")
    assert proven.customer_id != unproven.customer_id
    token = token_of(Thread.objects.get(conversation=unproven).id)
    spoken.says[b"3"] = [words("<3@x>", "Sono io", tokens=[token])]

    arrive(inbox, b"3")

    assert Conversation.objects.get(pk=unproven.pk).customer_id == proven.customer_id


@pytest.mark.parametrize("sender", ["ladro@altrove.example", ROSA.value])
def test_d1_a_token_in_other_hands_proves_nothing_and_an_unproven_browser_gets_nobodys_history(spoken, inbox, world, sender):
    spoken.says[b"1"] = [words("<1@x>")]
    arrive(inbox, b"1")
    thread = Thread.objects.get()
    if sender == ROSA.value:  # the same customer writes in a browser that proved nothing
        open_visit(world, thread.conversation.customer_id)
    spoken.says[b"2"] = [words("<2@x>", "Eccomi", sender=replace(ROSA, value=sender), tokens=[token_of(thread.id)])]

    arrive(inbox, b"2")

    assert not Address.objects.filter(customer=thread.conversation.customer_id, proven_at__isnull=False).exists()


def open_visit(world, customer):
    Visit.objects.create(
        inbox=world.inbox, digest="x" * 64, customer_id=customer, created_at=NOON, expires_at=NOON + timedelta(days=1)
    )


def test_the_list_shows_what_is_new_and_not_what_is_quoted(spoken, inbox):
    text = "Il giorno 3 nov 2026 Lumen ha scritto:\n> Come va?\n\nBene, grazie.\n"
    spoken.says[b"1"] = [words("<1@x>", text)]

    arrive(inbox, b"1")

    assert Conversation.objects.get().preview == "Bene, grazie."


def test_a3_an_answer_to_nobody_says_that_it_did_not_leave(spoken, inbox, world, settle):
    spoken.says[b"1"] = [words("<1@x>", sender=Sender(kind="email", value="", name="Rosa"))]
    arrive(inbox, b"1")
    conversation = Conversation.objects.get()
    by = Actor("agent", str(world.bruno.id))

    reply = write_reply(conversation=conversation, text="Eccoci", by=by, author=world.bruno, at=NOON)
    settle(NOON)

    reply.refresh_from_db()
    assert (reply.delivery, reply.delivery_note) == (
        "failed",
        "Non è partita: di questo cliente non si conosce nessun indirizzo.",
    )

    assert retry(message=reply, at=NOON)
    settle(NOON)

    reply.refresh_from_db()
    assert reply.delivery == "failed"


def test_a11_what_readers_die_over_goes_in_narrower_company_until_it_is_alone_and_set_aside(spoken, inbox):
    for number in range(60):
        raw.keep(raw.Arrived(inbox=inbox.id, content=b"%d" % number, at=NOON))

    sizes = []
    while taken := take(inbox.id, NOON):
        sizes.append(len(taken))
        if sizes[-1] == 1 and RawInbound.objects.filter(state="failed").exists():
            break

    assert sizes[:4] == [BATCH, BATCH // 5, BATCH // 25, 1]
    assert RawInbound.objects.get(state="failed").content == b"0"


def test_r1_a_worker_that_is_killed_again_and_again_sets_nothing_aside(spoken, inbox):
    spoken.says[b"1"] = [words("<1@x>")]
    raw.keep(raw.Arrived(inbox=inbox.id, content=b"1", at=NOON))
    for _ in range(TRIES - 1):
        take(inbox.id, NOON)  # and is killed

    arrive(inbox)

    assert Message.objects.count() == 1
