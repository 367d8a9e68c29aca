"""A shop with six weeks of believable service, told by calling the verbs the product itself uses, with a moved clock."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils import timezone

from ascolto.accounts.join import join
from ascolto.accounts.models import User
from ascolto.channels.configure import make_inbox
from ascolto.channels.inbound import InboundMessage, accept
from ascolto.conversations.assign import assign_team
from ascolto.conversations.models import Conversation, Inbox
from ascolto.conversations.note import write_note
from ascolto.conversations.read_marks import mark_read, mark_seen_by_customer
from ascolto.conversations.reply import write_reply
from ascolto.conversations.status import resolve
from ascolto.conversations.tag import set_priority, set_tags
from ascolto.demo.cast import COLLEAGUES, DESK, PASSWORD, TEAMS
from ascolto.demo.doors import connect_doors, moments
from ascolto.demo.pictures import picture
from ascolto.demo.plan import CONVERSATIONS, Planned, plan
from ascolto.demo.threads import Line
from ascolto.eventlog.event import Actor
from ascolto.files.store import store
from ascolto.people.identify import Claim, meet
from ascolto.people.models import Team
from ascolto.project.settle import settle
from ascolto.surveys import reactions as surveys
from ascolto.surveys.answer import record
from ascolto.surveys.display import mark_displayed
from ascolto.surveys.queries import pending_for_customer
from ascolto.workspace.configure import set_hours, set_up

INBOXES = {
    "messenger": ("negozio", "Negozio Esempio"),
    "webform": ("modulo", "Modulo del sito"),
    "api": ("ordini", "Programma degli ordini"),
}


@dataclass
class Told:
    """A conversation while it is being told."""

    planned: Planned
    conversation: Conversation | None = None


@dataclass
class Desk:
    """The people and doors of the story."""

    users: dict[str, User]
    inboxes: dict[str, Inbox]

    def agents(self, language: str) -> list[User]:
        """Those who answer in that language, and the lead now and then."""
        return [
            user for user in self.users.values() if user.role != "admin" and (user.language == language or user.role == "lead")
        ]


@dataclass(frozen=True, order=True)
class Step:
    """Something that happens at a moment; `order` keeps a conversation's own steps in line."""

    at: datetime
    order: int
    act: Callable[[], None]


def tell(until: datetime, conversations: int = CONVERSATIONS) -> Desk:
    """
    Make the desk and its six weeks up to `until` (UTC); an empty database is needed.

    The same `until` gives the same story. About 300 conversations and 100 answers.
    """
    began = until - timedelta(weeks=6)
    desk = make_desk(began)
    told = [Told(planned) for planned in plan(until, conversations)]
    doors = connect_doors(desk.agents("it")[0], began)
    steps = [step for index, each in enumerate(told) for step in steps_of(desk, each, index, until)]
    steps += [Step(at, -1, act) for at, act in moments(doors, until)]
    for step in sorted(steps):
        step.act()
    settle(until)
    return desk


def make_desk(at: datetime) -> Desk:
    """The shop's people, teams, hours and doors."""
    set_up(name=DESK, language="it", time_zone="Europe/Rome", at=at)
    set_hours(
        [(day, time(9), time(13)) for day in range(5)]
        + [(day, time(14), time(18)) for day in range(5)]
        + [(5, time(9), time(13))]
    )
    users = {
        each.email: join(email=each.email, name=each.name, role=each.role, language=each.language, password=PASSWORD, at=at)
        for each in COLLEAGUES
    }
    for name, members in TEAMS.items():
        Team.objects.create(name=name).members.set([users[email] for email in members])
    inboxes = {kind: make_inbox(name=name, kind=kind, language="it", at=at, key=key) for kind, (key, name) in INBOXES.items()}
    return Desk(users, inboxes)


def steps_of(desk: Desk, told: Told, index: int, until: datetime) -> list[Step]:
    """All that happens in one conversation, with its moments."""
    planned = told.planned
    agents = desk.agents(planned.script.language)
    agent = agents[planned.agent % len(agents)]
    acts: list[tuple[datetime, Callable[[], None]]] = [(planned.begins, lambda: begin(desk, told))]
    at = planned.begins
    for number, line in enumerate(planned.script.lines[: planned.lines]):
        at = at + timedelta(minutes=line.after_min, seconds=(index * 7 + number * 13) % 50)
        acts.append((at, lambda line=line, at=at: say(desk, told, line, agent, at)))  # type: ignore[misc]
    if planned.is_resolved:
        end = min(at + timedelta(minutes=4 + index % 40), until - timedelta(minutes=1))
        acts.append((end, lambda: close(told, agent, end)))
        if planned.channel == "messenger" and not planned.answers and planned.chance < 0.7:
            seen = min(end + timedelta(minutes=1), until - timedelta(seconds=30))
            acts.append((seen, lambda: see_questions(told, seen)))
        if planned.answers:
            later = min(end + timedelta(minutes=2 + index % 300), until - timedelta(seconds=30))
            acts.append((later, lambda: answer(told, later)))
    return [Step(min(moment, until), index * 100 + order, act) for order, (moment, act) in enumerate(acts)]


