"""Write: once, kept, and never over somebody else's answer."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from ascolto.conversations.models import Draft, Message
from ascolto.files.store import store
from tests.console.conftest import words_of

HTMX = {"HX-Request": "true"}


def send(browser: Any, conversation: Any, part: str = "replies", **fields: Any) -> Any:
    fields = {"text": "Gliela cambiamo subito", "client_id": "a1", "last_seen": timezone.now().isoformat()} | fields
    return browser.post(f"/conversations/{conversation.number}/{part}/", fields, headers=HTMX)


def test_a_reply_is_written_and_the_turn_is_the_customers(as_bruno: Any, world: Any, conversation: Any) -> None:
    answer = send(as_bruno, conversation)

    conversation.refresh_from_db()
    reply = Message.objects.get(author=world.bruno)
    assert answer.status_code == 201
    assert answer.headers["X-Message"] == str(reply.pk)
    assert (reply.text, reply.visibility, reply.source) == ("Gliela cambiamo subito", "public", f"c:{world.bruno.pk}:a1")
    assert (conversation.status, conversation.assignee) == ("waiting", world.bruno)


def test_sending_the_same_twice_is_one_reply(as_bruno: Any, world: Any, conversation: Any) -> None:
    assert send(as_bruno, conversation).headers["X-Message"] == send(as_bruno, conversation).headers["X-Message"]

    assert Message.objects.filter(author=world.bruno).count() == 1


def test_what_one_wrote_oneself_is_read(as_bruno: Any, conversation: Any) -> None:
    send(as_bruno, conversation)

    assert "row--unread" not in as_bruno.get("/inbox/waiting/").content.decode()


def test_without_scripts_the_page_comes_again_at_the_new_message(as_bruno: Any, world: Any, conversation: Any) -> None:
    answer = as_bruno.post(f"/conversations/{conversation.number}/replies/", {"text": "Ecco"})

    reply = Message.objects.get(author=world.bruno)
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith(f"#message-{reply.pk}")


def test_a_note_is_for_colleagues_and_leaves_the_turn_alone(as_bruno: Any, conversation: Any) -> None:
    assert send(as_bruno, conversation, "notes", text="Cliente già rimborsata").status_code == 201

    conversation.refresh_from_db()
    assert Message.objects.get(text="Cliente già rimborsata").visibility == "internal"
    assert conversation.status == "open"


def test_when_a_colleague_was_first_the_text_stays_and_says_who(
    as_bruno: Any, world: Any, conversation: Any, answers: Any
) -> None:
    seen = timezone.now() - timedelta(minutes=1)
    answers(world.carla, conversation, "Ho già risposto io", at=timezone.now())

    answer = send(as_bruno, conversation, last_seen=seen.isoformat())

    assert answer.status_code == 409
    assert "Carla Verdi" in words_of(answer)
    assert "Ho già risposto io" in words_of(answer)
    assert not Message.objects.filter(author=world.bruno).exists()
    assert send(as_bruno, conversation, last_seen="").status_code == 201


def test_when_a_colleague_was_first_the_page_without_scripts_keeps_the_text(
    as_bruno: Any, world: Any, conversation: Any, answers: Any
) -> None:
    seen = timezone.now() - timedelta(minutes=1)
    answers(world.carla, conversation, "Ho già risposto io", at=timezone.now())

    page = as_bruno.post(
        f"/conversations/{conversation.number}/replies/", {"text": "La mia risposta", "last_seen": seen.isoformat()}
    )

    assert page.status_code == 409
    assert "La mia risposta</textarea>" in page.content.decode()
    assert "<html" in page.content.decode()


@pytest.mark.parametrize("text", ["", "   \n\t", "\u200b\u200d"])
def test_nothing_is_not_sent_and_says_so(as_bruno: Any, conversation: Any, text: str) -> None:
    answer = send(as_bruno, conversation, text=text)

    assert answer.status_code == 422
    assert Message.objects.count() == 1


def test_a_text_too_long_is_refused_whole(as_bruno: Any, conversation: Any) -> None:
    assert send(as_bruno, conversation, text="a" * 100_001).status_code == 422
    assert Message.objects.count() == 1


def test_a_nul_in_a_text_is_not_stored(as_bruno: Any, world: Any, conversation: Any) -> None:
    send(as_bruno, conversation, text="pri\x00ma")

    assert "\x00" not in Message.objects.get(author=world.bruno).text


def test_unsent_words_are_kept_and_come_back(as_bruno: Any, world: Any, conversation: Any) -> None:
    answer = as_bruno.post(f"/conversations/{conversation.number}/draft/?lang=en", {"text": "Stavo per dir", "is_note": ""})

    assert "Saved at" in answer.content.decode()
    assert "Stavo per dir</textarea>" in as_bruno.get(f"/conversations/{conversation.number}/").content.decode()


def test_a_draft_is_its_writers_own(as_bruno: Any, world: Any, conversation: Any, signed_in: Any) -> None:
    as_bruno.post(f"/conversations/{conversation.number}/draft/", {"text": "Solo mio"})

    assert "Solo mio" not in signed_in(world.carla).get(f"/conversations/{conversation.number}/").content.decode()


def test_sending_or_emptying_throws_the_draft_away(as_bruno: Any, conversation: Any) -> None:
    as_bruno.post(f"/conversations/{conversation.number}/draft/", {"text": "Bozza"})
    send(as_bruno, conversation)
    assert not Draft.objects.exists()

    as_bruno.post(f"/conversations/{conversation.number}/draft/", {"text": "Bozza"})
    as_bruno.post(f"/conversations/{conversation.number}/draft/", {"text": "  "})
    assert not Draft.objects.exists()


def test_a_file_goes_up_at_once_and_along_with_the_reply(as_bruno: Any, world: Any, conversation: Any) -> None:
    chip = as_bruno.post(
        f"/conversations/{conversation.number}/files/", {"file": SimpleUploadedFile("listino.txt", b"prezzi")}, headers=HTMX
    )
    file = chip.context["file"]

    send(as_bruno, conversation, text="", files=[str(file.pk)])

    assert chip.status_code == 201
    assert "listino.txt" in chip.content.decode()
    assert [each.file_id for each in Message.objects.get(author=world.bruno).attachments.all()] == [file.pk]


def test_g2_a_file_that_somebody_else_uploaded_does_not_go_along(as_bruno: Any, world: Any, conversation: Any) -> None:
    file = store(b"segreto", name="x.txt", owner=f"user:{world.carla.pk}", at=world.now)

    assert send(as_bruno, conversation, files=[str(file.pk)]).status_code == 422
    assert send(as_bruno, conversation, files=["nonsense"]).status_code == 422
    assert Message.objects.count() == 1


def test_an_empty_file_is_refused_in_words(as_bruno: Any, conversation: Any) -> None:
    answer = as_bruno.post(f"/conversations/{conversation.number}/files/", {"file": SimpleUploadedFile("vuoto.txt", b"")})

    assert answer.status_code == 422
    assert "vuoto.txt" in answer.content.decode()


def test_without_scripts_files_come_with_the_form(as_bruno: Any, world: Any, conversation: Any) -> None:
    as_bruno.post(
        f"/conversations/{conversation.number}/replies/", {"text": "Eccolo", "upload": SimpleUploadedFile("a.txt", b"uno")}
    )

    assert Message.objects.get(author=world.bruno).attachments.count() == 1
