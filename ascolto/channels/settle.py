"""What was read takes effect: messages enter their conversations, edits and signs find the message they are about."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_noop

from ascolto.channels import calls
from ascolto.channels.contract import ArrivedFile, ArrivedMessage, Edited, Kind, Media, Raw, Reacted, Sender
from ascolto.channels.files import Bound, owner_of
from ascolto.channels.inbound import InboundMessage, accept_many
from ascolto.channels.join import Proof, join
from ascolto.channels.models import EarlyReceipt, MessageId, RawInbound, Thread
from ascolto.channels.threading import Place, at, places_of
from ascolto.conversations.events import MessageEdited, SignReceived
from ascolto.conversations.models import Inbox, Message
from ascolto.conversations.receive import Received, about
from ascolto.database.ids import new_id
from ascolto.eventlog.append import append_many
from ascolto.eventlog.event import Actor
from ascolto.people.identify import Claim
from ascolto.people.models import Address
from ascolto.text import quotes
from ascolto.text.language import guess
from ascolto.text.mail_html import keep
from ascolto.text.phones import phone_in_words

OWN = "own-loop"  # ArrivedMessage.automatic: our own mail came back
ANSWERED_BY_MACHINE = "auto-reply"
KEPT_EDITS = 20
BEGINNING = 2000  # characters that tell a language as well as a whole mail
OWN_MAIL = gettext_noop("The desk’s own mail came back.")
ANSWER_TO_NOTHING = gettext_noop("An automatic answer to nothing of ours.")
REPORT = gettext_noop("A delivery report.")
SAME_ID = gettext_noop("Another message with the same id is here already.")
TOO_COMPLEX = gettext_noop("Its layout is too complex to be shown. Its words are here, and the original is kept.")


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One message of what arrived, with its stored files."""

    raw: Raw
    said: ArrivedMessage
    bound: Bound


@dataclass(frozen=True, kw_only=True)
class Fate:
    """What became of a letter: its message, or why nobody has to do anything."""

    raw: UUID
    message: UUID | None = None
    ignored: str = ""


def let_in(inbox: Inbox, kind: Kind, letters: Sequence[Letter], *, own: frozenset[str], now: datetime) -> list[Fate]:
    """
    Let messages into their conversations, in the caller's transaction. The same message twice has one effect.

    :param own: the desk's own addresses, which are never customers (threat J3)
    """
    return [fate for wave in waves(letters, kind) for fate in let_wave_in(inbox, kind, wave, own, now)]


def waves(letters: Sequence[Letter], kind: Kind) -> Iterator[list[Letter]]:
    """In their order, cut wherever one has to see what became of an earlier one: its answer, its twin, its next word."""
    wave: list[Letter] = []
    seen: set[str] = set()
    for letter in letters:
        said = letter.said
        names = {said.id, said.matter} if kind.capabilities.subject else {said.id, said.matter, said.sender.value}
        if seen & {*said.answers_to, *names} - {""}:
            yield wave
            wave, seen = [], set()
        wave.append(letter)
        seen |= names
    if wave:
        yield wave


def let_wave_in(inbox: Inbox, kind: Kind, letters: Sequence[Letter], own: frozenset[str], now: datetime) -> list[Fate]:
    has_threads = kind.capabilities.subject
    places = places_of([each.said for each in letters], inbox=inbox.id, has_threads=has_threads, now=now)
    places = [
        place_in(inbox, each.said.matter) if each.said.matter else place for each, place in zip(letters, places, strict=True)
    ]
    ignored = [reason_to_ignore(each.said, place, own) for each, place in zip(letters, places, strict=True)]
    wanted = [index for index, reason in enumerate(ignored) if not reason]
    twins = taken_ids([letters[index].said for index in wanted])
    messages = [inbound_of(inbox, kind, letters[index], places[index], twins) for index in wanted]
    received = dict(zip(wanted, accept_many(messages), strict=True))
    entered = []
    fates = []
    for index, letter in enumerate(letters):
        answer = received.get(index)
        if isinstance(answer, Exception):
            raise answer
        fates.append(Fate(raw=letter.raw.id, message=answer.message if answer else None, ignored=ignored[index]))
        if answer is not None and not answer.is_repeated:
            entered.append((letter, places[index], answer))
    note_ids(inbox, entered)
    if kind.capabilities.edits and entered:
        take_early_edits(inbox, [letter.said.id for letter, _, _ in entered], now=now)
    note_threads(inbox, kind, entered)
    join(proofs_in(entered), at=now)
    return fates


