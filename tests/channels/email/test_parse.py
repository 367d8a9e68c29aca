from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ascolto.channels.email.parse import parse
from tests.channels.email.letters import NOON, OURS, mail, many, raw, read

FROM = "From: Anna <anna@example.com>"
PASS = "Authentication-Results: mx.desk.example; spf=pass; dmarc=pass (p=none) header.from=example.com"


def test_a_mail_is_read_whole():
    message = read(
        mail(
            FROM,
            "To: help@desk.example",
            "Cc: Bruno <bruno@example.com>",
            "Subject: Where is my parcel? [#1234]",
            "Date: Fri, 20 Nov 2026 10:00:00 +0100",
            "Message-ID: <one@example.com>",
            "In-Reply-To: <two@desk.example>",
            "References: <zero@example.com> <two@desk.example>",
            body="It did not come.",
        )
    )

    assert message.id == "<one@example.com>"
    assert (message.sender.value, message.sender.name, message.sender.kind) == ("anna@example.com", "Anna", "email")
    assert (message.text, message.html, message.automatic) == ("It did not come.", "", "")
    assert message.claimed_at == datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    assert message.answers_to == ["<zero@example.com>", "<two@desk.example>"]
    assert message.subject_number == 1234
    assert message.head["to"] == ["help@desk.example"]
    assert message.head["cc"] == ["Bruno <bruno@example.com>"]
    assert message.head["date"] == "Fri, 20 Nov 2026 10:00:00 +0100"


@pytest.mark.parametrize(
    "date",
    [
        "Mon, 01 Jan 0001 00:00:00 +0000",
        "Fri, 20 Nov 2026 29:24:05 +0700",
        "Fri, 20 Nov 2026 10:00:00 +9999",
        "Fri, 20 Nov 2099 10:00:00 +0000",
        "Thu, 01 Jan 1970 00:00:00 +0000",
        "yesterday",
        "1" * 5000,
        "Fri, 99999999999999999999 Nov 2026 10:00:00",
    ],
    ids=lambda date: date[:40],
)
def test_a19_a_date_that_cannot_be_is_none_and_stays_readable(date):
    message = read(mail(FROM, f"Date: {date}"))

    assert message.claimed_at is None
    assert message.head["date"] == date[:200]


def test_a19_a_clock_a_little_ahead_is_believed():
    ahead = NOON + timedelta(hours=20)

    assert read(mail(FROM, f"Date: {ahead:%a, %d %b %Y %H:%M:%S} +0000")).claimed_at == ahead


@pytest.mark.parametrize("header", ["To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To"])
def test_the_token_of_a_reply_address_is_found_wherever_servers_note_it(header):
    token = "abcdefgh" * 5

    assert read(mail(FROM, f"{header}: Help <reply+{token}@desk.example>")).tokens == [token]
    assert read(mail(FROM, f"{header}: help+r-{token}@desk.example")).tokens == [token]
    assert read(mail(FROM), envelope_to=[f"help+x+{token}@desk.example"]).tokens == [token]


def test_a_token_in_the_text_or_the_subject_is_none():
    token = "abcdefgh" * 5

    assert read(mail(FROM, f"Subject: reply+{token}@desk.example", body=f"reply+{token}@desk.example")).tokens == []


@pytest.mark.parametrize(
    ("subject", "number"),
    [("Re: [#12]", 12), ("#7 again", 7), ("order (#45)", 45), ("Ticket#9", None), ("C#9", None), ("", None)],
)
def test_a_number_in_the_subject_is_a_hint(subject, number):
    assert read(mail(FROM, f"Subject: {subject}")).subject_number == number


def test_a4_our_own_control_headers_say_nothing_on_the_way_in():
    plain = read(mail(FROM, "Subject: hi"))
    control = [
        "X-Ascolto-Conversation: 1",
        "X-Ascolto-Agent: ada@desk.example",
        "X-Ascolto-Tags: vip",
        "X-Ascolto-Token: " + "a" * 40,
        "X-Ascolto-Proven: yes",
        "X-Zammad-Ticket-Priority: 3 high",
        "RT-Incoming-Encryption: Success",
        "X-RT-Loop-Prevention: desk",
    ]

    for header in control:
        assert read(mail(header, FROM, "Subject: hi")) == plain


def test_a5_what_our_own_server_says_of_dmarc_proves_the_sender():
    assert read(mail(PASS, FROM)).sender.is_proven


