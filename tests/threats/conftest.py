"""Everyone who may knock, and two conversations with everything in them: one that Bruno's team sees, one that Dario's sees."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from ascolto.accounts import tokens
from ascolto.accounts.invite import invite
from ascolto.accounts.models import User
from ascolto.api import limits as api_limits
from ascolto.channels.inbound import InboundMessage, accept
from ascolto.channels.messenger import expectation
from ascolto.channels.messenger.visit import open_visit
from ascolto.channels.models import RawInbound
from ascolto.channels.unsubscribe import PURPOSE as UNSUBSCRIBE
from ascolto.channels.webform.configure import add_field
from ascolto.channels.webform.fields import Field
from ascolto.conversations.links import make_link
from ascolto.conversations.models import Attachment, Conversation, Message
from ascolto.conversations.note import write_note
from ascolto.conversations.receive import Received
from ascolto.conversations.reply import write_reply
from ascolto.conversations.status import resolve
from ascolto.conversations.tag import set_tags
from ascolto.eventlog.event import Actor
from ascolto.files import links, store
from ascolto.people.identify import Claim
from ascolto.people.models import Address
from ascolto.surveys.invite import Invitation, invite_after_resolution, token_of
from ascolto.vault.tokens import sign_id
from ascolto.web import client as web_client

# In the order of the columns of permissions.txt.
ACTORS = ("nobody", "visitor", "other", "bruno", "dario", "carla", "ada", "left", "read", "write", "narrow")


@dataclass(frozen=True)
class Knocker:
    """Someone at the door: a browser's cookies, a bearer token, or neither."""

    name: str
    cookie: str = ""
    bearer: str = ""

    def client(self, **options: Any) -> Client:
        given = Client(headers={"Authorization": f"Bearer {self.bearer}"} if self.bearer else {}, **options)
        if self.cookie:
            given.cookies["sessionid"] = self.cookie
        return given


@dataclass(frozen=True)
class Everyone:
    """Who knocks, what there is (by the names that permissions.txt uses), and when it is."""

    actors: dict[str, Knocker]
    things: dict[str, str]
    now: datetime
    world: Any

    def filled(self, template: str) -> str:
        return template.format_map(self.things)


@pytest.fixture(autouse=True)
def nobody_came_before() -> Iterator[None]:
    """Each test counts its own visits, and remembers no desk of before."""

    def forget() -> None:
        web_client.limiter().storage.reset()
        api_limits.limiter().storage.reset()
        expectation.forget()

    forget()
    yield
    forget()


@pytest.fixture
def everyone(world: Any) -> Everyone:
    """The two conversations, and all who may knock."""
    at = timezone.now() - timedelta(minutes=30)
    left = User.objects.create_user(email="elio@lumen.example", password="una parola lunga", name="Elio", role="admin")
    visitor = open_visit(inbox=world.inbox, at=at)
    other = open_visit(inbox=world.inbox, at=at)
    accept(InboundMessage(inbox=world.inbox.id, text="ciao", at=at, source=None, visit=other[0].id))
    here = conversation_in(world.inbox, world.bruno, visitor[0], at, "Qui")
    there = conversation_in(world.elsewhere, world.dario, None, at, "Altrove")
    scopes = {"read": ["read"], "write": ["write"], "narrow": ["write", "inbox:altrove"]}
    made = {name: tokens.create(name=name, scopes=given, expires_at=None, at=at) for name, given in scopes.items()}
    question = add_field(inbox=world.form, field=Field(name="", kind="text", label={"it": "Ordine"}))
    invitation, _ = invite(email="nina@lumen.example", by=None, at=at)
    actors = {
        "nobody": Knocker("nobody"),
        "visitor": Knocker("visitor", bearer=visitor[1]),
        "other": Knocker("other", bearer=other[1]),
        **{name: Knocker(name, cookie=signed_in(getattr(world, name))) for name in ("bruno", "dario", "carla", "ada")},
        "left": Knocker("left", cookie=signed_in(left)),
        **{name: Knocker(name, bearer=raw) for name, (_, raw) in made.items()},
    }
    User.objects.filter(pk=left.pk).update(is_active=False)  # the session itself is still there
    things = {
        **{f"A_{name}": value for name, value in here.items()},
        **{f"B_{name}": value for name, value in there.items()},
        "visitor_file": links.sign(file_id=here["stored"], viewer=f"visit:{visitor[0].id}", now=timezone.now()),  # type: ignore[arg-type]
        "visitor": f"visit:{visitor[0].id}",
        "bruno": str(world.bruno.id),
        "bruno_file": links.sign(file_id=here["stored"], viewer=f"user:{world.bruno.id}", now=timezone.now()),  # type: ignore[arg-type]
        "sito": str(world.inbox.id),
        "team": str(world.team.id),
        "question": question.name,
        "invitation": str(invitation.id),
        "token": str(made["read"][0].id),
        "read_file": links.sign(file_id=here["stored"], viewer=f"token:{made['read'][0].id}", now=timezone.now()),  # type: ignore[arg-type]
    }
    return Everyone(actors, {name: str(value) for name, value in things.items()}, timezone.now(), world)


