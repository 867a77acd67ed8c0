from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from network.db import reading, transaction
from network.engagements.models import Acceptance, Engagement, Negotiation, Version
from network.errors import Conflict, Invalid, NotAllowed, NotFound
from network.events.models import Event
from tests.conftest import NOON
from tests.engagements.conftest import Table, begun, conversation_of

DAY = timedelta(days=1)


def test_inv_32_it_is_agreed_when_the_last_has_accepted_the_same_version(table):
    table.put("ama", 0)
    assert table.accept("bea", 1) is None
    assert table.stands() == ("open", 1, 1)
    assert table.accept("cai", 1) is None
    assert table.stands() == ("agreed", 1, 1)


def test_inv_33_a_counter_makes_every_yes_void(table):
    table.put("ama", 0)
    table.accept("bea", 1)
    table.put("cai", 1, "Two evenings.")
    table.accept("ama", 2)
    assert table.stands() == ("open", 2, 2)
    assert isinstance(table.accept("bea", 1), Conflict)


@pytest.mark.parametrize(
    ("deed", "refusal"),
    [
        pytest.param(lambda table: table.put("ama", 0), Conflict, id="an older version"),
        pytest.param(lambda table: table.put("dov", 1), NotFound, id="by a stranger"),
        pytest.param(
            lambda table: table.put("bea", 1, terms=replace(table.words(), title="")),
            Invalid,
            id="without a title",
        ),
        pytest.param(
            lambda table: table.put("bea", 1, valid_until=NOON), Invalid, id="valid until now"
        ),
        pytest.param(
            lambda table: table.put("bea", 1, why="x" * 1001), Invalid, id="too long a reason"
        ),
        pytest.param(
            lambda table: table.accept("bea", 1, shown="0" * 64), Conflict, id="other bytes"
        ),  # INV-35
        pytest.param(
            lambda table: table.accept("bea", 2, shown="0" * 64), Conflict, id="no such version"
        ),
        pytest.param(lambda table: table.accept("dov", 1), NotFound, id="yes of a stranger"),
        pytest.param(
            lambda table: table.do("withdraw", "bea", number=1), NotAllowed, id="withdraw another's"
        ),
        pytest.param(lambda table: table.do("close", "bea"), NotAllowed, id="close for all"),
        pytest.param(
            lambda table: table.do("leave", "bea", words="x" * 601), Invalid, id="too many words"
        ),
        pytest.param(
            lambda table: table.do("withdraw", "ama", number=1), type(None), id="withdraw one's own"
        ),
        pytest.param(lambda table: table.do("close", "ama"), type(None), id="close one's own"),
        pytest.param(
            lambda table: table.do("leave", "bea", words="I wish you well."), type(None), id="leave"
        ),
        pytest.param(
            lambda table: table.do("take_back", "ama", number=1), type(None), id="take back"
        ),
        pytest.param(lambda table: table.accept("bea", 1), type(None), id="accept"),
    ],
)
def test_what_one_may_not_do_changes_nothing(table, make_member, deed, refusal):
    make_member("dov")
    table.put("ama", 0)
    before, logged = table.stands(), events()
    assert isinstance(deed(table), refusal)
    if refusal is not type(None):
        assert (table.stands(), events()) == (before, logged)
    else:
        assert events() == logged + 1


def events():
    with reading() as db:
        return db.scalar(select(func.count()).select_from(Event))


def test_inv_34_a_yes_after_the_day_is_none(table):
    table.put("ama", 0, valid_until=NOON + DAY)
    table.now = NOON + DAY
    assert isinstance(table.accept("bea", 1), Conflict)


def test_sixty_idle_days_end_it_and_what_happens_begins_them_anew(table):
    table.put("ama", 0)
    table.now = NOON + 59 * DAY
    table.accept("bea", 1)
    table.now = NOON + 118 * DAY
    assert table.do("take_back", "bea", number=1) is None
    table.now = NOON + 178 * DAY
    assert isinstance(table.accept("bea", 1), Conflict)
    assert isinstance(table.put("ama", 1), Conflict)


