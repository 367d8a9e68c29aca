"""What a mail of ours looks like."""

from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from ascolto.channels.contract import Door, Never, OutboundFile, OutboundMessage
from ascolto.channels.email.addresses import read_addresses
from ascolto.channels.email.automatic import why_automatic
from ascolto.channels.email.channel import ours_of
from ascolto.channels.email.compose import compose, file_name
from ascolto.channels.email.headers import read_headers, text_of
from ascolto.channels.email.sign import BadKey, signed

ODD = Path(__file__).parents[2] / "data" / "odd-strings.txt"
NOON = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)
TOKEN = "a" * 40
DOOR = Door(
    inbox=UUID(int=1),
    key="posta",
    name="Posta",
    language="it",
    settings={"address": "aiuto@lumen.example", "signature_it": "Lumen S.r.l.\nwww.lumen.example", "plus_replies": True},
    site_url="https://desk.lumen.example",
    desk_name="Lumen",
)
REPLY = OutboundMessage(
    id=UUID(int=2),
    conversation=UUID(int=3),
    number=12,
    to="anna@example.org",
    to_name="Anna Bianchi",
    author="Bruno Neri",
    text="Provi a <b>spegnerla</b>.\n\nPoi la riaccenda: è così che si fa.",
    at=NOON,
    language="it",
    subject="La lampada",
    mail_id="<tok@desk.lumen.example>",
    reply_token=TOKEN,
    answers_to=["<1@example.org>", "<2@example.org>"],
    signature="Bruno",
)


def parsed(message: OutboundMessage, door: Door = DOOR) -> EmailMessage:
    return message_from_bytes(compose(message, door), policy=policy.default)  # type: ignore[return-value]


def with_settings(**settings: Any) -> Door:
    return replace(DOOR, settings={**DOOR.settings, **settings})


def test_the_head_says_who_writes_and_what_it_answers() -> None:
    mail = parsed(REPLY)

    assert mail["From"].addresses[0].display_name == "Bruno Neri · Lumen"
    assert mail["From"].addresses[0].addr_spec == "aiuto@lumen.example"
    assert mail["Subject"] == "Re: La lampada [#12]"
    assert mail["Message-ID"] == "<tok@desk.lumen.example>"
    assert mail["In-Reply-To"] == "<2@example.org>"
    assert str(mail["References"]).split() == ["<1@example.org>", "<2@example.org>"]
    assert mail["Auto-Submitted"] is None
    assert mail["List-Unsubscribe"] is None


def test_plain_and_html_say_the_same_signature_included() -> None:
    mail = parsed(REPLY)
    plain = mail.get_body(("plain",)).get_content().replace("\r\n", "\n")
    html = mail.get_body(("html",)).get_content()

    assert mail.get_content_type() == "multipart/alternative"
    assert plain == (
        "Provi a <b>spegnerla</b>.\n\nPoi la riaccenda: è così che si fa.\n\n-- \nBruno\nLumen S.r.l.\nwww.lumen.example\n"
    )
    assert "&lt;b&gt;spegnerla&lt;/b&gt;" in html
    assert "Lumen S.r.l." in html


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ({}, f"aiuto+{TOKEN}@lumen.example"),
        ({"plus_replies": False}, "aiuto@lumen.example"),
        ({"reply_domain": "risposte.example"}, f"reply+{TOKEN}@risposte.example"),
        ({"address": f"{'a' * 24}@lumen.example"}, f"{'a' * 24}@lumen.example"),  # with the token it would be too long
    ],
)
def test_a17_answers_come_back_by_an_address_of_the_conversation(values: Any, wanted: str) -> None:
    assert parsed(REPLY, with_settings(**values))["Reply-To"].addresses[0].addr_spec == wanted


@pytest.mark.parametrize(
    ("subject", "wanted"),
    [
        ("RE: La lampada", "RE: La lampada [#12]"),
        ("R: La lampada [#12]", "R: La lampada [#12]"),
        ("Rispondetemi", "Re: Rispondetemi [#12]"),
        ("", "Re: La sua richiesta a Lumen [#12]"),
    ],
)
def test_the_subject_is_kept_and_numbered_once(subject: str, wanted: str) -> None:
    assert parsed(replace(REPLY, subject=subject))["Subject"] == wanted


