"""Phone numbers as people write them."""

import pytest

from ascolto.text.phones import NotAPhone, phone_in_words, read_phone


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("+39 06 1234 5678", "+390612345678"),
        ("06/12345678", "+390612345678"),
        ("0039 333 1234567", "+393331234567"),
        ("+44 20 7946 0958", "+442079460958"),
        (" (333) 123.45.67 ", "+393331234567"),
    ],
)
def test_a_number_has_one_spelling(written: str, number: str) -> None:
    assert read_phone(written) == number


@pytest.mark.parametrize(
    "written", ["", "ciao", "12", "+39", "1" * 41, "+999999999999", "06 1234 5678 9012 3456", "\x00\ufffd", "<b>"]
)
def test_what_nobody_could_call_is_refused(written: str) -> None:
    with pytest.raises(NotAPhone):
        read_phone(written)


def test_it_is_shown_as_people_read_it() -> None:
    assert phone_in_words("+390612345678") == "+39 06 1234 5678"
    assert phone_in_words("altro") == "altro"
