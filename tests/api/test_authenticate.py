"""Who may call: tokens and their scopes; cookies open nothing."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from ascolto.accounts import tokens
from ascolto.api.v1.resources import api
from ascolto.conversations.models import Conversation, Message
from ascolto.people.models import Customer


def every_call():
    for router in api._get_bound_routers():
        for path, view in router.path_operations.items():
            for operation in view.operations:
                for method in operation.methods:
                    yield method, "/api/v1" + path.replace("{reference}", "1001").replace("{id}", "x").replace("{name}", "csat")


CALLS = sorted(set(every_call()))


def test_there_are_calls():
    assert len(CALLS) >= 16


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_k2_nobody_without_a_token_gets_anything(conversation, method, path):
    before = (Conversation.objects.count(), Message.objects.count(), Customer.objects.count())

    answer = Client().generic(method, path, data="{}", content_type="application/json")

    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert (Conversation.objects.count(), Message.objects.count(), Customer.objects.count()) == before


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_g6_a_signed_in_browser_gets_nothing_by_its_cookie(signed_in, world, method, path):
    answer = signed_in(world.ada).generic(method, path, data="{}", content_type="application/json")

    assert answer.status_code == 401


@pytest.mark.parametrize(("method", "path"), [call for call in CALLS if call[0] != "GET"])
def test_k2_a_token_that_may_read_writes_nothing(reader, conversation, method, path):
    answer = reader.call(method, path.removeprefix("/api/v1"), {})

    assert answer.status_code == 403
    assert answer.json()["type"] == "urn:ascolto:problem:forbidden"


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Bearer x", "Bearer asc_x", "Basic YTpi", "asc_x", "Bearer asc_\xff"]
)
def test_what_is_no_token_is_refused(world, header):
    assert Client().get("/api/v1/conversations", headers={"Authorization": header}).status_code == 401


def test_a_token_in_the_address_is_no_token(reader):
    assert Client().get(f"/api/v1/conversations?token={reader.raw}").status_code == 401


def test_a_revoked_or_expired_token_opens_nothing(program_with, world):
    revoked = program_with("read")
    tokens.revoke(token=revoked.token, at=timezone.now())
    expired = program_with("read")
    expired.token.expires_at = timezone.now() - timedelta(seconds=1)
    expired.token.save(update_fields=["expires_at"])

    assert revoked.get("/conversations").status_code == 401
    assert expired.get("/conversations").status_code == 401


def test_admin_includes_write_and_write_includes_read(program_with, begun):
    begun(by=program_with("admin"))

    assert program_with("write").get("/conversations").status_code == 200
