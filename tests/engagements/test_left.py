from __future__ import annotations

import pytest
import time_machine
from sqlalchemy import select

from network.db import reading, transaction
from network.engagements.access_left import handover_for, handovers_of
from network.engagements.kinds import LeftFor
from network.engagements.models import Engagement, Left
from network.errors import Conflict, Invalid, NotAllowed, NotFound
from network.events.models import Event
from network.members.kinds import State
from network.members.models import Block, Member, Shield
from network.organisations.kinds import Speaks
from network.organisations.models import Organisation, Representative
from tests.conftest import NOON
from tests.engagements.lives import DAY, Life, agreed
from tests.organisations.conftest import keep_organisation

WORDS = "The key to the shed hangs behind the door."


@pytest.fixture
def people(make_member):
    return {name: make_member(name) for name in ("ama", "bea", "cai", "dov")}


@pytest.fixture
def veldhaven(db, people):
    """An organisation for which Bea and Cai speak."""
    who = [people["bea"], people["cai"]]
    organisation = keep_organisation(db, NOON, name="Veldhaven", slug="veldhaven", speakers=who)
    db.commit()
    return organisation


@pytest.fixture
def life(db, people, veldhaven):
    """Running work of Ama for Veldhaven, for which Bea signed."""
    both = [people["ama"], people["bea"]]
    engagement = agreed(db, both, {people["bea"].id: veldhaven.id}.items())
    db.commit()
    life = Life.of(engagement)
    life.do("begin", "ama")
    return life


def leave(life, who="ama", sort=LeftFor.HANDOVER, submission="s", **words):
    given = {"title": "The shed", "words": WORDS} | words
    return life.do("leave_behind", who, sort=sort, submission=submission, **given)


def left(life):
    with reading() as db:
        found = select(Left).where(Left.engagement_id == life.id)
        return db.scalars(found.order_by(Left.id)).all()


@pytest.mark.parametrize(
    ("who", "words", "expected"),
    [
        ("ama", {}, type(None)),
        ("bea", {"sort": LeftFor.HARVEST}, type(None)),
        ("ama", {"title": " "}, Invalid),
        ("ama", {"title": "x" * 121}, Invalid),
        ("ama", {"words": ""}, Invalid),
        ("ama", {"words": "x" * 8001}, Invalid),
        ("cai", {}, NotFound),
        ("dov", {}, NotFound),
    ],
)
def test_those_who_agreed_leave_words_behind(life, who, words, expected):
    assert isinstance(leave(life, who, **words), expected)
    assert len(left(life)) == (1 if expected is type(None) else 0)


def test_before_it_begins_there_is_nothing_to_leave_behind(db, people):
    life = Life.of(agreed(db, [people["ama"], people["bea"]]))
    db.commit()
    assert isinstance(leave(life), Conflict)


def test_inv_20_the_same_form_is_one_but_no_other_words_are_lost(life):
    for words in (WORDS, WORDS, "Other words."):
        assert leave(life, words=words) is None
    assert [each.words for each in left(life)] == [WORDS, "Other words."]


@pytest.mark.parametrize(
    ("who", "words", "expected"),
    [
        ("ama", "Under the mat.", type(None)),
        ("bea", "Under the mat.", NotAllowed),
        ("dov", "Under the mat.", NotFound),
        ("ama", "", Invalid),
    ],
)
def test_who_wrote_it_changes_it_for_ever(life, who, words, expected):
    leave(life)
    for each in ("ama", "bea"):
        life.do("complete", each)
    life.wait(4000)
    entry = left(life)[0]
    assert isinstance(life.do("change", who, entry, title="The shed", words=words), expected)
    kept = left(life)[0]
    changed = expected is type(None)
    assert (kept.words, kept.changed_at) == ((words, life.now) if changed else (WORDS, NOON))


def test_inv_20_changing_to_the_same_words_is_no_change(life):
    leave(life)
    life.wait(1)
    assert life.do("change", "ama", left(life)[0], title="The shed", words=WORDS) is None
    assert left(life)[0].changed_at == NOON


def test_the_log_holds_none_of_the_words(life):
    leave(life)
    with reading() as db:
        assert "shed" not in str(db.scalars(select(Event.data)).all())


def reads(life, who):
    """Return the titles of the handover that somebody reads for an organisation, or None."""
    with reading() as db:
        member = db.scalars(select(Member).where(Member.handle == who)).one()
        organisation = db.scalars(select(Organisation)).one()
        listed = [each.left.title for each in handovers_of(db, organisation, member)]
        try:
            found = [each.left.title for each in handover_for(db, member, life.key)]
        except NotFound:
            found = []
        assert sorted(found) == sorted(listed)
        return found


def test_a_handover_is_read_by_all_who_speak_for_the_organisation_and_a_harvest_is_not(life):
    leave(life, title="For you")
    leave(life, title="For us", sort=LeftFor.HARVEST, submission="t")
    assert [reads(life, who) for who in ("bea", "cai", "dov", "ama")] == [
        *(["For you"], ["For you"], [], []),
    ]


def test_where_nothing_was_handed_over_there_is_no_page(life):
    leave(life, sort=LeftFor.HARVEST)
    assert reads(life, "cai") == []


def stop_speaking(db, people):
    place = select(Representative).where(Representative.member_id == people["cai"].id)
    it = db.scalars(place).one()
    it.state, it.ended_at = Speaks.ENDED, NOON


def block(db, people):
    db.add(Block(blocker_id=people["ama"].id, blocked_id=people["cai"].id, at=NOON + DAY))


def shield(db, people):
    db.add(Shield(member_id=people["ama"].id, label="V", mark="veldhaven", raised_at=NOON + DAY))
    db.get_one(Member, people["cai"].id).belongs = " veldhaven "


def depart(db, people):
    db.get_one(Member, people["ama"].id).state = State.DEPARTED


def pause(db, people):
    db.get_one(Member, people["ama"].id).state = State.PAUSED


@pytest.mark.parametrize(
    ("what", "is_read"),
    [(stop_speaking, False), (block, False), (shield, False), (depart, True), (pause, True)],
)
def test_inv_09_10_56_who_may_not_read_it_any_more_does_not(life, people, what, is_read):
    leave(life)
    assert reads(life, "cai") == ["The shed"]
    with transaction() as db:
        what(db, people)
    assert reads(life, "cai") == (["The shed"] if is_read else [])


def test_its_page_holds_the_handover_alone_and_the_organisation_s_page_leads_there(
    life, people, sign_in
):
    leave(life)
    leave(life, title="For us", sort=LeftFor.HARVEST, submission="t")
    with time_machine.travel(life.now, tick=False):
        hers = sign_in(people["cai"])
        page = hers.get("/organisations/veldhaven").text
        assert f'href="/engagements/{life.key}/handover#words-' in page
        alone = hers.get(f"/engagements/{life.key}/handover")
        assert WORDS in alone.text
        assert not any(each in alone.text for each in ("For us", "A first director", "A seat in"))
        assert hers.get(f"/engagements/{life.key}").status_code == 404
        theirs = sign_in(people["dov"])
        assert "/handover" not in theirs.get("/organisations/veldhaven").text
        assert theirs.get(f"/engagements/{life.key}/handover").status_code == 404


def test_the_key_of_work_without_a_handover_tells_nothing(life, db, people, sign_in):
    with time_machine.travel(life.now, tick=False):
        theirs = sign_in(people["dov"])
        known, unknown = (
            theirs.get(f"/engagements/{key}/handover") for key in (life.key, "nothing-here")
        )
    assert known.status_code == unknown.status_code == 404
    assert db.scalar(select(Engagement.id)) is not None
