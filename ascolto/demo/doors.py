"""The story's other doors: mails as mail programs write them, text messages, calls, WhatsApp, Telegram; each shows one thing."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import urlencode

from ascolto.accounts.models import User
from ascolto.channels import attempts, raw
from ascolto.channels.arrivals import read_waiting
from ascolto.channels.connect import make_channel, pause
from ascolto.channels.contract import Taken
from ascolto.channels.dispatch import deliver_waiting, queue_reply, route_of
from ascolto.channels.models import Delivery, Thread
from ascolto.channels.tokens import token_of
from ascolto.conversations.models import Conversation, Inbox
from ascolto.conversations.reply import write_reply
from ascolto.demo.pictures import picture
from ascolto.eventlog.event import Actor

ADDRESS = "aiuto@negozio.example"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
ACCOUNT = {"account_sid": "AC" + "0" * 32, "auth_token": "prova", "number": "+390612345670"}
CHANNELS = {
    "email": (
        "posta",
        "Posta del negozio",
        {"address": ADDRESS, "from_name": "Negozio Esempio", "plus_replies": "on", "per_minute": "0"},
    ),
    "sms": ("sms", "SMS", ACCOUNT),
    "phone": ("telefono", "Telefono", ACCOUNT),
    "whatsapp": (
        "whatsapp",
        "WhatsApp",
        {"phone_number_id": "100", "waba_id": "200", "access_token": "prova", "app_secret": "prova", "verify_token": "prova"},
    ),
    "telegram": ("telegram", "Telegram", {"bot_token": "1:prova"}),
}


@dataclass
class Doors:
    """The channels of the story, and the colleague who answers what comes through them."""

    inboxes: dict[str, Inbox]
    agent: User
    known: dict[str, Conversation] = field(default_factory=dict)  # by the customer's address


def connect_doors(agent: User, at: datetime) -> Doors:
    """All channels. Those of providers rest: nobody answers at the other end, and what waits says so."""
    inboxes = {}
    for kind, (key, name, values) in CHANNELS.items():
        inboxes[kind] = make_channel(kind=kind, name=name, language="it", values=values, at=at, key=key)
        if kind != "email":
            pause(inbox=inboxes[kind], at=at)
    return Doors(inboxes, agent)


def moments(doors: Doors, until: datetime) -> list[tuple[datetime, Callable[[], None]]]:
    """Everything that comes through these doors in the last two days, with its moment."""

    def ago(minutes: int, act: Callable[[datetime], None]) -> tuple[datetime, Callable[[], None]]:
        at = until - timedelta(minutes=minutes)
        return at, lambda: act(at)

    rosaria, owen, ida = "rosaria.greco@studio.example", "owen@posta.example", "ida.rota@chiuso.example"
    return [
        ago(1580, lambda at: mail(doors, letter_from_a_studio(rosaria, at), at)),
        ago(1566, lambda at: reply(doors, rosaria, "Buongiorno Rosaria, la fattura rifatta parte oggi entro le 18.", at)),
        ago(1490, lambda at: mail(doors, answer_with_quote(doors, rosaria, at), at)),
        ago(1440, lambda at: mail(doors, plain(ida, "Ida Rota", "Paralume", "Fate anche il paralume grande in verde?", at), at)),
        ago(1425, lambda at: reply(doors, ida, "Buongiorno Ida, in verde arriva a dicembre: gliene metto da parte uno?", at)),
        ago(1424, lambda at: mail(doors, bounce(doors, ida, at), at)),
        ago(320, lambda at: called_in(doors, "sms", sms("+393401112233", "Oggi il corriere passa? Ordine 48210", "SM01"), at)),
        ago(
            311, lambda at: reply(doors, "+393401112233", "Sì, tra le 15 e le 17. Se non è in casa lo lascia al bar.", at, "SMr1")
        ),
        ago(310, lambda at: called_in(doors, "sms", became("SMr1", "delivered"), at)),
        ago(255, lambda at: call(doors, "+393385557788", at)),
        ago(185, lambda at: mail(doors, letter_with_a_picture(owen, at), at)),
        ago(
            96,
            lambda at: called_in(
                doors,
                "whatsapp",
                whatsapp_text(
                    "393494445566",
                    "Samira Haddad",
                    "La lampada è perfetta, grazie. Posso averne una seconda uguale?",
                    "wamid.1",
                    at,
                ),
                at,
            ),
        ),
        ago(
            88,
            lambda at: reply(doors, "+393494445566", "Che bello saperlo. Gliela tengo da parte fino a venerdì.", at, "wamid.r1"),
        ),
        ago(80, lambda at: called_in(doors, "whatsapp", whatsapp_seen("wamid.r1", at), at)),
        ago(79, lambda at: called_in(doors, "whatsapp", whatsapp_sign("393494445566", "Samira Haddad", "wamid.r1", at), at)),
        ago(64, lambda at: mail(doors, away(doors, rosaria, at), at)),
        ago(
            36,
            lambda at: called_in(
                doors, "telegram", telegram_text("Igor Kovač", "Buongiorno, dove trovo il manuale della Arco?", at), at
            ),
        ),
    ]


def called_in(doors: Doors, kind: str, body: bytes, at: datetime, **query: str) -> None:
    """A provider calls, and what it brings is read."""
    inbox = doors.inboxes[kind]
    head = {"query": query} if query else {}
    raw.keep(raw.Arrived(inbox=inbox.pk, content=body, at=at, head=head))
    while read_waiting(inbox_id=inbox.pk, now=at):
        pass
    for thread in Thread.objects.filter(inbox=inbox).select_related("conversation"):
        doors.known[thread.address] = thread.conversation


def mail(doors: Doors, letter: EmailMessage, at: datetime) -> None:
    called_in(doors, "email", letter.as_bytes(), at)


def reply(doors: Doors, address: str, words: str, at: datetime, provider_id: str = "") -> None:
    """The colleague answers; a provider's answer to that is told, where nobody is at the other end."""
    conversation = doors.known[address]
    by = Actor("agent", str(doors.agent.pk))
    message = write_reply(conversation=conversation, text=words, by=by, author=doors.agent, at=at)
    thread = route_of(conversation.pk)
    assert thread is not None  # whoever came through one of these doors is answered there
    delivery = queue_reply(message=message, thread=thread, at=at)
    if not provider_id:
        deliver_waiting(conversation_id=conversation.pk, now=at)
    else:
        attempts.begin(delivery, now=at)
        attempts.note_sent(delivery, Taken(id=provider_id), now=at)


