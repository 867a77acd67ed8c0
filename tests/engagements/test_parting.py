from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select, update

from network.composition import channels
from network.db import reading, transaction
from network.engagements import hearing
from network.engagements.access import negotiation_for
from network.engagements.models import Acceptance, Engagement, Negotiation, Party, Version
from network.engagements.services import parting
from network.errors import Conflict, NotFound
from network.events.models import Delivery, Event
from network.events.worker import run_once
from network.members.kinds import State
from network.members.models import Member
from network.members.services import boundaries
from tests.conftest import NOON
from tests.engagements.conftest import Table, begun

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


def who(db, handle):
    return db.scalars(select(Member).where(Member.handle == handle)).one()


def block(one, other, at=NOON + HOUR):
    with transaction() as db:
        boundaries.block(db, who(db, one), blocked_id=who(db, other).id, now=at)


def put(handle, state):
    with transaction() as db:
        db.execute(update(Member).where(Member.handle == handle).values(state=state))


def left(table):
    """Return who left, and when."""
    with reading() as db:
        rows = db.execute(
            select(Member.handle, Party.left_at)
            .join(Party, Party.member_id == Member.id)
            .where(Party.negotiation_id == table.id, Party.left_at.is_not(None))
        )
        return dict(rows.all())


def work(app):
    """Let the worker hear of everything, as if it had been busy until now."""
    with time_machine.travel(NOON + 3 * HOUR, tick=False):
        while run_once({"terms": channels(app)["terms"]}):
            pass


@pytest.fixture
def two(db, make_member):
    """Terms between Ama and Bea, accepted by Ama."""
    people = [make_member(name) for name in ("ama", "bea")]
    negotiation = begun(db, people)
    db.commit()
    table = Table(negotiation.id, now=NOON + 2 * HOUR)
    assert table.put("ama", 0) is None
    return table


DEEDS = {
    "a yes": lambda table: table.accept("bea", 1),
    "a counter": lambda table: table.put("bea", 1, "Two evenings."),
}


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("pair", [("ama", "bea"), ("bea", "ama")])
def test_inv_09_a_block_keeps_two_from_agreeing_though_nobody_was_told_yet(two, pair, deed):
    block(*pair)
    assert isinstance(DEEDS[deed](two), Conflict | NotFound)
    with reading() as db:
        assert db.scalar(select(Engagement.id)) is None
        assert two.stands()[0] == "open"


@pytest.mark.parametrize("pair", [("ama", "bea"), ("bea", "ama")])
def test_whoever_blocks_has_left_and_terms_of_two_are_over(two, app, pair):
    block(*pair)
    work(app)
    assert left(two) == {pair[0]: NOON + HOUR}
    assert two.stands() == ("closed", 1, 0)
    with reading() as db:
        assert db.scalars(select(Acceptance.taken_back_at)).all() == [NOON + 3 * HOUR]


def test_three_go_on_as_two_and_the_blocker_reads_nothing_that_comes_after(table, app):
    table.put("ama", 0)
    table.now = NOON + 2 * HOUR
    block("ama", "cai")
    assert isinstance(table.accept("bea", 1), Conflict)
    two = replace(table.words("bea").others[0], receiver=table.keys()["cai"])
    assert table.put("bea", 1, terms=replace(table.words("bea"), others=(two,))) is None
    assert table.accept("cai", 2) is None
    assert (table.stands()[0], left(table)) == ("agreed", {"ama": NOON + HOUR})
    with reading() as db:
        negotiation = db.get_one(Negotiation, table.id)
        seen = negotiation_for(db, who(db, "ama"), negotiation.key, now=table.now)
        versions = db.scalars(select(Version).where(Version.negotiation_id == table.id))
        assert [each.number for each in versions if seen.reads(each)] == [1]


def test_the_log_and_the_post_hear_that_somebody_left_and_nothing_else(table, app):
    block("ama", "cai")
    work(app)
    with reading() as db:
        event = db.scalars(select(Event).where(Event.kind == "engagements:terms:left")).one()
        party = db.scalars(select(Party).where(Party.left_at.is_not(None))).one()
        owed = db.scalars(select(Delivery.channel).where(Delivery.event_id == event.id)).all()
    assert (event.actor_id, event.data) == (party.member_id, {"party": party.id})
    assert (owed, party.left_words) == (["mail"], "")


def test_two_who_block_each_other_are_parted_by_the_first(table, app):
    block("cai", "ama", NOON + HOUR)
    block("ama", "cai", NOON + 2 * HOUR)
    work(app)
    assert left(table) == {"cai": NOON + HOUR}
    assert table.stands()[0] == "open"


def test_who_had_blocked_before_leaves_from_the_beginning(table):
    block("bea", "cai", NOON - HOUR)
    assert table.put("ama", 0, terms=table.words("ama")) is not None
    hear("bea", "cai")
    assert left(table) == {"bea": NOON}


def hear(one, other):
    with reading() as db:
        kind = "members:blocked"
        event = Event(kind=kind, actor_id=who(db, one).id, subject_id=who(db, other).id)
    event.subject_kind = "member"
    hearing.part(event, now=NOON + HOUR)


def test_hearing_twice_is_hearing_once(table):
    block("ama", "cai")
    for _twice in range(2):
        hear("ama", "cai")
    with reading() as db:
        kinds = db.scalars(select(Event.kind).where(Event.kind == "engagements:terms:left")).all()
    assert (len(kinds), left(table)) == (1, {"ama": NOON + HOUR})


@pytest.mark.parametrize(
    "pair", [("ama", "dov"), ("dov", "ama"), ("eli", "dov")], ids=["by", "of", "between"]
)
def test_a_block_of_somebody_else_changes_nothing(table, app, make_member, pair):
    make_member("dov"), make_member("eli")
    table.put("ama", 0)
    block(*pair)
    work(app)
    assert (left(table), table.stands()) == ({}, ("open", 1, 1))


def test_an_unblocking_brings_nobody_back(table, app):
    block("ama", "cai")
    work(app)
    with transaction() as db:
        boundaries.unblock(db, who(db, "ama"), blocked_id=who(db, "cai").id, now=NOON)
    work(app)
    assert list(left(table)) == ["ama"]
    assert isinstance(table.put("ama", 0), NotFound)


@pytest.mark.parametrize("state", State)
def test_who_is_suspended_or_gone_is_no_party_any_more(table, state):
    gone = state in {State.SUSPENDED, State.DEPARTED}
    table.put("ama", 0)
    put("cai", state)
    assert isinstance(table.accept("bea", 1), Conflict) is gone
    with transaction() as db:
        it = db.get_one(Negotiation, table.id)
        parting.take(db, it)
        parting.part_now(db, it, NOON + HOUR)
    assert list(left(table)) == (["cai"] if gone else [])


def test_what_is_agreed_or_over_parts_nobody(two, app):
    assert two.accept("bea", 1) is None
    block("ama", "bea", NOON + 3 * HOUR)
    work(app)
    assert (left(two), two.stands()[0]) == ({}, "agreed")


def test_a_change_to_agreed_work_ends_with_the_first_who_goes(table, app):
    table.put("ama", 0)
    table.accept("bea", 1), table.accept("cai", 1)
    with transaction() as db:
        agreed = db.get_one(Negotiation, table.id)
        change = begun(db, [who(db, name) for name in ("ama", "bea", "cai")])
        change.engagement_id = agreed.engagement_id
    change = Table(change.id, now=NOON + HOUR)
    assert change.put("ama", 0) is None
    assert change.do("leave", "cai") is None
    assert change.stands() == ("closed", 1, 0)
    assert table.stands()[0] == "agreed"
