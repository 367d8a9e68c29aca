"""A new desk leads to its first page from everywhere, until somebody has an account."""

from datetime import UTC, datetime
from typing import Any

import pytest

from ascolto.accounts.join import join
from ascolto.web import security

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def asked_anew(monkeypatch: Any) -> None:
    monkeypatch.setattr(security, "BEGUN", [])


@pytest.mark.parametrize("page", ["/", "/account/login/", "/account/password/reset/", "/settings/"])
def test_while_nobody_has_an_account_every_page_of_colleagues_leads_to_setup(client: Any, page: str) -> None:
    assert client.get(page).headers["Location"] == "/setup/"


def test_setup_itself_opens(client: Any) -> None:
    assert client.get("/setup/").status_code == 200


def test_once_somebody_is_here_one_signs_in_and_nothing_is_asked_of_the_database(
    client: Any, django_assert_num_queries: Any
) -> None:
    join(email="ada@b.example", name="Ada", role="admin", language="it", password=None, at=NOON)
    assert client.get("/").headers["Location"] == "/account/login/?next=%2F"

    with django_assert_num_queries(0):
        client.get("/")
    assert client.get("/account/login/").status_code == 200