@pytest.mark.parametrize(
    "headers",
    [
        ["Authentication-Results: mx.desk.example; dmarc=fail header.from=example.com", PASS],
        ["Authentication-Results: mx.evil.example; dmarc=pass header.from=example.com"],
        ["Authentication-Results: mx.desk.example.evil.example; dmarc=pass"],
        ["Authentication-Results: mx.desk.example; dmarc=pass header.from=evil.example"],
        ["Authentication-Results: mx.desk.example; dmarc=none (dmarc=pass)"],
        ["Authentication-Results: mx.desk.example; spf=pass; dkim=pass"],
        ["Authentication-Results: mx.desk.example; none"],
        ["Authentication-Results: (mx.desk.example;) evil; dmarc=pass"],
        ['Authentication-Results: mx.desk.example; spf=pass smtp.mailfrom="a; dmarc=pass ;"@evil.example'],
        ["Authentication-Results: mx.desk.example; spf=pass (of a(b) ; dmarc=pass ;)"],
        ["X-Authentication-Results: mx.desk.example; dmarc=pass"],
        [],
    ],
    ids=lambda headers: headers[0][:60] if headers else "none",
)
def test_a5_only_the_topmost_result_of_our_own_server_counts(headers):
    assert not read(mail(*headers, FROM)).sender.is_proven


def test_a5_a_result_of_another_server_above_ours_changes_nothing():
    other = "Authentication-Results: relay.example; dmarc=fail"

    assert read(mail(other, PASS, FROM)).sender.is_proven


def test_a5_a_sender_in_a_form_that_others_may_read_otherwise_is_never_proven():
    assert not read(mail(PASS, "From: <@x.example:anna@example.com>")).sender.is_proven
    assert not read(mail(PASS, "From: Anna anna@example.com")).sender.is_proven


def test_a9_a_mail_without_an_id_has_none():
    assert read(mail(FROM, "Message-ID:")).id == ""
    assert read(mail(FROM)).id == ""
    assert read(mail(FROM, "Message-ID: one@example.com")).id == "<one@example.com>"


def test_of_endless_references_the_latest_count():
    message = read(mail(FROM, "References: " + "\n ".join(f"<{n}@example.com>" for n in range(900))))

    assert len(message.answers_to) == 200
    assert message.answers_to[-1] == "<899@example.com>"


HEADER_NAMES = ["From", "To", "Subject", "Date", "Message-ID", "References", "Content-Type", "Content-Disposition"]
HEADER_NAMES += ["Content-Transfer-Encoding", "Return-Path", "Authentication-Results", "X-Failed-Recipients", "Auto-Submitted"]
BITS = [b"multipart/mixed; boundary=edge", b"multipart/report", b"text/html; charset=utf-7", b"base64", b"x-uuencode", b"<a@b.c>"]
BITS += [
    b"=?utf-8?B?",
    b"?=",
    b"filename*0*=",
    b"message/rfc822",
    b"message/delivery-status",
    b"application/ms-tnef",
    b"\xff",
    b"\0",
]
BITS += [b"--edge\n", b"--edge--\n", b"\n\n", b"\n ", b"begin 644 a\n", b"end\n", b"<", b"\x1b$B", b";", b'"', b"charset=utf-16"]


@st.composite
def odd_mails(draw):
    lines = [
        draw(st.sampled_from(HEADER_NAMES)).encode() + b": " + b"".join(draw(st.lists(st.sampled_from(BITS), max_size=5)))
        for _ in range(draw(st.integers(0, 8)))
    ]
    body = b"".join(draw(st.lists(st.sampled_from(BITS) | st.binary(max_size=30), max_size=20)))
    return b"\n".join(lines) + b"\n\n" + body


@settings(max_examples=400, deadline=None)
@given(odd_mails() | st.binary(max_size=400))
def test_a12_whatever_arrives_reading_it_never_raises_and_gives_text_that_can_be_stored(content):
    (said, *_) = parse(raw(content), ours=OURS)

    repr(said).encode()


@settings(max_examples=60, deadline=None)
@given(odd_mails())
def test_reading_twice_gives_the_same(content):
    assert parse(raw(content), ours=OURS) == parse(raw(content), ours=OURS)


def test_a_mail_of_mails_is_read_and_each_of_them_kept():
    inner = mail("From: b@example.com", "Subject: Inner: one", body="deep")

    message = read(many("\nSee below", b"Content-Type: message/rfc822\n\n" + inner))

    assert message.text == "See below"
    assert [(file.name, file.content) for file in message.files] == [("Inner: one.eml", inner)]
