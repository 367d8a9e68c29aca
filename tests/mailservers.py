"""Real mail servers on loopback, each in a folder of its own: dovecot (IMAP) and postfix, as Debian has them."""

import os
import pwd
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from imapclient import IMAPClient

from tests.running import free_port

USER, PASSWORD = "posta@lumen.example", "una-parola-segreta"
HOST = "localhost"  # the name on the certificate
READY_WITHIN_S = 10.0
# Debian's master.cf without chroot, network and what a hand-over does not need.
POSTFIX_SERVICES = """\
pickup unix n - n 60 1 pickup
postlog unix-dgram n - n - 1 postlogd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 1 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
lmtp unix - - n - - lmtp
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
showq unix n - n - - showq
proxymap unix - - n - - proxymap
flush unix n - n 1000? 0 flush
"""
PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/lib/postfix/sbin"


def find(program: str) -> str:
    """Where a mail server is; without it the test is skipped, or fails where the run asks for mail servers."""
    found = shutil.which(program, path=PATH)
    if found is None or os.geteuid() != 0:
        why = f"{program} is not installed" if found is None else f"{program} can only be started by root"
        if "mail" in os.environ.get("ASCOLTO_TEST_REQUIRE", "").split(","):
            pytest.fail(f"{why}, and ASCOLTO_TEST_REQUIRE asks for mail servers")
        pytest.skip(f"{why}; Debian has dovecot-imapd and postfix")
    return found


@dataclass
class Dovecot:
    """Where it listens, and the folder of its one user's mails."""

    folder: Path
    port: int  # with STARTTLS, or plain on loopback
    tls_port: int
    certificate: Path
    server: subprocess.Popen[bytes]

    @property
    def maildir(self) -> Path:
        return self.folder / "mail"

    def deliver(self, raw: bytes, *, name: str = "", folder: str = "") -> None:
        """Put a mail into the mailbox as a delivery agent does; it is there whole or not at all."""
        place = self.maildir / f".{folder}" if folder else self.maildir
        unique = name or f"{time.time_ns()}.{os.getpid()}"
        written = place / "tmp" / unique
        written.write_bytes(raw)
        os.chown(written, *owner())
        written.rename(place / "new" / unique)

    def append(self, raw: bytes) -> None:
        """Put a mail into the mailbox through the server, which then knows of it at once: folders have no more than seconds."""
        with IMAPClient("localhost", self.tls_port, ssl_context=trusting(self.certificate)) as client:
            client.login(USER, PASSWORD)
            client.append("INBOX", raw)

    def empty(self) -> None:
        """As it was at the start; the mailbox gets a new UIDVALIDITY."""
        shutil.rmtree(self.maildir)
        make_maildir(self.maildir)

    def number_anew(self) -> None:
        """Forget all UIDs, as after a restored backup: every mail gets a new one, and the mailbox a new UIDVALIDITY."""
        for path in self.maildir.glob("dovecot*"):
            path.unlink()
        # It takes the second it is made in; one second later it is another.
        time.sleep(1.1)

    def files(self, folder: str = "") -> list[Path]:
        place = self.maildir / f".{folder}" if folder else self.maildir
        return [path for part in ("new", "cur") for path in (place / part).glob("*")]

    def count(self, folder: str = "") -> int:
        return len(self.files(folder))

    def seen(self) -> int:
        """How many mails carry the mark of having been read."""
        return sum("S" in path.name.rpartition(":2,")[2] for path in self.files() if ":2," in path.name)

    def stop(self) -> None:
        stop(self.server)


def owner() -> tuple[int, int]:
    row = pwd.getpwnam("nobody")
    return row.pw_uid, row.pw_gid


def make_maildir(path: Path) -> None:
    for each in (path, path / "new", path / "cur", path / "tmp"):
        each.mkdir(exist_ok=True)
        os.chown(each, *owner())


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that the servers' own users reach, as pytest's are not."""
    with tempfile.TemporaryDirectory(prefix="ascolto-mail-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        yield Path(name)


@contextmanager
def running_dovecot() -> Iterator[Dovecot]:
    """One mailbox, on loopback, with a certificate of its own making."""
    program = find("dovecot")
    with open_folder() as folder:
        yield from served_by_dovecot(program, folder)


def served_by_dovecot(program: str, folder: Path) -> Iterator[Dovecot]:
    uid, gid = owner()
    key, certificate = make_certificate(folder)
    port, tls_port = free_port(), free_port()
    make_maildir(folder / "mail")
    (folder / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}:{uid}:{gid}::{folder}/mail::\n")
    (folder / "run").mkdir()
    config = folder / "dovecot.conf"
    config.write_text(
        f"""
        base_dir = {folder}/run
        state_dir = {folder}/run
        log_path = {folder}/dovecot.log
        protocols = imap
        listen = 127.0.0.1
        default_internal_user = nobody
        default_internal_group = nogroup
        default_login_user = nobody
        ssl = yes
        ssl_cert = <{certificate}
        ssl_key = <{key}
        disable_plaintext_auth = no
        auth_mechanisms = plain login
        first_valid_uid = 1
        mail_location = maildir:{folder}/mail
        mail_fsync = never
        mailbox_idle_check_interval = 1s
        maildir_very_dirty_syncs = no
        mail_max_userip_connections = 100
        passdb {{
          driver = passwd-file
          args = {folder}/users
        }}
        userdb {{
          driver = static
          args = uid={uid} gid={gid} home={folder}
        }}
        service imap-login {{
          chroot =
          inet_listener imap {{
            port = {port}
          }}
          inet_listener imaps {{
            port = {tls_port}
            ssl = yes
          }}
        }}
        auth_failure_delay = 0
        service anvil {{
          chroot =
          unix_listener anvil-auth-penalty {{
            mode = 0
          }}
        }}
        service stats {{
          chroot =
        }}
        """
    )
    server = subprocess.Popen([program, "-F", "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    made = Dovecot(folder, port, tls_port, certificate, server)
    try:
        wait_for(lambda: greets(port, b"* OK"), server, folder / "dovecot.log")
        yield made
    finally:
        made.stop()


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """A key and a certificate that vouches for itself, for `localhost`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=7))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    key_path, path = folder / "key.pem", folder / "certificate.pem"
    key_path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    key_path.chmod(0o600)
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return key_path, path


