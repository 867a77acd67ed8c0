from __future__ import annotations

from types import SimpleNamespace

import pytest
from sqlalchemy import select

from network.asks import services as asks
from network.asks.models import Ask, AskState
from network.asks.queries import inbox
from network.circles.access import circle_for
from network.circles.kinds import Door, Life
from network.circles.models import Circle
from network.errors import Conflict, Invalid, NotAllowed, NotFound
from network.members.kinds import MembershipState
from network.members.models import Member
from network.members.services import boundaries
from network.organisations.models import NeedShowing
from network.organisations.queries.showings import circles_to_choose, in_circle, showings
from network.organisations.services import needs as services
from network.organisations.services import showing
from network.organisations.services.needs import Readers
from tests.circles.conftest import people as circle_people  # noqa: F401  # a fixture
from tests.circles.conftest import place_of
from tests.conftest import NOON
from tests.organisations.conftest import keep_organisation
from tests.organisations.needs import DAY, asked, readers_of, reads, says_no, says_yes, write

WORDS = "Half of your people work at night."
INSIDE = {"dara", "ama", "rui", "bo", "tess"}


@pytest.fixture
def it(db, request, make_member):
    """A circle that Dara facilitates, and Oskar and Siun who speak for Merrow and are outside."""
    request.getfixturevalue("circle_people")
    for name in ("oskar", "siun"):
        make_member(name)
    members = {each.handle: each for each in db.scalars(select(Member))}
    merrow = keep_organisation(db, NOON, speakers=[members["oskar"], members["siun"]])
    circle = db.scalars(select(Circle)).one()
    return SimpleNamespace(organisation=merrow, circle=circle, **members)


@pytest.fixture
def need(it, db):
    return write(db, it, readers=Readers())


def show(db, it, need, who="oskar", *, words=WORDS, now=NOON):
    actor = getattr(it, who)
    return showing.show_in(db, need, it.circle, actor=actor, words=words, now=now)


def facilitates(db, who, *, does=True):
    place_of(db, who).facilitates = does
    db.flush()


def test_one_yes_of_those_who_facilitate_shows_it_to_those_inside(it, db, need):
    facilitates(db, it.rui)
    show(db, it, need)
    first, second = asked(db, showing.SHOWING)
    assert {first.addressee_id, second.addressee_id} == {it.dara.id, it.rui.id}
    assert readers_of(db, need) == {"oskar", "siun"}
    says_yes(db, first, db.get_one(Member, first.addressee_id), kind=showing.SHOWING)
    assert second.state is AskState.CLOSED
    assert readers_of(db, need) == {"oskar", "siun"} | INSIDE


def test_where_the_holder_facilitates_it_is_shown_at_once(it, db):
    need = write(db, it, "dara", own=True, readers=Readers())
    assert show(db, it, need, "dara").shown_at == NOON
    assert asked(db, showing.SHOWING) == []
    assert readers_of(db, need) == INSIDE


@pytest.mark.parametrize("answer", ["no", "silence"])
def test_inv_14_a_no_and_silence_look_alike_to_whoever_asked(it, db, need, answer):
    show(db, it, need)
    if answer == "no":
        says_no(db, asked(db, showing.SHOWING)[0], it.dara, kind=showing.SHOWING)
    put, circle = showings(db, need, it.oskar, NOON)[0]
    assert (put.shown_at, put.asked_at, circle.id) == (None, NOON, it.circle.id)
    other = write(db, it, "siun")
    assert showing.again_from(db, other, it.circle, NOON + DAY) == NOON + 90 * DAY


@pytest.mark.parametrize(
    ("who", "values", "refusal"),
    [
        ("oskar", {}, None),
        ("siun", {}, None),
        ("dara", {}, NotFound),
        ("oskar", {"words": "Hm"}, Invalid),
        ("oskar", {"now": NOON + 91 * DAY}, Conflict),
    ],
)
def test_who_puts_a_need_before_a_circle(it, db, need, who, values, refusal):
    if refusal is None:
        assert show(db, it, need, who, **values).id == show(db, it, need, who, **values).id
        assert len(asked(db, showing.SHOWING)) == 1
        return
    with pytest.raises(refusal):
        show(db, it, need, who, **values)
    assert db.scalars(select(NeedShowing)).all() == []


@pytest.mark.parametrize("life", [Life.CLOSING, Life.ARCHIVED])
def test_a_circle_that_ends_is_shown_nothing_new(it, db, need, life):
    show(db, it, need)
    it.circle.life = life
    it.circle.ended_at = NOON if life is Life.ARCHIVED else None
    db.flush()
    with pytest.raises(Conflict):
        says_yes(db, asked(db, showing.SHOWING)[0], it.dara, kind=showing.SHOWING)
    with pytest.raises(Conflict):
        show(db, it, write(db, it, "siun"), "siun")


