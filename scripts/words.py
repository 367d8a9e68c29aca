"""
The catalogue of words: `extract` (from the sources, needs gettext), `add FILE.json` (Italian words), `check`, `compile`.

`check` fails on a missing or fuzzy Italian word and on words in the sources that the catalogue does not have.
"""

import fcntl
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "ascolto"
CATALOGUE = PACKAGE / "locale" / "it" / "LC_MESSAGES" / "django.po"
COMPILED = CATALOGUE.with_suffix(".mo")
PLURALS = "nplurals=2; plural=(n != 1);"


def main(arguments: list[str]) -> int:
    verb, *rest = arguments or ["check"]
    with open(Path(tempfile.gettempdir()) / "ascolto-words.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if verb == "extract":
            return extract()
        if verb == "add":
            return add(Path(rest[0]))
        if verb == "compile":
            return save(polib.pofile(str(CATALOGUE)))
        return check()


def extract() -> int:
    """Bring the catalogue up to the sources: new words come in empty, words no longer used go."""
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    known = {key(entry): entry for entry in polib.pofile(str(CATALOGUE))} if CATALOGUE.exists() else {}
    fresh = found_in_sources()
    for entry in fresh:
        if old := known.get(key(entry)):
            entry.msgstr, entry.msgstr_plural = old.msgstr, old.msgstr_plural or entry.msgstr_plural
        entry.flags = [flag for flag in entry.flags if flag != "fuzzy"]
    save(fresh)
    missing = without_words(fresh)
    print(f"{len(fresh)} words, {len(missing)} without Italian")
    return 0


def found_in_sources() -> polib.POFile:
    """The words of the package as gettext finds them, in a catalogue of its own."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "locale"
        (copy / "it" / "LC_MESSAGES").mkdir(parents=True)
        code = (
            "import django;from django.conf import settings;"
            f"settings.configure(LOCALE_PATHS=[{str(copy)!r}], INSTALLED_APPS=[]);django.setup();"
            "from django.core.management import call_command;"
            "call_command('makemessages', locale=['it'], extensions=['html','txt','py'], no_location=True, no_wrap=True,"
            " ignore_patterns=['migrations', 'locale', 'tests', 'bench', 'scripts', 'docs', 'var', 'build'], verbosity=0)"
        )
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
        found = polib.pofile(str(copy / "it" / "LC_MESSAGES" / "django.po"))
    found.metadata = {
        "Project-Id-Version": "ascolto",
        "Language": "it",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": PLURALS,
    }
    found.header = ""
    found.metadata_is_fuzzy = False
    found.sort(key=lambda entry: (entry.msgid.lower(), entry.msgid, entry.msgctxt or ""))
    for entry in found:
        entry.comment = entry.tcomment = ""
        entry.occurrences = []
    return found


def add(path: Path) -> int:
    """Put Italian words in: {"English": "Italian"}, a list for plurals, "context\\u0004English" for one with a context."""
    words = json.loads(path.read_text(encoding="utf-8"))
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    catalogue = polib.pofile(str(CATALOGUE)) if CATALOGUE.exists() else found_in_sources()
    entries = {key(entry): entry for entry in catalogue}
    for fresh in found_in_sources():
        if key(fresh) not in entries:
            catalogue.append(fresh)
            entries[key(fresh)] = fresh
    unknown = []
    for msgid, italian in words.items():
        entry = entries.get(msgid)
        if entry is None:
            unknown.append(msgid)
        elif isinstance(italian, list):
            entry.msgstr_plural = dict(enumerate(italian))
        else:
            entry.msgstr = italian
    catalogue.sort(key=lambda entry: (entry.msgid.lower(), entry.msgid, entry.msgctxt or ""))
    save(catalogue)
    for msgid in unknown:
        print(f"not in the sources: {msgid!r}")
    print(f"{len(without_words(catalogue))} words still without Italian")
    return 0


def check() -> int:
    """0 when every word in the sources has its Italian and the compiled catalogue is the written one."""
    catalogue = polib.pofile(str(CATALOGUE))
    problems = [f"without Italian: {entry.msgid!r}" for entry in without_words(catalogue)]
    problems += [f"fuzzy: {entry.msgid!r}" for entry in catalogue.fuzzy_entries()]
    sources = {key(entry) for entry in found_in_sources()}
    problems += [
        f"not in the catalogue (make words): {msgid!r}" for msgid in sorted(sources - {key(entry) for entry in catalogue})
    ]
    problems += [
        f"not in the sources any more (make words): {msgid!r}" for msgid in sorted({key(e) for e in catalogue} - sources)
    ]
    if not COMPILED.exists() or COMPILED.read_bytes() != catalogue.to_binary():
        problems.append("django.mo is not django.po (scripts/words.py compile)")
    print("\n".join(problems) or "every word has its Italian")
    return 1 if problems else 0


def save(catalogue: polib.POFile) -> int:
    catalogue.wrapwidth = 0
    catalogue.save(str(CATALOGUE))
    COMPILED.write_bytes(polib.pofile(str(CATALOGUE)).to_binary())
    return 0


def key(entry: polib.POEntry) -> str:
    return f"{entry.msgctxt}\u0004{entry.msgid}" if entry.msgctxt else entry.msgid


def without_words(catalogue: polib.POFile) -> list[polib.POEntry]:
    return [entry for entry in catalogue if not (all(entry.msgstr_plural.values()) if entry.msgid_plural else entry.msgstr)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
