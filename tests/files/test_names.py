"""Names are data: cleaned first, checked after."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ascolto.files.names import LIMIT_BYTES, UNSEEN, clean_name

NASTY = {
    "\u200b.htaccess": "htaccess",
    ".htaccess": "htaccess",
    ".\u200b.\u200b/.htaccess": "htaccess",
    "../../etc/passwd": "passwd",
    "..\\..\\boot.ini": "boot.ini",
    "..": "file",
    "": "file",
    "   ": "file",
    "\u202egnp.exe": "gnp.exe",
    "a\x00.png": "a.png",
    "CON": "_CON",
    "con.txt": "_con.txt",
    "c\u200bon.txt": "_con.txt",
    "LPT1.doc": "_LPT1.doc",
    'a<b>:"c|d?e*.txt': "a-b---c-d-e-.txt",
    "ciao  mondo\r\nX-Evil: 1.pdf": "ciao mondoX-Evil- 1.pdf",
    "fattura però – n° 12.pdf": "fattura però – n° 12.pdf",
    "name.": "name",
    "\ud800broken.png": "broken.png",
}


@pytest.mark.parametrize(("original", "clean"), NASTY.items())
def test_c1_a_name_made_to_harm_becomes_a_plain_name(original, clean):
    assert clean_name(original) == clean


def test_c1_a_name_of_300_bytes_keeps_its_extension():
    name = clean_name("è" * 150 + ".pdf")

    assert len(name.encode()) <= LIMIT_BYTES
    assert name.endswith("è.pdf")


@settings(max_examples=50, deadline=None)
@given(st.text())
def test_c1_whatever_comes_in_the_name_is_plain_and_cleaning_again_changes_nothing(original):
    name = clean_name(original)

    assert name
    assert not name.startswith(".")
    assert not set(name) & set('/\\<>:"|?*')
    assert not any(unicodedata.category(letter) in UNSEEN for letter in name)
    assert len(name.encode()) <= LIMIT_BYTES + 1
    assert clean_name(name) == name
