"""/t/<token>: the customer's own page."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.timezone import now
from PIL import Image

from ascolto.channels.delivery import deliver
from ascolto.conversations.links import revoke_links
from ascolto.conversations.models import Attachment, Conversation, Message, PrivateLink
from ascolto.conversations.reply import write_reply
from ascolto.eventlog.event import Actor
from ascolto.eventlog.read import last_position
from ascolto.people.models import Address, Customer
from ascolto.surveys.models import Answer

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360f8cf500f00030101007c9b6a070000000049454e44ae426082"
)


def test_it_shows_what_was_said_to_the_customer_and_nothing_else(client: Any, page_token: str) -> None:
    page = client.get(f"/t/{page_token}").content.decode()

    assert "Provi così" in page
    assert "Cliente difficile" not in page


def test_b8_words_of_people_are_words(client: Any, page_token: str) -> None:
    page = client.get(f"/t/{page_token}").content.decode()

    assert "La lampada &lt;b&gt;lampeggia&lt;/b&gt; {{7*7}}" in page


def test_looking_writes_nothing_and_the_script_says_it_was_read(client: Any, page_token: str, served: Any) -> None:
    before = last_position()
    client.get(f"/t/{page_token}")
    client.head(f"/t/{page_token}")
    assert last_position() == before
    assert client.get(f"/t/{page_token}/read").status_code == 405

    said = client.post(f"/t/{page_token}/read")

    assert said.status_code == 204
    assert Conversation.objects.get().customer_seen_at is not None


@pytest.mark.parametrize("way", ["script", "form"])
def test_a_reply_written_while_the_page_was_open_stays_unread(
    client: Any, page_token: str, served: Any, world: Any, way: str
) -> None:
    page = client.get(f"/t/{page_token}").content.decode()
    by = Actor("agent", str(world.bruno.id))
    unseen = write_reply(conversation=served, text="Mai vista", by=by, author=world.bruno, at=now())
    shown = Message.objects.get(text="Provi così")

    assert f'data-up-to="{shown.id}"' in page
    assert f'name="up_to" value="{shown.id}"' in page
    if way == "script":
        client.post(f"/t/{page_token}/read", {"up_to": str(shown.id)})
    else:
        client.post(f"/t/{page_token}", {"text": "Grazie", "nonce": "n", "up_to": str(shown.id)})

    assert Message.objects.get(pk=shown.pk).delivery == "read"
    assert Message.objects.get(pk=unseen.pk).delivery == "live"
    assert [each.id for each in deliver(message_id=unseen.id, since=now(), now=now())] == [unseen.id]


def test_a_message_with_a_file_arrives_once_however_often_the_form_is_sent(page_token: str, served: Any) -> None:
    client = Client(enforce_csrf_checks=True)
    form = {"text": "Ecco la foto", "nonce": "abc"}
    for _ in range(2):
        file = SimpleUploadedFile("foto.png", PNG, "image/png")
        response = client.post(f"/t/{page_token}", {**form, "files": [file]})

    assert response.status_code == 303
    assert Message.objects.filter(text="Ecco la foto").count() == 1
    assert Attachment.objects.count() == 1
    changed = client.post(f"/t/{page_token}", {"text": "Altre parole", "nonce": "abc"})
    assert changed.status_code == 303
    assert Message.objects.filter(text="Altre parole").count() == 1


def test_writing_proves_nothing_and_joins_nothing(client: Any, page_token: str, served: Any) -> None:
    Address.objects.update(proven_at=None)
    customers = Customer.objects.count()
    client.post(f"/t/{page_token}", {"text": "Sono io", "nonce": "n"})

    assert Customer.objects.count() == customers
    assert not Address.objects.filter(proven_at__isnull=False).exists()
    assert Conversation.objects.count() == 1


def test_nothing_written_is_said_and_too_much_comes_back(client: Any, page_token: str) -> None:
    empty = client.post(f"/t/{page_token}", {"text": " \u200b\n", "nonce": "n"})
    long = client.post(f"/t/{page_token}", {"text": "a" * 100_001, "nonce": "m"})

    assert (empty.status_code, long.status_code) == (422, 422)
    assert "a" * 100_001 in long.content.decode()
    assert Message.objects.filter(author_kind="customer").count() == 1


def test_old_forged_and_closed_links_have_one_answer(client: Any, page_token: str, served: Any) -> None:
    forged = client.get(f"/t/{page_token[:-3]}abc")
    revoke_links(conversation=served, at=now())
    closed = client.get(f"/t/{page_token}")
    PrivateLink.objects.update(revoked_at=None, expires_at=now() - timedelta(seconds=1))
    old = client.get(f"/t/{page_token}")
    posted = client.post(f"/t/{page_token}", {"text": "ciao"})

    assert {each.status_code for each in (forged, closed, old, posted)} == {404}
    assert forged.content == closed.content == old.content


def test_c2_a_file_opens_only_from_the_page_of_its_own_conversation(
    client: Any, page_token: str, anna_writes: Any, world: Any
) -> None:
    client.post(f"/t/{page_token}", {"text": "Foto", "nonce": "n", "files": [SimpleUploadedFile("foto.png", PNG)]})
    attachment = Attachment.objects.get()
    path = f"/t/{page_token}/files/{attachment.id}/"
    mine = client.get(path)
    Message.objects.filter(pk=attachment.message_id).update(visibility="internal")
    internal = client.get(path)
    Message.objects.filter(pk=attachment.message_id).update(visibility="public", conversation=anna_writes("Altra"))
    foreign = client.get(path)

    assert b"".join(mine.streaming_content) == PNG
    assert mine["X-Content-Type-Options"] == "nosniff"
    assert (internal.status_code, foreign.status_code) == (404, 404)


def test_a_picture_is_shown_small_and_what_only_says_it_is_one_is_not(client: Any, page_token: str) -> None:
    drawn = BytesIO()
    Image.new("RGB", (40, 30), "teal").save(drawn, "PNG")
    files = [SimpleUploadedFile("foto.png", drawn.getvalue()), SimpleUploadedFile("finta.png", PNG[:40])]
    client.post(f"/t/{page_token}", {"text": "Foto", "nonce": "n", "files": files})
    found = {each.file.name: client.get(f"/t/{page_token}/files/{each.id}/?preview=1") for each in Attachment.objects.all()}

    assert found["foto.png"]["Content-Type"] == "image/webp"
    assert found["finta.png"].status_code == 404


def test_after_the_resolution_it_leads_to_the_questions(client: Any, page_token: str, asked: Any) -> None:
    page = client.get(f"/t/{page_token}").content.decode()

    assert f'href="{asked.path}"' in page


def test_once_answered_it_leads_back_to_the_answer_for_a_week(client: Any, page_token: str, asked: Any) -> None:
    client.post(asked.path, {"csat": "4"})

    page = client.get(f"/t/{page_token}").content.decode()
    Answer.objects.update(answered_at=now() - timedelta(days=8))
    later = client.get(f"/t/{page_token}").content.decode()

    assert "Ci ha detto com’è andata." in page
    assert f'href="{asked.path}"' in page
    assert asked.path not in later


def test_no_log_has_the_address_of_the_page(client: Any, page_token: str, caplog: Any) -> None:
    client.post(f"/t/{page_token}", {"text": ""})
    client.get(f"/t/{page_token}/files/018f0000-0000-7000-8000-000000000000/")

    assert page_token not in caplog.text


def test_the_address_of_the_page_does_not_travel_on(client: Any, page_token: str) -> None:
    response = client.get(f"/t/{page_token}")

    assert response["Referrer-Policy"] == "no-referrer"
    assert "no-store" in response["Cache-Control"]
