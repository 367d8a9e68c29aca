import pytest

from tests.channels.email.letters import mail, many, read

FROM = "From: anna@example.com"


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ("Auto-Submitted: auto-replied", "auto-reply"),
        ("Auto-Submitted: auto-replied (vacation)", "auto-reply"),
        ("Auto-Submitted: auto-generated", "auto-generated"),
        ("Auto-Submitted: auto-notified; owner-email=a@example.com", "auto-generated"),
        ("X-Auto-Response-Suppress: All", "auto-generated"),
        ("X-Auto-Response-Suppress: DR, OOF, AutoReply", "auto-generated"),
        ("Precedence: bulk", "bulk"),
        ("Precedence: junk", "bulk"),
        ("Precedence: list", "list"),
        ("Precedence: auto_reply", "auto-reply"),
        ("List-Id: <news.example.com>", "list"),
        ("List-Unsubscribe: <mailto:off@example.com>", "list"),
        ("X-Loop: anna@example.com", "auto-generated"),
        ("X-Loop: help@desk.example", "own-loop"),
        ("X-Autoreply: yes", "auto-reply"),
        ("X-Autorespond: on holiday", "auto-reply"),
        ("X-MS-Exchange-Inbox-Rules-Loop: anna@example.com", "auto-reply"),
        ("Return-Path: <>", "auto-generated"),
        ("Message-ID: <again@desk.example>", "own-loop"),
    ],
)
def test_j1_each_of_these_headers_alone_tells_a_machine(header, why):
    assert read(mail(header, FROM)).automatic == why


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: no",
        "X-Auto-Response-Suppress: None",
        "X-Autoreply: no",
        "Precedence: normal",
        "Return-Path: <anna@example.com>",
        "Subject: Automatic reply: Out of office",
        "Subject: Undelivered Mail Returned to Sender",
        "Subject: Auto-Submitted: auto-replied",
        "X-Mailer: Autoresponder 3",
    ],
)
def test_j1_words_that_a_person_may_write_tell_nothing(header):
    assert read(mail(header, FROM, body="I am out of office. Auto-Submitted: auto-replied")).automatic == ""


def test_j1_a_report_tells_a_machine():
    assert read(many("\nSomething failed", kind="report")).automatic == "report"
    assert read(many("\nSomething failed", kind="report; report-type=delivery-status")).automatic == "bounce"


def test_j1_the_transport_knows_better_than_the_head_who_sent_it():
    assert read(mail(FROM), envelope_from="").automatic == "auto-generated"
    assert read(mail(FROM, "Return-Path: <>"), envelope_from="anna@example.com").automatic == ""


def test_j1_only_the_topmost_return_path_is_the_transports():
    assert read(mail("Return-Path: <anna@example.com>", "Return-Path: <>", FROM)).automatic == ""


@pytest.mark.parametrize("sender", ["MAILER-DAEMON@example.com", "Mailer-Daemon <mailer-daemon@example.com>"])
def test_j1_mail_servers_are_no_persons(sender):
    assert read(mail(f"From: {sender}")).automatic == "bounce"


def test_j3_what_comes_from_our_own_address_is_a_loop():
    assert read(mail("From: Help <HELP@Desk.Example>")).automatic == "own-loop"


def test_an_out_of_office_note_with_a_null_sender_is_an_answer_and_no_bounce():
    assert read(mail("Return-Path: <>", "Auto-Submitted: auto-replied", FROM)).automatic == "auto-reply"
