"""What the voice has to know of the desk; the one module of this kind that reads the database."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from ascolto.accounts.models import User
from ascolto.channels.contract import Door, HookCall
from ascolto.channels.models import Call
from ascolto.workspace import hours
from ascolto.workspace.queries import holidays, week, workspace


@dataclass(frozen=True, kw_only=True)
class Facts:
    """
    Of the desk at this moment, and of the call that is meant.

    :param opens: when it opens next, in its own time
    :param number: the customer whom a colleague calls; empty: no such call, or it is over
    :param agent: the number of the colleague who takes a waiting call; empty: there is none
    """

    now: datetime
    is_open: bool = True
    opens: datetime | None = None
    number: str = ""
    agent: str = ""
    language: str = "en"


def facts_for(call: HookCall, door: Door) -> Facts:
    """What is needed to answer this call. One or a few queries."""
    desk = workspace()
    zone = ZoneInfo(desk.time_zone if desk else "UTC")
    facts = Facts(now=call.at.astimezone(zone))
    match call.query.get("step", ""):
        case "":
            return at_the_door(facts, zone)
        case "connect":
            return of_ours(call, door, facts)
        case "ring":
            return of_agent(call, facts)
    return facts


def at_the_door(facts: Facts, zone: ZoneInfo) -> Facts:
    periods, days_off = week(), holidays()
    is_open = hours.is_open(facts.now, week=periods, holidays=days_off, zone=zone)
    opens = None if is_open else hours.next_opening(facts.now, week=periods, holidays=days_off, zone=zone)
    return Facts(now=facts.now, is_open=is_open, opens=opens)


def of_ours(call: HookCall, door: Door, facts: Facts) -> Facts:
    """The call that a colleague asked for, for as long as it has not ended: an answer said again calls nobody twice."""
    id = id_or_none(call.query.get("call", ""))
    rows = Call.objects.filter(inbox=door.inbox, direction=Call.Direction.OUT, ended_at=None).select_related("agent")
    found = rows.filter(pk=id).first() if id else None
    if found is None:
        return facts
    return Facts(now=facts.now, number=found.number, language=found.agent.language if found.agent else "en")


def of_agent(call: HookCall, facts: Facts) -> Facts:
    id = id_or_none(call.query.get("agent", ""))
    agent = User.objects.filter(pk=id, is_active=True).first() if id else None
    return Facts(now=facts.now, agent=agent.phone if agent else "")


def id_or_none(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
