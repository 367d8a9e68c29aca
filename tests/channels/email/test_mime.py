"""Our reading of the parts of a mail, beside the standard library's."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ascolto.channels.email import limits
from ascolto.channels.email.mime import Part, read_tree
from tests.channels.email.letters import mail, many, read

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=40)


@settings(max_examples=60, deadline=None)
@given(subject=WORDS, text=WORDS, html=WORDS, files=st.lists(st.binary(max_size=200), max_size=3))
def test_a_mail_that_the_standard_library_writes_is_read_as_it_was_meant(subject, text, html, files):
    letter = EmailMessage()
    letter["From"] = "Anna <anna@example.com>"
    letter["Subject"] = subject.strip() or "x"
    letter.set_content(text)
    letter.add_alternative(f"<p>{html}</p>", subtype="html")
    for number, content in enumerate(files):
        letter.add_attachment(content, maintype="application", subtype="x-any", filename=f"Datei ä{number}.bin")

    message = read(letter.as_bytes(policy=SMTP))

    assert [file.content for file in message.files] == files
    assert [file.name for file in message.files] == [f"Datei ä{number}.bin" for number in range(len(files))]
    assert message.html.strip() == f"<p>{html}</p>"


def leaves(part: Part) -> list[tuple[str, bytes]]:
    return [leaf for child in part.children for leaf in leaves(child)] if part.children else [(part.type, part.content())]


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
def test_parts_in_parts_are_those_that_the_standard_library_finds(line_end):
    inner = b"Content-Type: multipart/alternative; boundary=in\n\npreamble\n--in\n\nA\n\n--in\n\nB\n--in--\nepilogue"
    content = many("\nfirst", inner, "Content-Type: application/x-any\n\nlast\n").replace(b"\n", line_end)

    theirs = [part.get_payload(decode=True) for part in message_from_bytes(content).walk() if not part.is_multipart()]

    assert [each.replace(b"\r\n", b"\n") for _, each in leaves(read_tree(content).root)] == [
        each.replace(b"\r\n", b"\n") for each in theirs
    ]


def test_a_mail_that_breaks_off_keeps_what_came():
    content = many("\nfirst", "Content-Type: application/x-any\n\nhalf a fi").removesuffix(b"\n--edge--\n")

    message = read(content)

    assert message.text == "first"
    assert message.files[0].content == b"half a fi"


def test_a_boundary_that_is_missing_in_the_head_is_found_in_the_body():
    content = many("\nfirst", "\nsecond").replace(b"; boundary=edge", b"")

    assert read(content).text == "first\n\nsecond"


def test_a_multipart_without_parts_is_text():
    assert read(mail("From: a@example.com", "Content-Type: multipart/mixed; boundary=edge", body="Hello")).text == "Hello"


def test_a_line_that_only_begins_like_a_boundary_is_text():
    assert read(many("\nfirst\n--edge of the world\nmore")).text == "first\n--edge of the world\nmore"


def test_a12_parts_beyond_a_thousand_stay_in_the_original():
    tree = read_tree(many(*["\nx"] * 3000))

    assert len(tree.root.children) == limits.MAX_PARTS - 1
    assert tree.warnings == [limits.TOO_MANY_PARTS]


def test_a12_what_lies_too_deep_is_a_file():
    head = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(1000))

    message = read(b"From: a@example.com\n" + head.encode() + b"\ntext")

    assert message.files[0].content.startswith(b"--b50\n")
    assert limits.TOO_DEEP in message.warnings


def test_old_macs_ended_lines_with_cr_alone():
    message = read(b"From: anna@example.com\rSubject: hi\r\rHello\rthere")

    assert (message.subject, message.text) == ("hi", "Hello\nthere")
