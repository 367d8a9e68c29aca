"""
The tests on SQLite, then on PostgreSQL where one is found (scripts/services.sh), in as many processes as there are cores.

What needs Chromium, Redis, dovecot or postfix is skipped with the reason where they are missing.
`ASCOLTO_TEST_REQUIRE=browser,postgres,redis,mail` turns a skip into a failure. Further arguments go to pytest.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# On PostgreSQL: not what looks at the sources or at a browser, which would be the same twice.
AGAIN = ("-m", "not browser", "--ignore", "tests/architecture", "--ignore", "tests/browser", "--ignore", "tests/text")


def main(arguments: list[str]) -> int:
    found = subprocess.run([str(ROOT / "scripts" / "services.sh")], stdout=subprocess.PIPE, text=True, check=False)
    address = found.stdout.strip()
    required = os.environ.get("ASCOLTO_TEST_REQUIRE", "").split(",")
    print("── tests on SQLite", flush=True)
    code = pytest(arguments, {})
    if address:
        print("── tests on PostgreSQL", flush=True)
        code = pytest([*AGAIN, *arguments], {"ASCOLTO_TEST_DATABASE_URL": address}) or code
    elif "postgres" in required:
        print("ASCOLTO_TEST_REQUIRE asks for PostgreSQL – write a server's address into ASCOLTO_TEST_POSTGRES", flush=True)
        return 1
    else:
        print("skipped on PostgreSQL: none is found; ASCOLTO_TEST_POSTGRES takes a server's address", flush=True)
    return code


def pytest(arguments: list[str], extra: dict[str, str]) -> int:
    processes = str(min(os.cpu_count() or 1, 4))
    command = [sys.executable, "-m", "pytest", "-n", processes, "--dist", "loadfile", *arguments]
    environment = {key: value for key, value in os.environ.items() if key != "ASCOLTO_DATABASE_URL"}
    return subprocess.run(command, cwd=ROOT, env={**environment, **extra}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
