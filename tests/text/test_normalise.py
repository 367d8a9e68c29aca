"""Text from outside passes one border, after which it can be stored, shown and sent."""

import json
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ascolto.text.normalise import TooLong, decode, is_blank, normalise, normalise_line

ANYTHING = st.text(
    st.characters(codec=None) | st.sampled_from("\ud800\udfff\0\r\n\t\x1b\x85\u2028\u202a\u202e\u202c\u2066\u2069\u0301\u0316")
)
OPENERS = "\u202a\u202b\u202d\u202e\u2066\u2067\u2068"


@settings(max_examples=150, deadline=None)
@given(ANYTHING)
def test_a13_whatever_comes_in_can_be_stored_and_sent(text):
    kept = normalise(text)

    kept.encode("utf-8")
    json.dumps(kept)
    assert all(char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs") for char in kept)
    assert normalise(kept) == kept
    assert unicodedata.is_normalized("NFC", kept)


@settings(max_examples=100, deadline=None)
@given(
    st.binary(max_size=200),
    st.none() | st.text(max_size=30) | st.sampled_from(["utf-7", "idna", "hex", "utf-16", "iso-2022-jp", "hz", "rot13"]),
)
def test_a13_any_bytes_in_any_charset_become_text(raw, charset):
    normalise(decode(raw, charset))


@pytest.mark.parametrize(
    ("raw", "charset", "text"),
    [
        ("perché".encode(), "utf-8", "perché"),
        ("perché".encode("latin-1"), "utf-8", "perché"),
        ("perché".encode("latin-1"), None, "perché"),
        ("perché".encode(), "us-ascii", "perché"),
        ("perché".encode(), "x-unknown-8", "perché"),
        ("“so”".encode("cp1252"), "iso-8859-1", "“so”"),
        (b"\xef\xbb\xbfciao", None, "ciao"),
        ("日本".encode("iso-2022-jp"), "ISO-2022-JP", "日本"),
    ],
)
def test_bytes_are_read_as_their_sender_meant_them(raw, charset, text):
    if charset == "us-ascii":  # says ASCII, is UTF-8: cp1252 would read it too, wrongly
        assert decode(raw, charset) in (text, raw.decode("cp1252"))
    else:
        assert decode(raw, charset) == text


def test_a13_nul_controls_and_lone_surrogates_do_not_pass():
    assert normalise("a\0b\x1b[31m\x07\x9bc\ud800d\ud83d\ude00") == "ab[31mc\ufffdd😀"


def test_every_line_end_becomes_one_newline():
    assert normalise("a\r\nb\rc\u2028d\u2029e\x85f\tg") == "a\nb\nc\nd\ne\nf\tg"


def test_ordinary_text_in_any_writing_stays_exactly_as_it_was():
    text = "Perché no? “Sì” – 5 € 👩🏽‍💻 שלום مرحبا 日本語 \u200f\u200d\ufeff"

    assert normalise(text) == text


def test_n4_a_right_to_left_override_ends_with_its_line():
    assert normalise("Invoice\u202egpj.exe\nnext") == "Invoice\u202egpj.exe\u202c\nnext"
    assert normalise("\u2066a\u202eb") == "\u2066a\u202eb\u202c\u2069"
    assert normalise("\u2066a\u202eb\u2069") == "\u2066a\u202eb\u2069"
    assert normalise("\u202ea\u202c") == "\u202ea\u202c"


def test_too_long_text_says_the_limit():
    with pytest.raises(TooLong) as refused:
        normalise("x" * 11, max_chars=10)

    assert refused.value.limit == 10


def test_n3_a_megabyte_of_accents_is_separated_before_it_is_sorted():
    marks = "\u0345\u0323\u0316\u0301" * 20_000

    kept = normalise("e" + marks, max_chars=200_000)

    longest = max(len(run) for run in kept.split("\u034f"))
    assert longest <= 31
    assert normalise(kept, max_chars=200_000) == kept


def test_a_name_is_one_line_without_space_around_it():
    assert normalise_line("  Anna\r\nBcc: x@y.example\t ") == "Anna Bcc: x@y.example"
    assert len(normalise_line("x" * 5_000)) == 200


@settings(max_examples=100, deadline=None)
@given(st.text(st.sampled_from("ab \u202e\u2066\u2069\u202c\n"), max_size=400))
def test_n4_a_name_never_turns_what_follows_it(text):
    line = normalise_line(text, max_chars=20)

    assert len(line) <= 20
    assert normalise_line(line, max_chars=20) == line


def test_only_what_shows_nothing_is_blank():
    assert all(is_blank(text) for text in ("", " \n\t", "\u200b\u200d", "\u202e\u202c", "\u3164", "\u2800", "\u00a0\ufeff"))
    assert not any(is_blank(text) for text in ("a", ".", "👍", "\u0301a", "0"))
