from __future__ import annotations

import pytest
import time_machine
from sqlalchemy import select

from network.circles.kinds import Life
from network.db import reading, transaction
from network.errors import Conflict, Invalid, NotAllowed, NotFound
from network.events.models import Event
from network.learning.access_keeping import commitment_of_mine
from network.learning.kinds import CommitmentState, Format
from network.learning.models import Commitment, LearningSession
from network.learning.queries import commitments as queries
from network.learning.services import commitments as services
from network.members.kinds import MembershipState
from network.members.models import Membership
from tests.conftest import post
from tests.learning.keeping import (
    DAY,
    answers,
    block,
    depart,
    doing,
    fresh,
    held,
    is_blocked_by,
    pause,
    shield,
)
from tests.things import HOUR, keep_circle, keep_session

WORDS = "Ask Salma before Friday."
TOLD = "She said yes on the quay."


@pytest.fixture(autouse=True)
def at_noon(now):
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def people(make_member):
    return {each: make_member(each) for each in ("ama", "rui", "dara", "finn", "eli")}


@pytest.fixture
def session(people, now):
    """A session open to the network."""
    return held(people, now)


@pytest.fixture
def circle(people):
    return keep_circle(people=[people[each] for each in ("ama", "rui", "dara", "finn")])


@pytest.fixture
def meeting(people, circle, now):
    return held(people, now, circle=circle, format=Format.CIRCLE_MEETING)


def at_session(session, actor, now, *, words=WORDS, submission="one"):
    return doing(
        services.commit_at_session,
        session,
        actor=actor,
        words=words,
        submission=submission,
        now=now,
    )


def in_circle(circle, actor, now, *, words=WORDS, submission="one"):
    return doing(
        services.commit_in_circle,
        circle,
        actor=actor,
        words=words,
        submission=submission,
        now=now,
    )


def tell(commitment, actor, now, *, state=CommitmentState.DONE, told=TOLD):
    doing(services.tell, commitment, actor=actor, state=state, told=told, now=now)


def readers_of(session, people, now):
    """Return who reads something that was said at a session."""
    with reading() as db:
        at = db.get_one(LearningSession, session.id)
        return {
            handle
            for handle, each in people.items()
            if queries.of_session(db, fresh(db, each), at, now)[1]
        }


def readers_in(circle, people, now):
    with reading() as db:
        at = fresh(db, circle)
        return {
            handle
            for handle, each in people.items()
            if queries.of_circle(db, fresh(db, each), at, now)
        }


def brought_back(session, viewer, now):
    with reading() as db:
        at = db.get_one(LearningSession, session.id)
        found = queries.brought_back(db, at, fresh(db, viewer), now)
        return [(each.commitment.words, each.maker.handle) for each in found]


def kinds():
    with reading() as db:
        found = db.scalars(select(Event.kind).where(Event.kind.like("learning:commitment:%")))
        return [kind.rpartition(":")[2] for kind in found]


# Making

MAKES = {"ama": None, "rui": None, "finn": NotAllowed, "eli": NotAllowed}


@pytest.mark.parametrize("who", MAKES)
def test_those_who_were_there_say_what_they_will_do(session, people, now, who):
    got = answers(
        services.commit_at_session,
        session,
        actor=people[who],
        words=WORDS,
        submission="one",
        now=now,
    )
    assert got is MAKES[who]


@pytest.mark.parametrize(
    ("after", "words", "refusal"),
    [(-2 * HOUR, WORDS, Conflict), (0 * HOUR, "", Invalid), (3 * DAY, WORDS, None)],
)
def test_it_is_said_in_words_once_the_session_has_begun(
    session, people, now, after, words, refusal
):
    got = answers(
        services.commit_at_session,
        session,
        actor=people["rui"],
        words=words,
        submission="one",
        now=now + after,
    )
    assert got is refusal


