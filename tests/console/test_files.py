"""What came with a message leaves the house harmless (threats B2, B4, B5)."""

import io
from typing import Any

from PIL import Image


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
