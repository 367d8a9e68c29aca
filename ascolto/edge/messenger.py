"""The visitors' API, `/messenger/<inbox key>/api/…`: sessions and messages; what is read and small signs are in errands.py."""

import re
import time
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from starlette.types import Receive, Scope, Send

from ascolto.accounts.address import network_of
from ascolto.channels.inbound import InboundMessage, NotYours, accept_many
from ascolto.channels.messenger import visit
from ascolto.conversations.models import Inbox
from ascolto.conversations.receive import ConversationGone, Received, TooManyFiles
from ascolto.database.writer import WriterFull, WriterStopped, WriterUnavailable
from ascolto.edge import errands, limits
from ascolto.edge.answer import Answer, Problem, as_json
from ascolto.edge.messages import id_of, not_text, object_of, text_of
from ascolto.edge.metrics import bearer
from ascolto.edge.origin import refuse_other_sites
from ascolto.edge.rights import Visitor
from ascolto.edge.server import Server, utc_now
from ascolto.edge.stream import pour
from ascolto.edge.visitor import Door as Inlet
from ascolto.edge.visitor import door_of, has_email, moment, reply_expectation
from ascolto.edge.words import language_of
from ascolto.people.identify import Claim
from ascolto.realtime import frames
from ascolto.realtime.stream import Listener
from ascolto.text.normalise import TooLong, is_blank, normalise, normalise_line
from ascolto.vault.secrets import digest, new_token

PATH = re.compile(r"^/messenger/([A-Za-z0-9_-]{1,40})/api/([a-z]+)(?:/([0-9a-fA-F-]{36}))?/?$")
CLIENT_ID = re.compile(r"^[A-Za-z0-9_.:-]{1,100}$")
MESSAGE_CHARS = 20_000
FILES = 10  # in one message; the frame offers as many
INLET_FRESH_S = 5.0
INLETS = 1000  # remembered, unknown keys too

BAD_CLIENT_ID = _("“client_id” has to be 1 to 100 letters, digits, dots, colons, hyphens or underscores.")
NO_INBOX = _("There is no messenger here.")
CLOSED = _("This messenger is closed. What you wrote before is still being answered.")
NOT_FOUND = _("This is not here any more.")
START_AGAIN = _("The conversation has to be opened again. What you wrote is still in the box.")
NOTHING = _("There is nothing in this message yet.")
TOO_LONG = _("This message is longer than 20,000 characters. Send it in parts, or as a file.")
BUSY = _("The desk takes more than it can write right now. It is tried again in a moment; nothing is lost.")
BAD_PROOF = _("The site could not prove who you are. You can write anyway.")
NO_ADDRESS = _("This is not an e-mail address.")
TOO_MANY_FILES = _("These are too many files for one message.")