def signed_in(user: User) -> str:
    browser = Client()
    browser.force_login(user)
    return browser.cookies["sessionid"].value


def conversation_in(inbox: Any, agent: User, visit: Any, at: datetime, word: str) -> dict[str, Any]:
    """A conversation with a file, HTML, a note with a file, a reply, a tag, a private link and a survey; its ids by name."""
    owner = f"visit:{visit.id}" if visit else "form:1"
    file = store.store(f"testo di {word}".encode(), name=f"{word}.txt", owner=owner, at=at)
    noted = store.store(f"nota di {word}".encode(), name=f"nota-{word}.txt", owner=f"user:{agent.id}", at=at)
    by = Actor("agent", str(agent.id))
    first = first_message(inbox, visit, at, word, file.id, owner)
    RawInbound.objects.create(
        inbox=inbox, key=word, digest=word, content=b"grezzo", size_bytes=6, received_at=at, message_id=first.message
    )
    conversation = Conversation.objects.get(pk=first.conversation)
    note = write_note(conversation=conversation, text=f"nota{word}", by=by, author=agent, at=at, files=[noted.id])
    write_reply(conversation=conversation, text=f"risposta{word}", by=by, author=agent, at=at)
    set_tags(conversation=conversation, names=[f"segno{word.lower()}"], by=by, at=at)
    conversation = resolve(conversation=conversation, by=by, at=at)
    survey = invite_after_resolution(conversation_id=conversation.id, episode_number=1, by=by, at=at)
    assert isinstance(survey, Invitation)
    return {
        "number": conversation.number,
        "id": conversation.id,
        "customer": conversation.customer_id,
        "message": first.message,
        "note": note.id,
        "file": Attachment.objects.get(file=file).id,
        "note_file": Attachment.objects.get(file=noted).id,
        "stored": file.id,
        "note_stored": noted.id,
        "link": make_link(conversation=conversation, sent_to=f"cliente.{word.lower()}@example.org", at=at),
        "survey": token_of(survey),
        "unsubscribe": sign_id(purpose=UNSUBSCRIBE, id=address_for(conversation, at).pk),
    }


def address_for(conversation: Conversation, at: datetime) -> Address:
    """An older one of the customer's; the newest is where the link went."""
    known = {"customer": conversation.customer, "kind": "email", "value": f"abo.{conversation.number}@example.org"}
    return Address.objects.create(**known, created_at=at - timedelta(days=1))


def first_message(inbox: Any, visit: Any, at: datetime, word: str, file: Any, owner: str) -> Received:
    return accept(
        InboundMessage(
            inbox=inbox.id,
            text=f"parola{word}",
            html=f"<p>parola{word}</p>",
            at=at,
            source=None,
            files=(file,),
            file_owner=owner,
            visit=visit.id if visit else None,
            claim=Claim(name=f"Cliente {word}", email=f"cliente.{word.lower()}@example.org"),
        )
    )


def as_json(body: Any) -> dict[str, str]:
    return {"data": json.dumps(body), "content_type": "application/json"}


def message_count() -> int:
    return Message.objects.count()
