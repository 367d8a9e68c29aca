"""A mailbox on a real dovecot, started once, and an inbox that looks into it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ascolto.channels.connect import change_settings, make_channel
from tests.conftest import NOON
from tests.mailservers import HOST, PASSWORD, USER, Dovecot, running_dovecot


@pytest.fixture(scope="session")
def dovecot_server() -> Iterator[Dovecot]:
    with running_dovecot() as server:
        yield server


@pytest.fixture
def dovecot(dovecot_server: Dovecot, monkeypatch: pytest.MonkeyPatch) -> Dovecot:
    """The mailbox, empty; its certificate is believed."""
    dovecot_server.empty()
    monkeypatch.setenv("SSL_CERT_FILE", str(dovecot_server.certificate))
    return dovecot_server


@pytest.fixture
def mail_inbox(world: Any) -> Any:
    """An e-mail inbox that mail can be handed to."""
    return make_channel(kind="email", name="Posta", language="it", values={"address": USER}, at=NOON, key="posta")


@pytest.fixture
def mailbox_inbox(mail_inbox: Any, dovecot: Dovecot) -> Callable[..., Any]:
    """`mailbox_inbox(imap_after="delete")`: the inbox, connected to the mailbox."""

    def connect(**values: Any) -> Any:
        usual = {"imap_host": HOST, "imap_port": dovecot.tls_port, "imap_user": USER, "imap_password": PASSWORD}
        change_settings(inbox=mail_inbox, values={**usual, **values})
        return mail_inbox

    return connect
