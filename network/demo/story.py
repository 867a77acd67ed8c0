"""The small demo network: sixty invented people, how they met, and what waits."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from network.demo.circles import tell_circles
from network.demo.connections import tell_connections
from network.demo.learning import tell_learning
from network.demo.people import tell_person
from network.demo.talk import Told, read_told
from network.demo.ties import tell_ties
from network.demo.work import tell_work
from network.events.models import Delivery, Event
from network.members.models import Application, Network

# A letter about something older would come out of nowhere.
FRESH = timedelta(days=3)


def write_story(db: Session, *, now: datetime, secret: str) -> int:
    """Write the demo network into an empty database; return how many people it has.

    `secret` is the one of its application: an address outside is remembered by it.
    """
    story = read_told("people.json")
    db.add(
        Network(
            id=1,
            name=story["network"]["name"],
            language=story["network"]["language"],
            joining="application",
            questions="What would you bring to a table of peers?",
            demo=True,
        )
    )
    people = {told["handle"]: tell_person(db, told, now) for told in story["members"]}
    tell_connections(db, people, story, now)
    for told in story["applications"]:
        _application(db, told, now)
    tell_ties(db, people, now)
    circles = tell_circles(db, people, now)
    tell_learning(db, people, circles, now)
    tell_work(db, people, circles, now, secret=secret)
    _owe_only_what_is_fresh(db, now)
    return len(people)


def _owe_only_what_is_fresh(db: Session, now: datetime) -> None:
    """Forget what the past owed: its letters would be late, and the index is built of everybody."""
    past = select(Event.id).where(Event.at < now - FRESH)
    db.execute(delete(Delivery).where(Delivery.event_id.in_(past)))


def _application(db: Session, told: Told, now: datetime) -> None:
    db.add(
        Application(
            email=told["email"],
            name=told["name"],
            purpose=told["purpose"],
            through=told["through"],
            answers=[],
            sent_at=now - timedelta(days=told["days_ago"]),
        )
    )
