"""A desk with a mail inbox, and mails as people write them; for the benchmarks of mail that comes in."""

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

from bench import desk
from tests.mailservers import HOST, PASSWORD, USER, Dovecot, running_dovecot

TALK = (
    "la lampada che ho ordinato la settimana scorsa non si accende più e dal negozio mi dicono di scrivere a voi quando arriva "
    "il tecnico perché domani sono in casa solo di mattina grazie per la risposta aspetto una vostra telefonata cordiali saluti"
)
WORDS = TALK.split(" ")


@contextmanager
def desk_with_mailbox(**values: Any) -> Iterator[tuple[desk.Desk, Dovecot, Any]]:
    """A new desk, a dovecot beside it, and the inbox that looks into its mailbox."""
    with running_dovecot() as server, desk.new_desk() as there:
        from django.conf import settings as settings_of_django

        from ascolto.channels.connect import make_channel

        # The settings of this process were read for its first desk; what it seals, the desk's own processes must open.
        (there.folder / "secret").write_text(settings_of_django.SECRET_KEY)
        os.environ["SSL_CERT_FILE"] = str(server.certificate)
        settings = {
            "address": USER,
            "imap_host": HOST,
            "imap_port": server.tls_port,
            "imap_user": USER,
            "imap_password": PASSWORD,
            **values,
        }
        inbox = make_channel(kind="email", name="Posta", language="it", values=settings, at=datetime.now(UTC), key="posta")
        yield there, server, inbox


def written(number: int, *, files: bool = False) -> bytes:
    """A mail of its own: text and HTML, a quote, and a picture in one of ten if `files`. The same each time."""
    chance = random.Random(number)
    text = "Buongiorno,\r\n" + " ".join(chance.choices(WORDS, k=chance.randint(20, 120))) + f".\r\nOrdine {number}\r\n"
    mail = EmailMessage(policy=SMTP)
    mail["From"] = f"Cliente Numero {number} <cliente{number}@posta.example>"
    mail["To"] = f"Assistenza <{USER}>"
    mail["Subject"] = f"Ordine {number}: perché non è arrivato"
    mail["Message-ID"] = f"<bench-{number}@posta.example>"
    mail["Date"] = "Wed, 18 Nov 2026 11:00:00 +0000"
    mail.set_content(text + "\r\nIl giorno 17/11/2026 alle 10:00 Negozio ha scritto:\r\n> Grazie del suo ordine.\r\n")
    mail.add_alternative("<html><body><p>" + text.replace("\r\n", "<br>") + "</p></body></html>", subtype="html")
    if files and number % 10 == 0:
        mail.add_attachment(chance.randbytes(20_000), maintype="image", subtype="jpeg", filename="foto.jpg")
    return mail.as_bytes()


def rss_mb(pid: int) -> float:
    """Memory that a process holds."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"no VmRSS of {pid}")