def proofs_in(entered: "Sequence[Entered]") -> list[Proof]:
    """Whoever answered with our token from where it was sent to; a machine proves nothing."""
    return [
        Proof(customer=place.customer, inbox=letter_inbox, kind=letter.said.sender.kind, value=letter.said.sender.value)
        for letter, place, _ in entered
        if place.how == "token" and place.customer and (letter_inbox := place.inbox) and not letter.said.automatic
        if letter.said.sender.value and letter.said.sender.value == place.sent_to
    ]


def place_in(inbox: Inbox, matter: str) -> Place:
    """Where everything of one matter of the provider's goes: its conversation, or a new one that is named after it."""
    found = calls.conversation_of(inbox.id, matter)
    return at(found, "matter") if found else Place()


def reason_to_ignore(said: ArrivedMessage, place: Place, own: frozenset[str]) -> str:
    """Why a message is nobody's: ours came back, or a machine answered into the blue. English, for the operator."""
    if said.automatic == OWN or (said.sender.value and said.sender.value in own):
        return OWN_MAIL
    if said.automatic == ANSWERED_BY_MACHINE and place.conversation is None:
        return ANSWER_TO_NOTHING
    if said.automatic == "bounce":
        return REPORT
    return ""


def inbound_of(inbox: Inbox, kind: Kind, letter: Letter, place: Place, twins: Mapping[str, str]) -> InboundMessage:
    said = letter.said
    mark = content_mark(letter, kind)
    warnings = [*said.warnings, *letter.bound.lost]
    if said.id and twins.get(said.id, mark) != mark:
        warnings.append(SAME_ID)
    shown = keep(said.html)
    if shown.too_complex:
        warnings.append(TOO_COMPLEX)
    head = {name: value for name, value in said.head.items() if value}
    if warnings:
        head["warnings"] = warnings
    if place.hint:
        head["follows"] = place.hint
    language = said.language or said.sender.language or guess(said.text[:BEGINNING]) or inbox.language
    return InboundMessage(
        inbox=place.inbox or inbox.id,
        text=said.text,
        html=shown.html,
        at=letter.raw.received_at,
        source=f"{source_scope(inbox, kind)}:{mark}",
        files=tuple(letter.bound.ids),
        inline=letter.bound.inline,
        file_owner=owner_of(letter.raw),
        claimed_at=said.claimed_at,
        customer=place.customer,
        claim=None if place.customer else claim_of(said, language),
        conversation=place.conversation,
        subject=said.subject,
        language=language,
        external_id=calls.external_id(inbox, said.matter) if said.matter and place.conversation is None else None,
        is_automatic=bool(said.automatic),
        preview=new_words(said) if kind.capabilities.subject else "",
        head=head,
    )


def new_words(said: ArrivedMessage) -> str:
    """What a mail says anew, where it begins with what it quotes; empty: its beginning will do."""
    beginning = said.text.lstrip()[:300].split("\n\n")[0]
    if not beginning.startswith(">") and not beginning.rstrip().endswith(":") and "\n>" not in beginning:
        return ""
    return quotes.new_text(quotes.split(said.text, sender=said.sender.name))


