"""Files by API: given once, attached, opened by a short link."""

from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from ascolto.accounts import tokens
from ascolto.files.models import StoredFile

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64


def path_of(url):
    return url.removeprefix("http://testserver")


def test_a_file_is_given_attached_and_opened(writer, conversation):
    given = writer.upload("foto.png", PNG)
    assert given.status_code == 201, given.content
    assert given.json().keys() == {"id", "name", "size", "type"}

    message = writer.post(
        f"/conversations/{conversation.number}/messages",
        {"author": "agent", "body": "Ecco la foto", "attachments": [given.json()["id"]]},
    ).json()
    file = writer.get(f"/files/{message['attachments'][0]['id']}").json()
    opened = Client().get(path_of(file["url"]))

    assert b"".join(opened.streaming_content) == PNG
    assert opened["Content-Disposition"].startswith("attachment")
    assert opened["X-Content-Type-Options"] == "nosniff"
    assert opened["Content-Security-Policy"].startswith("sandbox")
    assert opened["Content-Type"] == file["type"]


def test_c2_a_link_is_for_a_few_minutes_for_one_file_and_dies_with_its_token(writer):
    id, other = (writer.upload(name, name.encode()).json()["id"] for name in ("a.txt", "b.txt"))
    url = path_of(writer.get(f"/files/{id}").json()["url"])

    assert Client().get(url).status_code == 200
    assert Client().get(url.replace(id, other)).status_code == 404
    assert Client().get(url.replace("signature=", "signature=x")).status_code == 404
    assert Client().get(url.partition("?")[0]).status_code == 404
    assert writer.get(url.partition("?")[0].removeprefix("/api/v1")).status_code == 404
    with time_machine.travel(timezone.now() + timedelta(minutes=6), tick=False):
        assert Client().get(url).status_code == 404
    tokens.revoke(token=writer.token, at=timezone.now())
    assert Client().get(url).status_code == 404


def test_files_of_others_are_not_there(writer, program_with):
    id = writer.upload("a.txt", b"a").json()["id"]

    assert program_with("write").get(f"/files/{id}").status_code == 404
    assert writer.get("/files/x").status_code == 404


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"document": SimpleUploadedFile("a.txt", b"a")},
        {"file": SimpleUploadedFile("a.txt", b"")},
        {"file": SimpleUploadedFile("a.txt", b"a"), "owner": "token:x"},
        {"file": "words"},
    ],
)
def test_a_form_that_is_not_one_file_is_refused(writer, form):
    answer = Client().post("/api/v1/files", form, headers={"Authorization": f"Bearer {writer.raw}"})

    assert answer.status_code == 422, answer.content
    assert StoredFile.objects.count() == 0


def test_a_file_that_is_too_large_is_refused_before_it_is_read(writer):
    answer = Client().generic(
        "POST",
        "/api/v1/files",
        data=b"x",
        content_type="multipart/form-data; boundary=x",
        headers={"Authorization": f"Bearer {writer.raw}", "Content-Length": str(30 * 1024 * 1024)},
    )

    assert answer.status_code == 413
    assert answer.json()["type"] == "urn:ascolto:problem:too-large"


def test_a_body_that_is_no_form_is_refused(writer):
    assert writer.post("/files", {"file": "x"}).status_code == 422
