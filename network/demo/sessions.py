"""The sessions of the invented people: how each began, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from network.circles.models import Circle
from network.demo.session_steps import DOES
from network.demo.steps import Meeting, in_order
from network.demo.talk import WEEK, People, Told, moment
from network.learning.kinds import Format
from network.learning.models import LearningNeed, LearningSession
from network.learning.services import needs, scheduling, sessions
from network.learning.services.series import Every, Rule

# What calendars know the sessions of the demo by.
DOMAIN = "saltmarsh.example"


def tell_session(
    db: Session,
    people: People,
    told: Told,
    *,
    circle: Circle | None,
    need: LearningNeed | None,
    label: str,
    now: datetime,
) -> None:
    """Let somebody begin a session, or a series of them, and others come."""
    session = _begin(db, people, told, circle=circle, need=need, label=label, now=now)
    found = [session]
    if "begins" in told:
        found = _schedule(db, people, told, session, now=now)
    steps = one_by_one(told["then"])
    for step in in_order(steps, people, label=label, now=now, begun=session.starts_at):
        for which in step.told.get("nth", (1,)):
            DOES[step.told["does"]](Meeting(db, people, found[which - 1]), step)


def begins(told: Told, now: datetime) -> datetime:
    """Return the local time at which something begins: so many days ago, or ahead where these are
    less than none; on the last such day of the week before, or the next one after.
    """
    day = (now - timedelta(days=told["days"])).date()
    if "on" in told:
        apart = WEEK.index(told["on"]) - day.weekday()
        day += timedelta(days=apart % 7 if told["days"] < 0 else -(-apart % 7))
    return datetime.combine(day, time.fromisoformat(told["at"]))


def _begin(
    db: Session,
    people: People,
    told: Told,
    *,
    circle: Circle | None,
    need: LearningNeed | None,
    label: str,
    now: datetime,
) -> LearningSession:
    actor = people[told["who"]]
    begun: dict[str, Any] = {
        "format": Format(told["format"]),
        "title": told["title"],
        "words": told["words"],
        "submission": label,
        "now": moment(told, actor, now),
        "domain": DOMAIN,
    }
    if need is not None:
        return needs.offer_to_host(db, need, actor=actor, **begun)
    if told.get("is_proposed"):
        return sessions.propose(db, actor, circle=circle, **begun)
    return sessions.draft(db, actor, circle=circle, **begun)


def _schedule(
    db: Session, people: People, told: Told, session: LearningSession, *, now: datetime
) -> list[LearningSession]:
    actor = people[told["who"]]
    repeats = told.get("repeats")
    return scheduling.schedule(
        db,
        session,
        actor=actor,
        zone=told["zone"],
        begins=begins(told["begins"], now),
        minutes=told["minutes"],
        place=told["place"],
        how=told["how"],
        seats=[scheduling.Room(name, capacity) for name, capacity in told["seats"].items()],
        now=moment(told, actor, now),
        repeats=Rule(Every(repeats["every"]), repeats["times"]) if repeats else None,
    )


def one_by_one(steps: Iterable[Told]) -> Iterator[Told]:
    """Tell apart what several people did alike."""
    for step in steps:
        if "all" in step:
            yield from ({**step, "who": who} for who in step["all"])
        else:
            yield step
