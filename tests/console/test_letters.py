"""A mail in the thread: its words in parts, its HTML in a frame that can do nothing, its bytes as they came."""

import io
import re
from typing import Any

import pytest
from PIL import Image

from ascolto.channels.inbound import InboundMessage, accept
from ascolto.channels.models import RawInbound
from ascolto.conversations.models import Attachment, Conversation, Message
from ascolto.files.store import store
from ascolto.text.mail_html import keep
from tests.console.conftest import words_of

HTML = (
    '<p>Ecco <b>tutto</b> <img src="cid:logo@posta" alt="logo"></p><img src="http://tracker.example/p.gif" alt="saldi">'
    '<script>alert(1)</script><a href="javascript:x">y</a><div style="position:fixed;color:#c00">rosso</div>'
    "<blockquote>le vostre parole</blockquote>"
)
TEXT = (
    "Non scalda ancora.\n\nCordiali saluti,\nAnna Verdi\nvia Roma 1\n20100 Milano\ntel. 02 1234567\nwww.verdi.example\n\n"
    "Il giorno lun 3 mar 2025 alle ore 10:15 Lumen <aiuto@lumen.example> ha scritto:\n\n> Gentile signora,\n> arriviamo.\n"
)
HEAD = {
    "from": "Anna Verdi <anna@posta.example>",
    "to": ["aiuto@lumen.example"],
    "cc": ["marco@posta.example", "<b>x</b>@posta.example"],
    "subject": "Re: <i>lampada</i>",
    "date": "Mon, 3 Mar 2025 10:20:00 +0100",
    "warnings": ["This part was cut."],
}


@pytest.fixture
def mailed(world: Any) -> Any:
    """`mailed(text=…, html=…, head=…)`: a mail of Anna's that arrived, as a message."""

    def mail(*, text: str = TEXT, html: str = HTML, head: dict[str, Any] | None = HEAD) -> Message:
        received = accept(
            InboundMessage(
                inbox=world.inbox.id,
                text=text,
                html=keep(html).html,
                at=world.now,
                source=None,
                customer=world.anna.id,
                head=head,
            )
        )
        return Message.objects.select_related("conversation").get(pk=received.message)

    return mail


def thread_of(client: Any, message: Message) -> Any:
    return client.get(f"/conversations/{message.conversation.number}/")


def of(message: Message, name: str) -> str:
    return f"/conversations/{message.conversation.number}/messages/{message.pk}/{name}/"


def test_b2_html_stands_only_in_a_frame_that_can_do_nothing(as_bruno: Any, mailed: Any) -> None:
    message = mailed()

    page = thread_of(as_bruno, message).content.decode()
    frame = as_bruno.get(of(message, "formatted"))

    assert "<b>tutto</b>" not in page
    assert re.search(r'<iframe [^>]*sandbox="allow-popups allow-popups-to-escape-sandbox"', page)
    policy = frame.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'none'")
    assert "sandbox allow-popups" in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert frame.headers["Referrer-Policy"] == "no-referrer"
    assert "<b>tutto</b>" in frame.content.decode()
    assert not re.search(r"<script|javascript:|position", frame.content.decode())
    assert "color:#c00" in frame.content.decode()


def test_b4_nothing_is_fetched_from_elsewhere_until_it_is_asked_for(as_bruno: Any, mailed: Any) -> None:
    message = mailed()

    page = words_of(thread_of(as_bruno, message))
    quiet, asked = as_bruno.get(of(message, "formatted")), as_bruno.get(of(message, "formatted") + "?pictures=1")

    assert "1 immagine esterna non è caricata" in page
    assert "img-src data:;" in quiet.headers["Content-Security-Policy"]
    assert ' src="http' not in quiet.content.decode()
    assert "img-src data: https:;" in asked.headers["Content-Security-Policy"]
    assert 'src="https://tracker.example/p.gif"' in asked.content.decode()


def test_pictures_that_came_along_travel_within_the_page(as_bruno: Any, mailed: Any, world: Any) -> None:
    drawn = io.BytesIO()
    Image.new("RGB", (40, 30), "#175a40").save(drawn, "PNG")
    message = mailed()
    file = store(drawn.getvalue(), name="logo.png", owner="x", at=world.now)
    Attachment.objects.create(message=message, file=file, content_id="logo@posta", is_inline=True)

    frame = as_bruno.get(of(message, "formatted")).content.decode()
    page = thread_of(as_bruno, message).content.decode()

    assert 'src="data:image/png;base64,iVBOR' in frame
    assert "logo.png" not in page