def test_inv_20_the_same_form_says_it_once_and_other_words_are_not_lost(session, people, now):
    rui = people["rui"]
    first, again = at_session(session, rui, now), at_session(session, rui, now)
    assert first.id == again.id != at_session(session, rui, now, words="And write.").id
    assert kinds() == ["made", "made"]


IN_CIRCLE = {
    (Life.RUNNING, "rui"): None,
    (Life.RUNNING, "eli"): NotFound,
    (Life.ARCHIVED, "rui"): NotAllowed,
}


@pytest.mark.parametrize(("life", "who"), IN_CIRCLE)
def test_those_inside_say_it_in_a_circle_that_goes_on(people, now, life, who):
    circle = keep_circle(people=[people["rui"]], life=life)
    got = answers(
        services.commit_in_circle,
        circle,
        actor=people[who],
        words=WORDS,
        submission="one",
        now=now,
    )
    assert got is IN_CIRCLE[life, who]


# Reading


def test_those_who_were_there_read_it_and_nobody_else(session, people, now):
    at_session(session, people["rui"], now)
    assert readers_of(session, people, now) == {"ama", "rui", "dara"}


def test_in_a_circle_all_its_people_read_it_and_nobody_else(meeting, circle, people, now):
    at_session(meeting, people["rui"], now)
    assert readers_of(meeting, people, now) == {"ama", "rui", "dara", "finn"}
    assert readers_in(circle, people, now) == {"ama", "rui", "dara", "finn"}


APART = {
    "nothing": (True, None),
    "paused": (True, pause),
    "blocked": (False, block),
    "having blocked": (False, is_blocked_by),
    "a shield": (False, shield),
    "departed": (False, depart),
}


@pytest.mark.parametrize("why", APART)
@pytest.mark.parametrize("where", ["session", "circle"])
def test_inv_09_10_it_is_read_by_whoever_is_not_apart(request, people, now, why, where):
    known, do = APART[why]
    if where == "session":
        session = request.getfixturevalue("session")
        at_session(session, people["rui"], now)
    else:
        circle = request.getfixturevalue("circle")
        in_circle(circle, people["rui"], now)
    if do is not None:
        do(people["rui"], people["dara"], now)
    read = (
        readers_of(session, people, now) if where == "session" else readers_in(circle, people, now)
    )
    assert ("dara" in read) is known


def test_inv_56_whoever_left_the_circle_reads_no_more_than_their_own(meeting, circle, people, now):
    at_session(meeting, people["rui"], now)
    leave(people["dara"], now)
    leave(people["rui"], now)
    assert readers_in(circle, people, now) == {"ama", "rui", "finn"}


def leave(member, now):
    with transaction() as db:
        place = db.scalars(select(Membership).where(Membership.member_id == member.id)).one()
        place.state, place.ended_at = MembershipState.LEFT, now


# Telling


@pytest.mark.parametrize("state", CommitmentState)
def test_whoever_said_it_tells_what_became_of_it(session, people, now, state):
    said = at_session(session, people["rui"], now)
    for _twice in range(2):
        tell(said, people["rui"], now + DAY, state=state)
    with reading() as db:
        found = db.get_one(Commitment, said.id)
        ended = None if state is CommitmentState.OPEN else now + DAY
        assert (found.state, found.told, found.ended_at) == (state, TOLD, ended)
    assert kinds() == ["made", "told"]


def test_it_can_be_told_otherwise(session, people, now):
    said = at_session(session, people["rui"], now)
    tell(said, people["rui"], now)
    tell(said, people["rui"], now + DAY, state=CommitmentState.OPEN, told="Not quite.")
    with reading() as db:
        found = db.get_one(Commitment, said.id)
        assert (found.state, found.told, found.ended_at) == (
            CommitmentState.OPEN,
            "Not quite.",
            None,
        )


@pytest.mark.parametrize("who", ["ama", "dara", "eli"])
def test_nobody_else_tells_it(session, people, now, who):
    said = at_session(session, people["rui"], now)
    got = answers(
        services.tell,
        said,
        actor=people[who],
        state=CommitmentState.DONE,
        told="",
        now=now,
    )
    assert got is NotFound
    with reading() as db, pytest.raises(NotFound):
        commitment_of_mine(db, fresh(db, people[who]), said.key, now=now)


