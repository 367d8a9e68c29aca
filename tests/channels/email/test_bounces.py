import pytest

from ascolto.channels.contract import ArrivedMessage, Receipt
from ascolto.channels.email.parse import parse
from tests.channels.email.letters import NOON, OURS, mail, raw, read

OUR_ID = "<token123@desk.example>"


def report(status: str, *, returned: str = f"Message-ID: {OUR_ID}\nSubject: Re: parcel\n", head: str = "") -> bytes:
    return (
        f"Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.com\n{head}"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=edge\n\n"
        "--edge\n\nIt could not be delivered.\n"
        f"--edge\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.com\n\n{status}\n"
        f"--edge\nContent-Type: message/rfc822\n\n{returned}\nHello\n--edge--\n"
    ).encode()


def failed(status: str, said: str = "", *, to: str = "anna@example.com", action: str = "failed") -> str:
    lines = f"Final-Recipient: rfc822; {to}\nAction: {action}\nStatus: {status}\n"
    return lines + (f"Diagnostic-Code: smtp; {said}\n" if said else "")


def receipts(content: bytes) -> list[Receipt]:
    said = parse(raw(content), ours=OURS)
    assert all(isinstance(each, Receipt) for each in said), said
    return said  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("status", "said", "reason", "is_for_good"),
    [
        ("5.1.1", "550 5.1.1 unknown user", "This address does not exist.", True),
        ("5.1.2", "", "The domain of this address does not exist or takes no mail.", True),
        ("5.2.1", "", "This mailbox is closed.", True),
        ("5.2.2", "552 5.2.2 over quota", "The mailbox is full.", False),
        ("5.0.0", "550 No such user here", "This address does not exist.", True),
        ("5.0.0", "552 mailbox full", "The mailbox is full.", False),
        ("5.3.4", "", "The mail is too large for the recipient’s mail server.", False),
        ("5.7.1", "554 5.7.1 blocked", "The recipient’s mail server refuses mail from us.", False),
        ("5.4.1", "", "The recipient’s mail server could not be reached.", False),
        ("4.4.7", "", "The recipient’s mail server could not be reached.", False),
        ("4.0.0", "", "The recipient’s mail server did not take the mail in time.", False),
        ("", "", "The recipient’s mail server refused the mail.", False),
        ("5.6.0", "", "The recipient’s mail server refused the mail.", False),
    ],
)
def test_j4_a_delivery_report_becomes_a_receipt_with_a_reason_in_plain_words(status, said, reason, is_for_good):
    (receipt,) = receipts(report(failed(status, said)))

    assert receipt == Receipt(id=OUR_ID, state="failed", at=NOON, to="anna@example.com", reason=reason, is_for_good=is_for_good)


@pytest.mark.parametrize(("action", "state"), [("delayed", "sent"), ("delivered", "delivered"), ("relayed", "sent")])
def test_a_report_of_what_did_not_fail_is_no_failure(action, state):
    (receipt,) = receipts(report(failed("4.4.1" if action == "delayed" else "2.0.0", action=action)))

    assert (receipt.state, receipt.is_for_good) == (state, False)


def test_j4_each_recipient_has_a_receipt_of_its_own():
    content = report(failed("5.1.1", to="a@example.com") + "\n" + failed("2.0.0", to="b@example.com", action="delivered"))

    assert [(each.to, each.state) for each in receipts(content)] == [("a@example.com", "failed"), ("b@example.com", "delivered")]


def test_the_address_that_we_wrote_to_counts_and_not_where_it_was_forwarded():
    (receipt,) = receipts(report("Original-Recipient: rfc822;anna@example.com\n" + failed("5.1.1", to="inner@backend.example")))

    assert receipt.to == "anna@example.com"


def test_j4_a_report_about_a_mail_that_is_not_ours_is_a_message_by_a_machine():
    message = read(report(failed("5.1.1"), returned="Message-ID: <theirs@example.com>\n"))

    assert message.automatic == "bounce"
    assert [file.name for file in message.files] == ["delivery-status.txt", "message.eml"]


def test_j4_without_the_returned_mail_the_reports_own_references_tell():
    (receipt,) = receipts(report(failed("5.1.1"), returned="X: y\n", head=f"In-Reply-To: {OUR_ID}\n"))

    assert receipt.id == OUR_ID


