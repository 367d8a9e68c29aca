"""Every word has its Italian; nobody is shouted at."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
CATALOGUE = polib.pofile(str(ROOT / "ascolto" / "locale" / "it" / "LC_MESSAGES" / "django.po"))
PLACES = re.compile(r"%\([a-z_]+\)s|%[sd]|\{[a-z_]+\}")


@pytest.mark.skipif(shutil.which("xgettext") is None, reason="gettext is not installed")
def test_the_catalogue_is_what_the_sources_say() -> None:
    done = subprocess.run([sys.executable, "scripts/words.py", "check"], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_same_places_in_both_languages() -> None:
    wrong = [
        entry.msgid
        for entry in CATALOGUE
        if not entry.msgid_plural and set(PLACES.findall(entry.msgid)) != set(PLACES.findall(entry.msgstr))
    ]

    assert not wrong


def test_no_exclamation_marks_and_typographic_apostrophes() -> None:
    wrong = [entry.msgstr for entry in CATALOGUE if "!" in entry.msgstr or re.search(r"\w'\w", entry.msgstr)]

    assert not wrong
