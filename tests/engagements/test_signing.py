from __future__ import annotations

import pytest
import time_machine
from sqlalchemy import select

from network.db import reading, transaction
from network.engagements.models import Party
from network.errors import Conflict, NotAllowed, NotFound
from network.members.models import Member
from network.organisations.kinds import Speaks
from network.organisations.models import Organisation, Representative
from network.organisations.services import representing
from tests.conftest import NOON, post
from tests.engagements.conftest import Table, begun
from tests.engagements.lives import Life, agreed
from tests.engagements.test_living import changing
from tests.organisations.conftest import keep_organisation


@pytest.fixture
def ferries(db, make_member):
    """Terms in which Ama signs for the ferries, and Bea for herself."""
    people = [make_member(name) for name in ("ama", "bea")]
    organisation = keep_organisation(db, NOON, speakers=people[:1])
    table = Table(begun(db, people, {people[0].id: organisation.id}).id)
    db.commit()
    return table


def stop_speaking():
    with transaction() as session:
        place = session.scalars(select(Representative)).one()
        place.state, place.ended_at = Speaks.ENDED, NOON


def rename():
    with transaction() as session:
        session.scalars(select(Organisation)).one().name = "Merrow Boats"
        for each in session.scalars(select(Member)):
            each.name = each.handle.capitalize() + " Renamed"


def names():
    with reading() as db:
        return {tuple(row) for row in db.execute(select(Party.name, Party.organisation_name))}


AMA, BEA = ("Ama Example", "Merrow Ferries"), ("Bea Example", "")
NEW_AMA, NEW_BEA = ("Ama Renamed", "Merrow Boats"), ("Bea Renamed", "")


def test_names_are_those_of_the_day_on_which_somebody_signs(ferries):
    assert names() == {AMA, BEA}
    rename()
    ferries.put("bea", 0)
    assert names() == {AMA, NEW_BEA}
    ferries.accept("ama", 1)
    assert names() == {NEW_AMA, NEW_BEA}


def test_what_is_agreed_keeps_the_names_of_then(ferries):
    ferries.put("bea", 0)
    ferries.accept("ama", 1)
    rename()
    ferries.accept("ama", 1)
    assert names() == {AMA, BEA}


@pytest.mark.parametrize("deed", ["put", "accept"])
@pytest.mark.parametrize("speaks", [True, False])
def test_inv_40_signing_needs_the_right_at_that_moment(ferries, deed, speaks):
    ferries.put("bea", 0)
    if not speaks:
        stop_speaking()
        rename()
    refused = ferries.put("ama", 1) if deed == "put" else ferries.accept("ama", 1)
    assert isinstance(refused, NotAllowed) is not speaks
    if not speaks:
        assert ferries.stands() == ("open", 1, 1)
        assert AMA in names()


def test_inv_40_nobody_signs_for_an_organisation_that_is_gone(ferries):
    ferries.put("bea", 0)
    with transaction() as session:
        party = session.scalars(select(Party).where(Party.organisation_name != "")).one()
        party.organisation_id = None
    assert isinstance(ferries.accept("ama", 1), NotAllowed)


def test_inv_40_losing_the_right_later_undoes_nothing(ferries):
    ferries.put("ama", 0)
    stop_speaking()
    assert ferries.accept("bea", 1) is None
    assert ferries.stands() == ("agreed", 1, 1)


# Whoever speaks for it no longer


def ends(app):
    """Let somebody cease to speak as the pages do, with all that hangs on it."""
    with transaction() as session:
        place = session.scalars(select(Representative)).one()
        organisation = session.get_one(Organisation, place.organisation_id)
        actor = session.get_one(Member, place.member_id)
        above = app.extensions["endings"]
        representing.end(session, organisation, place, actor=actor, now=NOON, above=above)


def test_whoever_speaks_for_it_no_longer_has_left_what_is_not_agreed(app, ferries):
    ferries.put("bea", 0)
    ends(app)
    assert ferries.stands()[0] == "closed"
    assert isinstance(ferries.accept("ama", 1), NotFound)
    assert isinstance(ferries.do("close", "ama"), NotFound)


def test_the_others_go_on_without_them(app, db, make_member):
    people = [make_member(name) for name in ("ama", "bea", "cai")]
    organisation = keep_organisation(db, NOON, speakers=people[:1])
    table = Table(begun(db, people, {people[0].id: organisation.id}).id)
    db.commit()
    table.put("bea", 0)
    ends(app)
    assert table.stands() == ("open", 1, 0)
    assert sorted(table.keys()) == ["bea", "cai"]


@pytest.fixture
def work(db, make_member):
    """Work that runs, which Ama agreed for the ferries, and Bea for herself."""
    people = [make_member(name) for name in ("ama", "bea")]
    organisation = keep_organisation(db, NOON, speakers=people[:1])
    life = Life.of(agreed(db, people, {people[0].id: organisation.id}))
    db.commit()
    life.do("begin", "bea")
    return life


@pytest.mark.parametrize("deed", ["pause", "end"])
@pytest.mark.parametrize("who", ["ama", "bea"])
def test_whoever_speaks_for_it_no_longer_binds_it_to_nothing(app, work, deed, who):
    ends(app)
    said = work.do(deed, who, words="Enough.")
    assert isinstance(said, NotAllowed) == (who == "ama")
    assert (work.stands()[0] == "active") == (who == "ama")


@pytest.mark.parametrize(("who", "refusal"), [("ama", NotAllowed), ("bea", Conflict)])
def test_no_change_begins_that_nobody_could_accept(app, work, who, refusal):
    ends(app)
    with pytest.raises(refusal):
        changing(work, who)


def test_what_they_would_have_done_in_its_name_is_refused_in_words(app, work, sign_in):
    ends(app)
    with reading() as session:
        ama = session.scalars(select(Member).where(Member.handle == "ama")).one()
    with time_machine.travel(NOON, tick=False):
        answer = post(sign_in(ama), f"/engagements/{work.key}/end", {"words": "Enough of it."})
    assert answer.status_code == 403
    assert "You do not speak for this organisation any more." in answer.text
    assert "Enough of it." in answer.text
