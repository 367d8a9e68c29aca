"""Writes docs/events.md and docs/configuration.md from the code; `check` fails when they are not what the code says."""

import os
import re
import sys
from dataclasses import fields
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ascolto.project.settings")
os.environ.setdefault("ASCOLTO_DATA", str(ROOT / "var" / "check"))


def configuration() -> str:
    """Every setting as a table."""
    from ascolto.project.environment import Environment

    rows = [
        f"| `{item.metadata['name']}` | {f'`{item.default}`' if item.default else '–'} | {item.metadata['words']} |"
        for item in fields(Environment)
    ]
    return "\n".join(
        [
            "# Configuration",
            "",
            "Written by `scripts/documents.py` from `ascolto/project/environment.py`; do not edit by hand.",
            "All settings are environment variables, read once at start. A wrong one stops the start and says how to mend it.",
            "",
            "| variable | default | what it is |",
            "|---|---|---|",
            *rows,
            "",
        ]
    )


def events() -> str:
    """Every kind of event with its sentences and fields."""
    import django

    django.setup()
    from django.utils import translation

    import ascolto.project.wiring  # noqa: F401  # everything that records events
    from ascolto.accounts import events as accounts  # noqa: F401
    from ascolto.eventlog.event import KINDS
    from ascolto.people import events as people  # noqa: F401

    rows = []
    for kind, event in sorted(KINDS.items()):
        sentences = []
        for language in ("en", "it"):
            with translation.override(language):
                sentences.append(str(event.sentence))
        own = [name for name in event.__dataclass_fields__ if name not in ("subject", "actor")]
        named = ", ".join(f"`{name}`" for name in own)
        rows.append(f"| `{kind}` | {event.version} | {sentences[0]} | {sentences[1]} | {named} |")
    return "\n".join(
        [
            "# Events",
            "",
            "Written by `scripts/documents.py` from the event classes; do not edit by hand.",
            "Read them in order with `GET /api/v1/events?after=<position>` or `GET /api/v1/stream`. Each has `position`, `id`,",
            "`at`, `kind`, `version`, `actor` (kind and id), `subject` (the conversation, the colleague or customer concerned)",
            "and the fields below: ids and small facts, never words or addresses. Positions follow the order of commits.",
            "",
            "| kind | version | in English | in Italian | fields |",
            "|---|---|---|---|---|",
            *rows,
            "",
        ]
    )


DOCUMENTS = {"docs/configuration.md": configuration, "docs/events.md": events}


def missing_places() -> list[str]:
    """Files that docs/architecture.md names and the package does not have."""
    text = (ROOT / "docs" / "architecture.md").read_text()
    named = set(re.findall(r"`([a-z_]+/[a-z_/.-]+\.(?:py|js|toml))", text))
    return sorted(name for name in named if not (ROOT / "ascolto" / name).exists() and not (ROOT / name).exists())


def main(arguments: list[str]) -> int:
    checking = arguments[:1] == ["check"]
    stale = [f"docs/architecture.md names {name}" for name in missing_places()] if checking else []
    for name, write in DOCUMENTS.items():
        path = ROOT / name
        text = write()
        if checking and (not path.exists() or path.read_text() != text):
            stale.append(name)
        elif not checking:
            path.write_text(text)
    if stale:
        print("not what the code says (run scripts/documents.py): " + ", ".join(stale))
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
