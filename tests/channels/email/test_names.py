import pytest

from tests.channels.email.letters import many, read


def name_of(*header_lines: str | bytes, body: bytes = b"content") -> str:
    lines = [line if isinstance(line, bytes) else line.encode() for line in header_lines]
    return read(many("\nHello", b"\n".join(lines) + b"\n\n" + body)).files[0].name


PDF = "Content-Type: application/pdf"


@pytest.mark.parametrize(
    ("headers", "name"),
    [
        ([PDF, 'Content-Disposition: attachment; filename="my offer.pdf"'], "my offer.pdf"),
        ([PDF, "Content-Disposition: attachment; filename=my offer.pdf; size=3"], "my offer.pdf"),
        ([PDF, "Content-Disposition: attachment; filename*=utf-8''Gr%C3%BC%C3%9Fe.pdf"], "Grüße.pdf"),
        ([PDF, "Content-Disposition: attachment; filename=a.pdf; filename*=UTF-8'de'%C3%A4.pdf"], "ä.pdf"),
        ([PDF, "Content-Disposition: attachment; filename*0=long; filename*1=name; filename*2=.pdf"], "longname.pdf"),
        ([PDF, "Content-Disposition: attachment; filename*1*=%C3%9Fe.pdf; filename*0*=utf-8''Gr%C3%BC"], "Grüße.pdf"),
        ([PDF, "Content-Disposition: attachment; filename*0*=utf-8''%C3; filename*1*=%A4.pdf"], "ä.pdf"),
        ([PDF, 'Content-Disposition: attachment; filename="=?utf-8?B?w6QucGRm?="'], "ä.pdf"),
        ([PDF, 'Content-Disposition: attachment; filename="=?utf-8?Q?a=C3?=\n =?utf-8?Q?=A4.pdf?="'], "aä.pdf"),
        ([PDF, "Content-Disposition: attachment; filename==?utf-8?Q?=C3=A4.pdf?="], "ä.pdf"),
        ([PDF, b'Content-Disposition: attachment; filename="Hofj\xe4ger.pdf"'], "Hofjäger.pdf"),
        ([PDF, 'Content-Disposition: attachment; filename="てすと.pdf"'], "てすと.pdf"),
        ([PDF + '; name="from the type.pdf"'], "from the type.pdf"),
        ([PDF + "; name=a.pdf", "Content-Disposition: attachment"], "a.pdf"),
        ([PDF, 'Content-Disposition: inline; filename="=?utf-8?b??="'], "file.pdf"),
        ([PDF, 'Content-Disposition: attachment; filename="'], "file.pdf"),
        ([PDF, "Content-Location: http://example.com/files/plan.pdf?x=1"], "plan.pdf"),
        ([PDF, "Content-Description: The plan"], "The plan.pdf"),
        ([PDF, "Content-Description: plan.pdf"], "plan.pdf"),
        (["Content-Type: image/jpeg", "Content-ID: <image001.jpg@01D8.A5>"], "image001.jpg"),
        (["Content-Type: image/jpg", "Content-ID: <324.16.2@example>"], "image.jpg"),
        (["Content-Type: application/others", "Content-ID: <324.16.2@example>"], "324.16.2"),
        (["Content-Type: video/quicktime"], "video.mov"),
        (["Content-Type: text/calendar"], "calendar.ics"),
        (["Content-Type: application/octet-stream"], "file"),
        (["Content-Type: text/plain", "Content-Disposition: attachment"], "document.txt"),
        (["Content-Type: message/rfc822", "Content-Description: Undelivered Message"], "Undelivered Message.eml"),
        (["Content-Type: message/rfc822"], "message.eml"),
        ([PDF, 'Content-Disposition: attachment; filename="a \\"b\\".pdf"'], 'a "b".pdf'),
    ],
    ids=str,
)
def test_a_file_is_called_as_its_sender_says_or_after_what_it_is(headers, name):
    assert name_of(*headers) == name


def test_an_attached_mail_is_called_after_its_subject():
    assert name_of("Content-Type: message/rfc822", body=b"Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\n\nx") == "Grüße.eml"


def test_files_of_one_name_are_told_apart():
    part = "Content-Type: video/quicktime\n\n{}"

    message = read(many("\nHello", part.format(1), part.format(2), part.format(3)))

    assert [file.name for file in message.files] == ["video.mov", "video1.mov", "video2.mov"]


C1 = {
    "an unseen first letter": "=E2=80=8B.htaccess",
    "text turned round": "=E2=80=AEfdp.exe",
    "a path": "../../etc/passwd",
    "a path of Windows": "C:=5C=5Cautoexec.bat",
    "NUL": "a=00.pdf",
    "a line end": "a=0D=0AX-Evil: 1.pdf",
    "300 bytes": "a" * 300 + ".pdf",
    "a device": "CON.txt",
}


@pytest.mark.parametrize("written", C1.values(), ids=C1.keys())
def test_c1_what_a_name_hides_is_left_for_the_file_store_to_see(written):
    from ascolto.files.names import clean_name

    name = name_of(PDF, f'Content-Disposition: attachment; filename="=?utf-8?Q?{written}?="')

    assert "\n" not in name
    assert "\0" not in name
    cleaned = clean_name(name)
    assert cleaned == clean_name(cleaned)
    assert not cleaned.startswith((".", "/"))
    assert len(cleaned.encode()) <= 150


def test_a12_four_thousand_parameters_are_read_as_two_hundred():
    many_of_them = "".join(f"; p{n}=x" for n in range(4000))

    assert name_of(f"{PDF}{many_of_them}; name=late.pdf") == "file.pdf"


def test_c1_sections_of_a_name_out_of_order_and_endless_are_joined_and_cut():
    sections = "".join(f"; filename*{n}={'x' * 50}" for n in range(150))

    assert len(name_of(PDF, f"Content-Disposition: attachment{sections}")) == 1000
