"""Files: give, and get a short link to the bytes."""

from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_GET
from ninja import File, Router, Status
from ninja.files import UploadedFile

from ascolto.accounts.actor import actor_of
from ascolto.accounts.models import Token
from ascolto.accounts.tokens import may_use
from ascolto.api import access
from ascolto.api.authenticate import ApiRequest, Caller, inboxes_of
from ascolto.api.problems import Problem, invalid, not_found, response_of
from ascolto.api.v1 import shapes
from ascolto.files import links, store
from ascolto.files.headers import headers
from ascolto.files.models import StoredFile

router = Router(tags=["Files"])


def in_short(row: StoredFile) -> shapes.FileInShort:
    return shapes.FileInShort(id=row.id, name=row.name, size=row.size_bytes, type=row.type)


@router.post("/files", response={201: shapes.FileInShort}, operation_id="give_file", summary="Give a file, to attach it later")
def give(request: ApiRequest, file: File[UploadedFile]) -> Status[shapes.FileInShort]:
    """`multipart/form-data` with one field `file`, at most 25 MB. The type is decided by the content."""
    if set(request.FILES) != {"file"} or len(request.FILES.getlist("file")) > 1 or request.POST:
        raise invalid("file", "send one field called file and nothing else")
    return Status(201, in_short(kept(file, request.caller, request.now)))


def kept(file: UploadedFile, caller: Caller, now: datetime) -> StoredFile:
    """:raises Problem: 413, 422, 429, 507"""
    try:
        return store.store(file, name=file.name or "", owner=caller.owner, at=now)
    except store.TooLarge as error:
        raise Problem("too-large", f"A file may have {store.LIMIT_BYTES} bytes.") from error
    except store.EmptyFile as error:
        raise invalid("file", "it is empty") from error
    except store.QuotaExceeded as error:
        headers = {"Retry-After": "3600"}
        raise Problem("too-many-requests", "This token has given enough files for a day.", headers=headers) from error
    except store.NoSpace as error:
        raise Problem("no-space", "The disk is nearly full; nothing was kept.") from error


@router.get("/files/{id}", response=shapes.File, operation_id="read_file", summary="What a file is, and a short link to it")
def read(request: ApiRequest, id: str) -> shapes.File:
    """`url` needs no token and is good for five minutes; whoever has it can open the file."""
    row = access.stored_file(request.caller, id)
    return shapes.File(
        **in_short(row).model_dump(), url=link_to(row, request.caller, request.now), url_expires_at=request.now + links.LASTS
    )


def link_to(row: StoredFile, caller: Caller, now: datetime) -> str:
    signed = urlencode({"by": str(caller.token.pk), "signature": links.sign(file_id=row.id, viewer=caller.owner, now=now)})
    return f"{settings.SITE_URL}/api/v1/files/{row.id}/content?{signed}"


@require_GET
def content(request: HttpRequest, id: UUID) -> HttpResponseBase:
    """The bytes, for who has a link that has not expired; its token must still be valid and still see the file (threat C2)."""
    now = timezone.now()
    try:
        row = opened(request.GET.get("by", ""), request.GET.get("signature", ""), id, now)
        response = FileResponse(store.open_bytes(row))
        for name, value in headers(row).items():  # after Django's own guesses
            response[name] = value
        return response
    except Problem as problem:
        return response_of(problem, request)
    except FileNotFoundError:
        return response_of(not_found(), request)


def opened(token_id: str, signature: str, id: UUID, now: datetime) -> StoredFile:
    """:raises Problem: 404, whatever is wrong with the link"""
    holder = access.read_id(token_id)
    token = Token.objects.filter(pk=holder).first() if holder else None
    if token is None or not token.is_valid(now) or not may_use(token, "read"):
        raise not_found()
    caller = Caller(token=token, actor=actor_of(token), inboxes=inboxes_of(token))
    try:
        if links.read(token=signature, viewer=caller.owner, now=now) != id:
            raise not_found()
    except links.BadLink as error:
        raise not_found() from error
    return access.stored_file(caller, str(id))
