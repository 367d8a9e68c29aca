"""The same Idempotency-Key gives the same answer for 24 hours; the effect happens once."""

import re
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from ascolto.api import strict
from ascolto.api.authenticate import Caller
from ascolto.api.models import KeptAnswer
from ascolto.api.problems import Fault, Problem
from ascolto.api.prune import LASTS

KEY = re.compile(r"[\x21-\x7e]{1,255}")
KEPT_HEADERS = ("ETag", "Location")

Answer = Callable[[], HttpResponse]


def once(request: HttpRequest, caller: Caller, answer: Answer, *, now: datetime) -> HttpResponse:
    """
    Answer a write in one transaction; a refusal undoes all of it. With an Idempotency-Key the second copy gets the first answer.

    Copies that come at the same time wait for the first. What was refused is not kept and may be tried again.
    :raises Problem: 409, the key was used with another request; 422, it is no key
    """
    key = request.headers.get("Idempotency-Key")
    if request.method != "POST" or key is None:
        return answer() if strict.is_multipart(request) else all_or_nothing(answer)
    if not KEY.fullmatch(key):
        raise Problem(
            "invalid",
            "Idempotency-Key has 1 to 255 visible ASCII characters.",
            errors=[Fault("Idempotency-Key", "1 to 255 visible ASCII characters")],
        )
    wanted = hash_of(request)
    return all_or_nothing(lambda: first_or_kept(caller, key, wanted, answer, now))


def all_or_nothing(answer: Answer) -> HttpResponse:
    with transaction.atomic():
        response = answer()
        if response.status_code >= 400:
            transaction.set_rollback(True)
    return response


def first_or_kept(caller: Caller, key: str, wanted: str, answer: Answer, now: datetime) -> HttpResponse:
    """Claim the key in this transaction, or find what another one made of it (it waits for one that is not finished)."""
    rows = KeptAnswer.objects.filter(token=caller.token, key=key)
    rows.filter(at__lte=now - LASTS).delete()
    KeptAnswer.objects.bulk_create([KeptAnswer(token=caller.token, key=key, request_hash=wanted, at=now)], ignore_conflicts=True)
    row = rows.select_for_update().get()
    if row.request_hash != wanted:
        raise Problem("idempotency-conflict", "This Idempotency-Key was used with another address or body in the last 24 hours.")
    if row.status:
        return replayed(row)
    response = answer()
    if response.status_code < 400:
        row.status, row.body = response.status_code, response.content.decode()
        row.headers = {name: response[name] for name in KEPT_HEADERS if name in response}
        row.save(update_fields=["status", "body", "headers"])
    return response


def replayed(row: KeptAnswer) -> HttpResponse:
    headers = {**row.headers, "Idempotency-Replayed": "true"}
    return HttpResponse(row.body, status=row.status, content_type="application/json; charset=utf-8", headers=headers)


def hash_of(request: HttpRequest) -> str:
    """What makes two requests the same: method, address and body; of a form its fields, since its boundary is new each time."""
    digest = sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if strict.is_multipart(request):
        for name, file in sorted(request.FILES.items()):
            digest.update(f"{name}\n{file_words(file)}\n".encode())
    else:
        digest.update(strict.body_bytes(request))
    return digest.hexdigest()


def file_words(file: object) -> str:
    if not isinstance(file, UploadedFile):
        return ""
    content = sha256()
    for chunk in file.chunks():
        content.update(chunk)
    file.seek(0)
    return f"{file.name} {content.hexdigest()}"