def test_whoever_left_neither_reads_on_nor_signs_and_two_go_on(table):
    table.put("ama", 0)
    table.do("leave", "cai")
    assert table.stands() == ("open", 1, 0)
    assert isinstance(table.put("cai", 1), NotFound)
    table.put("bea", 1)
    table.accept("ama", 2)
    assert table.stands() == ("agreed", 2, 2)


def test_when_one_is_left_it_is_over(table):
    table.do("leave", "cai")
    table.do("leave", "bea")
    assert table.stands() == ("closed", 0, 0)


def test_inv_20_the_same_submission_is_one_version(table):
    table.put("ama", 0, submission="once")
    assert table.put("ama", 0, submission="once") is None
    assert table.stands() == ("open", 1, 1)


def test_inv_20_accepting_twice_is_once_also_after_the_agreement(table):
    table.put("ama", 0)
    for who in ("bea", "bea", "cai", "cai"):
        assert table.accept(who, 1) is None
    with reading() as db:
        assert db.scalar(select(func.count()).select_from(Acceptance)) == 3
        assert db.scalar(select(func.count()).select_from(Engagement)) == 1


@pytest.mark.parametrize("statement", ["UPDATE version SET why = 'x'", "DELETE FROM version"])
def test_inv_30_the_database_refuses_to_change_a_version(table, statement):
    table.put("ama", 0)
    with pytest.raises(DBAPIError, match="append-only"), transaction() as db:
        db.execute(text(statement))


@pytest.mark.parametrize(
    ("who", "refusal"), [(("ama",), Invalid), (("bea", "cai"), Invalid), (("ama", "dov"), NotFound)]
)
def test_terms_begin_between_people_who_talk(db, make_member, who, refusal):
    people = {name: make_member(name) for name in ("ama", "bea", "cai", "dov")}
    talk = conversation_of(db, [people[name] for name in ("ama", "bea", "cai")])
    from network.engagements.services.beginning import begin  # noqa: PLC0415

    with pytest.raises(refusal):
        begin(
            db,
            talk,
            actor=people["ama"],
            signs=dict.fromkeys(people[name].id for name in who),
            now=NOON,
            submission="s",
        )


def at_once(app, deeds):
    """Run each in a thread of its own, all let go together, and return what they said."""
    ready, said = threading.Barrier(len(deeds)), {}

    def run(name, deed):
        with app.app_context():
            ready.wait()
            said[name] = deed()

    threads = [threading.Thread(target=run, args=each) for each in deeds.items()]
    for each in threads:
        each.start()
    for each in threads:
        each.join(timeout=60)
    return said


def test_inv_34_a_counter_and_the_last_yes_at_one_instant_have_one_outcome(app, db, make_member):
    people = [make_member(name) for name in ("ama", "bea")]
    for _round in range(12):
        table = Table(begun(db, people).id)
        db.commit()
        table.put("ama", 0)
        said = at_once(
            app,
            {"yes": lambda t=table: t.accept("bea", 1), "counter": lambda t=table: t.put("ama", 1)},
        )
        if said["yes"] is None:
            assert isinstance(said["counter"], Conflict)
            assert table.stands() == ("agreed", 1, 1)
        else:
            assert (said["counter"], table.stands()) == (None, ("open", 2, 2))


def test_inv_31_of_many_counters_at_once_one_is_on_the_table(app, table):
    table.put("ama", 0)
    names = ("ama", "bea", "cai") * 3
    deeds = {n: lambda who=who: table.put(who, 1) for n, who in enumerate(names)}
    said = at_once(app, deeds)
    assert sum(each is None for each in said.values()) == 1
    assert table.stands() == ("open", 2, 2)


def test_inv_41_all_who_accept_at_once_make_one_engagement(app, table):
    table.put("ama", 0)
    said = at_once(
        app,
        {n: lambda who=who: table.accept(who, 1) for n, who in enumerate(["bea", "cai"] * 4)},
    )
    assert set(said.values()) == {None}
    with reading() as db:
        assert db.scalar(select(func.count()).select_from(Engagement)) == 1
        assert db.scalar(select(Version.number)) == 1
        assert db.scalars(select(Negotiation.state)).one() == "agreed"
