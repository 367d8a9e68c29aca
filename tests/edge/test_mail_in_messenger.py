"""What a browser shows of a conversation into whose reply address others wrote by mail (threats A17, D1)."""

from typing import Any
from uuid import UUID

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from ascolto.channels.inbound import InboundMessage, accept
from ascolto.conversations.models import Conversation
from ascolto.files import store
from ascolto.people.models import Address
from tests.edge.desk import desk, run

API = "/messenger/sito/api/"

pytestmark = pytest.mark.django_db(transaction=True)


def mail_into(conversation: UUID, sender: str, text: str) -> UUID:
    row = Conversation.objects.get(pk=conversation)
    file = store.store(text.encode(), name="note.txt", owner="raw:1", at=timezone.now())
    accept(
        InboundMessage(
            inbox=row.inbox_id,
            text=text,
            at=timezone.now(),
            source=f"mail:{text}",
            files=(file.id,),
            file_owner="raw:1",
            customer=row.customer_id,
            conversation=row.id,
            head={"from": sender},
        )
    )
    return file.id


def prove(conversation: UUID, address: str) -> None:
    customer = Conversation.objects.get(pk=conversation).customer
    at = timezone.now()
    Address.objects.create(customer=customer, kind=Address.Kind.EMAIL, value=address, created_at=at, proven_at=at)


async def db(function: Any, *args: Any) -> Any:
    return await sync_to_async(function, thread_sensitive=False)(*args)


def test_a17_mail_of_others_into_the_reply_address_is_not_in_the_browser(world: Any) -> None:
    async def story() -> None:
        async with desk() as here:
            token = await here.visitor()
            first = await here.write(token, "Ciao")
            conversation = first.json["conversation"]
            file = await db(mail_into, UUID(conversation), "Shop <no-reply@third.example>", "Your code is 1234")

            page = await here.call("GET", f"{API}messages?conversation={conversation}", token=token)
            rows = await here.call("GET", f"{API}conversations", token=token)
            link = await here.call("GET", f"{API}files/{file}", token=token)

            assert [each["body"] for each in page.json["items"]] == ["Ciao"]
            assert [each["preview"] for each in rows.json["items"]] == ["Ciao"]
            assert link.status == 404

    run(story())


def test_d1_an_answer_by_mail_is_in_the_browser_of_whoever_has_proven_its_address_alone(world: Any) -> None:
    async def story() -> None:
        async with desk() as here:
            token = await here.visitor()
            first = await here.write(token, "Ciao")
            conversation = first.json["conversation"]
            await db(mail_into, UUID(conversation), "Dora <dora@example.org>", "Sto in via Roma 1")

            before = await here.call("GET", f"{API}messages?conversation={conversation}", token=token)
            await db(prove, UUID(conversation), "dora@example.org")
            after = await here.call("GET", f"{API}messages?conversation={conversation}", token=token)
            rows = await here.call("GET", f"{API}conversations", token=token)

            assert [each["body"] for each in before.json["items"]] == ["Ciao"]
            assert [each["body"] for each in after.json["items"]] == ["Ciao", "Sto in via Roma 1"]
            assert [each["preview"] for each in rows.json["items"]] == ["Sto in via Roma 1"]

    run(story())