class Door:
    """All addresses of one visitor's browser."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.inlets: dict[str, tuple[float, Inlet | None]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = PATH.match(scope["path"])
        if found is None:
            raise Problem(404, "not_found", NOT_FOUND)
        key, name, id = found.groups()
        refuse_other_sites(scope)
        await self.server.limits.count(limits.REQUESTS, network_of(scope["client_address"]))
        inlet = await self.inlet(key)
        method = scope["method"]
        if name == "messages" and method == "POST":
            answer = await self.take_message(await self.sender(scope, inlet), inlet, scope, receive)
        elif name == "session" and method == "POST":
            answer = await self.open_session(inlet, scope, receive)
        elif name == "stream" and method == "GET":
            await self.stream(await self.visitor(scope, inlet), scope, receive, send)
            return
        elif errand := errands.TABLE.get((method, name, id is not None)):
            visitor = await self.visitor(scope, inlet)
            answer = await errand(errands.Call(self.server, visitor, scope, receive, id_of(id, "id")))
        else:
            raise Problem(404, "not_found", NOT_FOUND)
        await answer(scope, receive, send)

    async def inlet(self, key: str) -> Inlet:
        """The open messenger with this key, remembered for moments. :raises Problem: 404"""
        kept = self.inlets.get(key)
        if kept is None or time.monotonic() - kept[0] > INLET_FRESH_S:
            if len(self.inlets) >= INLETS:
                self.inlets.clear()
            kept = self.inlets[key] = (time.monotonic(), await self.server.read(door_of, key))
        if kept[1] is None:
            raise Problem(404, "no_inbox", NO_INBOX)
        if not kept[1].is_open:
            raise Problem(404, "inbox_closed", CLOSED)
        return kept[1]

    async def visitor(self, scope: Scope, inlet: Inlet) -> Visitor:
        """Whose token this is, at this inbox. :raises Problem: 401"""
        found = await self.known(scope, inlet)
        if found is None:
            await self.server.limits.count(limits.FAILED_TOKENS, network_of(scope["client_address"]))
            raise Problem(401, "no_session", START_AGAIN)
        return found

    async def sender(self, scope: Scope, inlet: Inlet) -> Visitor:
        """
        Who sends a message: remembered for longer than other rights, for the writer asks again. :raises Problem: 401

        In a flood, to ask the database about each of them every three seconds costs more than to write what they say.
        """
        token = bearer(scope)
        rights = self.server.permits.remembered("visit", digest(token)) if token else None
        return rights if isinstance(rights, Visitor) and rights.inbox == inlet.id else await self.visitor(scope, inlet)

    async def known(self, scope: Scope, inlet: Inlet) -> Visitor | None:
        token = bearer(scope)
        rights = await self.server.permits.rights("visit", digest(token)) if token else None
        return rights if isinstance(rights, Visitor) and rights.inbox == inlet.id else None

    async def take_message(self, visitor: Visitor, inlet: Inlet, scope: Scope, receive: Receive) -> Answer:
        """201 after the commit; the same `client_id` again gets the same answer and writes nothing."""
        await self.server.limits.count(limits.MESSAGES, visitor.principal)
        address = network_of(scope["client_address"])
        await self.server.limits.count(limits.MESSAGES_OF_AN_ADDRESS, address)
        message = message_of(await object_of(receive), visitor, inlet, at=utc_now())
        if message.conversation is None:
            await self.server.limits.count(limits.CONVERSATIONS, visitor.principal)
            await self.server.limits.count(limits.CONVERSATIONS_OF_AN_ADDRESS, address)
            await self.server.limits.count(limits.CONVERSATIONS_OF_AN_INBOX, str(inlet.id))
        try:
            received = await self.written(message)
        except NotYours as error:  # or what was remembered is over
            await self.server.permits.renew("visit", digest(bearer(scope)))
            await self.visitor(scope, inlet)
            raise Problem(404, "not_found", NOT_FOUND) from error
        if visitor.customer is None:  # the first word made a customer: this visit's streams hear their events from now on
            await self.server.permits.renew("visit", digest(bearer(scope)))
        return as_json(
            {
                "id": str(received.message),
                "conversation": str(received.conversation),
                "number": received.number,
                "position": received.position,
                "at": moment(received.at),
            },
            status=201,
        )

    async def written(self, message: InboundMessage) -> Received:
        try:
            return await self.server.writer.write(accept_many, message)
        except ConversationGone as error:
            raise Problem(404, "not_found", NOT_FOUND) from error
        except TooManyFiles as error:
            raise Problem(422, "files", TOO_MANY_FILES) from error
        except (WriterFull, WriterStopped, WriterUnavailable) as error:
            raise Problem(503, "busy", BUSY, retry_after_s=2) from error

    async def open_session(self, inlet: Inlet, scope: Scope, receive: Receive) -> Answer:
        """A new visit, or the known one again with the same token; a proof makes it the customer's own."""
        said = await object_of(receive)
        language = language_of(scope, asked=text_of(said, "language", max_chars=40))
        known = await self.known(scope, inlet)
        token = bearer(scope)
        proof = await self.proof(inlet, text_of(said, "identity", max_chars=8000))
        if known is not None and proof is not None and not await self.proven(token, inlet, proof):
            known = None
        if known is None:
            await self.server.limits.count(limits.NEW_SESSIONS, network_of(scope["client_address"]))
            token = new_token()
            await self.arrive(arrival_of(said, inlet, token, language, proof))
        visitor = await self.server.permits.renew("visit", digest(token))
        if not isinstance(visitor, Visitor):
            raise Problem(503, "busy", BUSY, retry_after_s=1)
        return as_json(
            {
                "token": token,
                "visitor": str(visitor.id),
                "welcome": inlet.welcome,
                "expectation": await self.server.read(reply_expectation, language),
                "language": language,
                "has_email": await self.server.read(has_email, visitor),
            }
        )

    async def proof(self, inlet: Inlet, identity: str) -> Claim | None:
        """What a valid identity token says; None without one. :raises Problem: 401"""
        if not identity:
            return None
        try:
            return await self.server.read(read_proof, inlet.id, identity)
        except visit.BadProof as error:
            raise Problem(401, "bad_identity", BAD_PROOF) from error

    async def proven(self, token: str, inlet: Inlet, proof: Claim) -> bool:
        return await self.server.read(prove_visit, token, inlet.id, proof)

    async def arrive(self, arrival: visit.Arrival) -> None:
        try:
            await self.server.writer.write(visit.open_many, arrival)
        except (WriterFull, WriterStopped, WriterUnavailable) as error:
            raise Problem(503, "busy", BUSY, retry_after_s=2) from error

    async def stream(self, visitor: Visitor, scope: Scope, receive: Receive, send: Send) -> None:
        listener = Listener(principal=visitor.principal, topics=visitor.topics, voice=frames.for_visitor)
        await pour(self.server, "visit", digest(bearer(scope)), listener, scope, receive, send)


