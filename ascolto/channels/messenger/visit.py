"""An anonymous or proven visitor of the messenger: open, come back, prove who one is, leave."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import transaction
from email_validator import EmailNotValidError, validate_email

from ascolto.channels.configure import identity_secret
from ascolto.channels.identity import identity_key
from ascolto.channels.models import Visit
from ascolto.channels.queue import queue_unread
from ascolto.conversations.models import Inbox
from ascolto.database.ids import new_id
from ascolto.eventlog.append import append
from ascolto.eventlog.event import Actor
from ascolto.people.events import AddressLeft
from ascolto.people.identify import Claim, meet
from ascolto.people.models import Address
from ascolto.text.normalise import TooLong, normalise_line
from ascolto.vault.secrets import digest, new_token

LIFETIME = timedelta(days=90)  # of an anonymous browser: long enough to find the answer after the holidays
PROVEN_LIFETIME = timedelta(hours=24)  # the site proves it again with each page; a forgotten sign-out ends by itself
PROOF_AGE = timedelta(minutes=10)  # a proof is made for this visit, not kept (threat D2)
CLOCKS_APART = timedelta(seconds=30)
ATTRIBUTES = 20
OWN_CLAIMS = frozenset({"sub", "aud", "exp", "iat", "nbf", "iss", "jti", "email", "name", "language"})


class BadProof(Exception):
    """The identity token is forged, too old, for another inbox or not of the agreed form: one answer for all."""


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """A browser that opens the messenger, with the token that it will show from now on."""

    inbox: UUID
    token: str
    at: datetime
    language: str = ""
    page_url: str = ""
    page_title: str = ""
    proof: Claim | None = None


def open_many(arrivals: Sequence[Arrival]) -> list[Visit]:
    """
    Keep one visit for each arrival; a proven one belongs to its customer at once, any other to nobody before its first word.

    Twice with the same token is once.
    """
    known = {visit.digest: visit for visit in Visit.objects.filter(digest__in=[digest(each.token) for each in arrivals])}
    visits = [known.get(digest(each.token)) or visit_of(each) for each in arrivals]
    Visit.objects.bulk_create([visit for visit in visits if visit.digest not in known])
    return visits


def visit_of(arrival: Arrival) -> Visit:
    customer = meet(arrival.proof, at=arrival.at) if arrival.proof else None
    return Visit(
        id=new_id(),
        inbox_id=arrival.inbox,
        digest=digest(arrival.token),
        customer=customer,
        is_proven=customer is not None,
        language=arrival.language[:2],
        page_url=without_secrets(arrival.page_url),
        page_title=normalise_line(arrival.page_title),
        created_at=arrival.at,
        expires_at=arrival.at + (PROVEN_LIFETIME if customer else LIFETIME),
    )


def open_visit(
    *, inbox: Inbox, at: datetime, language: str = "", page_url: str = "", page_title: str = "", proof: Claim | None = None
) -> tuple[Visit, str]:
    """A new visit and its token, which is shown once and kept as a digest. Twice makes two."""
    token = new_token()
    arrival = Arrival(
        inbox=inbox.id, token=token, at=at, language=language, page_url=page_url, page_title=page_title, proof=proof
    )
    with transaction.atomic():
        return open_many([arrival])[0], token


def resume(*, token: str, inbox: UUID, now: datetime) -> Visit | None:
    """The visit of this token at this inbox; None when it is unknown, revoked or out of date."""
    return Visit.objects.filter(digest=digest(token), inbox_id=inbox, revoked_at=None, expires_at__gt=now).first()


@transaction.atomic
def prove(*, visit: Visit, claim: Claim, at: datetime) -> bool:
    """
    Let a visit belong to the customer that its proof names; twice is once, and makes it last longer.

    False when the visit belongs to someone else already, or has words of its own that nobody proved: nothing is joined
    (threat D1), the caller opens a new visit.
    """
    rows = Visit.objects.filter(pk=visit.pk, revoked_at=None)
    if rows.select_for_update().first() is None:  # held before anyone is met, as channels/inbound.py does
        return False
    customer = meet(claim, at=at)
    ours = rows.filter(customer=None) | rows.filter(customer=customer, is_proven=True)
    return bool(ours.update(customer=customer, is_proven=True, expires_at=at + PROVEN_LIFETIME))


def revoke(*, token: str, at: datetime) -> bool:
    """End a visit: its token is worth nothing from now on (threat D9). Twice is once; whether there was one to end."""
    return bool(Visit.objects.filter(digest=digest(token), revoked_at=None).update(revoked_at=at))


@transaction.atomic
def leave_address(*, visit: UUID, email: str, at: datetime) -> None:
    """
    Note where to answer a visitor who goes: an unproven address, which joins and reveals nothing. Twice is once.
    Replies that they have not read are mailed to it.

    A visit without a first word has no customer yet and gets one here. :raises ValueError: not an address
    """
    address = checked_email(email)
    row = Visit.objects.select_for_update().get(pk=visit)
    if row.customer_id is None:
        customer = meet(Claim(email=address, language=row.language), at=at)
        Visit.objects.filter(pk=visit).update(customer=customer)
        return
    is_new = not Address.objects.filter(customer=row.customer_id, kind=Address.Kind.EMAIL, value=address).exists()
    Address.objects.bulk_create(
        [Address(id=new_id(), customer_id=row.customer_id, kind=Address.Kind.EMAIL, value=address, created_at=at)],
        ignore_conflicts=True,
    )
    queue_unread(customer_id=row.customer_id, at=at)
    if is_new:
        left_by = Actor("customer", str(row.customer_id))
        append(AddressLeft(subject=row.customer_id, inbox=row.inbox_id, actor=left_by), at=at)


def checked_email(email: str) -> str:
    """The address in lower case. :raises ValueError: not an address"""
    try:
        return validate_email(email.strip(), check_deliverability=False, test_environment=True).normalized.lower()[:254]
    except EmailNotValidError as error:
        raise ValueError("not an e-mail address") from error


def read_proof(*, inbox: Inbox, token: str, now: datetime) -> Claim:
    """
    What a site says of its signed-in user: a JWT, `aud` the inbox's key, at most 10 minutes old; HS256 with the inbox's
    secret, or EdDSA with its public key.

    :raises BadProof:
    """
    try:
        algorithm = str(jwt.get_unverified_header(token).get("alg"))
        said = jwt.decode(
            token,
            key_for(algorithm, inbox),
            algorithms=[algorithm],
            audience=inbox.key,
            options={"require": ["sub", "exp", "aud"], "verify_exp": False, "verify_iat": False, "verify_nbf": False},
        )
    except (jwt.PyJWTError, ValueError, RecursionError) as error:  # ValueError: half a surrogate pair, which no token has
        raise BadProof(type(error).__name__) from error
    refuse_unless_fresh(said, now)
    return claim_of(said)


def key_for(algorithm: str, inbox: Inbox) -> str | Ed25519PublicKey:
    """
    The one key that a token of this algorithm is checked with. What the token says of itself chooses between two locks,
    and each has a key of its own: the public key is never a secret, the secret never a public key.

    :raises BadProof: another algorithm, or no key for it
    """
    if algorithm == "HS256":
        return identity_secret(inbox)
    if algorithm == "EdDSA" and (key := identity_key(inbox)) is not None:
        return key
    raise BadProof("algorithm")


def refuse_unless_fresh(said: dict[str, Any], now: datetime) -> None:
    """:raises BadProof: over, not begun, or meant to last longer than 10 minutes"""
    ends, begins = moment_of(said["exp"]), moment_of(said.get("iat", now.timestamp()))
    if ends is None or begins is None or moment_of(said.get("nbf", 0)) is None:
        raise BadProof("times are numbers")
    starts = max(begins, moment_of(said.get("nbf", 0)) or begins)
    if now >= ends + CLOCKS_APART or starts > now + CLOCKS_APART:
        raise BadProof("not now")
    if ends - begins > PROOF_AGE + CLOCKS_APART or ends - now > PROOF_AGE + CLOCKS_APART:
        raise BadProof("lasts longer than 10 minutes")


def moment_of(value: object) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 10**11:
        return None
    return datetime.fromtimestamp(value, UTC)


def claim_of(said: dict[str, Any]) -> Claim:
    """The claim in a token whose signature was good. :raises BadProof: a field that cannot be"""
    sub = said["sub"]
    if not isinstance(sub, str) or not sub.strip() or len(sub) > 200 or not sub.isprintable():
        raise BadProof("sub")
    try:
        email = checked_email(said["email"]) if isinstance(said.get("email"), str) and said["email"] else ""
        name = normalise_line(said["name"]) if isinstance(said.get("name"), str) else ""
    except (ValueError, TooLong) as error:
        raise BadProof("email or name") from error
    language = said.get("language")
    return Claim(
        external_id=sub,
        email=email,
        name=name,
        language=language if language in ("it", "en") else "",
        attributes=attributes_of(said),
        is_proven=True,
    )


def attributes_of(said: dict[str, Any]) -> dict[str, Any]:
    """What else the site told, as far as it is small and plain."""
    found: dict[str, Any] = {}
    for name, value in said.items():
        if name in OWN_CLAIMS or len(found) == ATTRIBUTES or len(name) > 50:
            continue
        if isinstance(value, str):
            found[normalise_line(name)] = normalise_line(value)
        elif isinstance(value, bool) or (isinstance(value, int) and abs(value) < 2**53):
            found[normalise_line(name)] = value
    return found


def without_secrets(url: str) -> str:
    """The page's address without query, fragment and sign-in, where sites put tokens (threat D10); empty when it is none."""
    try:
        parts = urlsplit(url[:4000].strip())
        host = f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host:
        return ""
    return normalise_line(f"{parts.scheme}://{host}{parts.path}", max_chars=500)
