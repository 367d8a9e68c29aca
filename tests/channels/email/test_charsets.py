import pytest
from hypothesis import given
from hypothesis import strategies as st

from ascolto.channels.email.charsets import codec_of, decode, guess
from tests.channels.email.letters import mail, read

FRENCH = "Où est ma commande ? Merci d’avance, à bientôt."


@pytest.mark.parametrize(
    ("label", "codec", "text"),
    [
        ("iso-8859-1", "cp1252", FRENCH),
        ("windows-1252", "cp1252", FRENCH),
        ("ISO-8859-15", "iso8859_15", "Prix : 5 €"),
        ("windows-1258", "cp1258", "Chào b\u0323n"),
        ("koi8-r", "koi8-r", "Добрый день"),
        ("windows-1251", "cp1251", "Добрый день"),
        ("iso-2022-jp", "iso2022_jp_ext", "お問い合わせ ﾃｽﾄ"),
        ("x-sjis", "cp932", "①お問い合わせ"),
        ("euc-jp", "euc_jp", "お問い合わせ"),
        ("gb2312", "gb18030", "您好，訂單"),
        ("big5", "big5", "您好，訂單"),
        ("ks_c_5601-1987", "cp949", "안녕하세요 똠"),
        ("utf-7", "utf-7", "Übergrößenträger"),
        ("unicode-1-1-utf-7", "utf-7", "Übersicht"),
        ("utf-16", "utf-16", "Grüße"),
        ("x-mac-roman", "mac_roman", "Città"),
        ('"utf-8"', "utf-8", "Grüße"),
        ("utf8mb4", "utf-8", "Grüße"),
        ("tis-620", "cp874", "สวัสดี"),
        ("iso-8859-8-i", "iso8859_8", "שלום"),
        ("cp-850", "cp850", "Grüße"),
    ],
)
def test_a13_text_is_read_in_the_charset_that_its_sender_names(label, codec, text):
    assert decode(text.encode(codec), label) == text


@pytest.mark.parametrize("label", ["iso-8859-1", "us-ascii", "windows-1251", "koi8-r", "x-nonsense", "", "idna", "base64"])
def test_a13_utf8_under_a_wrong_name_is_still_utf8(label):
    text = "Grüße, 50 € – „danke“"

    assert decode(text.encode(), label) == text


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        ("latin-1", "Formação e Verão"),
        ("cp1252", "“Hello” – it’s"),
        ("cp1251", "Сергей Углицких"),
        ("koi8-r", "Сергей Углицких"),
        ("koi8-r", "Добрый день, у меня вопрос"),
        ("gb18030", "转发：整体提升企业服务水平"),
        ("big5", "免費試用 大家來學日語"),
        ("cp932", "お問い合わせありがとうございます"),
        ("euc_jp", "お問い合わせありがとう"),
        ("cp949", "안녕하세요 고객님"),
        ("iso2022_jp", "テスト件名"),
    ],
)
def test_a13_text_that_names_no_charset_is_what_it_most_likely_is(codec, text):
    assert guess(text.encode(codec)) == text


def test_a_character_cut_by_a_line_limit_costs_that_character_alone():
    assert guess("Größe und Maß".encode()[:-1]) == "Größe und Ma\ufffd"


def test_western_text_pasted_into_utf8_is_read_beside_it():
    assert decode("Grüße und ".encode() + "schöne Tage".encode("latin-1"), "x-nonsense") == "Grüße und schöne Tage"


def test_html_that_names_its_charset_itself_is_believed():
    body = '<meta http-equiv="Content-Type" content="text/html; charset=windows-1251"><p>Добрый день</p>'.encode("cp1251")

    assert read(mail("From: anna@example.com", "Content-Type: text/html", body=body)).text == "Добрый день"


@given(
    st.binary(max_size=200), st.sampled_from(["", "utf-8", "utf-16", "utf-7", "gb2312", "iso-2022-jp", "hz", "big5", "koi8-r"])
)
def test_a13_any_bytes_in_any_charset_are_some_text(content, label):
    assert isinstance(decode(content, label), str)


@given(st.text(max_size=50))
def test_a13_any_name_of_a_charset_is_one_or_none(label):
    assert codec_of(label) is None or decode(b"a", label) is not None
