"""The same Idempotency-Key gives the same answer; the effect happens once (G5)."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from ascolto.api.models import KeptAnswer
from ascolto.api.prune import prune_answers
from ascolto.conversations.models import Conversation, Message
from ascolto.files.models import StoredFile

BODY = {"customer": {"email": "gina@example.org"}, "body": "Una volta sola"}


def test_the_same_key_gives_the_same_answer(writer):
    first = writer.post("/conversations", BODY, Idempotency_Key="k-1")

    again = writer.post("/conversations", BODY, Idempotency_Key="k-1")

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert (again["ETag"], again["Location"]) == (first["ETag"], first["Location"])
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"
    assert Conversation.objects.count() == 1


def test_the_same_key_with_another_body_is_a_conflict(writer, conversation):
    writer.post("/conversations", BODY, Idempotency_Key="k-1")

    other_body = writer.post("/conversations", {**BODY, "body": "altro"}, Idempotency_Key="k-1")
    other_call = writer.post(f"/conversations/{conversation.number}/messages", BODY, Idempotency_Key="k-1")

    assert (other_body.status_code, other_call.status_code) == (409, 409)
    assert other_body.json()["type"] == "urn:ascolto:problem:idempotency-conflict"


def test_the_same_key_of_another_token_is_another_key(writer, program_with):
    writer.post("/conversations", BODY, Idempotency_Key="k-1")

    other = program_with("write").post("/conversations", {**BODY, "body": "altro"}, Idempotency_Key="k-1")

    assert other.status_code == 201


def test_what_was_refused_may_be_tried_again(writer):
    refused = writer.post("/conversations", {**BODY, "colour": "red"}, Idempotency_Key="k-1")

    mended = writer.post("/conversations", BODY, Idempotency_Key="k-1")

    assert (refused.status_code, mended.status_code) == (422, 201)


@pytest.mark.parametrize("key", ["", "x" * 256, "due parole", "è"])
def test_a_key_that_is_none_is_refused(writer, key):
    assert writer.post("/conversations", BODY, Idempotency_Key=key).status_code == 422


def test_an_answer_is_kept_for_24_hours(writer, settings):
    writer.post("/conversations", BODY, Idempotency_Key="k-1")
    row = KeptAnswer.objects.get()

    prune_answers(row.at + timedelta(hours=23))
    assert KeptAnswer.objects.count() == 1
    prune_answers(row.at + timedelta(hours=24))
    assert KeptAnswer.objects.count() == 0


def test_after_24_hours_the_key_is_new_even_if_nobody_pruned(writer):
    writer.post("/conversations", BODY, Idempotency_Key="k-1")
    KeptAnswer.objects.update(at=KeptAnswer.objects.get().at - timedelta(hours=24))

    answer = writer.post("/conversations", {**BODY, "body": "altro"}, Idempotency_Key="k-1")

    assert answer.status_code == 201


def test_a_file_given_twice_with_one_key_is_one_file(writer):
    first = writer.upload("nota.txt", b"ciao", Idempotency_Key="k-1")
    again = writer.upload("nota.txt", b"ciao", Idempotency_Key="k-1")
    other = writer.upload("nota.txt", b"addio", Idempotency_Key="k-1")

    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 409)
    assert first.json() == again.json()
    assert StoredFile.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_g5_ten_copies_at_once_have_one_effect(writer, conversation):
    path = f"/conversations/{conversation.number}/messages"
    body = {"author": "agent", "body": "Una volta sola"}

    def send(_):
        try:
            return writer.post(path, body, Idempotency_Key="k-1")
        finally:
            connection.close()

    started = time.monotonic()
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(send, range(10)))

    assert {answer.status_code for answer in answers} == {201}, [answer.content for answer in answers]
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotency-Replayed" in answer for answer in answers) == 9
    assert Message.objects.filter(text="Una volta sola").count() == 1
    assert time.monotonic() - started < 20
