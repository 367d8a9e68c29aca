"""Reads and checks every environment variable once, with type, default and a message that says how to fix it."""

import os
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

LANGUAGES = ("it", "en")
TARGET_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})|\[[0-9a-fA-F:.]{2,45}\]")


class WrongSetting(Exception):
    """An environment variable has a value that cannot work; the text names it and says how to mend it."""


def setting(name: str, default: str, words: str) -> Any:
    """Declare a setting: its variable, its default as text and what it is for (shown in docs/configuration.md)."""
    return field(default=default, metadata={"name": name, "words": words})


@dataclass(frozen=True, kw_only=True)
class Environment:
    """The operator's settings as they were read; every value is text that `read` has checked."""

    data: str = setting("ASCOLTO_DATA", "./var", "Folder for the database, files, mail and the secret.")
    database_url: str = setting(
        "ASCOLTO_DATABASE_URL", "", "Where the data lives: postgresql://user:password@host/name. Empty: SQLite in ASCOLTO_DATA."
    )
    redis_url: str = setting(
        "ASCOLTO_REDIS_URL", "", "redis://host:6379/0, for wake-ups and presence across several servers. Empty: one server."
    )
    url: str = setting(
        "ASCOLTO_URL",
        "http://127.0.0.1:8000",
        "Public address; links are built from it alone. https:// outside your own machine.",
    )
    secret: str = setting(
        "ASCOLTO_SECRET", "", "Key for signatures, 32 characters or more. Empty: made once and kept in ASCOLTO_DATA."
    )
    secret_fallbacks: str = setting(
        "ASCOLTO_SECRET_FALLBACKS", "", "Earlier secrets, separated by commas: links signed with them still open."
    )
    language: str = setting("ASCOLTO_LANGUAGE", "it", "Language of a new desk: it or en.")
    time_zone: str = setting("ASCOLTO_TIME_ZONE", "Europe/Rome", "Time zone of a new desk, as in the IANA list.")
    smtp_url: str = setting(
        "ASCOLTO_SMTP_URL",
        "",
        "The desk's own mail: smtp://user:password@host:587 (STARTTLS) or smtps://…:465. Empty: kept in ASCOLTO_DATA/mail.",
    )
    mail_from: str = setting("ASCOLTO_MAIL_FROM", "", "Sender of the desk's own mail. Empty: desk@ the host of ASCOLTO_URL.")
    mail_door: str = setting(
        "ASCOLTO_MAIL_DOOR",
        "",
        "Where a mail server on this machine hands mail over: lmtp://127.0.0.1:2424 or smtp://127.0.0.1:2525. Empty: no door.",
    )
    proxies: str = setting(
        "ASCOLTO_PROXIES", "0", "How many reverse proxies stand in front; only that many X-Forwarded-For hops are believed."
    )
    egress_allow: str = setting(
        "ASCOLTO_EGRESS_ALLOW",
        "",
        "Providers on private addresses that the desk may call: host:port, separated by commas. Empty: public addresses only.",
    )
    limits_factor: str = setting(
        "ASCOLTO_LIMITS_FACTOR", "1", "Multiplies how often one sender may knock (edge/limits.py); raise it for load tests only."
    )
    log_format: str = setting("ASCOLTO_LOG_FORMAT", "line", "line (for people) or json (for machines).")

    @property
    def data_dir(self) -> Path:
        return Path(self.data).expanduser().resolve()

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""

    @property
    def origin(self) -> str:
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def is_https(self) -> bool:
        return self.url.startswith("https://")


def read(source: Mapping[str, str] = os.environ) -> Environment:
    """
    Read and check all settings from `source`, making the secret when there is none yet.

    Twice reads the same values: a made secret is kept in the data folder.
    :raises WrongSetting: naming the variable, the value seen and the value wanted
    """
    values: dict[str, Any] = {item.name: source.get(item.metadata["name"], item.default) for item in fields(Environment)}
    found = Environment(**values)
    check_url(found.url)
    check_language(found.language)
    check_time_zone(found.time_zone)
    check_scheme("ASCOLTO_DATABASE_URL", found.database_url, ("postgresql", "postgres", "sqlite"))
    check_scheme("ASCOLTO_REDIS_URL", found.redis_url, ("redis", "rediss", "unix"))
    check_scheme("ASCOLTO_SMTP_URL", found.smtp_url, ("smtp", "smtps"))
    check_mail_door(found.mail_door)
    if not found.proxies.isdecimal():
        raise WrongSetting(f'ASCOLTO_PROXIES is "{found.proxies}" – write a number, 0 without a proxy.')
    check_targets(found.egress_allow)
    check_factor(found.limits_factor)
    if found.log_format not in ("line", "json"):
        raise WrongSetting(f'ASCOLTO_LOG_FORMAT is "{found.log_format}" – write line or json.')
    return Environment(**{**values, "secret": check_secret(found.secret or kept_secret(found.data_dir))})


def check_url(value: str) -> None:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or "*" in value:
        raise WrongSetting(
            f'ASCOLTO_URL is "{value}" – write it with https:// and the name of this desk, as in https://desk.example'
        )


def check_language(value: str) -> None:
    if value not in LANGUAGES:
        raise WrongSetting(f'ASCOLTO_LANGUAGE is "{value}" – write it or en.')


def check_time_zone(value: str) -> None:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise WrongSetting(f'ASCOLTO_TIME_ZONE is "{value}" – write a name from the IANA list, as in Europe/Rome.') from error


def check_scheme(name: str, value: str, wanted: tuple[str, ...]) -> None:
    if value and urlsplit(value).scheme not in wanted:
        raise WrongSetting(f"{name} does not start with {wanted[0]}:// – write {wanted[0]}://… or leave it empty.")


def check_targets(value: str) -> None:
    """Each is a host and a port, nothing else; a name or an address, as channels' settings spell it."""
    for each in filter(None, value.split(",")):
        host, _, port = each.strip().rpartition(":")
        if not TARGET_HOST.fullmatch(host) or not port.isascii() or not port.isdigit() or not 0 < int(port[:6]) < 65536:
            raise WrongSetting(f'ASCOLTO_EGRESS_ALLOW has "{each.strip()}" – write host:port, as in 10.0.0.7:8080.')


def check_mail_door(value: str) -> None:
    parts = urlsplit(value)
    try:
        good = not value or (parts.scheme in ("lmtp", "smtp") and bool(parts.hostname) and bool(parts.port))
    except ValueError:
        good = False
    if not good:
        raise WrongSetting(f'ASCOLTO_MAIL_DOOR is "{value}" – write lmtp://127.0.0.1:2424 or smtp://127.0.0.1:2525.')


def check_factor(value: str) -> None:
    try:
        good = 0 < float(value) < float("inf")
    except ValueError:
        good = False
    if not good:
        raise WrongSetting(f'ASCOLTO_LIMITS_FACTOR is "{value}" – write a number above 0, as in 1 or 0.5.')


def check_secret(value: str) -> str:
    if len(value) < 32 or len(set(value)) < 8:
        raise WrongSetting("ASCOLTO_SECRET is too short or too plain – write 32 characters or more, or leave it empty.")
    return value


def kept_secret(folder: Path) -> str:
    """The installation's own secret, made on first use, readable by its owner alone."""
    path = folder / "secret"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        written = folder / f"secret.{secrets.token_hex(8)}"
        with os.fdopen(os.open(written, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):  # another process was first: its secret is the one
            os.link(written, path)  # whole or not at all, also when this is killed half-way
        written.unlink()
    return path.read_text().strip()
