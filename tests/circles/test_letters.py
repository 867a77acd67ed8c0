from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from network.circles.kinds import DecisionAbout, Life
from network.circles.models import Decision
from network.circles.notices import LETTERS
from network.circles.services import agreeing, deciding, staying
from network.circles.services.turns import log
from network.events.models import Delivery, Event
from network.members.kinds import MembershipState, State
from network.members.services import boundaries
from tests.circles.conftest import NAME, SLUG, act, place_of
from tests.notices.conftest import deliver, letters, settings, time  # noqa: F401

GOODBYE = "Thank you for the tea."
WHY = "You spoke of us outside."
TITLE, WORDS = "When we meet", "We meet on Thursdays."


def come(db, it, who="ivy"):
    place = place_of(db, getattr(it, who))
    place.state, place.since, place.expires_at = MembershipState.MEMBER, it.now, None
    place.agreed_version = it.circle.agreements_version
    return place


def go(db, it, state, who="rui"):
    place = place_of(db, getattr(it, who))
    place.state, place.ended_at = state, it.now
    return place


def told(db, it, kind, place, actor, carried=None, **data):
    who = None if actor is None else getattr(it, actor).id
    log(
        db,
        it.circle,
        kind,
        actor=who,
        now=it.now,
        to=("mail",),
        place=place,
        carried=carried,
        **data,
    )


def let_in(db, it):
    told(db, it, "circles:let_in", come(db, it), "dara")


def joined(db, it):
    told(db, it, "circles:joined", come(db, it), "ivy")


def place_free(db, it):
    told(db, it, "circles:place_free", come(db, it), None)


def released(db, it):
    place = go(db, it, MembershipState.RELEASED)
    told(db, it, "circles:released", place, "dara", {"words": "You are missed."})


def removed(db, it):
    told(db, it, "circles:removed", go(db, it, MembershipState.REMOVED), "dara", {"words": WHY})


def left(db, it, goodbye=GOODBYE):
    staying.leave(db, it.circle, place_of(db, it.rui), goodbye=goodbye, now=it.now)


def left_without_words(db, it):
    left(db, it, goodbye="")


def closing(db, it):
    it.circle.life = Life.CLOSING
    told(db, it, "circles:closing", None, "dara")


def handed_over(db, it):
    place = place_of(db, it.rui)
    place.facilitates = True
    told(db, it, "circles:handed_over", place, "rui", asked_by=it.dara.id)


def put(db, it):
    agreeing.put(db, it.circle, words="Only this.", actor=it.dara, now=it.now)


def proposed(db, it):
    about, sent = DecisionAbout.MATTER, {"title": TITLE, "words": WORDS, "submission": "x"}
    return deciding.propose(db, it.circle, actor=it.ama, about=about, now=it.now, **sent)


def reworked(db, it):
    found = proposed(db, it)
    deciding.consent(db, found, actor=it.rui, version=1, now=it.now)
    db.execute(delete(Delivery))
    deciding.rework(db, found, actor=it.ama, version=1, words="On Fridays.", now=it.now)


HAPPENS = {
    "circles:let_in": (let_in, ["ivy"]),
    "circles:joined": (joined, ["dara"]),
    "circles:place_free": (place_free, ["ivy"]),
    "circles:left": (left, ["dara"]),
    "circles:released": (released, ["rui"]),
    "circles:removed": (removed, ["rui"]),
    "circles:closing": (closing, ["ama", "bo", "rui"]),
    "circles:handed_over": (handed_over, ["dara"]),
    "circles:agreements:put": (put, ["ama", "bo", "rui", "tess"]),
    "circles:decision:proposed": (proposed, ["bo", "dara", "rui"]),
    "circles:decision:reworked": (reworked, ["bo", "dara", "rui"]),
}


@pytest.fixture
def happens(people, now, letters):  # noqa: F811
    """Let something happen, then something after it, and return who reads what of it."""

    def happen(what, *after):
        for each in (what, *after):
            act(lambda db, it, each=each: (setattr(it, "now", now), each(db, it)))
        return {str(letter["To"]).partition("@")[0]: letter for letter in letters()}

    return happen


def test_every_letter_of_circles_is_tried_here():
    assert set(HAPPENS) == set(LETTERS)


@pytest.mark.parametrize("kind", HAPPENS)
def test_inv_58_59_a_letter_goes_to_whom_it_concerns_and_its_subject_tells_nothing(happens, kind):
    what, who = HAPPENS[kind]
    found = happens(what)
    assert sorted(found) == who
    for letter in found.values():
        words = " ".join(letter.get_content().split())
        assert NAME in words
        assert "Saltmarsh" in letter["Subject"]
        private = (NAME, "Example", TITLE, WORDS, WHY, GOODBYE)
        assert not any(each in letter["Subject"] for each in private)
        assert not any(each in words for each in (TITLE, WORDS, "Only this.", "On Fridays."))
        assert (f"/circles/{SLUG}" in words) == (
            kind not in {"circles:released", "circles:removed"}
        )


