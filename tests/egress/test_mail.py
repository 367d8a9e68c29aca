"""Mail leaves by one way, or is kept; its headers are its own."""

import socket
from email import message_from_bytes, policy
from email.message import EmailMessage, Message

import pytest
from aiosmtpd.controller import Controller
from django.core.mail import EmailMultiAlternatives, get_connection

from ascolto.egress import mail
from ascolto.egress.mail import NotKept, PartlyRefused, Refused, TryLater, list_kept, read_kept, send


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.SMTP_URL = ""
    settings.MAIL_DIR = tmp_path / "mail"
    return settings.MAIL_DIR


class Sink:
    """A mail server that answers as the test wants."""

    def __init__(self):
        self.taken = []
        self.refuse = {}
        self.after_data = "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if self.after_data.startswith("250"):
            self.taken.append(envelope)
        return self.after_data


@pytest.fixture
def sink(settings):
    sink = Sink()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    settings.SMTP_URL = f"smtp://127.0.0.1:{port}"
    yield sink
    controller.stop()


def letter(**headers):
    message = EmailMessage()
    message["From"] = "Desk <desk@desk.example>"
    message["To"] = "anna@shop.example"
    message["Subject"] = "Il tuo reso è arrivato"
    for name, value in headers.items():
        message[name] = value
    message.set_content("Ciao Anna,\n.\nperché no\n")
    return message


def send_letter(message=None, *, to=("anna@shop.example",)):
    send(message or letter(), envelope_from="bounce@desk.example", envelope_to=list(to))


def test_mail_reaches_the_server_as_it_was_written(sink):
    send_letter()

    (envelope,) = sink.taken
    got = message_from_bytes(envelope.content, policy=policy.default)
    assert (envelope.mail_from, envelope.rcpt_tos) == ("bounce@desk.example", ["anna@shop.example"])
    assert got["Subject"] == "Il tuo reso è arrivato"
    assert got.get_content().replace("\r\n", "\n") == "Ciao Anna,\n.\nperché no\n"


def test_mail_that_must_not_bounce_has_no_sender(sink):
    send(letter(), envelope_from="", envelope_to=["anna@shop.example"])

    assert sink.taken[0].mail_from in ("", "<>")


@pytest.mark.parametrize(
    ("answer", "error"), [("451 busy", TryLater), ("421 bye", TryLater), ("554 spam", Refused), ("552 too big", Refused)]
)
def test_what_the_server_says_of_a_mail_is_for_now_or_for_ever(sink, answer, error):
    sink.after_data = answer

    with pytest.raises(error, match=answer[:3]):
        send_letter()


@pytest.mark.parametrize(("answer", "error"), [("450 later", TryLater), ("550 unknown", Refused)])
def test_what_the_server_says_of_the_only_recipient_counts_for_the_mail(sink, answer, error):
    sink.refuse = {"anna@shop.example": answer}

    with pytest.raises(error):
        send_letter()


def test_q3_a_mail_taken_for_some_says_for_whom_it_was_not(sink):
    sink.refuse = {"gone@shop.example": "550 unknown"}

    with pytest.raises(PartlyRefused) as refused:
        send_letter(to=["anna@shop.example", "gone@shop.example"])

    assert refused.value.refused == {"gone@shop.example": "550 unknown"}
    assert len(sink.taken) == 1


def test_a_server_that_is_away_is_tried_later(settings):
    with socket.create_server(("127.0.0.1", 0)) as free:
        settings.SMTP_URL = f"smtp://127.0.0.1:{free.getsockname()[1]}"

    with pytest.raises(TryLater):
        send_letter()


def test_a_wrong_password_is_mended_and_tried_later(sink, settings):
    settings.SMTP_URL = settings.SMTP_URL.replace("smtp://", "smtp://desk:canary@")

    with pytest.raises(TryLater) as later:
        send_letter()

    assert "canary" not in str(later.value)
    assert sink.taken == []


INJECTIONS = [
    f"x{end}Bcc: evil@evil.example{more}"
    for end in ("\n", "\r\n", "\r", "\n\n", "\r\n\r\n", "\n \n")
    for more in ("", "\r\n\r\nbody")
]