@dataclass
class Postfix:
    """A postfix that hands every mail for its one domain to an LMTP door."""

    folder: Path
    port: int

    def log(self) -> str:
        path = self.folder / "postfix.log"
        return path.read_text() if path.exists() else ""

    def waiting(self) -> int:
        """How many mails are in its queue."""
        return sum(
            path.is_file() for name in ("incoming", "active", "deferred") for path in (self.folder / "queue" / name).rglob("*")
        )

    def flush(self) -> None:
        """Try at once what waits."""
        subprocess.run(
            [find("postqueue"), "-c", str(self.folder / "config"), "-f"],
            check=True,
            capture_output=True,
            env={**os.environ, "PATH": PATH},
        )


@contextmanager
def running_postfix(*, domain: str, lmtp_port: int) -> Iterator[Postfix]:
    """Its own queue and configuration; nothing of the system's postfix is touched."""
    program = find("postfix")
    with open_folder() as folder:
        yield from served_by_postfix(program, folder, domain, lmtp_port)


def served_by_postfix(program: str, folder: Path, domain: str, lmtp_port: int) -> Iterator[Postfix]:
    config, queue, data = folder / "config", folder / "queue", folder / "data"
    for each in (config, queue, data):
        each.mkdir()
    shutil.chown(data, "postfix", "postfix")
    port = free_port()
    (config / "main.cf").write_text(
        f"""
compatibility_level = 3.6
queue_directory = {queue}
data_directory = {data}
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.lumen.example
mydestination =
mynetworks = 127.0.0.0/8
alias_maps =
relay_domains =
virtual_mailbox_domains = {domain}
virtual_transport = lmtp:inet:127.0.0.1:{lmtp_port}
smtpd_relay_restrictions = reject_unauth_destination
message_size_limit = 36700160
mailbox_size_limit = 0
maillog_file = {folder}/postfix.log
maillog_file_prefixes = /
minimal_backoff_time = 1s
maximal_backoff_time = 2s
queue_run_delay = 1s
in_flow_delay = 0
lmtp_destination_concurrency_limit = 10
disable_dns_lookups = yes
"""
    )
    (config / "master.cf").write_text(f"127.0.0.1:{port} inet n - n - - smtpd\n{POSTFIX_SERVICES}")
    environment = {**os.environ, "PATH": PATH}
    subprocess.run([program, "-c", str(config), "start"], check=True, capture_output=True, env=environment)
    made = Postfix(folder, port)
    try:
        wait_for(lambda: greets(port, b"220"), None, folder / "postfix.log")
        yield made
    finally:
        subprocess.run([program, "-c", str(config), "stop"], check=False, capture_output=True, env=environment)


def greets(port: int, words: bytes) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as line:
            return line.recv(200).startswith(words)
    except OSError:
        return False


def wait_for(condition: Callable[[], bool], server: "subprocess.Popen[bytes] | None", log: Path) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    while not condition():
        if time.monotonic() > deadline or (server is not None and server.poll() is not None):
            raise AssertionError("the mail server did not start:\n" + (log.read_text()[-2000:] if log.exists() else "no log"))
        time.sleep(0.02)


def stop(server: "subprocess.Popen[bytes]") -> None:
    if server.poll() is None:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(5)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def trusting(certificate: Path) -> ssl.SSLContext:
    """What a client needs to believe that certificate."""
    return ssl.create_default_context(cafile=str(certificate))


def mail(number: int, *, to: str = USER, text: str = "Buongiorno, la lampada non si accende.", sender: str = "") -> bytes:
    """A plain mail of its own."""
    from_address = sender or f"rosa{number}@posta.example"
    return (
        f"From: Rosa Blu <{from_address}>\r\nTo: {to}\r\nSubject: Lampada {number}\r\nMessage-ID: <m{number}@posta.example>\r\n"
        f"Date: Wed, 18 Nov 2026 11:00:00 +0000\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\nNumero {number}\r\n"
    ).encode()
