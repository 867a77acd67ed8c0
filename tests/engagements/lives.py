from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import select

from network.columns import Base
from network.db import reading, transaction
from network.engagements.kinds import Clause, Kind, Period, Rhythm
from network.engagements.life import is_over
from network.engagements.models import Engagement, Party
from network.engagements.queries.work import rests
from network.engagements.services import (
    checking_in,
    leaving_behind,
    living,
    negotiating,
    welcoming,
)
from network.engagements.terms import OtherLine, Terms, TimeLine
from network.errors import Refusal
from network.members.kinds import Work
from network.members.models import Member
from tests.conftest import NOON
from tests.engagements.conftest import begun

DAY = timedelta(days=1)
SERVICES = {
    "answer": checking_in,
    "leave_behind": leaving_behind,
    "change": leaving_behind,
    "add": welcoming,
    "tick": welcoming,
}


def terms_for(keys, *, rhythm=Rhythm.SIX_WEEKLY, notice=30, title="A first director", ends=None):
    """Sound terms between parties: the first gives time to the second."""
    one, other = keys[:2]
    return Terms(
        title,
        Work.FRACTIONAL,
        {Clause.PURPOSE: "So that the members trust whom they chose."},
        times=(TimeLine("t", one, 6, Period.MONTH, ends=ends, notice_days=notice),),
        others=(OtherLine("o", Kind.LEARNING, other, one, "A seat in a course."),),
        rhythm=rhythm,
    )


def all_accept(db, negotiation, people, terms, *, now=NOON, over=0):
    """Put terms on the table and let everybody accept them."""
    version = negotiating.put(
        db,
        negotiation,
        actor=people[0],
        terms=terms,
        over=over,
        now=now,
        submission=os.urandom(8).hex(),
    )
    for each in people[1:]:
        negotiating.accept(
            db, negotiation, actor=each, number=version.number, shown=version.digest, now=now
        )
    return negotiation


def agreed(db, people, organisations=(), **words):
    """Agreed work between people; the first gives time."""
    negotiation = begun(db, people, organisations)
    keys = [
        db.scalars(
            select(Party.key).where(
                Party.negotiation_id == negotiation.id, Party.member_id == each.id
            )
        ).one()
        for each in people
    ]
    all_accept(db, negotiation, people, terms_for(keys, **words))
    return db.get_one(Engagement, negotiation.engagement_id)


@dataclass
class Life:
    """Agreed work by id, moved by handles; each step is a transaction of its own."""

    id: int
    key: str
    now: object = NOON
    made: dict = field(default_factory=dict)

    @classmethod
    def of(cls, engagement):
        return cls(engagement.id, engagement.key)

    def do(self, verb, who, *given, **words):
        """Do it and return None, or the refusal."""
        words.setdefault("now", self.now)
        if verb == "pause":
            words.setdefault("submission", words["words"][:40])
        try:
            with transaction() as db:
                actor = db.scalars(select(Member).where(Member.handle == who)).one()
                it = db.get_one(Engagement, self.id)
                things = [db.merge(each) if isinstance(each, Base) else each for each in given]
                if verb == "resume":
                    words.setdefault("since", living.mark_of_rest(it))
                service = SERVICES.get(verb, living)
                getattr(service, verb)(db, it, *things, actor=actor, **words)
        except Refusal as refusal:
            return refusal
        return None

    def wait(self, days):
        self.now += timedelta(days=days)

    def stands(self):
        with reading() as db:
            it = db.get_one(Engagement, self.id)
            return it.state.value, is_over(it, self.now)

    def row(self):
        with reading() as db:
            it = db.get_one(Engagement, self.id)
            rested = [(each.words, each.since, each.until) for each in rests(db, [it.id])[it.id]]
            return {"rests": rested} | {
                name: getattr(it, name)
                for name in (
                    "state",
                    "begun_at",
                    "paused_at",
                    "ends_at",
                    "last_by_id",
                    "last_words",
                )
            }
