import pytest

from ascolto.channels.contract import ArrivedMessage
from tests.channels.email.letters import in_base64, mail, many, read, winmail

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
PICTURE = f"Content-Type: image/png\nContent-ID: <logo@example.com>\nContent-Transfer-Encoding: base64\n\n{in_base64(PNG)}"


def files(message: ArrivedMessage) -> list[tuple[str, bytes]]:
    return [(file.name, file.content) for file in message.files]


def test_text_and_html_of_the_same_are_one_message():
    message = read(many("Content-Type: text/plain\n\nHello", "Content-Type: text/html\n\n<p>Hello</p>", kind="alternative"))

    assert (message.text, message.html, files(message)) == ("Hello", "<p>Hello</p>", [])


def test_html_alone_has_its_words_as_text():
    assert read(mail("From: anna@example.com", "Content-Type: text/html", body="<p>Hello<br>there</p>")).text == "Hello\nthere"


def test_an_empty_text_beside_html_is_no_text():
    message = read(many("Content-Type: text/plain\n\n \n", "Content-Type: text/html\n\n<p>Hello</p>", kind="alternative"))

    assert message.text == "Hello"


def test_a_picture_of_the_html_is_inline_and_known_by_its_id():
    html = 'Content-Type: text/html\n\n<p>See <img src="cid:logo@example.com"></p>'

    (file,) = read(many(html, PICTURE, kind="related")).files

    assert (file.content, file.content_id, file.is_inline, file.type) == (PNG, "logo@example.com", True, "image/png")


def test_a_picture_that_the_html_does_not_show_stands_beside_it():
    (file,) = read(many("Content-Type: text/html\n\n<p>See</p>", PICTURE, kind="related")).files

    assert (file.content_id, file.is_inline) == ("", False)


def test_a_picture_that_is_all_of_a_mail_is_a_file():
    message = read(mail("From: anna@example.com", "Content-Type: image/png", "Content-Disposition: inline", body=PNG))

    assert (message.text, message.html) == ("", "")
    assert [(file.name, file.content, file.is_inline) for file in message.files] == [("image.png", PNG, False)]


def test_a_content_id_with_a_remark_behind_it_is_the_one_in_the_brackets():
    picture = PICTURE.replace("<logo@example.com>", "<logo@example.com> (UTC)")

    (file,) = read(many('Content-Type: text/html\n\n<img src="cid:logo@example.com">', picture, kind="related")).files

    assert (file.content_id, file.is_inline) == ("logo@example.com", True)


def test_what_stands_beside_the_root_of_related_parts_is_a_file_even_if_it_is_text():
    message = read(many("Content-Type: text/html\n\n<p>Hello</p>", "Content-Type: text/html\n\n<b>other</b>", kind="related"))

    assert message.html == "<p>Hello</p>"
    assert files(message) == [("document.html", b"<b>other</b>")]


def test_text_between_files_is_kept_in_its_order_with_pictures_at_their_place():
    picture = "Content-Type: image/png; name=a.png\nContent-Disposition: inline; filename=a.png\n" + PICTURE.partition("\n")[2]
    picture = picture.replace("Content-ID: <logo@example.com>\n", "")

    message = read(many("\nfirst", picture, "\nsecond", "Content-Type: application/pdf; name=b.pdf\n\nPDF", "\nthird"))

    assert message.text == "first\n\nsecond\n\nthird"
    first, shown, second, third = message.html.split("\n")
    assert ("first" in first, "second" in second, "third" in third) == (True, True, True)
    (content_id,) = [file.content_id for file in message.files if file.name == "a.png"]
    assert f'<img src="cid:{content_id}">' in shown
    assert [name for name, _ in files(message)] == ["a.png", "b.pdf"]


def test_text_with_an_html_signature_is_one_message():
    message = read(many("Content-Type: text/plain\n\nHello", "Content-Type: text/html\n\n<html><body><b>ACME</b></body></html>"))

    assert message.text == "Hello\n\nACME"
    assert "Hello" in message.html
    assert "<b>ACME</b>" in message.html


def test_a_text_file_is_a_file_though_it_is_said_to_be_inline():
    message = read(many("\nSee the log", "Content-Type: text/plain\nContent-Disposition: inline; filename=a.log\n\nline 1"))

    assert message.text == "See the log"
    assert files(message) == [("a.log", b"line 1")]


def test_a20_a_signed_mail_shows_its_text_and_keeps_the_signature():
    message = read(many("\nSigned", "Content-Type: application/pgp-signature\n\n-----BEGIN", kind="signed"))

    assert message.text == "Signed"
    assert files(message) == [("signature.asc", b"-----BEGIN")]


@pytest.mark.parametrize(
    "kind", ["application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m", "application/x-pkcs7-mime"]
)
def test_a20_an_encrypted_mail_is_a_file_and_says_so(kind):
    head = ("From: anna@example.com", f"Content-Type: {kind}", "Content-Transfer-Encoding: base64")

    message = read(mail(*head, body=in_base64(b"secret")))

    assert files(message) == [("smime.p7m", b"secret")]
    assert any("encrypted" in warning for warning in message.warnings)


