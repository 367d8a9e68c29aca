"""Proofs signed with the site's own key: which key opens which lock, and that nothing opens both."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ascolto.channels.configure import identity_secret
from ascolto.channels.identity import BadKey, identity_key, set_identity_key
from ascolto.channels.messenger.visit import BadProof, read_proof
from ascolto.cli.__main__ import main
from ascolto.conversations.models import Inbox

NOON = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)
SITE = Ed25519PrivateKey.generate()
PEM = SITE.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
RAW = SITE.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def said(**more: Any) -> dict[str, Any]:
    return {"sub": "anna-1", "aud": "sito", "exp": NOON + timedelta(minutes=5), **more}


def part(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def forged(header: dict[str, Any], secret: bytes) -> str:
    """A token whose signature is an HMAC, whatever its header says; libraries refuse to write such a thing."""
    body = f"{part(header)}.{part(said(exp=NOON.timestamp() + 300))}"
    return f"{body}.{part(hmac.digest(secret, body.encode(), hashlib.sha256))}"


SPELLINGS = {
    "pem": PEM,
    "padded": f"\n{PEM}\n",
    "base64": base64.b64encode(RAW).decode(),
    "urlsafe": base64.urlsafe_b64encode(RAW).decode(),
}


@pytest.mark.parametrize("given", SPELLINGS.values(), ids=SPELLINGS.keys())
def test_a_proof_is_checked_with_the_sites_own_key(world: Any, given: str) -> None:
    set_identity_key(inbox=world.inbox, pem=given)

    claim = read_proof(inbox=Inbox.objects.get(pk=world.inbox.pk), token=jwt.encode(said(), SITE, "EdDSA"), now=NOON)

    assert (claim.external_id, claim.is_proven) == ("anna-1", True)
    assert Inbox.objects.get(pk=world.inbox.pk).identity_public_key == PEM


def test_the_secret_goes_on_opening_its_own_lock(world: Any) -> None:
    set_identity_key(inbox=world.inbox, pem=PEM)
    token = jwt.encode(said(), identity_secret(world.inbox), "HS256")

    assert read_proof(inbox=world.inbox, token=token, now=NOON).external_id == "anna-1"


def test_d2_no_key_opens_the_other_lock(world: Any) -> None:
    set_identity_key(inbox=world.inbox, pem=PEM)
    secret = identity_secret(world.inbox).encode()
    public = (PEM.encode(), PEM.strip().encode(), RAW, base64.b64encode(RAW))
    tokens = [
        *(forged({"alg": "HS256", "typ": "JWT"}, each) for each in public),
        *(forged({"alg": "EdDSA"}, each) for each in (*public, secret)),
        *(forged({"alg": alg}, secret) for alg in ("none", "HS512", "hs256", "", None, ["HS256"], {}, 1)),
        forged({}, secret),
        forged({"alg": "EdDSA", "jwk": {"kty": "OKP", "crv": "Ed25519", "x": part(RAW)}}, secret),
        jwt.encode(said(), Ed25519PrivateKey.generate(), "EdDSA"),
        jwt.encode(said(), generate_private_key(SECP256R1()), "ES256"),
        jwt.encode(said(), SITE, "EdDSA")[:-4] + "AAAA",
        part(b"[" * 5000) + ".e30.e30",
        jwt.encode(said(aud="altrove"), SITE, "EdDSA"),
        jwt.encode(said(exp=NOON - timedelta(hours=1)), SITE, "EdDSA"),
    ]
    for token in tokens:
        with pytest.raises(BadProof):
            read_proof(inbox=world.inbox, token=token, now=NOON)


def test_d2_without_a_key_or_after_another_an_eddsa_proof_is_worth_nothing(world: Any) -> None:
    token = jwt.encode(said(), SITE, "EdDSA")
    other = Ed25519PrivateKey.generate().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    for key in ("", other):
        set_identity_key(inbox=world.inbox, pem=key)
        with pytest.raises(BadProof):
            read_proof(inbox=world.inbox, token=token, now=NOON)
    set_identity_key(inbox=world.inbox, pem="  ")
    assert identity_key(world.inbox) is None


ODD_KEYS = (
    "x",
    PEM[:60],
    base64.b64encode(RAW[:-1]).decode(),
    base64.b64encode(RAW + b"x").decode(),
    "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----",
    generate_private_key(SECP256R1()).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
    "é" * 43,
    "A" * 100_000,
)


@pytest.mark.parametrize("given", ODD_KEYS, ids=range(len(ODD_KEYS)))
def test_what_is_no_ed25519_key_is_refused(world: Any, given: str) -> None:
    with pytest.raises(BadKey):
        set_identity_key(inbox=world.inbox, pem=given)


def test_the_command_keeps_prints_and_removes_the_key(world: Any, tmp_path: Any, capsys: Any) -> None:
    written = tmp_path / "key.pem"
    written.write_text(PEM)

    assert main(["inbox", "identity-key", "sito", str(written)]) == 0
    assert main(["inbox", "identity-key", "sito"]) == 0
    assert capsys.readouterr().out == PEM * 2
    assert main(["inbox", "identity-key", "sito", "--remove"]) == 0
    assert "no key" in capsys.readouterr().out

    written.write_text("not a key")
    assert main(["inbox", "identity-key", "sito", str(written)]) == 1
    assert main(["inbox", "identity-key", "sito", str(tmp_path / "nowhere")]) == 1
    assert main(["inbox", "identity-key", "nope", str(written)]) == 1
    assert "ascolto inbox list" in capsys.readouterr().err
