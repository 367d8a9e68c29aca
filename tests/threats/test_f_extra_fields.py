"""Fields that nobody offered: sent to every form and every call, as filters and orders too, they change and tell nothing."""

from typing import Any

import pytest
from django.apps import apps
from django.db.models import Model

from ascolto.accounts.models import User
from ascolto.conversations.models import Conversation, Message
from tests.threats.conftest import Everyone, as_json
from tests.threats.test_matrix import OF_PAGES, SAID

OFFERED = {
    "/api/v1/conversations": {
        "inbox",
        "customer",
        "subject",
        "body",
        "body_format",
        "sent_at",
        "external_id",
        "tags",
        "attributes",
        "attachments",
    },
    "/api/v1/conversations/{A_id}": {
        "status",
        "assignee",
        "team",
        "priority",
        "tags",
        "attributes",
        "snoozed_until",
        "queue",
        "reason",
    },
    "/api/v1/customers/{A_customer}": {"name", "email", "phone", "external_id", "language", "attributes"},
}


def names_of(*models: type[Model]) -> list[str]:
    return sorted(
        {
            name
            for model in models
            for field in model._meta.get_fields()
            for name in (field.name, getattr(field, "attname", field.name))
        }
    )


def every_path() -> list[str]:
    """What an ORM would follow, three deep, from a conversation to a colleague's password."""
    fields = names_of(*(model for model in apps.get_models() if model.__module__.startswith("ascolto.")))
    deep = [
        "assignee__password",
        "customer__addresses__value",
        "inbox__identity_secret",
        "messages__author__password",
        "assignee__tokens__digest",
    ]
    return [*fields, *deep, *(f"-{name}" for name in deep), "pk", "id__in", "?", "number__gt", "password__startswith"]


def test_f10_the_api_refuses_every_field_that_it_does_not_offer(everyone: Everyone) -> None:
    writer = everyone.actors["write"].client()
    names = names_of(Conversation, Message, User)
    for path, offered in OFFERED.items():
        call = writer.post if path == "/api/v1/conversations" else writer.patch
        base = {"customer": {"email": "gina@example.org"}, "body": "x"} if call == writer.post else {}
        for name in set(names) - offered:
            answer = call(everyone.filled(path), **as_json({**base, name: "1"}))
            assert answer.status_code == 422, f"{path} took {name}"


def test_g1_no_path_through_the_tables_is_a_filter_or_an_order(everyone: Everyone) -> None:
    reader = everyone.actors["read"].client()
    known = {
        "status",
        "assignee",
        "team",
        "inbox",
        "customer",
        "tag",
        "updated_since",
        "external_id",
        "email",
        "limit",
        "cursor",
        "kinds",
        "after",
        "wait",
        "visibility",
        "kind",
        "q",
        "priority",
    }
    for path in ("/api/v1/conversations", "/api/v1/customers", everyone.filled("/api/v1/conversations/{A_id}/messages")):
        for name in every_path():
            for parameter in (name, "sort", "order_by", "ordering"):
                if parameter not in known:
                    assert reader.get(path, {parameter: name}).status_code == 422, f"{path}?{parameter}={name}"


def test_f10_no_form_writes_a_field_that_it_does_not_show(everyone: Everyone) -> None:
    """Bruno sends every column of every table with every form: what he is, and what a conversation is, stays."""
    extra = {name: "1" for name in names_of(Conversation, Message, User) if name not in SAID} | {
        "is_superuser": "on",
        "number": "7",
    }
    bruno = everyone.actors["bruno"].client(raise_request_exception=False)
    before = facts(everyone)

    for line in OF_PAGES:
        if line.method == "POST" and not line.path.startswith("/api/"):
            answer = bruno.post(everyone.filled(line.path), {**extra, **SAID, "email": "x@example.org", "role": "admin"})
            assert answer.status_code < 500, line.path

    assert facts(everyone) == before


def facts(everyone: Everyone) -> Any:
    users = list(User.objects.order_by("id").values("id", "email", "role", "is_active", "password"))
    rows = Conversation.objects.filter(id__in=[everyone.things["A_id"], everyone.things["B_id"]])
    return users, list(rows.order_by("id").values("id", "number", "inbox", "customer", "created_at", "external_id", "subject"))


@pytest.mark.parametrize("name", ["user", "author", "by", "at", "visibility", "author_kind", "source"])
def test_f10_nobody_writes_in_anothers_name(everyone: Everyone, name: str) -> None:
    bruno = everyone.actors["bruno"].client()
    said = {"text": "in nome altrui", name: str(everyone.world.ada.id)}

    bruno.post(everyone.filled("/conversations/{A_number}/replies/"), said)

    [message] = Message.objects.filter(text="in nome altrui")
    assert (message.author, message.visibility, message.author_kind) == (everyone.world.bruno, "public", "agent")
