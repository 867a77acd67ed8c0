from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from network.circles import access
from network.circles.kinds import DecisionAbout, DecisionState
from network.circles.models import Agreements, Circle, Decision
from network.circles.services import agreeing, deciding
from network.circles.visibility import GRACE
from network.db import transaction
from network.errors import Conflict, Invalid, NotFound
from network.events.models import Event
from network.members.kinds import MembershipState
from network.members.models import Membership
from tests.circles.conftest import AGREED, INSIDE, SLUG, act, here, place_of
from tests.conftest import post

AGREEMENTS = f"/circles/{SLUG}/agreements"
NEW = f"{AGREED}\nWe come, or we say that we are not coming."
TITLE = "Saying when we cannot come"


def put(db, it, now, words=NEW):
    """Put other agreements as Dara, whatever anybody says."""
    return agreeing.put(db, it.circle, words=words, actor=it.dara, now=now)


def propose(db, it, actor, now, words=NEW, submission="x"):
    about, sent = DecisionAbout.AGREEMENTS, {"title": TITLE, "submission": submission}
    return deciding.propose(db, it.circle, actor=actor, about=about, words=words, now=now, **sent)


def is_inside(db, it, member, now):
    try:
        access.circle_inside(db, member, SLUG, now=now)
    except NotFound:
        return False
    return True


# INV-55


def test_inv_55_a_decision_puts_the_agreements_and_asks_everybody_else_for_a_yes(people, now):
    def decide(db, it):
        found = propose(db, it, it.ama, now)
        for name in ("dara", "rui", "bo"):
            deciding.consent(db, found, actor=getattr(it, name), version=1, now=now)
        deciding.adopt(db, found, actor=it.dara, version=1, now=now)
        deciding.adopt(db, found, actor=it.dara, version=1, now=now)

    act(decide)
    with transaction() as db:
        it = here(db)
        rows = db.scalars(select(Agreements).order_by(Agreements.version)).all()
        assert [(each.version, each.words) for each in rows] == [(1, AGREED), (2, NEW)]
        assert (rows[1].put_by_id, rows[1].put_at) == (it.dara.id, now)
        assert (it.circle.agreements_version, it.circle.grace_until) == (2, now + GRACE)
        assert it.circle.review_at > now + timedelta(days=180)
        agreed = {each: place_of(db, getattr(it, each)).agreed_version for each in INSIDE}
        assert agreed == {"dara": 2, "ama": 1, "rui": 1, "bo": 1, "tess": 1}


@pytest.mark.parametrize(
    ("days", "inside"), [(0, True), (-3, True), (29, True), (30, False), (400, False)]
)
def test_inv_55_without_a_yes_one_is_inside_until_the_day_whatever_the_clock_does(
    people, now, days, inside
):
    act(lambda db, it: put(db, it, now))
    then = now + timedelta(days=days)
    with transaction() as db:
        it = here(db)
        for name in ("ama", "tess"):
            assert is_inside(db, it, getattr(it, name), then) == inside
        assert is_inside(db, it, it.dara, then)
        agreeing.agree(db, place_of(db, it.ama), version=2, now=then)
        for back in (then, now - timedelta(days=3), now + timedelta(days=4000)):
            assert is_inside(db, it, it.ama, back)


def test_inv_55_a_yes_to_words_that_changed_is_not_taken(people, now):
    act(lambda db, it: put(db, it, now))
    act(lambda db, it: put(db, it, now + timedelta(days=1), words="Only this."))

    def agree(db, it, version):
        agreeing.agree(db, place_of(db, it.ama), version=version, now=now)

    for version in (0, 1, 2, 4):
        with pytest.raises(Conflict, match="changed while you were reading"):
            act(lambda db, it, version=version: agree(db, it, version))
    act(lambda db, it: agree(db, it, 3))
    act(lambda db, it: agree(db, it, 3))
    with transaction() as db:
        said = db.scalars(select(Event).where(Event.kind == "circles:agreements:agreed")).all()
        assert [each.data["version"] for each in said] == [3]


@pytest.mark.parametrize("who", ["lee", "max", "ivy"])
def test_a_yes_is_for_those_with_a_place(people, now, who):
    with pytest.raises(NotFound):
        act(lambda db, it: agreeing.agree(db, place_of(db, getattr(it, who)), version=1, now=now))


def test_one_proposal_about_the_agreements_at_a_time(people, now):
    key = act(lambda db, it: propose(db, it, it.ama, now)).key
    with pytest.raises(Conflict, match="Other agreements are proposed already"):
        act(lambda db, it: propose(db, it, it.rui, now, words="Less.", submission="y"))
    assert act(lambda db, it: propose(db, it, it.ama, now)).key == key

    def end(db, it):
        found = db.scalars(select(Decision)).one()
        deciding.set_aside(db, found, actor=it.ama, now=now)
        assert found.state is DecisionState.SET_ASIDE

    act(end)
    assert act(lambda db, it: propose(db, it, it.rui, now, words="Less.", submission="y")).key


def test_the_same_agreements_are_no_proposal(people, now):
    with pytest.raises(Invalid, match="Change something"):
        act(lambda db, it: propose(db, it, it.ama, now, words=f" {AGREED}\n"))
    act(lambda db, it: propose(db, it, it.ama, now))
    with pytest.raises(Invalid, match="Change something"):
        act(
            lambda db, it: deciding.rework(
                db,
                db.scalars(select(Decision)).one(),
                actor=it.ama,
                version=1,
                words=AGREED,
                now=now,
            )
        )