def begin(desk: Desk, told: Told) -> None:
    """The first message, by the conversation's own door, from someone whom the shop's own site has proven."""
    planned = told.planned
    slug = planned.customer.lower().replace(" ", ".").replace("č", "c").replace("’", "")
    claim = Claim(
        name=planned.customer,
        email=f"{slug}@posta.example",
        external_id=slug,
        language=planned.script.language,
        is_proven=planned.channel != "webform",
    )
    customer = meet(claim, at=planned.begins)
    received = accept(
        InboundMessage(
            inbox=desk.inboxes[planned.channel].id,
            text=spoken(planned.opening, planned),
            at=planned.begins,
            source=None,
            customer=customer.id,
            files=keep(planned.script.file, f"story:{customer.id}", planned.begins),
            file_owner=f"story:{customer.id}",
            language=planned.script.language,
        )
    )
    told.conversation = Conversation.objects.get(pk=received.conversation)
    tags = planned.script.tags if planned.chance < 0.8 and planned.lines else ()
    if tags:
        set_tags(conversation=told.conversation, names=tags, by=Actor("system"), at=planned.begins)
    if planned.chance < 0.6:
        name = "Amministrazione" if {"fattura", "rimborso", "refund"} & set(planned.script.tags) else "Assistenza"
        assign_team(conversation=told.conversation, to=Team.objects.get(name=name), by=Actor("system"), at=planned.begins)
    if "regalo" in tags or planned.chance > 0.94:
        set_priority(conversation=told.conversation, priority=3, by=Actor("system"), at=planned.begins)


def spoken(words: str, planned: Planned) -> str:
    """The script's words with this conversation's names, orders and days; a sentence begins large."""
    said = words.format(**planned.facts)
    return said[:1].upper() + said[1:]


def keep(name: str, owner: str, at: datetime) -> tuple:  # type: ignore[type-arg]
    return (store(picture(name), name=name, owner=owner, at=at).id,) if name else ()


def say(desk: Desk, told: Told, line: Line, agent: User, at: datetime) -> None:
    conversation = told.conversation
    assert conversation is not None
    text = spoken(line.text, told.planned)
    by = Actor("agent", str(agent.id))
    if line.who == "agent":
        mark_read(user=agent, conversation=conversation, at=at)
        write_reply(conversation=conversation, text=text, by=by, author=agent, at=at)
    elif line.who == "note":
        write_note(conversation=conversation, text=text, by=by, author=agent, at=at)
    else:
        mark_seen_by_customer(conversation=conversation, at=at)
        owner = f"story:{conversation.customer_id}"
        accept(
            InboundMessage(
                inbox=conversation.inbox_id,
                text=text,
                at=at,
                source=None,
                customer=conversation.customer_id,
                conversation=conversation.id,
                files=keep(line.file, owner, at),
                file_owner=owner,
            )
        )


def close(told: Told, agent: User, at: datetime) -> None:
    conversation = told.conversation
    assert conversation is not None
    if told.planned.channel == "messenger":
        mark_seen_by_customer(conversation=conversation, at=at)  # they look on; the others are gone, and the questions go by mail
    mark_read(user=agent, conversation=conversation, at=at)
    resolve(conversation=conversation, by=Actor("agent", str(agent.id)), at=at)


def see_questions(told: Told, at: datetime) -> None:
    """The questions stand before the customer, who goes away without a word."""
    conversation = told.conversation
    assert conversation is not None
    settle(at, reactions=[surveys.REACTIONS])
    mark_displayed(conversation_id=conversation.id, customer_id=conversation.customer_id, at=at)


def answer(told: Told, at: datetime) -> None:
    """What the customer says of it, if the desk has asked."""
    conversation = told.conversation
    assert conversation is not None
    settle(at, reactions=[surveys.REACTIONS])  # enough to be asked; everything else settles at the end
    token = pending_for_customer(conversation.customer_id, conversation.id, at)
    if token is None:
        return
    script, chance = told.planned.script, told.planned.chance
    pick = int(chance * 1000)
    record(
        token=token,
        csat=script.csat[pick % len(script.csat)],
        effort=script.effort[pick // 3 % len(script.effort)],
        why=script.why[pick % len(script.why)] if script.why and chance < 0.6 else "",
        at=at,
        source="messenger",
    )


def now() -> datetime:
    """The end of the story when it is told today, to the minute."""
    return timezone.now().replace(second=0, microsecond=0)