def plain(address: str, name: str, subject: str, words: str, at: datetime) -> EmailMessage:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = f"{name} <{address}>", ADDRESS, subject
    letter["Date"], letter["Message-ID"] = format_datetime(at), f"<{at.timestamp():.0f}@{address.rpartition('@')[2]}>"
    letter.set_content(words + "\n")
    return letter


def letter_from_a_studio(address: str, at: datetime) -> EmailMessage:
    """A mail with looks, a table, a picture from elsewhere, a signature and a file."""
    words = "Buongiorno,\n\nla fattura 2231 è intestata alla persona sbagliata: serve allo studio, dati in calce e visura allegata.\n\n-- \nRosaria Greco\nStudio Greco, via dei Tigli 4, Bologna"
    letter = plain(address, "Rosaria Greco", "Fattura 2231 da rifare", words, at)
    letter.add_alternative(
        "<p>Buongiorno,</p><p>la fattura <b>2231</b> è intestata alla persona sbagliata: serve allo studio.</p>"
        '<table border="1" cellpadding="6"><tr><th>Intestatario</th><td>Studio Greco</td></tr>'
        "<tr><th>P. IVA</th><td>01234567890</td></tr></table>"
        '<p>Visura allegata.</p><p>-- <br>Rosaria Greco<br><img src="https://studio.example/logo.png" alt="Studio Greco"></p>',
        subtype="html",
    )
    letter.add_attachment(PDF, maintype="application", subtype="pdf", filename="visura Studio Greco.pdf")
    return letter


def answer_with_quote(doors: Doors, address: str, at: datetime) -> EmailMessage:
    """An answer to our mail, our words quoted below: it comes to the conversation by the token in the address."""
    words = (
        "Perfetto, grazie. Me la manda anche in XML?\n\n"
        f"Il giorno {at - timedelta(minutes=60):%d/%m/%Y} Negozio Esempio <{ADDRESS}> ha scritto:\n"
        "> Buongiorno Rosaria, la fattura rifatta parte oggi entro le 18.\n"
    )
    letter = plain(address, "Rosaria Greco", "Re: Fattura 2231 da rifare", words, at)
    del letter["To"]
    letter["To"] = way_back(doors, address)
    return letter


def away(doors: Doors, address: str, at: datetime) -> EmailMessage:
    """A machine answers: it reopens nothing, and nobody has to do anything."""
    letter = plain(address, "Rosaria Greco", "Fuori ufficio: Fattura 2231", "Sono assente fino a lunedì.", at)
    del letter["To"]
    letter["To"], letter["Auto-Submitted"] = way_back(doors, address), "auto-replied"
    return letter


