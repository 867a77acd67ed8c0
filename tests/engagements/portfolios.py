"""Agreed work and terms on the table for tests of a balance, from lines about “me” and “them”."""

from __future__ import annotations

import os
from dataclasses import replace

from network.engagements.kinds import Cash, Clause, EngagementState, Kind, Period
from network.engagements.models import Engagement, Version
from network.engagements.money import Money
from network.engagements.services import negotiating
from network.engagements.terms import CashLine, OtherLine, Terms, TimeLine
from network.members.kinds import Work
from tests.conftest import NOON
from tests.engagements.conftest import begun


def time(half_days=6, period=Period.MONTH, starts=None, ends=None, notice=0, party="me"):
    return TimeLine("t", party, half_days, period, starts, ends, notice)


def cash(minor=100_00, currency="EUR", period=Period.MONTH, sort=Cash.RETAINER, **values):
    values = {"giver": "them", "receiver": "me", **values}
    return CashLine("c", sort, amount=Money(currency, minor), period=period, **values)


def other(what="A course", sort=Kind.LEARNING, giver="them", receiver="me"):
    return OtherLine("o", sort, giver, receiver, what)


def terms(*lines, **clauses):
    """Terms with these lines, under a title and for a purpose."""
    words = {"purpose": "It matters.", **clauses}

    def of(sort):
        return tuple(line for line in lines if isinstance(line, sort))

    return Terms(
        "Work",
        Work.PROJECT,
        {Clause(name): each for name, each in words.items()},
        times=of(TimeLine),
        cash=of(CashLine),
        others=of(OtherLine),
    )


def put(db, me, them, *lines, now=NOON, valid_until=None, house="", mine="", **clauses):
    """Put terms on the table between two, by them. They sign for a house where one is named."""
    if not any(isinstance(line, CashLine | OtherLine) for line in lines):
        lines = (*lines, other("Notes", giver="me", receiver="them"))
    negotiation = begun(db, [them, me])
    negotiating.put(
        db,
        negotiation,
        actor=them,
        terms=_between(db, negotiation, me, them, terms(*lines, **clauses)),
        over=0,
        now=now,
        submission=os.urandom(8).hex(),
        valid_until=valid_until,
    )
    for party in negotiating.parties_of(db, negotiation):
        party.organisation_name = house if party.member_id == them.id else mine
    db.flush()
    return negotiation


def agree(db, me, them, *lines, state=EngagementState.ACTIVE, now=NOON, mine="", **values):
    """Agree on terms between two, and let the work begin, or stand as it is said."""
    house = values.pop("house", "")
    stands = {name: values.pop(name) for name in ("paused_at", "ends_at") if name in values}
    negotiation = put(db, me, them, *lines, now=now, **values)
    shown = db.get_one(Version, (negotiation.id, 1)).digest
    negotiating.accept(db, negotiation, actor=me, number=1, shown=shown, now=now)
    for party in negotiating.parties_of(db, negotiation):
        party.organisation_name = house if party.member_id == them.id else mine
    db.flush()
    engagement = db.get_one(Engagement, negotiation.engagement_id)
    begun_at = None if state is EngagementState.AGREED else now
    for name, value in {"state": state, "begun_at": begun_at, **stands}.items():
        setattr(engagement, name, value)
    db.flush()
    return engagement


def _between(db, negotiation, me, them, said):
    """Return the terms with the keys of the parties where “me” and “them” stand."""
    of = {each.member_id: each.key for each in negotiating.parties_of(db, negotiation)}
    keys = {"me": of[me.id], "them": of[them.id]}

    def keyed(line, number):
        names = {
            n: keys[getattr(line, n)] for n in ("party", "giver", "receiver") if hasattr(line, n)
        }
        return replace(line, key=f"{line.key}{number}", **names)

    return replace(
        said,
        **{
            part: tuple(keyed(line, number) for number, line in enumerate(getattr(said, part)))
            for part in ("times", "cash", "others")
        },
    )
