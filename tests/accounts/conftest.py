"""Colleagues who joined in the ordinary way, and what a browser is for them."""

from datetime import UTC, datetime

import pytest
from django.core.cache import cache

from ascolto.accounts.join import join
from ascolto.workspace.configure import set_up

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
PASSWORD = "un tram chiamato desiderio"


@pytest.fixture(autouse=True)
def forget_counted_attempts(settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def noon():
    return NOON


@pytest.fixture
def password():
    return PASSWORD


@pytest.fixture
def desk(db):
    return set_up(name="Bottega", language="it", time_zone="Europe/Rome", at=NOON)


def colleague(name, role):
    return join(email=f"{name.lower()}@bottega.example", name=name, role=role, password=PASSWORD, at=NOON)


@pytest.fixture
def ada(desk):
    return colleague("Ada", "admin")


@pytest.fixture
def bruno(desk):
    return colleague("Bruno", "agent")


@pytest.fixture
def sign_in(client):
    """Sign a colleague in through the page, as a person does; gives the answer of the form."""

    def post(user, password=PASSWORD, browser=None, **headers):
        email = user if isinstance(user, str) else user.email
        return (browser or client).post("/account/login/", {"login": email, "password": password}, **headers)

    return post


@pytest.fixture
def as_user(client, sign_in):
    """The browser of a colleague who signed in."""

    def signed_in(user):
        assert sign_in(user).status_code == 302
        return client

    return signed_in
