"""Several act at the same instant, each in a transaction of their own: whatever comes of it is what
would have come of it one after the other, in some order.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from datetime import datetime
from itertools import count, permutations

from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from network.db import reading, transaction
from network.engagements import access
from network.engagements.models import Engagement, Negotiation, Version
from network.errors import Refusal
from network.members.models import Block, Member
from network.organisations.kinds import Speaks
from network.organisations.models import Representative
from tests.conftest import NOON, MakeMember
from tests.engagements.deeds import (
    FIRST,
    PEOPLE,
    SAID,
    acts,
    begin,
    deed_of,
    do,
    keep_people,
    stored,
)
from tests.engagements.oracle import Deed, Oracle

EXAMPLES = int(os.environ.get("COMMONWEAL_TEST_EXAMPLES", "6"))
# What races is not met again by the same numbers: there is nothing to make smaller.
PHASES = (Phase.explicit, Phase.generate)
# Acts that change what the others rest on are more likely here than they are in life.
RUSH = (
    *("accept",) * 7,
    *("put", "put", "take_back", "withdraw", "leave", "close", "stop_speaking", "block"),
)
rushed = st.tuples(st.sampled_from(RUSH), st.integers(0, 4)).map(
    lambda act: {**FIRST, "verb": act[0], "who": act[1]}
)
histories = st.lists(
    st.tuples(st.lists(acts, max_size=4), st.lists(rushed, min_size=2, max_size=4)),
    min_size=1,
    max_size=3,
)


def at_once(app: Flask, negotiation_id: int, deeds: list[Deed], oracle: Oracle) -> list[str]:
    """Let each be done by a thread of its own; return what they were told."""
    ready, said = threading.Barrier(len(deeds), timeout=30), [""] * len(deeds)

    def run(number: int) -> None:
        with app.app_context():
            ready.wait()
            said[number] = told(negotiation_id, deeds[number], oracle.now, ready)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(deeds))]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return said


def told(
    negotiation_id: int, deed: Deed, now: datetime, all_have_read: threading.Barrier | None = None
) -> str:
    """Read the terms and do it, as a request does; return how it was refused or went wrong."""
    try:
        with transaction() as db:
            it = db.get_one(Negotiation, negotiation_id)
            who = db.scalars(select(Member).where(Member.handle == deed.who)).one()
            seen = access.negotiation_for(db, who, it.key, now=now)
            assert seen.everyone
            if all_have_read and db.get_bind().dialect.name == "postgresql":
                all_have_read.wait()  # elsewhere one writer at a time reads
            do(db, negotiation_id, deed, now)
    except Refusal as refusal:
        return SAID[type(refusal)]
    except Exception as error:  # noqa: BLE001  # a thread's own error is seen by nobody
        return repr(error)
    return ""


def in_some_order(
    oracle: Oracle, deeds: list[Deed], said: list[str], stands: object
) -> Sequence[int] | None:
    """Return an order in which these deeds, one after the other, come to the same."""
    for order in permutations(range(len(deeds))):
        answers, then = oracle.would(deeds[n] for n in order)
        if then == stands and answers == [said[n] for n in order]:
            return order
    return None


def test_inv_30_to_41_at_once_is_one_after_the_other_in_some_order(
    app: Flask, db: Session, make_member: MakeMember
) -> None:
    keep_people(db, make_member)

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        phases=PHASES,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.integers(2, 5), st.sets(st.sampled_from(PEOPLE)), histories)
    def whatever_they_do(many: int, signs: set[str], history: list) -> None:
        names = set(PEOPLE[:many])
        oracle = Oracle(NOON, names, frozenset(signs & names), set(PEOPLE))
        with transaction() as session:
            session.execute(delete(Block))
            session.execute(update(Representative).values(state=Speaks.ACTIVE, ended_at=None))
            negotiation_id = begin(session, many, signs).id
        steps = count()
        for alone, together in history:
            for act in (FIRST, *alone):
                deed = deed_of(act, oracle, next(steps))
                assert told(negotiation_id, deed, oracle.now) == oracle.do(deed)
            deeds = [deed_of(act, oracle, next(steps)) for act in together]
            said = at_once(app, negotiation_id, deeds, oracle)
            with reading() as session:
                stands = stored(session, negotiation_id)
            order = in_some_order(oracle, deeds, said, stands)
            assert order is not None, (deeds, said, stands)
            for number in order:
                oracle.do(deeds[number])
        once_each()

    whatever_they_do()


def once_each() -> None:
    """INV-30, INV-41."""
    with reading() as db:
        agreed = select(Negotiation.engagement_id).where(Negotiation.state == "agreed")
        assert sorted(db.scalars(agreed)) == sorted(db.scalars(select(Engagement.id)))
        last = {each.id: each.last for each in db.scalars(select(Negotiation))}
        found = select(Version.negotiation_id, func.count(), func.max(Version.number))
        for which, many, newest in db.execute(found.group_by(Version.negotiation_id)):
            assert last[which] == many == newest
