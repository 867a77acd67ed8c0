"""What the database itself refuses of terms, and who comes to read them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from network.composition import THINGS
from network.db import alembic, migrate, reading, transaction
from network.engagements import access
from network.engagements.models import Acceptance, Engagement, Negotiation, Party, Version
from network.engagements.queries.work import history
from network.engagements.services.beginning import amend
from network.engagements.services.negotiating import accepted_by
from network.errors import Conflict, NotAllowed, NotFound
from network.members.documents import all_documents
from network.members.models import Member, Network
from network.organisations.kinds import Speaks
from network.organisations.models import Representative
from tests.conftest import NOON
from tests.engagements.conftest import Table, begun
from tests.organisations.conftest import keep_organisation

COLUMNS = [column.name for column in Version.__table__.columns]
SECRET = "zebrafinch"


@pytest.fixture
def rows(table):
    """What is stored of a version that two of three have accepted, as plain values."""
    table.put("ama", 0)
    table.accept("bea", 1)
    with reading() as db:
        return {
            kind: dict(db.execute(select(kind.__table__)).mappings().first())
            for kind in (Negotiation, Party, Version, Acceptance)
        }


@pytest.mark.parametrize("column", COLUMNS)
def test_inv_30_the_database_refuses_to_change_any_part_of_a_version(table, column):
    table.put("ama", 0)
    with pytest.raises(DBAPIError, match="append-only"), transaction() as db:
        db.execute(text(f"UPDATE version SET {column} = {column}"))


def test_inv_30_the_database_refuses_to_delete_what_a_version_hangs_on(rows):
    for what in ("version", "negotiation", "party"):
        with pytest.raises(DBAPIError), transaction() as db:
            db.execute(text(f"DELETE FROM {what}"))
    with reading() as db:
        assert len(db.scalars(select(Version)).all()) == 1


def test_inv_30_a_version_is_guarded_again_after_going_down_and_up(app, table):
    with app.app_context():
        alembic.downgrade("0004")
    migrate()
    with transaction() as db:
        db.merge(Network(id=1, name="Saltmarsh"))
        people = db.scalars(select(Member)).all()
        again = Table(begun(db, people).id)
    assert again.put("ama", 0) is None
    for statement in ("UPDATE version SET why = 'x'", "DELETE FROM version"):
        with pytest.raises(DBAPIError, match="append-only"), transaction() as db:
            db.execute(text(statement))


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (Version, {"number": 1, "parent": None}),  # there is one
        (Version, {"number": 2, "parent": None}),
        (Version, {"number": 3, "parent": 1}),
        (Version, {"number": 2, "parent": 2}),
        (Version, {"number": 0, "parent": None}),
        (Version, {"number": 0, "parent": -1}),
        (Version, {"number": 2, "parent": 1, "valid_until": NOON}),
        (Version, {"number": 2, "parent": 1, "text": "x" * 200_001}),
        (Version, {"number": 2, "parent": 1, "author_id": 999}),
        (Acceptance, {}),  # they have said yes
        (Acceptance, {"number": 2}),
        (Acceptance, {"party_id": 999}),
        (Party, {"key": "other"}),
        (Negotiation, {"key": "other"}),  # the same submission
        (Negotiation, {"last": 0, "on_table": 1}),
        (Negotiation, {"ended_at": NOON}),
        (Negotiation, {"state": "closed"}),
        (Negotiation, {"state": "closed", "ended_at": NOON}),  # something lies on the table
        (Negotiation, {"state": "agreed", "ended_at": NOON}),  # it governs nothing
        (Negotiation, {"state": "paused", "on_table": 0}),
    ],
)
def test_inv_30_31_41_rows_that_cannot_be_are_refused(rows, kind, values):
    other = {} if values == {"key": "other"} else {"submission": "other", "key": "other"}
    fresh = {name: other[name] for name in other if name in rows[kind]}
    row = {name: value for name, value in rows[kind].items() if name != "id"} | fresh | values
    with pytest.raises(IntegrityError), transaction() as db:
        db.execute(insert(kind.__table__).values(row))


def test_inv_30_31_41_the_same_rows_with_nothing_wrong_are_kept(rows):
    news = {
        Version: {"number": 2, "parent": 1},
        Acceptance: {"taken_back_at": NOON},
        Negotiation: {"key": "other", "submission": "other"},
    }
    with transaction() as db:
        for kind, values in news.items():
            row = {name: value for name, value in rows[kind].items() if name != "id"}
            db.execute(insert(kind.__table__).values(row | values))


def test_inv_41_agreed_terms_are_the_last_ones(table):
    table.put("ama", 0)
    for who in ("bea", "cai"):
        table.accept(who, 1)
    for change in ("last = 2", "on_table = 0", "engagement_id = NULL", "ended_at = NULL"):
        with pytest.raises(IntegrityError), transaction() as db:
            db.execute(text(f"UPDATE negotiation SET {change}"))


def test_inv_41_work_is_changed_by_one_negotiation_at_a_time(db, make_member):
    people = [make_member(name) for name in ("ama", "bea")]
    work = Engagement(agreed_at=NOON)
    db.add(work)
    db.flush()
    begun(db, people).engagement_id = work.id
    db.flush()
    begun(db, people).engagement_id = work.id
    with pytest.raises(IntegrityError):
        db.flush()


def test_inv_35_36_what_a_version_holds_is_found_by_nobody(app, table):
    table.put("ama", 0, what=f"An evening with a {SECRET}.", why=f"The {SECRET} came.")
    with reading() as db:
        found = [repr(each) for each in all_documents(db)]
        found += [repr(each) for each in THINGS.every(db)]
        assert found
        assert not any(SECRET in each for each in found)


@pytest.mark.parametrize(
    ("who", "reads"), [("ama", True), ("bea", True), ("cai", True), ("dov", False), ("eli", False)]
)
def test_inv_36_terms_are_read_by_their_parties_and_by_no_steward(table, make_member, who, reads):
    make_member("dov")
    make_member("eli", steward=True)
    table.put("ama", 0)
    with reading() as db:
        member = db.scalars(select(Member).where(Member.handle == who)).one()
        key = db.get_one(Negotiation, table.id).key
        if reads:
            assert access.negotiation_for(db, member, key, now=NOON).negotiation.last == 1
        else:
            with pytest.raises(NotFound):
                access.negotiation_for(db, member, key, now=NOON)


@pytest.fixture
def signing(db, make_member):
    """Terms in which Bea signs for an organisation."""
    people = [make_member(name) for name in ("ama", "bea")]
    ferries = keep_organisation(db, NOON, speakers=people[1:])
    negotiation = begun(db, people, {people[1].id: ferries.id}.items())
    db.commit()
    return Table(negotiation.id)


def stop_speaking():
    with transaction() as db:
        for each in db.scalars(select(Representative)):
            each.state, each.ended_at = Speaks.ENDED, NOON


def test_inv_40_losing_the_right_to_speak_undoes_no_yes(signing):
    signing.put("bea", 0)
    stop_speaking()
    assert signing.accept("ama", 1) is None
    assert signing.stands() == ("agreed", 1, 1)


def test_inv_40_without_the_right_to_speak_nothing_is_put_and_nothing_accepted(signing):
    signing.put("ama", 0)
    stop_speaking()
    assert isinstance(signing.accept("bea", 1), NotAllowed)
    assert isinstance(signing.put("bea", 1), NotAllowed)
    assert signing.stands() == ("open", 1, 1)
    assert signing.do("leave", "bea") is None


def test_inv_34_a_yes_to_what_was_withdrawn_is_none(table):
    table.put("ama", 0)
    table.do("withdraw", "ama", number=1)
    assert isinstance(table.accept("bea", 1), Conflict)
    assert table.stands() == ("open", 1, 0)


def test_inv_32_a_yes_that_was_taken_back_is_none_and_can_be_given_again(table):
    table.put("ama", 0)
    table.accept("bea", 1)
    table.do("take_back", "bea", number=1)
    table.accept("cai", 1)
    assert table.stands() == ("open", 1, 1)
    table.accept("bea", 1)
    assert table.stands() == ("agreed", 1, 1)


@pytest.mark.parametrize(
    "off",
    [
        pytest.param(lambda table: table.do("withdraw", "ama", number=1), id="withdrawn"),
        pytest.param(lambda table: table.do("leave", "cai"), id="somebody left"),
        pytest.param(lambda table: table.do("close", "ama"), id="closed"),
    ],
)
def test_inv_33_what_is_off_the_table_is_accepted_by_nobody(table, off):
    table.put("ama", 0)
    table.accept("bea", 1)
    assert off(table) is None
    with reading() as db:
        assert accepted_by(db, db.get_one(Negotiation, table.id), 1) == set()


@pytest.fixture
def changing(table):
    """A change that Ama has begun of what all three agreed, and nothing on the table yet."""
    table.put("ama", 0)
    for who in ("bea", "cai"):
        table.accept(who, 1)
    return Table(begun_to_change(table))


def begun_to_change(table, submission="change"):
    with transaction() as db:
        ama = db.scalars(select(Member).where(Member.handle == "ama")).one()
        key = db.scalars(select(Engagement.key)).one()
        work = access.engagement_for(db, ama, key, now=NOON)
        return amend(db, work, actor=ama, now=NOON, submission=submission).id


def test_inv_41_a_change_that_all_accept_makes_no_other_engagement(changing):
    changing.put("ama", 0, "Two evenings.")
    for who in ("bea", "cai"):
        changing.accept(who, 1)
    assert changing.stands() == ("agreed", 1, 1)
    with reading() as db:
        work = db.scalars(select(Engagement.id)).one()
        assert db.scalars(select(Negotiation.engagement_id)).all() == [work, work]


def test_a_change_ends_with_the_first_who_leaves_it(changing):
    changing.put("ama", 0, "Two evenings.")
    assert changing.do("leave", "cai") is None
    assert changing.stands() == ("closed", 1, 0)


def test_of_changes_there_is_one_until_it_is_over(table, changing):
    assert begun_to_change(table, "once more") == changing.id


@pytest.mark.parametrize("hours", [1, 0, -5])
def test_inv_42_what_was_agreed_last_governs_whatever_a_clock_says(changing, hours):
    changing.now = NOON + timedelta(hours=hours)
    changing.put("ama", 0, "Two evenings.")
    for who in ("bea", "cai"):
        changing.accept(who, 1)
    with reading() as db:
        ama = db.scalars(select(Member).where(Member.handle == "ama")).one()
        work = db.scalars(select(Engagement)).one()
        governs = access.engagement_for(db, ama, work.key, now=NOON).seen.negotiation
        assert governs.id == changing.id
        assert history(db, work)[-1].negotiation.id == changing.id
