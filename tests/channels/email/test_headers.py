import pytest
from hypothesis import given
from hypothesis import strategies as st

from ascolto.channels.email.headers import read_headers, text_of
from ascolto.text.normalise import normalise_line
from tests.channels.email.letters import mail, read


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (b"plain", "plain"),
        (b"=?utf-8?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        (b"=?UTF-8?b?R3LDvMOfZQ==?=", "Grüße"),
        (b"a =?utf-8?Q?b?= c", "a b c"),
        (b"=?utf-8?Q?a?= =?utf-8?Q?b?=", "ab"),
        (b"=?utf-8?Q?a?= \t=?iso-8859-1?Q?=E4?=", "aä"),
        (b"=?utf-8?Q?=C3?= =?utf-8?Q?=A4?=", "ä"),
        (b"=?utf-8?B?w6?= =?utf-8?B?Q=?=", "ä"),
        (b"=?us-ascii?Q?ABC / 123 / West?=", "ABC / 123 / West"),
        (b"=?utf-8?Q?Who?_me??=", "Who? me?"),
        (b"=?utf-8*de?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        (b'say =?utf-8?Q?"hi"?= =?', 'say "hi" =?'),
        (b"=?GB2312?B?xOO6ww==?=", "你好"),
        (b"=?ISO-2022-JP?B?GyRCO3ZMMzZJGyhC==?=", "事務局"),
        (b"=?ks_c_5601-1987?B?vsiz5w==?=", "안녕"),
        (b"=?windows-1258?Q?Vi=EA=F2t_Nam?=", "Việt Nam"),
        (b"=?koi8-r?B?8NLJ18XU?=", "Привет"),
        (b"=?unicode-1-1-utf-7?Q?+ANw-bersicht?=", "Übersicht"),
        (b"=?x-unknown?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        (b"=?iso-8859-1?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        (b"=?utf-8?Q?Gr=FC=DFe?=", "Grüße"),
        ("Grüße".encode(), "Grüße"),
        ("Grüße".encode("latin-1"), "Grüße"),
        ("转发：整体提升企业服务水平".encode("gb18030"), "转发：整体提升企业服务水平"),
        ("お問い合わせありがとうございます".encode("cp932"), "お問い合わせありがとうございます"),
        ("テスト件名".encode("iso2022_jp"), "テスト件名"),
        ("Добрый день".encode("cp1251"), "Добрый день"),
        (b"=?utf-8?B?!!!?=", ""),
    ],
)
def test_a13_the_text_of_a_header_is_what_its_writer_saw(written, text):
    assert normalise_line(text_of(written)) == text


def test_text_without_a_charset_is_read_as_the_rest_of_the_mail():
    content = mail(b"Subject: " + "武兰成".encode("gb18030"), "Content-Type: text/plain; charset=gb2312")

    assert read(content).subject == "武兰成"


def test_a_head_is_read_line_ends_folds_and_stray_lines_notwithstanding():
    content = b"Subject: one\r\n  two\r\nthis line has no colon\r\nFrom : anna@example.com\r\n\r\nText"

    message = read(content)

    assert (message.subject, message.sender.value, message.text) == ("one  two", "anna@example.com", "Text")


@pytest.mark.parametrize(
    "start", [b"From anna@example.com Fri Nov 20 10:00:00 2026\n", b"\r\n\r\n", b"\xef\xbb\xbf", b">From x\n"], ids=repr
)
def test_what_mailboxes_put_before_a_mail_is_not_its_head(start):
    assert read(start + mail("Subject: hi", "From: anna@example.com")).subject == "hi"


def test_where_the_empty_line_is_missing_the_text_is_still_text():
    message = read(b"From: anna@example.com\nSubject: hi\nHello,\nhow are you?")

    assert (message.subject, message.text) == ("hi", "Hello,\nhow are you?")


def test_a13_nul_and_lone_halves_leave_text_that_every_database_takes():
    message = read(mail(b"Subject: a\0b", b"From: \xed\xa0\x80 <a@example.com>", body=b"x\0y\xed\xb0\x80"))

    for text in (message.subject, message.sender.name, message.text):
        assert "\0" not in text
        text.encode()


def test_a12_headers_beyond_the_limits_are_left_out_with_a_warning():
    message = read(mail("From: anna@example.com", *(f"X-A: {n}" for n in range(5000)), body="Text"))

    assert message.text == "Text"
    assert message.warnings


@given(st.binary(max_size=500))
def test_a13_any_bytes_are_a_head_and_its_text_can_be_stored(content):
    headers, body = read_headers(content, 0, len(content))

    assert 0 <= body <= len(content)
    for _, value in headers.fields:
        text_of(value)
