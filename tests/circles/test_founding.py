from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from network.circles.beginnings import BEGINNINGS
from network.circles.kinds import Door, Form, Life
from network.circles.models import Agreements, Circle
from network.circles.services import living
from network.circles.services.founding import Plan, change, found, slug_for
from network.circles.visibility import inside
from network.conversations.models import About, Conversation, Participant
from network.errors import Conflict, Invalid
from network.members.kinds import CameBy, MembershipState
from network.members.models import Membership
from network.members.visibility import Viewer
from tests.circles.moving import at_once, committed, join, place_in, put_in, sent_to, states, told

PLAN = Plan(
    name="The Second Chair",
    purpose="We help one another lead well.",
    about="",
    rhythm="Every week",
    door=Door.REQUEST,
    most=6,
)


@pytest.fixture
def ama(make_member, db):
    return db.merge(make_member("ama"))


def begin(db, founder, now, form=Form.MASTERMIND, **values):
    sent = {key: values.pop(key) for key in ("agreements", "submission") if key in values}
    sent = {"agreements": "One.\nTwo.", "submission": "once", **sent}
    return found(db, founder, form, replace(PLAN, **values), **sent, now=now)


def test_inv_55_whoever_begins_a_circle_is_in_it_facilitates_and_has_agreed(db, ama, now):
    circle = begin(db, ama, now)
    place = db.scalars(select(Membership)).one()
    assert (place.member_id, place.state, place.facilitates) == (ama.id, "member", True)
    assert (place.came_by, place.agreed_version, place.agreed_at) == (CameBy.FOUNDED, 1, now)
    assert db.scalar(select(inside(Viewer.of(ama), now)).where(Circle.id == circle.id))
    (event,) = told(db, "circles:founded")
    assert (event.actor_id, event.subject_id, event.data) == (ama.id, circle.id, {})
    assert sent_to(db, "circles:founded") == ["things"]


def test_a_circle_begins_forming_with_its_words_and_a_conversation_of_its_name(db, ama, now):
    circle = begin(db, ama, now, agreements=" One.\nTwo. ")
    words = db.get_one(Agreements, (circle.id, 1))
    assert (circle.life, circle.turn, words.words) == (Life.FORMING, 0, "One.\nTwo.")
    assert circle.review_at == now + timedelta(days=182)
    talk = db.scalars(select(Conversation)).one()
    assert (talk.about, talk.thing_id, talk.title) == (About.CIRCLE, circle.id, circle.name)
    assert db.scalars(select(Participant.member_id)).all() == [ama.id]


@pytest.mark.parametrize("form", list(Form))
def test_every_form_begins_with_its_own_numbers_and_words(db, ama, now, form):
    beginning = BEGINNINGS[form]
    assert beginning.fewest <= beginning.usual <= beginning.most
    words = "\n".join(str(each) for each in beginning.agreements)
    circle = begin(db, ama, now, form=form, most=beginning.usual, agreements=words)
    assert (circle.form, circle.most) == (form, beginning.usual)
    for most in (beginning.fewest - 1, beginning.most + 1):
        with pytest.raises(Invalid) as refusal:
            begin(db, ama, now, form=form, most=most, submission="other")
        assert refusal.value.field == "most"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, None),
        ({"name": " \u200b "}, "name"),
        ({"purpose": "Short."}, "purpose"),
        ({"purpose": "   We do.   "}, "purpose"),
        ({"most": 2}, "most"),
        ({"most": 9}, "most"),
        ({"agreements": " \n "}, "agreements"),
    ],
)
def test_inv_18_what_cannot_be_kept_is_refused_at_its_field(db, ama, now, values, field):
    if field is None:
        assert begin(db, ama, now, **values).name == "The Second Chair"
        return
    with pytest.raises(Invalid) as refusal:
        begin(db, ama, now, **values)
    assert refusal.value.field == field
    assert db.scalars(select(Circle)).all() == told(db, "circles:founded") == []


def test_inv_20_the_same_form_twice_is_one_circle_and_of_another_founder_its_own(
    make_member, db, now
):
    made = [make_member(name) for name in ("ama", "rui")]
    ama, rui = (db.merge(each) for each in made)
    first = begin(db, ama, now)
    assert begin(db, ama, now).id == first.id
    assert begin(db, rui, now).id != first.id
    assert len(told(db, "circles:founded")) == 2