@pytest.mark.parametrize("value", INJECTIONS)
@pytest.mark.parametrize("place", ["Subject", "From", "X-Tag"])
def test_a14_a_header_value_never_adds_a_header(folder, place, value):
    message = Message()  # the old kind, which takes anything
    message["To"] = "anna@shop.example"
    message[place] = value
    message["Content-Type"] = "text/plain"
    message.set_payload("words")

    send_letter(message)

    got = read_kept(list_kept(1)[0].name)
    assert sorted(got.keys()) == sorted(["To", place, "Content-Type"])
    assert got["Bcc"] is None
    assert got.get_payload() == "words"


def test_a14_a_file_name_never_adds_a_header(folder):
    message = letter()
    message.add_attachment(b"x", maintype="text", subtype="plain", filename="a.txt")
    part = next(message.iter_attachments())
    del part["Content-Disposition"]
    part.set_raw("Content-Disposition", 'attachment; filename="a\r\nBcc: evil@evil.example\r\n\r\n<b>"')

    send_letter(message)

    got = read_kept(list_kept(1)[0].name)
    assert "bcc" not in {name.lower() for each in got.walk() for name in each}


def test_a14_a_header_name_is_a_name():
    message = Message()
    message.set_raw("X-A\r\nBcc", "evil@evil.example")

    with pytest.raises(Refused):
        send_letter(message)


@pytest.mark.parametrize(
    "address", ["", "x", "a@b\r\nRCPT TO:<c@d.example>", "<a@b.example>", "a b@c.example", "a@" + "b" * 300, "è@b.example"]
)
def test_a14_an_envelope_address_is_one_address(address):
    with pytest.raises(Refused):
        send_letter(to=[address])


def test_without_a_server_mail_is_kept_whole_and_listed_newest_first(folder):
    send_letter(letter(**{"X-Number": "1"}))
    send_letter(letter(**{"X-Number": "2"}))

    kept = list_kept(10)
    assert [read_kept(each.name)["X-Number"] for each in kept] == ["2", "1"]
    assert (kept[0].to, kept[0].subject) == ("anna@shop.example", "Il tuo reso è arrivato")
    assert kept[0].at >= kept[1].at
    assert all(path.suffix == ".eml" for path in folder.iterdir())
    assert len(list_kept(1)) == 1


def test_an_empty_folder_lists_nothing():
    assert list_kept(5) == []


def test_c4_only_a_kept_mail_can_be_read(folder):
    send_letter()
    name = list_kept(1)[0].name
    (folder.parent / name).write_text("outside")

    for bad in (
        "",
        ".",
        "..",
        f"../{name}",
        f"x/../{name}",
        f"/{name}",
        name + "\n",
        name + "\0",
        name.upper(),
        f".{name}",
        name.replace("0", "٠", 1),
    ):
        with pytest.raises(NotKept):
            read_kept(bad)
    with pytest.raises(NotKept):
        read_kept(name[:-5] + ("0" if name[-5] != "0" else "1") + ".eml")


def test_a_full_disk_keeps_the_mail_for_later(settings, tmp_path):
    (tmp_path / "file").write_text("")
    settings.MAIL_DIR = tmp_path / "file"

    with pytest.raises(TryLater):
        send_letter()


def test_what_django_sends_goes_the_same_way(sink):
    message = EmailMultiAlternatives(
        "Conferma l’indirizzo " * 8, "words", "Desk <desk@desk.example>", ["Anna <anna@shop.example>"], bcc=["b@shop.example"]
    )
    message.attach_alternative("<p>words</p>", "text/html")

    assert get_connection("ascolto.egress.mail.DeskBackend").send_messages([message]) == 1
    assert sink.taken[0].rcpt_tos == ["anna@shop.example", "b@shop.example"]
    got = message_from_bytes(sink.taken[0].content, policy=policy.default)
    assert got["Subject"].strip() == ("Conferma l’indirizzo " * 8).strip()
    assert got["Bcc"] is None


def test_django_hears_of_a_failure_unless_it_does_not_want_to(sink):
    sink.after_data = "554 no"
    message = EmailMultiAlternatives("s", "words", "desk@desk.example", ["anna@shop.example"])

    with pytest.raises(Refused):
        mail.DeskBackend().send_messages([message])
    assert mail.DeskBackend(fail_silently=True).send_messages([message]) == 0