def claim_of(said: ArrivedMessage, language: str) -> Claim:
    """Whoever the channel vouches for is proven; an address it only names is carried; without one it is a stranger."""
    sender = said.sender
    carried = (sender.kind, sender.value) if sender.value else None
    return Claim(
        name=sender.name or address_in_words(sender),
        language=language,
        carried=carried,
        is_proven=sender.is_proven and bool(sender.value),
    )


def address_in_words(sender: Sender) -> str:
    """What a sender without a name is called: their address or number; a provider's bare id is nobody's name."""
    if sender.kind == Address.Kind.PHONE:
        return phone_in_words(sender.value)
    return sender.value if sender.kind == Address.Kind.EMAIL else ""


def source_scope(inbox: Inbox, kind: Kind) -> str:
    """One mail to two of our inboxes is one message; ids of other channels mean something within their inbox alone."""
    return "mail" if kind.name == "email" else f"{kind.name}:{inbox.id.hex}"


def content_mark(letter: Letter, kind: Kind) -> str:
    """Id and content together: neither another mail under a known id, nor a known mail under no id, is taken for the other."""
    said = letter.said
    if said.id and kind.name != "email" and not said.head.get("from"):
        return sha256(said.id.encode("utf-8", "replace")).hexdigest()  # a provider's id: nobody else can take it
    parts = [said.id, said.sender.value, said.subject, str(said.head.get("date", "")), said.text, said.html]
    parts += [part for each in said.files for part in (each.name, file_mark(each))]
    return sha256("\x00".join(parts).encode("utf-8", "replace")).hexdigest()


def file_mark(file: ArrivedFile | Media) -> str:
    """A scanner calls every sheet the same: the bytes tell them apart, but not how a server on the way ends their lines."""
    return file.id if isinstance(file, Media) else sha256(file.content.replace(b"\r\n", b"\n")).hexdigest()


def taken_ids(messages: Sequence[ArrivedMessage]) -> dict[str, str]:
    """For each sender's id that is here already, the mark of the message that has it."""
    ids = {each.id[:200] for each in messages if each.id}
    rows = MessageId.objects.filter(value__in=ids).values_list("value", "message__source") if ids else ()
    return {value: (source or "").rpartition(":")[2] for value, source in rows}


Entered = tuple[Letter, Place, Received]


def note_ids(inbox: Inbox, entered: Sequence[Entered]) -> None:
    MessageId.objects.bulk_create(
        [
            MessageId(message_id=answer.message, inbox=inbox, value=letter.said.id[:200])
            for letter, _, answer in entered
            if letter.said.id
        ],
        ignore_conflicts=True,
    )


def note_threads(inbox: Inbox, kind: Kind, entered: Sequence[Entered]) -> None:
    """Remember from where each conversation is written to; the first address of a new one is where replies go."""
    rows: dict[tuple[UUID, str, str], Thread] = {}
    for letter, place, answer in entered:
        sender = letter.said.sender
        if not sender.value:
            continue
        key = (answer.conversation, sender.kind, sender.value)
        known = rows.get(key)
        rows[key] = Thread(
            id=new_id(),
            conversation_id=answer.conversation,
            inbox=inbox,
            kind=sender.kind,
            address=sender.value[:254],
            name=sender.name[:200],
            is_main=place.conversation is None or bool(known and known.is_main),
            created_at=letter.raw.received_at,
            last_in_at=None if letter.said.automatic else letter.raw.received_at,
        )
    Thread.objects.bulk_create(rows.values(), ignore_conflicts=True)
    for letter, place, answer in entered:
        if place.how == "token" and not kind.capabilities.subject and letter.said.sender.value:
            answer_here(answer.conversation, letter.said.sender)
    for letter, place, answer in entered:
        if place.conversation is not None and letter.said.sender.value and not letter.said.automatic:
            Thread.objects.filter(conversation=answer.conversation, address=letter.said.sender.value).update(
                last_in_at=letter.raw.received_at, inbox=inbox
            )


