"""An address and a password are enough for providers that many shops use."""

from ascolto.channels.connect import door_of, make_channel
from ascolto.channels.email.known import filled
from tests.conftest import NOON


def test_a_known_address_brings_its_servers(world):
    inbox = make_channel(
        kind="email", name="Posta", language="it", values={"address": "Shop@Libero.it", "imap_password": "x"}, at=NOON
    )

    found = door_of(inbox).settings
    assert (found["imap_host"], found["smtp_host"], found["smtp_port"]) == ("imapmail.libero.it", "smtp.libero.it", 465)
    assert (found["imap_user"], found["smtp_user"], found["smtp_password"]) == ("shop@libero.it", "shop@libero.it", "x")


def test_what_was_said_is_not_written_over():
    said = {
        "address": "a@gmail.com",
        "imap_host": "mail.shop.example",
        "imap_user": "anna",
        "smtp_user": "bruno",
        "smtp_host": "out",
    }

    assert filled(said) == said


def test_an_unknown_domain_is_left_to_the_operator():
    assert "imap_host" not in filled({"address": "a@shop.example"})
