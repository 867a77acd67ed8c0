"""How work comes to the invented people: by organisations, by what is needed, by one another."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.circles.models import Circle
from network.conversations.models import About, Conversation
from network.demo.approaches import tell_approaches
from network.demo.lived import tell_lived
from network.demo.organisations import tell_organisations
from network.demo.outside import tell_full, tell_outside
from network.demo.referrals import tell_referrals
from network.demo.talk import People, read_all, read_told
from network.demo.terms import tell_terms
from network.demo.work_needs import tell_work_needs

TALKS = (About.APPROACH, About.LET_US_TALK, About.REFERRAL)


def tell_work(
    db: Session, people: People, circles: Mapping[str, Circle], now: datetime, *, secret: str
) -> None:
    """Let organisations begin, and people need help, write to others, and recommend,
    and agree.
    """
    told = read_told("organisations.json")
    organisations = tell_organisations(db, people, told["organisations"], now)
    needs = tell_work_needs(
        db, people, told["needs"], now, circles=circles, organisations=organisations
    )
    approaches = tell_approaches(
        db, people, told["approaches"], now, circles=circles, organisations=organisations
    )
    tell_referrals(
        db,
        people,
        told["referrals"],
        now,
        needs={title: need.key for title, need in needs.items()},
        approaches={whom: approach.key for whom, approach in approaches.items()},
        secret=secret,
    )
    found = read_told("terms.json")
    tables = tell_terms(
        db,
        people,
        found["negotiations"],
        now,
        organisations=organisations,
        approaches=approaches,
    )
    tell_lived(db, people, found["negotiations"], tables, now)
    tell_outside(db, people, found["outside"], now)
    tell_full(db, people, found["full"])
    for conversation in db.scalars(select(Conversation).where(Conversation.about.in_(TALKS))):
        read_all(db, conversation)
