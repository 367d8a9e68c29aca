"""Every address of the product: who may open it, and that nothing between us and the reader keeps it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.conftest import World

# What anyone may open without a sign-in. A new page that is not named here asks for one.
OPEN = (
    "api/v1/",  # tokens of its own
    "account/login/",
    "account/logout/",
    "account/password/reset/",
    "account/invitation/",
    "account/2fa/",  # the second step of a sign-in; allauth guards each
    "account/webauthn/",
    "account/reauthenticate/",
    "account/email/",
    "account/confirm-email/",
    "account/inactive/",
    "account/signup/",
    "account/login/code/",
    "account/3rdparty/",
    "account/social/",
    "account/oidc/",
    "account/sessions/",
    "account/password/change/",
    "account/password/set/",
    "setup/",
    "messenger/",
    "contact/",
    "r/",
    "t/",
    "files/",
)


def patterns(resolver: Any = None, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for entry in (resolver or get_resolver()).url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from patterns(entry, path)
        elif isinstance(entry, URLPattern):
            yield path, entry.callback


def filled(path: str) -> str:
    """An address with something in its places that fits the converter."""
    import re

    path = re.sub(r"<uuid:[^>]+>", "019a0000-0000-7000-8000-000000000000", path)
    path = re.sub(r"<int:[^>]+>", "1001", path)
    path = re.sub(r"\^|\$|\\Z|\(\?P<[^>]+>[^)]*\)", "x", path)
    return "/" + re.sub(r"<[^>]+>", "x", path).replace("\\", "")


CLOSED = sorted({path for path, _ in patterns() if not path.startswith(OPEN)})


def test_there_are_pages() -> None:
    assert len(CLOSED) > 15


@pytest.mark.parametrize("path", CLOSED)
def test_k2_nobody_without_a_sign_in_gets_in(world: World, path: str) -> None:
    browser = Client()

    for method in ("get", "post", "put", "patch", "delete"):
        response = getattr(browser, method)(filled(path))

        assert response.status_code in (302, 403, 404, 405), f"{method} {path}: {response.status_code}"
        if response.status_code == 302:
            assert response["Location"].startswith("/account/login/"), path


@pytest.mark.parametrize("path", sorted({path for path, _ in patterns()}))
def test_d3_no_page_is_kept_by_anyone_in_between(world: World, signed_in: Any, path: str) -> None:
    response = signed_in(world.ada).get(filled(path))

    kept = response.get("Cache-Control", "")
    assert "no-store" in kept or "immutable" in kept or path.endswith(".js"), f"{path}: {kept!r}"


@pytest.mark.parametrize("path", sorted({path for path, _ in patterns()}))
def test_b11_no_page_runs_what_is_not_ours(world: World, signed_in: Any, path: str) -> None:
    policy = signed_in(world.ada).get(filled(path)).get("Content-Security-Policy", "")

    assert "default-src 'none'" in policy or "default-src 'self'" in policy, f"{path}: {policy!r}"
    assert "unsafe" not in policy, path
    assert "*" not in policy, path


def test_a_page_that_is_not_there_shows_a_way_on(world: World, signed_in: Any) -> None:
    response = signed_in(world.bruno).get("/nothing/here/")

    assert response.status_code == 404
    assert 'href="/"' in response.text


def test_g6_reading_writes_nothing(world: World, signed_in: Any, conversation: Any, django_assert_num_queries: Any) -> None:
    """Every GET, as an admin: no statement but SELECT, besides a session's own and a read mark's."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    browser = signed_in(world.ada)
    for path, _ in patterns():
        if path.startswith(("account/", "setup/")):
            continue  # allauth's own pages keep their state in the session
        with CaptureQueriesContext(
            connection,
        ) as seen:
            browser.get(filled(path))
        wrote = [
            each["sql"][:90]
            for each in seen.captured_queries
            if each["sql"].lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE"))
            and "session" not in each["sql"][:60].lower()
        ]
        assert not wrote, f"GET {path} wrote: {wrote}"
