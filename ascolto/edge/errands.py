"""The visitors' smaller errands: read, give a file, type, leave an address, answer the questions, go."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import IO, Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.types import Receive, Scope

from ascolto.channels.messenger import visit
from ascolto.edge import limits, visitor
from ascolto.edge.answer import Answer, Problem, as_json
from ascolto.edge.messages import id_of, object_of, text_of
from ascolto.edge.metrics import bearer
from ascolto.edge.rights import Visitor
from ascolto.edge.server import Server, utc_now
from ascolto.edge.stream import query
from ascolto.files import previews, store
from ascolto.files.models import StoredFile
from ascolto.realtime.sighting import Sighting
from ascolto.surveys import answer as surveys
from ascolto.text.normalise import TooLong
from ascolto.vault.secrets import digest

WHICH = _("Say which conversation.")
WHY_CHARS = 20_000  # surveys/answer.py has its own, lower end
NOT_FOUND = _("This is not here any more.")
NO_ADDRESS = _("This is not an e-mail address.")
NO_FILE = _("No file came with this.")
REFUSED: Mapping[type[store.Refused], tuple[int, str, str | Promise]] = {
    store.TooLarge: (413, "too_large", _("This file is larger than 25 MB.")),
    store.EmptyFile: (422, "empty", _("This file is empty.")),
    store.QuotaExceeded: (429, "quota", _("These are more files than one day takes. Tomorrow there is room again.")),
    store.NoSpace: (503, "no_space", _("Files cannot be taken right now. Your words can.")),
}


@dataclass(frozen=True)
class Call:
    """One request of a known visitor."""

    server: Server
    visitor: Visitor
    scope: Scope
    receive: Receive
    id: UUID | None


async def list_messages(call: Call) -> Answer:
    asked = query(call.scope)
    conversation = id_of(asked.get("conversation"), "conversation")
    if conversation is None:
        raise Problem(422, "conversation", WHICH)
    before, after = id_of(asked.get("before"), "before"), id_of(asked.get("after"), "after")
    return as_json(await theirs(call, visitor.messages, call.visitor, conversation, before=before, after=after, now=utc_now()))


async def theirs(call: Call, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Read, and say 404 to what is not theirs."""
    try:
        return await call.server.read(function, *args, **kwargs)
    except visitor.NotTheirs as error:
        raise Problem(404, "not_found", NOT_FOUND) from error


async def list_conversations(call: Call) -> Answer:
    return as_json({"items": await call.server.read(visitor.conversations, call.visitor)})


async def take_file(call: Call) -> Answer:
    """201 with the file's facts once its bytes are safe; it belongs to this visit."""
    await call.server.limits.count(limits.FILES, call.visitor.principal)
    request = Request(call.scope, call.receive)
    try:
        async with request.form(max_files=1, max_fields=5, max_part_size=64 * 1024) as form:
            given = form.get("file")
            if not isinstance(given, UploadFile):
                raise Problem(422, "file", NO_FILE)
            kept = await keep(call, given.file, given.filename or "")
            await call.server.read(previews.make_preview, file=kept, at=utc_now())  # a picture shows where it stands
    except (MultiPartException, ValueError) as error:
        raise Problem(400, "file", NO_FILE) from error
    return as_json({"id": str(kept.id), "name": kept.name, "size": kept.size_bytes, "type": kept.type}, status=201)


async def keep(call: Call, content: IO[bytes], name: str) -> StoredFile:
    try:
        return await call.server.read(store.store, content, name=name, owner=f"visit:{call.visitor.id}", at=utc_now())
    except store.Refused as error:
        status, code, words = REFUSED[type(error)]
        raise Problem(status, code, words, retry_after_s=3600 if status == 429 else None) from error


async def link_file(call: Call) -> Answer:
    return as_json({"url": await theirs(call, visitor.fresh_link, call.visitor, call.id, now=utc_now())})


async def read(call: Call) -> Answer:
    await call.server.limits.count(limits.SIGNS, call.visitor.principal)
    said = await object_of(call.receive)
    conversation = await conversation_named(call, said)
    await theirs(call, visitor.read_up_to, call.visitor, conversation, id_of(said.get("up_to"), "up_to"), now=utc_now())
    return as_json({})


async def conversation_named(call: Call, said: dict[str, Any]) -> UUID:
    found = id_of(said.get("conversation"), "conversation")
    if found is None:
        raise Problem(422, "conversation", WHICH)
    return found


async def typing(call: Call) -> Answer:
    await call.server.limits.count(limits.SIGNS, call.visitor.principal)
    said = await object_of(call.receive)
    row = await theirs(call, visitor.own, call.visitor, await conversation_named(call, said))
    is_typing = said.get("is_typing") is True
    call.server.presence.tell(
        Sighting(
            conversation=str(row.id),
            number=row.number,
            inbox=str(row.inbox_id),
            customer=str(row.customer_id),
            who=f"customer:{row.customer_id}",
            is_typing=is_typing,
            is_gone=not is_typing,
        )
    )
    return as_json({})


async def leave(call: Call) -> Answer:
    """Keep an address for the reply: a claim, which joins nothing (threat D1)."""
    await call.server.limits.count(limits.SIGNS, call.visitor.principal)
    said = await object_of(call.receive)
    try:
        await call.server.read(visitor.leave, call.visitor, text_of(said, "email", max_chars=254), now=utc_now())
    except ValueError as error:
        raise Problem(422, "email", NO_ADDRESS) from error
    await call.server.permits.renew("visit", digest(bearer(call.scope)))
    return as_json({})


async def feedback(call: Call) -> Answer:
    """An answer to the two questions; the token says to which."""
    await call.server.limits.count(limits.SIGNS, call.visitor.principal)
    said = await object_of(call.receive)
    try:
        await call.server.read(
            surveys.record,
            token=text_of(said, "token", max_chars=200),
            csat=score_of(said, "csat"),
            effort=score_of(said, "effort"),
            why=text_of(said, "why", max_chars=WHY_CHARS),
            at=utc_now(),
            source="messenger",
        )
    except surveys.UnknownInvitation as error:
        raise Problem(404, "not_found", NOT_FOUND) from error
    except surveys.TooLate as error:
        raise Problem(409, "too_late", _("This was answered more than a week ago; that answer stands.")) from error
    except (surveys.NothingAnswered, surveys.NotOnTheScale) as error:
        raise Problem(422, "answer", _("Choose one of the answers.")) from error
    except TooLong as error:
        raise Problem(413, "why", _("This is longer than can be kept. Shorten it a little.")) from error
    return as_json({})


def score_of(said: dict[str, Any], name: str) -> int | None:
    value = said.get(name)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        raise Problem(422, name, format_lazy(_("“{name}” has to be a number from 1 to 5."), name=name))
    return value


async def logout(call: Call) -> Answer:
    """End the visit: the token opens nothing from now on, streams included (threat D9)."""
    token = bearer(call.scope)
    await call.server.read(visit.revoke, token=token, at=utc_now())
    await call.server.permits.renew("visit", digest(token))
    return as_json({})


# Method, name, and whether an id follows.
TABLE: Mapping[tuple[str, str, bool], Callable[[Call], Awaitable[Answer]]] = {
    ("GET", "messages", False): list_messages,
    ("GET", "conversations", False): list_conversations,
    ("POST", "files", False): take_file,
    ("GET", "files", True): link_file,
    ("POST", "read", False): read,
    ("POST", "typing", False): typing,
    ("POST", "leave", False): leave,
    ("POST", "feedback", False): feedback,
    ("POST", "logout", False): logout,
}
