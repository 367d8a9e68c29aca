"""What came with a message leaves the house harmless (threats B2, B4, B5)."""

import io
from typing import Any

from PIL import Image

from ascolto.channels.inbound import InboundMessage, accept
from ascolto.conversations.models import Conversation

PAYLOAD = '<p>Ecco <b>tutto</b></p><img src="http://tracker.example/p.gif"><script>alert(1)</script><a href="javascript:x">y</a>'


def picture() -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (40, 30), "#175a40").save(drawn, "PNG")
    return drawn.getvalue()


def test_b5_a_file_is_kept_not_shown(as_bruno: Any, conversation: Any, attached: Any) -> None:
    attachment = attached(conversation, b"<html><script>alert(1)</script></html>", "pagina.html")

    answer = as_bruno.get(f"/conversations/{conversation.number}/files/{attachment.id}/")

    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "html" not in answer.headers["Content-Type"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_a_picture_has_a_small_one_drawn_by_us(as_bruno: Any, conversation: Any, attached: Any) -> None:
    attachment = attached(conversation, picture(), "foto.png")

    answer = as_bruno.get(f"/conversations/{conversation.number}/files/{attachment.id}/?preview=1")

    assert answer.headers["Content-Type"] == "image/webp"
    assert f"files/{attachment.id}/?preview=1" in as_bruno.get(f"/conversations/{conversation.number}/").content.decode()


def test_a_file_that_is_no_picture_has_no_small_one(as_bruno: Any, conversation: Any, attached: Any) -> None:
    attachment = attached(conversation)

    assert as_bruno.get(f"/conversations/{conversation.number}/files/{attachment.id}/?preview=1").status_code == 404


def with_html(world: Any) -> Conversation:
    from ascolto.text.sanitize import sanitize

    received = accept(
        InboundMessage(
            inbox=world.inbox.id,
            text="Ecco tutto",
            html=sanitize(PAYLOAD).html,
            at=world.now,
            source=None,
            customer=world.anna.id,
        )
    )
    return Conversation.objects.get(pk=received.conversation)


def test_b2_html_stands_only_in_a_frame_that_can_do_nothing(as_bruno: Any, world: Any) -> None:
    conversation = with_html(world)
    message = conversation.messages.get()

    page = as_bruno.get(f"/conversations/{conversation.number}/").content.decode()
    body = as_bruno.get(f"/conversations/{conversation.number}/messages/{message.pk}/html/")

    assert "<b>tutto</b>" not in page
    assert '<p dir="auto">Ecco tutto</p>' in page
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page
    policy = body.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'none'" in policy
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert "<b>tutto</b>" in body.content.decode()
    assert "<script" not in body.content.decode()
    assert "javascript:" not in body.content.decode()


def test_b4_nothing_is_fetched_from_elsewhere(as_bruno: Any, world: Any) -> None:
    conversation = with_html(world)
    message = conversation.messages.get()

    body = as_bruno.get(f"/conversations/{conversation.number}/messages/{message.pk}/html/")

    assert "tracker.example" not in body.content.decode()
    assert "img-src 'none'" in body.headers["Content-Security-Policy"]


def test_a_message_without_html_has_no_frame(as_bruno: Any, conversation: Any) -> None:
    message = conversation.messages.get()

    assert as_bruno.get(f"/conversations/{conversation.number}/messages/{message.pk}/html/").status_code == 404
    assert "<iframe" not in as_bruno.get(f"/conversations/{conversation.number}/").content.decode()
