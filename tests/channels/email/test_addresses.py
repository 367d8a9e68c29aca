import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ascolto.channels.email.addresses import Mailbox, read_addresses
from tests.channels.email.letters import OURS, mail, read


@pytest.mark.parametrize(
    ("written", "name", "address"),
    [
        (b"anna@example.com", "", "anna@example.com"),
        (b"<Anna.Rossi@Example.COM>", "", "anna.rossi@example.com"),
        (b"Anna Rossi <anna@example.com>", "Anna Rossi", "anna@example.com"),
        (b'"Rossi, Anna" <anna@example.com>', "Rossi, Anna", "anna@example.com"),
        (b'"Anna \\"Nina\\" Rossi" <anna@example.com>', 'Anna "Nina" Rossi', "anna@example.com"),
        (b"anna@example.com (Anna Rossi)", "Anna Rossi", "anna@example.com"),
        (b"Anna (from the office) Rossi <anna@example.com>", "Anna Rossi", "anna@example.com"),
        (b"DAEMON (Mail System) <daemon@example.com>", "DAEMON", "daemon@example.com"),
        (b"'anna@example.com' <anna@example.com>", "anna@example.com", "anna@example.com"),
        (b"=?utf-8?Q?M=C3=BCller=2C_Anna?= <anna@example.com>", "Müller, Anna", "anna@example.com"),
        (b'"=?utf-8?B?w4RubmE=?=" <anna@example.com>', "Änna", "anna@example.com"),
        (b"=?utf-8?Q?M=C3=BCller, Anna?= <anna@example.com>", "Müller, Anna", "anna@example.com"),
        (b"=?iso-8859-1?Q?H=E4ns?= =?iso-8859-1?Q?el?= <h@example.com>", "Hänsel", "h@example.com"),
        (b'"H\xe4nsel" <h@example.com>', "Hänsel", "h@example.com"),
        ("Сергей <s@example.com>".encode(), "Сергей", "s@example.com"),
        ("Сергей Иванов <s@example.com>".encode("koi8-r"), "Сергей Иванов", "s@example.com"),
        (b"<mailto:anna@example.com>", "", "anna@example.com"),
        (b"<<anna@example.com>>", "", "anna@example.com"),
        (b"Anna <anna@example.com", "Anna", "anna@example.com"),
        (b"Anna Rossi anna@example.com", "Anna Rossi", "anna@example.com"),
        (b"<@a.example,@b.example:anna@example.com>", "", "anna@example.com"),
        (b"anna@example.com.", "", "anna@example.com"),
        (b"..anna.@docomo.example", "", "..anna.@docomo.example"),
        (b'"very odd"@example.com', "", '"very odd"@example.com'),
        (b"anna@[192.0.2.1]", "", "anna@[192.0.2.1]"),
        ("änna@bücher.example".encode(), "", "änna@bücher.example"),
        (b"root@localhost", "", "root@localhost"),
        (b"+123@example.com", "", "+123@example.com"),
    ],
)
def test_a_sender_is_read_as_people_write_it(written, name, address):
    (box,) = read_addresses(written)

    assert (box.name, box.address) == (name, address)


ODD = {
    "CVE-2023-27043": b"alice@example.org)bob@evil.example",
    "CVE-2019-16056": b"a@malicious.example@important.example",
    "an encoded word in the local part": b"=?utf-8?Q?admin?=@example.com",
    "an encoded word that decodes to an address": b"=?utf-8?Q?admin=40example.com?=",
    "two in angle brackets": b"Anna <a@example.com> <b@example.com>",
    "a quoted local part that is not closed": b'"Lottery transfer"@example.com>',
    "no domain": b"anna@",
    "no local part": b"@example.com",
    "an empty label": b"anna@example..com",
    "a name alone": b"Anna Rossi",
    "1,000 comments deep": b"(" * 1000,
    "NUL in the middle of the address": b"a\x01b@example.com",
    "empty": b"<>",
}


@pytest.mark.parametrize("written", ODD.values(), ids=ODD.keys())
def test_a3_what_is_not_plainly_one_address_is_nobodys(written):
    message = read(mail(b"From: " + written, "Reply-To: other@example.com"))

    assert message.sender.value == ""
    assert not message.sender.is_proven
    assert message.warnings


def test_a3_of_several_senders_the_first_is_answered_and_nobody_proven():
    passed = "Authentication-Results: mx.desk.example; dmarc=pass header.from=example.com"
    message = read(mail(passed, "From: a@example.com, b@example.com"))

    assert (message.sender.value, message.sender.is_proven) == ("a@example.com", False)
    assert message.warnings


def test_a3_two_from_headers_name_nobody():
    message = read(mail("From: a@example.com", "From: b@example.com"))

    assert message.sender.value == ""


def test_a3_the_same_address_twice_is_one_but_never_proven():
    passed = "Authentication-Results: mx.desk.example; dmarc=pass header.from=example.com"

    message = read(mail(passed, "From: a@example.com", "From: A <a@example.com>"))

    assert message.sender.value == "a@example.com"
    assert not message.sender.is_proven


def test_a3_a_comma_in_a_name_does_not_hide_the_one_address():
    message = read(mail("From: Yangtze Lamps, LTD <sales@example.com>"))

    assert (message.sender.value, message.sender.name) == ("sales@example.com", "Yangtze Lamps, LTD")


def test_a3_an_address_in_the_name_is_never_the_address():
    message = read(mail('From: "help@desk.example" <mallory@evil.example>'))

    assert message.sender.value == "mallory@evil.example"
    assert message.automatic == ""


def test_without_from_the_one_who_gets_the_answer_is_the_sender_unproven():
    message = read(mail("Authentication-Results: mx.desk.example; dmarc=pass", "Reply-To: <anna@example.com>"))

    assert message.sender.value == "anna@example.com"
    assert not message.sender.is_proven


def test_a_group_is_its_members_and_an_empty_one_nobody():
    assert [box.address for box in read_addresses(b"Team: a@example.com, b@example.com;")] == ["a@example.com", "b@example.com"]
    assert read_addresses(b"undisclosed-recipients:;") == []


def test_a15_of_a_thousand_recipients_forty_are_taken_over_with_a_warning():
    message = read(mail("From: anna@example.com", "Cc: " + ", ".join(f"p{n}@example.com" for n in range(1000))))

    assert len(message.head["cc"]) == 40
    assert any("40 recipients" in warning for warning in message.warnings)


@given(st.binary(max_size=300))
def test_a3_whatever_stands_there_reading_it_ends_and_gives_one_address_or_none(written):
    for box in read_addresses(written):
        assert isinstance(box, Mailbox)
        assert box.address.count("@") == 1 or not box.address or box.address.startswith('"')
        assert box.address == box.address.lower()


PIECES = st.lists(
    st.sampled_from(['"', "\\", "<", ">", "(", ")", ",", ";", ":", "@", "a", "b.c", " ", "=?utf-8?Q?a?="]), max_size=40
)


@settings(max_examples=300)
@given(PIECES)
def test_a3_pieces_of_addresses_in_any_order_name_at_most_what_was_written(pieces):
    written = "".join(pieces)

    for box in read_addresses(written.encode()):
        assert box.address in written.lower()


def test_the_desks_own_address_is_told_by_the_address_alone():
    assert read(mail("From: Help <HELP@desk.example>"), ours=OURS).automatic == "own-loop"