def test_set_aside_agreements_change_nothing(people, now):
    def end(db, it):
        deciding.set_aside(db, propose(db, it, it.ama, now), actor=it.dara, now=now)

    act(end)
    with transaction() as db:
        assert db.scalars(select(Circle.agreements_version)).one() == 1
        assert db.scalars(select(Agreements.version)).all() == [1]


# The page


@pytest.mark.parametrize(
    ("who", "after", "status", "owes", "history"),
    [
        ("dara", 0, 200, False, True),
        ("ama", 0, 200, True, True),
        ("ama", 31, 200, True, True),
        ("tess", 31, 200, True, True),
        ("ivy", 0, 200, False, False),
        ("ivy", 10, 404, False, False),
        ("lee", 0, 404, False, False),
        ("max", 0, 404, False, False),
        ("eli", 0, 404, False, False),
    ],
)
def test_agreements_are_read_by_those_with_a_place_and_those_asked_in(
    people, sign_in, now, who, after, status, owes, history
):
    act(lambda db, it: put(db, it, now))
    with time_machine.travel(now + timedelta(days=after), tick=False):
        reader = sign_in(getattr(people, who))
        answer = reader.get(AGREEMENTS)
        sent = post(reader, f"{AGREEMENTS}/yes", {"version": "2"})
    assert answer.status_code == status
    assert ("We come, or we say" in answer.text) == (status == 200)
    assert ("I say yes to these" in answer.text) == owes
    assert ("How they changed" in answer.text) == history
    assert ("Dara Example" in answer.text.partition("<main")[2]) == (history and who != "dara")
    if who == "dara":
        assert "Put by you." in answer.text
    assert sent.status_code == (303 if history else 404)


def test_agreements_say_how_they_changed_to_eyes_and_ears(people, sign_in, now):
    act(lambda db, it: put(db, it, now))
    page = sign_in(people.ama).get(AGREEMENTS).text
    assert '<ins><span class="vh">added: </span><br>We come, or we say' in page
    assert "Your yes is asked for until 21 December" in page


def test_inv_55_after_the_day_a_yes_opens_the_door_again_at_once(people, sign_in, now):
    act(lambda db, it: put(db, it, now))
    with time_machine.travel(now + GRACE, tick=False):
        ama = sign_in(people.ama)
        assert ama.get(f"/circles/{SLUG}/notes").status_code == 404
        assert "need your yes" in ama.get(AGREEMENTS).text
        stale = post(ama, f"{AGREEMENTS}/yes", {"version": "1"})
        assert stale.status_code == 409
        assert "changed while you were reading" in stale.text
        assert "We come, or we say" in stale.text
        assert post(ama, f"{AGREEMENTS}/yes", {"version": "2"}).status_code == 303
        assert ama.get(f"/circles/{SLUG}/notes").status_code == 200
        assert "I say yes to these" not in ama.get(AGREEMENTS).text


def test_whoever_is_apart_is_not_named_beside_what_they_put(people, sign_in, now):
    act(lambda db, it: agreeing.put(db, it.circle, words=NEW, actor=it.bo, now=now))
    pages = {who: sign_in(getattr(people, who)).get(AGREEMENTS).text for who in INSIDE}
    names = {who: "Bo Example" in page.partition("<main")[2] for who, page in pages.items()}
    assert names == {"dara": True, "ama": False, "rui": True, "bo": False, "tess": True}


def test_the_page_says_what_is_proposed_and_only_inside(people, sign_in, now):
    ama, ivy = sign_in(people.ama), sign_in(people.ivy)
    assert "Propose a change" in ama.get(AGREEMENTS).text
    act(lambda db, it: propose(db, it, it.rui, now))
    for client, seen in ((ama, True), (ivy, False)):
        page = client.get(AGREEMENTS).text
        assert ("Other agreements are proposed" in page) == seen
        assert "Propose a change" not in page


def test_a_proposal_that_came_second_keeps_its_words(people, sign_in, now):
    act(lambda db, it: propose(db, it, it.rui, now))
    form = {"title": TITLE, "words": "Less is more.", "about": "agreements"}
    answer = post(sign_in(people.ama), f"/circles/{SLUG}/decisions", form)
    assert answer.status_code == 409
    assert "Less is more.</textarea>" in answer.text
    assert "Other agreements are proposed already." in answer.text


def test_the_page_asks_as_often_at_one_version_as_at_many(people, sign_in, ran, now):
    ama = sign_in(people.ama)
    ama.get(AGREEMENTS)
    few = len(ran(lambda: ama.get(AGREEMENTS)))

    def many(db, it):
        for number in range(60):
            agreeing.put(db, it.circle, words=f"Number {number}.", actor=it.rui, now=now)

    act(many)
    assert len(ran(lambda: ama.get(AGREEMENTS))) == few <= 12
    page = ama.get(AGREEMENTS).text
    assert [f"</span>{number}.</ins>" in page for number in (59, 10, 9)] == [True, True, False]


def test_whoever_came_in_under_other_words_owes_a_yes_too(people, now):
    act(lambda db, it: put(db, it, now))

    def come(db, it):
        place = place_of(db, it.ivy)
        place.state, place.since, place.agreed_version = MembershipState.MEMBER, now, 1
        place.expires_at = None

    act(come)
    with transaction() as db:
        it = here(db)
        assert is_inside(db, it, it.ivy, now)
        assert not is_inside(db, it, it.ivy, now + GRACE)
        assert db.scalars(select(Membership.state).where(Membership.member_id == it.ivy.id)).one()
