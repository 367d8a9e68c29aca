"""Words are found in Italian and English, with or without accents and capitals."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ascolto.text import words
from ascolto.text.language import guess


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("spedizione", "spedizioni"),
        ("Perché", "perche"),
        ("CITTÀ", "citta"),
        ("deliveries", "delivery"),
        ("refunds", "refund"),
        ("l'ordine", "ordini"),
        ("perche\u0301", "perché"),
        ("Straße", "strasse"),
    ],
)
def test_a_word_is_found_by_its_other_forms(written, asked):
    assert set(words.stems(written)) & set(words.query_terms(asked)[0])


def test_little_words_are_left_out_unless_there_is_nothing_else():
    assert len(words.query_terms("il mio ordine")) == 1
    assert len(words.query_terms("il")) == 1


def test_words_are_bounded():
    assert len(words.stems("a1b " * 20_000)) == words.MAX_TOKENS
    assert len(words.stems("x" * 1_000_000)[0]) == words.MAX_TOKEN_CHARS
    assert words.query_terms("x " * 100 + "late") == [("x",)]
    assert words.query_terms("  \0 '\"") == []


@settings(max_examples=100, deadline=None)
@given(st.text())
def test_a_stem_is_letters_and_digits_only(text):
    assert all(stem.isalnum() for stem in words.stems(text))


def test_both_stemmers_agree():
    import snowballstemmer

    slow = snowballstemmer.stemmer("italian")
    assert [slow.stemWord(word) for word in ("restituzione", "ordini", "perche")] == [
        words.ITALIAN.stemWord(word) for word in ("restituzione", "ordini", "perche")
    ]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Buongiorno, dove è il mio pacco?", "it"),
        ("Non ho ancora ricevuto il rimborso dell'ordine 1234", "it"),
        ("grazie", "it"),
        ("Hello, where is my parcel?", "en"),
        ("I would like to return this", "en"),
        ("Thanks", "en"),
        ("Bonjour, où est mon colis s'il vous plaît", None),
        ("Hola, dónde está mi pedido", None),
        ("Wo ist mein Paket bitte", None),
        ("12345", None),
        ("ok", None),
        ("", None),
    ],
)
def test_the_language_is_said_when_it_is_clear(text, language):
    assert guess(text) == language


def test_only_the_languages_asked_for_are_said():
    assert guess("Buongiorno, dove è il mio pacco?", among=("en",)) is None