def test_c9_a_picture_that_is_none_is_not_sent_along(as_bruno: Any, mailed: Any, world: Any) -> None:
    message = mailed()
    file = store(b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", name="logo.svg", owner="x", at=world.now)
    Attachment.objects.create(message=message, file=file, content_id="logo@posta", is_inline=True)

    frame = as_bruno.get(of(message, "formatted")).content.decode()

    assert "data:image" not in frame
    assert "logo</p>" in frame


def test_quoted_text_and_signature_are_folded_and_all_of_it_is_there(as_bruno: Any, mailed: Any) -> None:
    page = thread_of(as_bruno, mailed()).content.decode()

    before, signature, quoted = page.partition('class="message__body"')[2].split('<details class="folded">')
    assert "Non scalda ancora." in before
    assert "20100 Milano" in signature
    assert "20100 Milano" not in before
    assert "arriviamo." in quoted.partition("</details>")[0]


def test_a_quote_that_is_answered_below_stands_open_and_a_short_signature_needs_no_button(as_bruno: Any, mailed: Any) -> None:
    page = thread_of(as_bruno, mailed(text="> Quando?\n\nDomani.\n\n-- \nAnna", html="")).content.decode()

    assert '<details class="folded" open>' in page
    assert page.count('class="folded__button"') == 1


def test_the_head_of_a_mail_and_what_could_not_be_read_are_told(as_bruno: Any, mailed: Any) -> None:
    page = thread_of(as_bruno, mailed())

    words = words_of(page)
    for each in (
        "Anna Verdi <anna@posta.example>",
        "marco@posta.example",
        "Re: <i>lampada</i>",
        "10:20:00",
        "This part was cut.",
    ):
        assert each in words
    assert "<i>lampada" not in page.content.decode()


def test_what_is_written_in_the_messenger_is_no_mail(as_bruno: Any, conversation: Any) -> None:
    page = as_bruno.get(f"/conversations/{conversation.number}/").content.decode()

    assert "<iframe" not in page
    assert 'class="letter"' not in page
    assert "/original/" not in page


def test_a_message_without_html_has_no_frame(as_bruno: Any, conversation: Any) -> None:
    message = conversation.messages.get()

    assert as_bruno.get(f"/conversations/{conversation.number}/messages/{message.pk}/formatted/").status_code == 404


def test_the_original_is_given_as_it_came_and_never_shown(as_bruno: Any, mailed: Any, world: Any) -> None:
    message = mailed()
    content = b"From: anna@posta.example\r\nContent-Type: text/html\r\n\r\n<script>alert(1)</script>\x00\xff"
    RawInbound.objects.create(
        inbox=world.inbox,
        key="1",
        digest="0" * 64,
        content=content,
        size_bytes=len(content),
        received_at=world.now,
        message=message,
    )

    answer = as_bruno.get(of(message, "original"))

    assert answer.content == content
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert re.fullmatch(r'attachment; filename="\d+-\w+\.eml".*', answer.headers["Content-Disposition"])
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_our_own_address_is_named_without_its_token_and_a_machine_s_words_are_marked(as_bruno: Any, mailed: Any) -> None:
    ours = f"Lumen <aiuto+{'a7' * 20}@lumen.example>"
    message = mailed(head={**HEAD, "to": [ours], "cc": [ours.upper()]})
    Message.objects.filter(pk=message.pk).update(is_automatic=True)

    page = thread_of(as_bruno, message).content.decode()

    assert "Lumen &lt;aiuto@lumen.example&gt;" in page
    assert "a7a7" not in page.lower()
    assert "risposta automatica" in page


def test_what_has_no_original_and_what_is_not_theirs_is_not_there(as_bruno: Any, signed_in: Any, world: Any, mailed: Any) -> None:
    message = mailed()
    as_dario = signed_in(world.dario)

    assert as_bruno.get(of(message, "original")).status_code == 404
    for name in ("original", "formatted"):
        assert as_dario.get(of(message, name)).status_code == 404
    assert Conversation.objects.filter(pk=message.conversation_id).exists()


def test_b10_a_bomb_in_a_mail_costs_nobody_the_thread(as_bruno: Any, mailed: Any) -> None:
    message = mailed(html="<div>" * 50_000 + "parole", text="On " + "a " * 20_000)

    assert thread_of(as_bruno, message).status_code == 200
    assert "parole" in as_bruno.get(of(message, "formatted")).content.decode()