# Brought back


def test_the_next_meeting_begins_with_what_is_open(meeting, circle, people, now):
    at_session(meeting, people["rui"], now)
    done = at_session(meeting, people["dara"], now, words="Mend the gate.")
    in_circle(circle, people["finn"], now, words="Write to the mill.")
    tell(done, people["dara"], now)
    following = keep_session("Again", host=people["ama"], circle=circle, days=7)
    found = brought_back(following, people["finn"], now + 7 * DAY)
    assert found == [(WORDS, "rui"), ("Write to the mill.", "finn")]
    assert brought_back(meeting, people["finn"], now) == []


def test_what_is_told_at_the_meeting_stays_on_its_page(meeting, circle, people, now):
    said = at_session(meeting, people["rui"], now)
    following = keep_session("Again", host=people["ama"], circle=circle, days=7)
    tell(said, people["rui"], now + 7 * DAY)
    assert brought_back(following, people["ama"], now + 7 * DAY) == [(WORDS, "rui")]


def test_nothing_comes_back_from_whoever_left(meeting, circle, people, now):
    at_session(meeting, people["rui"], now)
    following = keep_session("Again", host=people["ama"], circle=circle, days=7)
    leave(people["rui"], now)
    assert brought_back(following, people["ama"], now + 7 * DAY) == []


def test_nothing_comes_back_to_an_open_session_or_from_another_circle(meeting, circle, people, now):
    at_session(meeting, people["rui"], now)
    open_one = keep_session("Open", host=people["ama"], days=7)
    other = keep_circle("Others", people=[people["ama"]])
    theirs = keep_session("Theirs", host=people["ama"], circle=other, days=7)
    for session in (open_one, theirs):
        assert brought_back(session, people["ama"], now + 7 * DAY) == []


# Pages


def test_it_is_said_and_told_on_the_page(session, people, sign_in, now):
    client, where = sign_in(people["rui"]), f"/learning/sessions/{session.key}/commitments"
    assert post(client, where, {"words": WORDS, "submission": "one"}).status_code == 303
    with reading() as db:
        said = db.scalars(select(Commitment)).one()
    sent = {"state": "let_go", "told": TOLD}
    assert post(client, f"/learning/commitments/{said.key}/tell", sent).status_code == 303
    page = sign_in(people["dara"]).get(where).text
    assert all(words in page for words in (WORDS, TOLD, "It was let go.", "Rui Example"))
    assert "Tell what became of it" not in page
    assert WORDS not in sign_in(people["eli"]).get(where).text


@pytest.mark.parametrize("words", ["", "x" * 601])
def test_what_cannot_be_kept_comes_back(session, people, sign_in, words):
    where = f"/learning/sessions/{session.key}/commitments"
    answer = post(sign_in(people["rui"]), where, {"words": words, "submission": "one"})
    assert (answer.status_code, words in answer.text) == (422, True)


def test_a_circle_hears_it_on_its_page(circle, people, sign_in):
    where, sent = f"/circles/{circle.slug}/commitments", {"words": WORDS, "submission": "one"}
    assert post(sign_in(people["rui"]), where, sent).status_code == 303
    assert post(sign_in(people["eli"]), where, sent).status_code == 404
    assert post(sign_in(people["rui"]), where, {"words": ""}).status_code == 422


def test_whoever_left_is_led_home_after_telling(circle, people, sign_in, now):
    said = in_circle(circle, people["rui"], now)
    with transaction() as db:
        fresh(db, circle).door = "hidden"
        fresh(db, circle).leavers_keep = False
    leave(people["rui"], now)
    sent = {"state": "done", "told": ""}
    answer = post(sign_in(people["rui"]), f"/learning/commitments/{said.key}/tell", sent)
    assert (answer.status_code, answer.location) == (303, "/")