def test_files_have_their_names_in_any_script(tmp_path: Any) -> None:
    place = tmp_path / "x"
    place.write_bytes(b"\x00ciao\r\n.\r\n")
    names = ["перевод è 発票.pdf", 'a"b\\c;d.txt', "x" * 116 + ".txt", "nota.eml"]
    types = ["application/pdf", "text/plain", "text/plain", "message/rfc822"]
    files = [OutboundFile(name=n, type=t, size_bytes=9, path=str(place)) for n, t in zip(names, types, strict=True)]

    mail = parsed(replace(REPLY, files=files))

    assert mail.get_content_type() == "multipart/mixed"
    assert [each.get_filename() for each in mail.iter_attachments()] == names
    assert {bytes(each.get_payload(decode=True)) for each in mail.iter_attachments()} == {place.read_bytes()}


BAD = [f"x{end}Bcc: eve@example.org{more}" for end in ("\n", "\r\n", "\r", "\u2028", "\x0b") for more in ("", "\r\n\r\nbody")]


@pytest.mark.parametrize("value", BAD)
def test_a14_no_value_makes_a_header(value: str, tmp_path: Any) -> None:
    (tmp_path / "x").write_bytes(b"x")
    files = [OutboundFile(name=value, type="text/plain", size_bytes=1, path=str(tmp_path / "x"))]
    hostile = replace(
        REPLY,
        author=value,
        to_name=value,
        subject=value,
        text=value,
        signature=value,
        files=files,
        mail_id=f"<{value}@x>",
        answers_to=[f"<{value}@x>"],
    )
    mail = parsed(hostile, replace(with_settings(from_name=value), desk_name=value))

    plain = set(parsed(REPLY).keys())
    assert set(mail.keys()) <= plain
    assert "bcc" not in {name.lower() for part in mail.walk() for name in part}


def test_a14_odd_strings_anywhere_leave_the_head_as_it_is(tmp_path: Any) -> None:
    (tmp_path / "x").write_bytes(b"x")
    plain = sorted(parsed(replace(REPLY, author="x")).keys())
    strings = [line for line in ODD.read_text(encoding="utf-8").splitlines() if line.strip() and not line.startswith("#")]
    for odd in strings:
        files = [OutboundFile(name=odd, type="text/plain", size_bytes=1, path=str(tmp_path / "x"))]
        hostile = replace(REPLY, author=odd, to_name=odd, subject=odd, text=odd, signature=odd, files=files)

        mail = parsed(hostile, with_settings(from_name=odd))

        assert sorted(mail.keys()) == plain, odd
        assert mail["To"].addresses[0].addr_spec == "anna@example.org", odd
    assert len(strings) > 80


@pytest.mark.parametrize("to", ["", "anna", "anna@", "a@b\r\nBcc: c@d.example", "ànna@example.org"])
def test_a14_an_address_that_is_none_is_written_to_never(to: str) -> None:
    with pytest.raises(Never):
        compose(replace(REPLY, to=to), DOOR)


def test_ids_longer_than_a_line_stay_whole() -> None:
    ids = [f"<{'x' * 180}@{'y' * 40}.example>", "<2@example.org>"]

    raw = compose(replace(REPLY, answers_to=ids, unsubscribe_url=f"https://desk.lumen.example/u/{'x' * 120}"), DOOR)

    assert f"List-Unsubscribe: <https://desk.lumen.example/u/{'x' * 120}>\r\n".encode() in raw
    assert f"References: {ids[0]}\r\n {ids[1]}\r\n".encode() in raw


def test_b13_html_is_made_safe_again_on_its_way_out() -> None:
    html = parsed(replace(REPLY, html='<p onclick="x()">ciao<script>alert(1)</script></p>')).get_body(("html",)).get_content()

    assert "ciao" in html
    assert "script" not in html
    assert "onclick" not in html


