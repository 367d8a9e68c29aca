"""When each conversation of the story happens, and with whom: six weeks drawn with a fixed seed."""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from ascolto.demo.cast import ENGLISH, ITALIANS, PRODUCTS
from ascolto.demo.threads import SCRIPTS, Script

SEED = 2026
WEEKS = 6
CONVERSATIONS = 300
ZONE = ZoneInfo("Europe/Rome")
# Shares of a day's messages by hour: a morning peak, a dip at lunch, a second one in the evening when shops' customers are home.
HOURS = {8: 3, 9: 9, 10: 12, 11: 12, 12: 7, 13: 4, 14: 8, 15: 9, 16: 9, 17: 8, 18: 6, 19: 4, 20: 4, 21: 3, 22: 1}
WEEKDAYS = (10, 9, 8, 8, 9, 4, 2)  # Monday first
FRESH = 6
UNFINISHED = 26  # of the newest conversations: their last lines have not been said yet
CHANNELS = ("messenger",) * 6 + ("webform",) * 3 + ("api",)


@dataclass(frozen=True, kw_only=True)
class Planned:
    """One conversation to be told."""

    begins: datetime
    script: Script
    customer: str
    channel: str
    agent: int  # which of those who speak the language
    facts: dict[str, str] = field(default_factory=dict)
    opening: str
    lines: int  # how many of the script's lines are said so far
    is_resolved: bool
    answers: bool  # whether the customer answers the survey
    chance: float  # 0…1, for choices inside the telling


def plan(until: datetime, conversations: int = CONVERSATIONS) -> list[Planned]:
    """The story's conversations in order of time, the last of them just before `until` (UTC); the same `until`, the same plan."""
    random = Random(SEED)  # noqa: S311  # a story, no secret
    weighted = [script for script in SCRIPTS for _ in range(script.share)]
    begins = sorted([moment(random, until) for _ in range(conversations - FRESH)] + just_now(random, until))
    return [
        planned(random, at, random.choice(weighted), index >= conversations - UNFINISHED, until)
        for index, at in enumerate(begins)
    ]


def just_now(random: Random, until: datetime) -> list[datetime]:
    """A few within the last hours, whatever the hour: who tries the demo at night finds someone waiting too."""
    return [until - timedelta(minutes=random.randrange(4 + index * 25, 25 + index * 30)) for index in range(FRESH)]


def moment(random: Random, until: datetime) -> datetime:
    """A believable minute within the last six weeks."""
    while True:
        day = (until.astimezone(ZONE) - timedelta(days=random.randrange(WEEKS * 7))).date()
        if random.random() * max(WEEKDAYS) > WEEKDAYS[day.weekday()]:
            continue
        hour = random.choices(list(HOURS), list(HOURS.values()))[0]
        at = datetime.combine(day, time(hour, random.randrange(60), random.randrange(60)), ZONE)
        if at < until - timedelta(minutes=2):
            return at.astimezone(until.tzinfo)


def planned(random: Random, begins: datetime, script: Script, is_new: bool, until: datetime) -> Planned:
    names = ITALIANS if script.language == "it" else ENGLISH
    # One in three writes again: the first dozen names come back more often.
    customer = random.choice(names[:12]) if random.random() < 0.33 else random.choice(names)
    days = (
        ("lunedì", "martedì", "mercoledì", "giovedì", "venerdì") if script.language == "it" else ("Monday", "Tuesday", "Thursday")
    )
    facts = {
        "name": customer.split()[0],
        "order": str(random.randrange(20400, 21200)),
        "product": random.choice(PRODUCTS[script.language]),
        "day": random.choice(days),
        "amount": str(random.choice((29, 45, 59, 89, 119))),
    }
    told, elapsed = 0, timedelta()
    for line in script.lines:
        elapsed += timedelta(minutes=line.after_min)
        if begins + elapsed >= until - timedelta(minutes=1):
            break
        told += 1
    if is_new:
        told = min(told, random.randrange(len(script.lines)))
    is_resolved = told == len(script.lines) and not is_new
    return Planned(
        begins=begins,
        script=script,
        customer=customer,
        channel=random.choice(CHANNELS),
        agent=random.randrange(10),
        facts=facts,
        opening=random.choice(script.openings),
        lines=told,
        is_resolved=is_resolved,
        answers=is_resolved and random.random() < 0.42,
        chance=random.random(),
    )