def answer_here(conversation: UUID, sender: Sender) -> None:
    """Who goes on elsewhere with our token (a deep link) is answered there from now on. Twice is once."""
    rows = Thread.objects.filter(conversation=conversation)
    if rows.filter(kind=sender.kind, address=sender.value[:254], is_main=False).exists():
        rows.filter(is_main=True).update(is_main=False)
        rows.filter(kind=sender.kind, address=sender.value[:254]).update(is_main=True)


def link_raws(fates: Sequence[Fate]) -> None:
    """Each raw points at what it became; one UPDATE each, in one round."""
    fields = RawInbound._meta
    adapt = fields.pk.get_db_prep_value
    rows = [(adapt(fate.message, connection), adapt(fate.raw, connection)) for fate in fates]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(f"UPDATE {fields.db_table} SET message_id = %s WHERE id = %s", rows)  # noqa: S608


def take_edit(inbox: Inbox, edit: Edited, *, now: datetime) -> None:
    """
    The customer changed a message: the new words are shown, the earlier ones kept. Twice is once, in whatever order they come.

    A change of a message that is not here yet waits for it (threat H6).
    """
    message = named(inbox, edit.id)
    at = edit.at or now
    if message is None:
        early = {"edit": edit.text, "at": at.isoformat()}
        EarlyReceipt.objects.create(inbox=inbox, provider_id=edit.id[:200], receipt=early, at=now)
        return
    head = dict(message.head or {})
    if message.text == edit.text or (edit.at and head.get("edited_at", "") >= at.isoformat()):
        return
    earlier = [*head.get("earlier", []), {"text": message.text, "at": at.isoformat()}]
    head |= {"earlier": earlier[-KEPT_EDITS:], "edited_at": at.isoformat()}
    Message.objects.filter(pk=message.pk).update(text=edit.text, head=head)
    conversation = message.conversation
    by = Actor("customer", str(conversation.customer_id))
    append_many([(MessageEdited(message=message.id, actor=by, **about(conversation)), now)])


def take_early_edits(inbox: Inbox, ids: Iterable[str], *, now: datetime) -> None:
    """Changes that came before their messages."""
    rows = EarlyReceipt.objects.filter(inbox=inbox, provider_id__in=[id[:200] for id in ids if id])
    early = [row for row in rows.order_by("at", "pk") if "edit" in row.receipt]
    for row in sorted(early, key=lambda row: str(row.receipt["at"])):
        at = datetime.fromisoformat(row.receipt["at"])
        take_edit(inbox, Edited(id=row.provider_id, text=row.receipt["edit"], at=at), now=now)
    EarlyReceipt.objects.filter(pk__in=[row.pk for row in early]).delete()


def take_sign(inbox: Inbox, sign: Reacted, *, now: datetime) -> None:
    """The customer put a sign to a message, or took it back. Twice is once; to nothing is nothing."""
    message = named(inbox, sign.id) or sent_as(inbox, sign.id)
    if message is None:
        return
    head = dict(message.head or {})
    signs = {who: given for who, given in head.get("signs", {}).items() if who != sign.sender.value}
    if sign.sign:
        signs[sign.sender.value] = sign.sign[:20]
    if signs == head.get("signs", {}):
        return
    Message.objects.filter(pk=message.pk).update(head={**head, "signs": signs})
    conversation = message.conversation
    by = Actor("customer", str(conversation.customer_id))
    append_many([(SignReceived(message=message.id, actor=by, **about(conversation)), now)])


def named(inbox: Inbox, id: str) -> Message | None:
    """The customer's message that its sender calls so."""
    row = MessageId.objects.filter(inbox=inbox, value=id[:200]).select_related("message__conversation").first() if id else None
    return row.message if row else None


def sent_as(inbox: Inbox, id: str) -> Message | None:
    """The message of ours that the provider calls so."""
    rows = Message.objects.filter(deliveries__inbox=inbox, deliveries__provider_id=id).select_related("conversation")
    return rows.first() if id else None