QMAIL = f"""Hi. This is the qmail-send program at example.com.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<anna@example.com>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Return-Path: <help@desk.example>
From: help@desk.example
To: bruno@example.com
Message-ID: {OUR_ID}

Hello
"""
EXIM = f"""A message that you sent could not be delivered to one or more of its recipients.

  anna@example.com
    host mx.example.com [192.0.2.1]
    SMTP error from remote mail server after RCPT TO:<anna@example.com>:
    550 5.1.1 User unknown

------ This is a copy of the message, including all the headers. ------

Message-ID: {OUR_ID}
To: anna@example.com
"""
POSTFIX = f"""This is the mail system at host mx.example.com.

<anna@example.com>: host mx.example.com[192.0.2.1] said: 550 5.1.1
    <anna@example.com>: Recipient address rejected: User unknown

Message-Id: {OUR_ID}
"""
EXCHANGE = f"""Your message did not reach some or all of the intended recipients.

      To:  anna@example.com
      The e-mail account does not exist at the organization this message was sent to.
      <mx.example.com #5.1.1>

 Message-ID: {OUR_ID}
"""


@pytest.mark.parametrize("body", [QMAIL, EXIM, POSTFIX, EXCHANGE], ids=["qmail", "exim", "postfix", "exchange"])
def test_j4_bounces_in_plain_text_are_understood(body):
    (receipt,) = receipts(mail("Return-Path: <>", "From: MAILER-DAEMON@mx.example.com", body=body))

    assert (receipt.id, receipt.state, receipt.to) == (OUR_ID, "failed", "anna@example.com")
    assert receipt.is_for_good
    assert receipt.reason == "This address does not exist."


def test_j4_a_warning_of_delay_in_plain_text_is_no_failure():
    body = f"<anna@example.com>: delivery delayed, it will be retried for 4 days.\n\nMessage-ID: {OUR_ID}\n"

    (receipt,) = receipts(mail("Return-Path: <>", "From: mailer-daemon@example.com", body=body))

    assert receipt.state == "sent"


def test_j4_a_bounce_that_names_no_mail_of_ours_is_kept_as_a_message():
    message = read(mail("Return-Path: <>", "From: mailer-daemon@example.com", body="<anna@example.com>: no such user"))

    assert message.automatic == "bounce"


def test_j4_a_person_who_quotes_a_bounce_writes_a_message():
    assert isinstance(read(mail("From: anna@example.com", "Return-Path: <anna@example.com>", body=QMAIL)), ArrivedMessage)


def test_j4_a_person_who_attaches_a_report_writes_a_message():
    forwarded = report(failed("5.1.1")).replace(b"Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.com", b"From: anna@example.com")
    forwarded = forwarded.replace(b"multipart/report; report-type=delivery-status", b"multipart/mixed")

    message = read(forwarded)

    assert message.text == "It could not be delivered."
    assert [file.name for file in message.files] == ["delivery-status.txt", "Re: parcel.eml"]


def test_j8_a_note_of_absence_that_names_our_mail_is_no_bounce():
    head = ("Return-Path: <>", "From: anna@example.com", "Auto-Submitted: auto-generated", f"In-Reply-To: {OUR_ID}")

    message = read(mail(*head, body="I am away until 5.1.26. Write to bruno@example.com, room 550."))

    assert message.automatic == "auto-generated"


def test_a_complaint_about_a_mail_of_ours_is_a_message_and_no_bounce():
    complaint = report("Feedback-Type: abuse\n").replace(b"message/delivery-status", b"message/feedback-report")

    assert read(complaint.replace(b"report-type=delivery-status", b"report-type=feedback-report")).automatic == "report"


def test_a_read_receipt_tells_that_it_was_read():
    content = mail(
        "From: anna@example.com",
        "Content-Type: multipart/report; report-type=disposition-notification; boundary=edge",
        body="--edge\n\nRead\n--edge\nContent-Type: message/disposition-notification\n\n"
        f"Final-Recipient: rfc822;anna@example.com\nOriginal-Message-ID: {OUR_ID}\n"
        "Disposition: manual-action/MDN-sent-manually; displayed\n--edge--\n",
    )

    assert receipts(content) == [Receipt(id=OUR_ID, state="read", to="anna@example.com", at=NOON)]