def test_j1_what_no_colleague_wrote_says_so() -> None:
    mail = parsed(replace(REPLY, is_automatic=True, unsubscribe_url="https://desk.lumen.example/u/x", author=""))

    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["List-Unsubscribe"] == "<https://desk.lumen.example/u/x>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["From"].addresses[0].display_name == "Lumen"


def test_q2_the_same_reply_is_the_same_bytes_each_time() -> None:
    assert compose(REPLY, DOOR) == compose(REPLY, DOOR)


def test_j1_our_own_mail_is_known_when_it_comes_back() -> None:
    raw = compose(REPLY, DOOR)
    headers, _ = read_headers(raw, 0, len(raw))

    why = why_automatic(
        headers, mime_type="", id=REPLY.mail_id, sender="forward@x.example", envelope_from=None, ours=ours_of(DOOR)
    )

    assert why == "own-loop"


def rsa_key() -> tuple[str, bytes]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    kinds = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return key.private_bytes(*kinds).decode(), b"v=DKIM1; k=rsa; p=" + b64encode(public)


def test_e4_the_signature_holds_and_covers_what_matters() -> None:
    key, record = rsa_key()
    door = with_settings(dkim_selector="s1", dkim_domain="lumen.example", dkim_key=key)
    raw = signed(compose(replace(REPLY, is_automatic=True, unsubscribe_url="https://desk.lumen.example/u/x"), door), door)

    def dns(name: bytes, timeout: int = 5) -> bytes:
        assert name == b"s1._domainkey.lumen.example."
        return record

    assert dkim.verify(raw, dnsfunc=dns)
    line = message_from_bytes(raw)["DKIM-Signature"].replace("\r\n", "")
    covered = {each.strip() for each in line.partition("h=")[2].partition(";")[0].split(":")}
    assert {"from", "to", "subject", "date", "message-id", "references", "list-unsubscribe", "list-unsubscribe-post"} <= covered
    for change in ((b"Subject: La", b"Subject: Una"), (b"/u/x>", b"/u/y>"), (b"riaccenda", b"spenga")):
        assert change[0] in raw
        assert not dkim.verify(raw.replace(*change), dnsfunc=dns)
    assert not dkim.verify(raw.replace(b"From: ", b"From: eve@example.org\r\nFrom: ", 1), dnsfunc=dns)


def test_without_a_key_nothing_is_signed_and_a_bad_one_says_so() -> None:
    raw = compose(REPLY, DOOR)

    assert signed(raw, DOOR) == raw
    for key in ("nonsense", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "è"):
        with pytest.raises(BadKey):
            signed(raw, with_settings(dkim_selector="s1", dkim_key=key))


@pytest.mark.parametrize(
    "words",
    [
        "0️⃣ 1️⃣ 2️⃣ 3️⃣ 4️⃣ 5️⃣ 6️⃣ 7️⃣ 8️⃣ 9️⃣ 🔟",
        "middagh oldusercompare othermachine one-twist natascha mz05 ntsoft… e così via, perché è lungo",
        "una-sola-parola-" * 12,
        "è" * 190,
        'Rossi, "Anna" \\ <anna@altrove.example>; (sì)',
        'Rossi, "Anna" \\ <anna@altrove.example>; (no)',
    ],
)
def test_subjects_and_names_come_out_as_they_went_in(words):
    raw = compose(replace(REPLY, subject=words, to_name=words), DOOR)

    headers, _ = read_headers(raw, 0, len(raw))
    assert text_of(headers.first("subject")) == f"Re: {words} [#{REPLY.number}]"
    [box] = read_addresses(headers.first("to"))
    assert (box.name, box.address) == (words, REPLY.to)
    assert not headers.all("bcc")
    assert max(len(line) for line in raw.partition(b"\r\n\r\n")[0].split(b"\r\n")) < 300


@pytest.mark.parametrize("name", ["Sig. Rossi, contratto di locazione e allegati", "2.2250738585072011e-308", "foto.jpeg"])
def test_words_after_a_full_stop_are_no_ending(name):
    assert file_name(name) == name