def test_a20_a_calendar_is_a_file_beside_the_text():
    calendar = "Content-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR"

    message = read(many("Content-Type: text/plain\n\nCome", calendar, kind="alternative"))

    assert message.text == "Come"
    assert files(message) == [("calendar.ics", b"BEGIN:VCALENDAR")]


def test_a20_parts_of_kinds_that_nobody_knows_are_kept():
    message = read(many("\nHello", "Content-Type: application/x-future\n\n\x01\x02", "Content-Type: nonsense\n\nmore"))

    assert files(message) == [("file", b"\x01\x02")]
    assert message.text == "Hello\n\nmore"


def test_a20_files_of_a_winmail_dat_are_unpacked_and_the_original_is_kept():
    packed = winmail((b"offer.pdf", b"PDF bytes"), (b"plan.txt", b"a plan"))
    part = f"Content-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\n{in_base64(packed)}"

    assert files(read(many("\nHello", part))) == [("offer.pdf", b"PDF bytes"), ("plan.txt", b"a plan"), ("winmail.dat", packed)]


def test_a20_a_broken_winmail_dat_is_kept_with_a_warning():
    message = read(many("\nHello", "Content-Type: application/ms-tnef\n\nnot that"))

    assert files(message) == [("winmail.dat", b"not that")]
    assert any("winmail.dat" in warning for warning in message.warnings)


def test_a20_a_winmail_dat_that_breaks_off_gives_what_is_whole():
    packed = winmail((b"one.txt", b"one"), (b"two.txt", b"two" * 100))[:-50]
    part = f"Content-Type: application/ms-tnef\nContent-Transfer-Encoding: base64\n\n{in_base64(packed)}"

    assert files(read(many("\nHello", part)))[0] == ("one.txt", b"one")


def test_a20_a_file_uuencoded_in_the_text_is_taken_out_of_it():
    body = "Here it is:\nbegin 644 cat.txt\n#0V%T\n`\nend\nBye"

    message = read(mail("From: anna@example.com", body=body))

    assert files(message) == [("cat.txt", b"Cat")]
    assert message.text == "Here it is:\nBye"


def test_a_text_that_only_speaks_of_uuencode_stays_as_it_is():
    body = "We begin at nine.\nbegin 644 is a line,\nas it were\nend"

    assert read(mail("From: anna@example.com", body=body)).text == body


def test_a20_an_attached_mail_comes_out_byte_for_byte():
    inner = b"From: b@example.com\nSubject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\nX-Folded: a\n\tb\n\n\xff raw \x80\n"

    message = read(many("\nSee", b"Content-Type: message/rfc822\nContent-Transfer-Encoding: 8bit\n\n" + inner))

    assert files(message) == [("Grüße.eml", inner)]


def test_pictures_written_into_the_html_become_files():
    html = f'<p><img src="data:image/png;base64,{in_base64(PNG)}"></p>'

    message = read(mail("From: anna@example.com", "Content-Type: text/html", body=html))

    (file,) = message.files
    assert (file.content, file.is_inline) == (PNG, True)
    assert f"cid:{file.content_id}" in message.html
    assert "base64" not in message.html


def test_flowed_text_has_its_paragraphs_back():
    body = "A long line \nthat goes on.\n> quoted \n> too\n-- \nAnna "

    message = read(mail("From: anna@example.com", "Content-Type: text/plain; format=flowed", body=body))

    assert message.text == "A long line that goes on.\n> quoted too\n-- \nAnna "


def test_text_beyond_what_a_message_takes_is_cut_with_a_warning():
    message = read(mail("From: anna@example.com", body="a" * 300_000))

    assert len(message.text) == 100_000
    assert message.warnings


def test_html_beyond_what_the_sanitizer_takes_is_cut_with_a_warning():
    message = read(mail("From: anna@example.com", "Content-Type: text/html", body="<p>a</p>" * 300_000))

    assert len(message.html) == 2_000_000
    assert message.warnings


@pytest.mark.parametrize(
    ("encoding", "body", "content"),
    [
        ("base64", b"SGVsbG8=", b"Hello"),
        ("BASE64", b"SGVs\r\nbG8\r\n", b"Hello"),
        ("base64", b"SGVsbG8=SGVsbG8=", b"HelloHello"),
        ("base64", b"SGVs*b G8=\n--\nfooter of a list", b"Hello"),
        ("base64", b"SGVsbG8= ignored", b"Hello"),
        ("quoted-printable", b"H=65llo=\n!", b"Hello!"),
        ("quoted-printable", b"broken =ZZ =", b"broken =ZZ "),
        ("binary", b"\0\xff", b"\0\xff"),
        ("8bit;", b"\xff", b"\xff"),
        ("nonsense", b"Hello", b"Hello"),
        ("x-uuencode", b"begin 644 a\n#0V%T\n`\nend\n", b"Cat"),
    ],
)
def test_a_file_is_what_was_sent_however_it_was_encoded(encoding, body, content):
    part = f"Content-Type: application/x-any; name=a\nContent-Transfer-Encoding: {encoding}\n\n".encode() + body

    assert read(many("\nHello", part)).files[0].content == content