def way_back(doors: Doors, address: str) -> str:
    thread = Thread.objects.get(conversation=doors.known[address], address=address)
    return ADDRESS.replace("@", f"+{token_of(thread.pk)}@")


def letter_with_a_picture(address: str, at: datetime) -> EmailMessage:
    """A picture within the words, from an English customer."""
    letter = plain(address, "Owen Price", "Linen shade arrived torn", "Hello, the shade came torn along the seam, see below.", at)
    letter.add_alternative(
        '<p>Hello,</p><p>the shade came torn along the seam:</p><p><img src="cid:torn@phone" width="320"></p><p>Can you send another?<br>Owen</p>',
        subtype="html",
    )
    looks = letter.get_payload()[1]  # type: ignore[index]
    looks.add_related(picture("paralume.png"), maintype="image", subtype="png", cid="<torn@phone>", filename="torn.png")  # type: ignore[union-attr]
    return letter


def bounce(doors: Doors, address: str, at: datetime) -> EmailMessage:
    """The customer's mail server says that the address does not exist."""
    ours = Delivery.objects.filter(to=address).select_related("message").latest("queued_at").message.mail_id
    report = EmailMessage()
    report["From"], report["To"] = "Mail Delivery System <MAILER-DAEMON@chiuso.example>", ADDRESS
    report["Subject"], report["Date"] = "Undelivered Mail Returned to Sender", format_datetime(at)
    report["Message-ID"], report["Auto-Submitted"] = f"<{at.timestamp():.0f}@mx.chiuso.example>", "auto-replied"
    report["Content-Type"] = 'multipart/report; report-type=delivery-status; boundary="b"'
    report.set_payload(
        "--b\nContent-Type: text/plain\n\nThe address does not exist.\n"
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.chiuso.example\n\n"
        f"Final-Recipient: rfc822; {address}\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 User unknown\n"
        f"\n--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: {ours}\nTo: {address}\n\n--b--\n"
    )
    return report


def sms(number: str, words: str, id: str) -> bytes:
    return urlencode({"MessageSid": id, "From": number, "To": ACCOUNT["number"], "Body": words, "NumMedia": "0"}).encode()


def became(id: str, state: str) -> bytes:
    return urlencode({"MessageSid": id, "MessageStatus": state}).encode()


def call(doors: Doors, number: str, at: datetime) -> None:
    """Nobody is free; the caller presses 1 to be called back."""
    told = {"CallSid": f"CA{at.timestamp():.0f}", "From": number, "To": ACCOUNT["number"], "Direction": "inbound"}
    for seconds, step, more in ((0, "", {}), (30, "choice", {"Digits": "1"}), (40, "status", {"CallStatus": "completed"})):
        body = urlencode({**told, "CallStatus": "in-progress", **more}).encode()
        called_in(doors, "phone", body, at + timedelta(seconds=seconds), step=step)


def whatsapp(value: dict[str, object]) -> bytes:
    change = {"field": "messages", "value": {"messaging_product": "whatsapp", "metadata": {"phone_number_id": "100"}, **value}}
    return json.dumps({"object": "whatsapp_business_account", "entry": [{"id": "200", "changes": [change]}]}).encode()


def whatsapp_text(number: str, name: str, words: str, id: str, at: datetime) -> bytes:
    said = {"from": number, "id": id, "timestamp": f"{at.timestamp():.0f}", "type": "text", "text": {"body": words}}
    return whatsapp({"contacts": [{"wa_id": number, "profile": {"name": name}}], "messages": [said]})


def whatsapp_sign(number: str, name: str, of: str, at: datetime) -> bytes:
    said = {"from": number, "id": f"{of}.s", "timestamp": f"{at.timestamp():.0f}", "type": "reaction"}
    sign = {"reaction": {"message_id": of, "emoji": "❤️"}}
    return whatsapp({"contacts": [{"wa_id": number, "profile": {"name": name}}], "messages": [said | sign]})


def whatsapp_seen(id: str, at: datetime) -> bytes:
    return whatsapp({"statuses": [{"id": id, "status": "read", "timestamp": f"{at.timestamp():.0f}", "recipient_id": "1"}]})


def telegram_text(name: str, words: str, at: datetime) -> bytes:
    first, _, last = name.partition(" ")
    who = {"id": 70011, "is_bot": False, "first_name": first, "last_name": last, "language_code": "it"}
    said = {"message_id": 11, "from": who, "chat": {"id": 70011, "type": "private"}, "date": int(at.timestamp()), "text": words}
    return json.dumps({"update_id": 1, "message": said}).encode()
