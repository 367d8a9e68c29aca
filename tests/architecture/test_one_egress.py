"""There is one way out of the desk."""

import ast
from pathlib import Path

import ascolto

PACKAGE = Path(ascolto.__file__).parent
CALLS_OUT = {
    "httpx",
    "httpcore",
    "smtplib",
    "requests",
    "urllib3",
    "aiohttp",
    "aiosmtplib",
    "ftplib",
    "imaplib",
    "poplib",
    "imapclient",
    "imap_tools",
    "telnetlib",
}
MAILBOXES = "channels/email/poll.py"  # opens IMAP, whose host an admin writes down
CALLS_OUT_WITHIN = {"urllib.request", "http.client", "xmlrpc.client"}


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif (
            isinstance(node, ast.Call)
            and node.args
            and isinstance(node.args[0], ast.Constant)
            and isinstance(node.args[0].value, str)
        ):
            named = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if named in ("import_module", "__import__", "import_string"):
                yield node.args[0].value


def calls_out(name):
    return name.split(".")[0] in CALLS_OUT or ".".join(name.split(".")[:2]) in CALLS_OUT_WITHIN


def test_i1_only_egress_imports_what_calls_out():
    found = {
        (str(path.relative_to(PACKAGE)), name)
        for path in PACKAGE.rglob("*.py")
        if path.relative_to(PACKAGE).parts[0] != "egress"
        for name in imported(path)
        if calls_out(name)
    }

    assert {path for path, _ in found} == {MAILBOXES}
    assert {name.split(".")[0] for _, name in found} == {"imaplib", "imapclient"}


def test_i1_the_gate_would_see_it():
    assert any(calls_out(name) for path in (PACKAGE / "egress").glob("*.py") for name in imported(path))