@pytest.mark.parametrize(
    ("what", "reader", "said"),
    [
        (let_in, "ivy", "You asked to come into a circle, and you are in"),
        (joined, "dara", "Ivy Example has come into"),
        (place_free, "ivy", "A place came free, and it is yours."),
        (left, "dara", f"Rui Example has left “{NAME}”, and says goodbye: {GOODBYE}"),
        (released, "rui", "You are missed."),
        (released, "rui", "for half a year you can come back by yourself"),
        (removed, "rui", WHY),
        (closing, "ama", "What did you learn in it?"),
        (handed_over, "dara", "Rui Example said yes, and facilitates"),
        (put, "tess", "It is asked for until 21 December 2026"),
        (proposed, "rui", "Say until 28 November 2026 whether you could live with it."),
        (reworked, "rui", "has other words now. What was said to those before no longer counts."),
    ],
)
def test_a_letter_says_what_happened(happens, what, reader, said):
    assert said in " ".join(happens(what)[reader].get_content().split())


def leaves_again(db, it):
    go(db, it, MembershipState.LEFT, "ivy")


def comes_back(db, it):
    place = go(db, it, MembershipState.MEMBER)
    place.ended_at = None


def blocks(one, other):
    def block(db, it):
        boundaries.block(db, getattr(it, one), blocked_id=getattr(it, other).id, now=it.now)

    block.__name__ = f"{one} blocks {other}"
    return block


def ivy_is_shielded(db, it):
    boundaries.raise_shield(db, it.ivy, against="dara.example", now=it.now)


def wakes(db, it):
    it.circle.life = Life.RUNNING


def rui_rests(db, it):
    place_of(db, it.rui).state = MembershipState.RESTING


def rui_pauses(db, it):
    it.rui.state, it.rui.paused_until = State.PAUSED, it.now + timedelta(days=9)


def rui_leaves(db, it):
    go(db, it, MembershipState.LEFT)


def rui_departs(db, it):
    it.rui.state = State.DEPARTED


def rui_owes_a_yes(db, it):
    it.circle.agreements_version = 2
    for name in ("dara", "ama", "bo", "tess"):
        place_of(db, getattr(it, name)).agreed_version = 2


def rui_speaks(db, it):
    found = db.scalars(select(Decision)).one()
    deciding.consent(db, found, actor=it.rui, version=found.version, now=it.now)


def rui_agrees(db, it):
    agreeing.agree(db, place_of(db, it.rui), version=2, now=it.now)


def set_aside(db, it):
    deciding.set_aside(db, db.scalars(select(Decision)).one(), actor=it.ama, now=it.now)


def rui_steps_down(db, it):
    place_of(db, it.rui).facilitates = False


def put_again(db, it):
    it.circle.agreements_version = 3


@pytest.mark.parametrize(
    ("what", "since", "reads"),
    [
        (let_in, leaves_again, []),
        (place_free, leaves_again, []),
        (joined, leaves_again, []),
        (joined, blocks("ivy", "dara"), []),
        (joined, blocks("dara", "ivy"), []),
        (joined, ivy_is_shielded, []),
        (handed_over, blocks("rui", "dara"), []),
        (handed_over, rui_steps_down, []),
        (left_without_words, lambda _db, _it: None, []),
        (left, blocks("rui", "dara"), []),
        (released, comes_back, []),
        (removed, comes_back, []),
        (removed, rui_departs, []),
        (removed, rui_pauses, ["rui"]),
        (removed, blocks("rui", "dara"), ["rui"]),
        (closing, wakes, []),
        (closing, rui_rests, ["ama", "bo"]),
        (closing, rui_pauses, ["ama", "bo"]),
        (closing, rui_leaves, ["ama", "bo"]),
        (closing, rui_owes_a_yes, ["ama", "bo"]),
        (put, rui_agrees, ["ama", "bo", "tess"]),
        (put, rui_rests, ["ama", "bo", "rui", "tess"]),
        (put, rui_pauses, ["ama", "bo", "rui", "tess"]),
        (put, rui_leaves, ["ama", "bo", "tess"]),
        (put, put_again, []),
        (proposed, set_aside, []),
        (proposed, rui_speaks, ["bo", "dara"]),
        (proposed, rui_rests, ["bo", "dara"]),
        (proposed, rui_leaves, ["bo", "dara"]),
        (proposed, rui_departs, ["bo", "dara"]),
        (proposed, rui_owes_a_yes, ["bo", "dara"]),
        (reworked, rui_speaks, ["bo", "dara"]),
    ],
    ids=lambda each: getattr(each, "__name__", ""),
)
def test_inv_58_59_what_is_done_over_or_hidden_by_now_is_not_mailed(happens, what, since, reads):
    assert sorted(happens(what, since)) == reads


def test_inv_58_nobody_is_told_of_what_they_did_themselves(happens):
    def leaves_with_words(db, it):
        place = go(db, it, MembershipState.RELEASED)
        told(db, it, "circles:released", place, "rui", {"words": "By myself."})
        told(db, it, "circles:let_in", come(db, it), "ivy")

    assert happens(leaves_with_words) == {}


def test_what_was_said_in_parting_is_in_no_log(happens):
    def look(db, it):
        assert WHY not in str([each.data for each in db.scalars(select(Event))])

    happens(removed, look)


def test_words_proposed_twice_before_a_letter_are_one_letter(happens):
    def again(db, it):
        found = db.scalars(select(Decision)).one()
        deciding.rework(db, found, actor=it.ama, version=1, words="On Fridays.", now=it.now)

    found = happens(proposed, again)
    assert sorted(found) == ["bo", "dara", "rui"]
    assert "has other words now" in found["rui"].get_content()
