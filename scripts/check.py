"""All that CI runs, quick things first: format, lint, types, layers, words, migrations, documents, tests on both databases."""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
REQUIRED = "browser,postgres,redis"  # mail servers where they can be had


def steps() -> list[tuple[str, list[str], dict[str, str]]]:
    """Name, command and extra environment of each step."""
    python = sys.executable
    return [
        ("format", [str(BIN / "ruff"), "format", "--check", "."], {}),
        ("lint", [str(BIN / "ruff"), "check", "."], {}),
        ("types", [str(BIN / "mypy")], {}),
        ("layers", [str(BIN / "lint-imports")], {}),
        ("templates", [str(BIN / "djade"), "--check", *templates()], {}),
        ("words", [python, "scripts/words.py", "check"], {}),
        ("migrations", [python, "-m", "django", "makemigrations", "--check", "--dry-run"], {}),
        ("documents", [python, "scripts/documents.py", "check"], {}),
        ("tests", [python, "scripts/tests.py"], {"ASCOLTO_TEST_REQUIRE": os.environ.get("ASCOLTO_TEST_REQUIRE", REQUIRED)}),
    ]


def templates() -> list[str]:
    listed = subprocess.run(["git", "ls-files", "ascolto/**/*.html"], cwd=ROOT, capture_output=True, text=True, check=True)
    return listed.stdout.split()


def main() -> int:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "ascolto.project.settings"}
    environment.setdefault("ASCOLTO_DATA", str(ROOT / "var" / "check"))
    failed = []
    for name, command, extra in steps():
        print(f"── {name}", flush=True)
        began = time.monotonic()
        code = subprocess.run(command, cwd=ROOT, env={**environment, **extra}, check=False).returncode
        print(f"   {name}: {'ok' if code == 0 else 'FAILED'} in {time.monotonic() - began:.0f} s", flush=True)
        if code != 0:
            failed.append(name)
    print("failed: " + ", ".join(failed) if failed else "all checks passed", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