def test_inv_16_one_side_asks_a_circle_again_after_ninety_days_whoever_of_it_asks(it, db, need):
    show(db, it, need)
    other = write(db, it, "siun")
    with pytest.raises(Conflict):
        show(db, it, other, "siun", now=NOON + 89 * DAY)
    own = write(db, it, "siun", own=True)
    assert show(db, it, own, "siun")
    later = write(db, it, "siun", now=NOON + 90 * DAY)
    assert show(db, it, later, "siun", now=NOON + 90 * DAY)


def test_a_circle_that_showed_one_need_may_be_asked_about_another(it, db, need):
    show(db, it, need)
    says_yes(db, asked(db, showing.SHOWING)[0], it.dara, kind=showing.SHOWING)
    assert show(db, it, write(db, it), now=NOON + DAY).id
    assert len(asked(db, showing.SHOWING)) == 2


def test_only_whoever_facilitates_now_lets_it_be_shown(it, db, need):
    facilitates(db, it.rui)
    show(db, it, need)
    facilitates(db, it.dara, does=False)
    ask = db.scalars(select(Ask).where(Ask.addressee_id == it.dara.id)).one()
    with pytest.raises(NotAllowed):
        says_yes(db, ask, it.dara, kind=showing.SHOWING)


def test_inv_09_whoever_facilitates_and_is_apart_from_the_holder_is_not_asked(it, db, need):
    boundaries.block(db, it.dara, blocked_id=it.oskar.id, now=NOON)
    db.flush()
    put = show(db, it, need)
    assert (put.shown_at, asked(db, showing.SHOWING)) == (None, [])
    assert inbox(db, it.dara, NOON) == []


def test_it_is_read_in_the_circle_by_those_inside_alone(it, db, need):
    show(db, it, need)
    says_yes(db, asked(db, showing.SHOWING)[0], it.dara, kind=showing.SHOWING)
    for name in ("dara", "rui", "tess"):
        who = getattr(it, name)
        seen = circle_for(db, who, it.circle.slug, now=NOON)
        assert [each.id for each in in_circle(db, who, seen, NOON)] == [need.id]
    outside = circle_for(db, it.eli, it.circle.slug, now=NOON)
    for name in ("eli", "lee", "max", "ivy", "oskar"):
        assert in_circle(db, getattr(it, name), outside, NOON) == []
    place = place_of(db, it.rui)
    place.state, place.ended_at = MembershipState.LEFT, NOON - DAY
    db.flush()
    assert not reads(db, need, it.rui)


def test_inv_09_inside_too_it_is_not_there_for_whoever_is_apart_from_its_writer(it, db, need):
    show(db, it, need)
    says_yes(db, asked(db, showing.SHOWING)[0], it.dara, kind=showing.SHOWING)
    boundaries.block(db, it.rui, blocked_id=it.oskar.id, now=NOON)
    db.flush()
    seen = circle_for(db, it.rui, it.circle.slug, now=NOON)
    assert in_circle(db, it.rui, seen, NOON) == []


def test_whoever_facilitates_takes_it_down_and_it_stays_down(it, db, need):
    show(db, it, need)
    says_yes(db, asked(db, showing.SHOWING)[0], it.dara, kind=showing.SHOWING)
    for _twice in range(2):
        showing.take_down(db, need, it.circle, actor=it.dara, now=NOON)
    db.expire_all()
    assert readers_of(db, need) == {"oskar", "siun"}
    assert show(db, it, need).shown_at is None
    assert [each.state for each in asked(db, showing.SHOWING)] == [AskState.ACCEPTED]


def test_an_end_of_the_need_closes_what_waits_and_takes_it_from_the_page(it, db, need):
    show(db, it, need)
    ask = asked(db, showing.SHOWING)[0]
    services.close_need(db, need, actor=it.oskar, outcome="It came to nothing.", now=NOON)
    assert ask.state is AskState.CLOSED
    with pytest.raises(Conflict):
        asks.accept(db, ask, showing.SHOWING, actor=it.dara, now=NOON, read=ask.mark)


def test_inv_57_a_hidden_circle_is_offered_to_its_own_people_alone(it, db):
    it.circle.door = Door.HIDDEN
    db.flush()
    assert circles_to_choose(db, it.oskar, NOON) == []
    assert [each.id for each in circles_to_choose(db, it.dara, NOON)] == [it.circle.id]


def test_a_circle_that_the_holder_may_know_of_no_longer_is_not_named_to_them(it, db, need):
    show(db, it, need)
    assert len(showings(db, need, it.oskar, NOON)) == 1
    it.circle.door = Door.HIDDEN
    db.flush()
    assert showings(db, need, it.oskar, NOON) == []