def test_inv_20_other_words_from_the_same_form_are_another_circle(db, ama, now):
    first = begin(db, ama, now)
    other = begin(db, ama, now, purpose="Something else altogether.")
    assert other.id != first.id
    assert (first.purpose, other.purpose) == (PLAN.purpose, "Something else altogether.")


def test_inv_57_an_address_is_the_name_and_letters_that_nobody_can_guess():
    addresses = {slug_for("The Second Chair") for _each in range(50)}
    assert len(addresses) == 50
    assert all(re.fullmatch(r"the-second-chair-[a-z2-9]{8}", each) for each in addresses)


@pytest.mark.parametrize(
    ("name", "begins"), [("Évora & Züri", "evora-zuri-"), ("日本", ""), ("x" * 80, "x" * 40 + "-")]
)
def test_every_name_has_an_address_that_fits(name, begins):
    address = slug_for(name)
    assert re.fullmatch(rf"{begins}[a-z2-9]{{8}}", address)
    assert len(address) <= 60


# Saying other things of it


def plan_of(circle, **values):
    kept = {key: getattr(circle, key) for key in ("name", "purpose", "about", "rhythm", "door")}
    kept |= {"most": circle.most, "leavers_keep": circle.leavers_keep}
    return Plan(**{**kept, **values})


def says(db, it, **values):
    change(db, it.circle, plan_of(it.circle, **values), actor=it.dara, now=it.now)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"most": 8}, None),
        ({"most": 5}, None),
        ({"most": 4}, "most"),
        ({"most": 9}, "most"),
        ({"name": ""}, "name"),
        ({"purpose": ""}, "purpose"),
    ],
)
def test_inv_18_55_a_circle_is_changed_within_its_bounds_and_sends_nobody_away(
    db, it, values, field
):
    if field is None:
        says(db, it, **values)
        assert it.circle.most == values["most"]
        assert told(db, "circles:changed")[0].actor_id == it.dara.id
        return
    with pytest.raises(Invalid) as refusal:
        says(db, it, **values)
    assert refusal.value.field == field
    assert told(db, "circles:changed") == []


def test_more_room_lets_in_the_first_in_line_and_no_more_than_fit(db, it):
    it.circle.door, it.circle.most = Door.OPEN, 5
    db.flush()
    for who in ("eli", "lee", "ivy"):
        join(db, it, who)
    says(db, it, most=7)
    assert states(db, it, "eli", "lee", "ivy") == ["member", "member", "queued"]


def test_more_room_in_a_circle_that_rests_lets_in_nobody_until_it_wakes(db, it):
    it.circle.door, it.circle.most = Door.OPEN, 5
    db.flush()
    join(db, it, "eli")
    living.put_to_rest(db, it.circle, actor=it.dara, now=it.now)
    says(db, it, most=6)
    assert states(db, it, "eli") == ["queued"]
    living.wake(db, it.circle, place_in(db, it, "dara"), now=it.now)
    assert states(db, it, "eli") == ["member"]


def test_another_name_is_the_name_of_its_conversation_and_not_its_address(db, it):
    says(db, it, name="The Third Chair")
    assert db.scalars(select(Conversation.title)).one() == "The Third Chair"
    assert it.circle.slug == "the-second-chair-abcdefgh"


def test_nothing_is_said_anew_of_a_circle_that_ended(db, it):
    living.close(db, it.circle, actor=it.dara, now=it.now)
    living.archive(db, it.circle, actor=it.dara, now=it.now)
    with pytest.raises(Conflict):
        says(db, it, name="The Third Chair")


def test_inv_55_room_made_less_while_somebody_comes_in_counts_them(app, people, now):
    def open_it(db, it):
        it.circle.door, it.circle.most, it.now = Door.OPEN, 6, now
        put_in(db, it, "dara")

    def less(db, it):
        change(db, it.circle, plan_of(it.circle, most=5), actor=it.dara, now=now)

    committed(open_it)
    refusals = at_once(app, less, lambda db, it: join(db, it, "eli", now=now))

    def check(db, it):
        inside = Membership.state.in_((MembershipState.MEMBER, MembershipState.RESTING))
        taken = len(db.scalars(select(Membership).where(inside)).all())
        assert taken <= it.circle.most
        assert bool(refusals) is (it.circle.most == 6)

    committed(check)