def message_of(said: dict[str, Any], visitor: Visitor, inlet: Inlet, *, at: datetime) -> InboundMessage:
    """What was sent as a message to let in. :raises Problem: 413, 422"""
    client_id = said.get("client_id")
    if not isinstance(client_id, str) or not CLIENT_ID.fullmatch(client_id):
        raise Problem(422, "client_id", BAD_CLIENT_ID)
    body = said.get("body", "")
    if not isinstance(body, str):
        raise Problem(422, "body", not_text("body"))
    try:
        text = normalise(body, max_chars=MESSAGE_CHARS).strip()
    except TooLong as error:
        raise Problem(413, "too_long", TOO_LONG) from error
    files = files_of(said)
    if not files and is_blank(text):
        raise Problem(422, "body", NOTHING)
    message = InboundMessage(
        inbox=inlet.id,
        text=text,
        at=at,
        source=f"m:{visitor.id}:{client_id}",
        files=files,
        file_owner=f"visit:{visitor.id}",
        visit=visitor.id,
        conversation=id_of(said.get("conversation"), "conversation"),
        language=visitor.language,
    )
    return message if visitor.customer is not None else replace(message, claim=claim_of(said, visitor))


def files_of(said: dict[str, Any]) -> tuple[UUID, ...]:
    given = said.get("files") or []
    if not isinstance(given, list) or len(given) > FILES:
        raise Problem(422, "files", TOO_MANY_FILES)
    return tuple(dict.fromkeys(id for each in given if (id := id_of(each, "files")) is not None))


def claim_of(said: dict[str, Any], visitor: Visitor) -> Claim:
    """What a new visitor says of themselves; nobody proved it. :raises Problem: 422"""
    email = text_of(said, "email", max_chars=254)
    try:
        address = visit.checked_email(email) if email.strip() else ""
    except ValueError as error:
        raise Problem(422, "email", NO_ADDRESS) from error
    return Claim(name=normalise_line(text_of(said, "name", max_chars=1000)), email=address, language=visitor.language)


def arrival_of(said: dict[str, Any], inlet: Inlet, token: str, language: str, proof: Claim | None) -> visit.Arrival:
    page = said.get("page")
    page = page if isinstance(page, dict) else {}
    return visit.Arrival(
        inbox=inlet.id,
        token=token,
        at=utc_now(),
        language=language,
        page_url=text_of(page, "url", max_chars=8000),
        page_title=text_of(page, "title", max_chars=2000),
        proof=proof,
    )


def read_proof(inbox: UUID, identity: str) -> Claim:
    return visit.read_proof(inbox=Inbox.objects.get(pk=inbox), token=identity, now=utc_now())


def prove_visit(token: str, inbox: UUID, claim: Claim) -> bool:
    found = visit.resume(token=token, inbox=inbox, now=utc_now())
    return found is not None and visit.prove(visit=found, claim=claim, at=utc_now())
