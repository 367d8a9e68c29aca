"""Words as lists show them."""

import pytest

from ascolto.conversations.preview import preview_of, shortened


def test_a_preview_is_one_line_and_short() -> None:
    assert preview_of("  due\n\nrighe  ") == "due righe"
    assert len(preview_of("x" * 1_000_000)) == 200


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("breve", "breve"),
        ("La lampada è il regalo", "La lampada è il…"),
        ("La lampada è il", "La lampada è il"),
        ("unaparolasolalunghissima", "unaparolasolalung…"),
        ("", ""),
    ],
)
def test_a_subject_is_cut_between_words(text: str, shown: str) -> None:
    assert shortened(text, 18) == shown
