"""Decisions: what holds for every history, who may do what, the pages."""

from __future__ import annotations

import os
import threading
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from network.circles.kinds import DecisionAbout, DecisionState, Life
from network.circles.models import Agreements, Circle, Decision, Voice
from network.circles.services import deciding as services
from network.db import db as database
from network.db import transaction
from network.errors import Conflict, Invalid, NotAllowed, NotFound, Refusal
from network.events.models import Event
from network.members.kinds import MembershipState
from network.members.models import Member, Membership
from tests.circles.conftest import AGREED, HTMX, INSIDE, SLUG, a_circle, act, here, place_of
from tests.conftest import NOON, post

TITLE, WORDS = "When we meet", "We meet on Thursdays."
CONCERN = "On Thursdays I am on the water."
DECISIONS = f"/circles/{SLUG}/decisions"
EXAMPLES = int(os.environ.get("COMMONWEAL_TEST_EXAMPLES", "15"))
PHASES = tuple(Phase) if EXAMPLES > 15 else (Phase.explicit, Phase.reuse, Phase.generate)


def propose(db, circle, actor, now, words=WORDS, about=DecisionAbout.MATTER, submission=""):
    sent = {"title": TITLE, "words": words, "submission": submission or uuid4().hex}
    return services.propose(db, circle, actor=actor, about=about, now=now, **sent)


def row(db):
    return db.scalars(select(Decision)).one()


@pytest.fixture
def decision(people, now):
    """Something that Ama proposes; its key."""
    return act(lambda db, it: propose(db, it.circle, it.ama, now)).key


def say(db, decision, actor, now, concern="", version=1):
    sent = {"actor": actor, "version": version, "now": now}
    if concern:
        services.raise_concern(db, decision, concern=concern, **sent)
    else:
        services.consent(db, decision, **sent)


# Every history

NAMES = ("dara", "ama", "rui")
ANYBODY = st.sampled_from(NAMES)
BACK = st.sampled_from((0, 0, 0, 1))
HOURS = st.sampled_from((-30, 1, 24, 7 * 24, 7 * 24 + 1))


class Machine(RuleBasedStateMachine):
    """Three people and one proposal of Ama's; Dara facilitates. `said` is what counts."""

    ids: dict[str, int]

    def __init__(self) -> None:
        super().__init__()
        self.db = Session(database.engine, expire_on_commit=False)
        self.people = {name: self.db.get_one(Member, each) for name, each in self.ids.items()}
        self.now, self.version, self.state = NOON, 1, "open"
        self.until = NOON + services.OPEN_FOR
        self.said = {"ama": ""}
        self.here, self.resting = set(NAMES), set()

    def teardown(self) -> None:
        self.db.rollback()
        self.db.close()

    @initialize()
    def something_is_proposed(self) -> None:
        self.circle = self.db.scalars(select(Circle)).one()
        self.decision = propose(self.db, self.circle, self.people["ama"], self.now)

    @rule(who=ANYBODY, concern=st.sampled_from(("", CONCERN)), back=BACK)
    def say(self, who: str, concern: str, back: int) -> None:
        read = self.version - back
        if self._do(who, back, lambda me: say(self.db, self.decision, me, self.now, concern, read)):
            self.said[who] = concern

    @rule(who=ANYBODY, back=BACK)
    def rework(self, who: str, back: int) -> None:
        words, read = f"Other words than {self.version}.", self.version - back
        sent = {"words": words, "version": read, "now": self.now}
        leads = who in {"ama", "dara"}
        if self._do(
            who, back, lambda me: services.rework(self.db, self.decision, actor=me, **sent), leads
        ):
            self.version, self.until = self.version + 1, self.now + services.OPEN_FOR
            self.said = {who: ""}

    @rule(who=ANYBODY, back=BACK)
    def adopt(self, who: str, back: int) -> None:
        read = self.version - back
        awaited = self.here - self.resting - {name for name, c in self.said.items() if not c}
        open_concern = any(self.said.get(name) for name in self.here)
        may = not open_concern and (not awaited or self.until <= self.now)
        leads = who in {"ama", "dara"}
        again = self.state == "adopted" and not back and leads and who in self.here

        def acts(me: Member) -> None:
            services.adopt(self.db, self.decision, actor=me, version=read, now=self.now)

        if again:
            return self._unchanged(who, acts)
        if self._do(who, back, acts, leads, may=may):
            self.state = "adopted"
        return None

    @rule(who=ANYBODY)
    def set_aside(self, who: str) -> None:
        leads = who in {"ama", "dara"}

        def acts(me: Member) -> None:
            services.set_aside(self.db, self.decision, actor=me, now=self.now)

        if self.state == "set_aside" and leads and who in self.here:
            return self._unchanged(who, acts)
        if self._do(who, 0, acts, leads):
            self.state = "set_aside"
        return None

    @rule(who=st.sampled_from(("ama", "rui")), to=st.sampled_from(("rest", "wake", "leave")))
    def come_and_go(self, who: str, to: str) -> None:
        if who not in self.here:
            return
        place = self._place(who)
        place.state = MembershipState.RESTING if to == "rest" else MembershipState.MEMBER
        (self.resting.add if to == "rest" else self.resting.discard)(who)
        if to == "leave":
            place.state, place.ended_at = MembershipState.LEFT, max(self.now, NOON)
            self.here.discard(who)
        self.db.flush()

    @rule(hours=HOURS)
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @invariant()
    def it_stands_as_it_should(self) -> None:
        self.db.flush()
        self.db.expire_all()
        found = self.decision
        assert (found.state.value, found.version) == (self.state, self.version)
        assert found.open_until == self.until
        counted = select(Voice).where(Voice.version == found.version)
        voices = {each.member_id: each.concern for each in self.db.scalars(counted)}
        assert voices == {self.ids[name]: concern for name, concern in self.said.items()}
        ends = select(func.count(Event.id)).where(
            Event.kind.in_(("circles:decision:adopted", "circles:decision:set_aside"))
        )
        assert self.db.scalar(ends) == (self.state != "open")

    def _do(self, who, back, acts, leads=True, *, may=True) -> bool:
        refused = None
        if self.state != "open" or back or not may:
            refused = Conflict
        refused = refused if leads else NotAllowed
        refused = refused if who in self.here else NotFound
        point = self.db.begin_nested()
        if refused is None:
            acts(self.people[who])
            point.commit()
            return True
        with pytest.raises(refused):
            acts(self.people[who])
        point.rollback()
        self.db.expire_all()
        return False

    def _unchanged(self, who: str, acts) -> None:
        before = self.db.scalar(select(func.count(Event.id)))
        acts(self.people[who])
        assert self.db.scalar(select(func.count(Event.id))) == before

    def _place(self, who: str) -> Membership:
        return self.db.scalars(
            select(Membership).where(Membership.member_id == self.ids[who])
        ).one()


@pytest.fixture
def ids(app, make_member):
    made = {name: make_member(name) for name in NAMES}
    with transaction() as db:
        circle = a_circle(db, made["dara"], NOON)
        for name in NAMES:
            db.add(
                Membership(
                    circle_id=circle.id,
                    member_id=made[name].id,
                    state=MembershipState.MEMBER,
                    came_by="invited",
                    asked_at=NOON,
                    since=NOON,
                    facilitates=name == "dara",
                    agreed_version=1,
                )
            )
    return {name: member.id for name, member in made.items()}


def test_nothing_is_adopted_over_a_concern_and_other_words_void_what_was_said(ids):
    run_state_machine_as_test(
        type("MachineHere", (Machine,), {"ids": ids}),
        settings=settings(
            max_examples=EXAMPLES,
            derandomize=EXAMPLES == 15,
            stateful_step_count=25,
            deadline=None,
            phases=PHASES,
            suppress_health_check=list(HealthCheck),
        ),
    )


# Two at once


def adopts(db, it, found, now):
    services.adopt(db, found, actor=it.dara, version=found.version, now=now)


def sets_aside(db, it, found, now):
    services.set_aside(db, found, actor=it.ama, now=now)


def worries(db, it, found, now):
    say(db, found, it.rui, now, CONCERN)


def rewords(db, it, found, now):
    services.rework(db, found, actor=it.ama, version=1, words="Other words.", now=now)


@pytest.mark.parametrize("against", [sets_aside, worries, rewords, adopts])
def test_of_outcomes_that_race_there_is_one(app, people, now, against):
    after = now + services.OPEN_FOR
    for turn in range(3):
        key = act(lambda db, it: propose(db, it.circle, it.ama, now)).key
        ready, said = threading.Barrier(2), []

        def run(what, key=key, ready=ready, said=said):
            with app.app_context():
                ready.wait()
                try:
                    with transaction() as db:
                        found = db.scalars(select(Decision).where(Decision.key == key)).one()
                        what(db, here(db), found, after)
                except Conflict as refusal:
                    said.append(str(refusal.sentence))
                else:
                    said.append("")

        both = (adopts, against)[:: 1 if turn % 2 else -1]
        threads = [threading.Thread(target=run, args=(each,)) for each in both]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        with transaction() as db:
            found = db.scalars(select(Decision).where(Decision.key == key)).one()
            concern = db.scalar(select(Voice.concern).where(Voice.decision_id == found.id))
            adopted = found.state is DecisionState.ADOPTED
            assert not (adopted and (concern or found.version > 1))
            ended = db.scalars(select(Event).where(Event.kind == "circles:decision:adopted"))
            mine = [each for each in ended if each.data["decision"] == found.id]
            assert len(mine) == adopted
        assert said.count("") == (2 if against is adopts else 1)


# Who may do what


@pytest.mark.parametrize(
    ("who", "says", "leads"),
    [
        ("dara", None, None),
        ("ama", None, None),
        ("rui", None, NotAllowed),
        ("bo", None, NotAllowed),
        ("tess", None, NotAllowed),
        ("lee", NotFound, NotFound),
        ("max", NotFound, NotFound),
        ("ivy", NotFound, NotFound),
        ("eli", NotFound, NotFound),
    ],
)
def test_those_inside_speak_and_two_of_them_lead(people, decision, now, who, says, leads):
    done = {
        "say": lambda db, it, me: say(db, row(db), me, now, CONCERN),
        "rework": lambda db, it, me: services.rework(
            db, row(db), actor=me, version=1, words="Other words.", now=now
        ),
        "set aside": lambda db, it, me: services.set_aside(db, row(db), actor=me, now=now),
        "propose": lambda db, it, me: propose(db, it.circle, me, now),
    }
    for name, acts in done.items():
        refusal = leads if name in {"rework", "set aside"} else says
        got = None
        try:
            act(lambda db, it, acts=acts: acts(db, it, getattr(it, who)))
        except Refusal as error:
            got = type(error)
        assert (name, got) == (name, refusal)


@pytest.mark.parametrize("who", ["dara", "ama", "tess", "bo", "lee", "max", "ivy", "eli", ""])
def test_decisions_are_read_inside_and_by_nobody_else(people, sign_in, client, decision, who):
    reader = sign_in(getattr(people, who)) if who else client
    unknown = reader.get("/circles/nothing-here/decisions")
    for path in (DECISIONS, f"{DECISIONS}/{decision}", f"{DECISIONS}/new"):
        found = reader.get(path)
        if who in INSIDE:
            assert found.status_code == 200
        else:
            assert (found.status_code, found.data) == (unknown.status_code, unknown.data)
            assert TITLE not in found.text
    sent = post(reader, f"{DECISIONS}/{decision}/consent", {"version": "1"})
    assert sent.status_code == (303 if who in INSIDE or not who else 404)
    with transaction() as db:
        assert len(db.scalars(select(Voice)).all()) == (2 if who in {*INSIDE} - {"ama"} else 1)


# What is refused


@pytest.mark.parametrize(
    ("said", "days", "refused"),
    [
        ({}, 0, "Not everybody has said something yet"),
        ({"dara": "", "rui": "", "bo": ""}, 0, ""),
        ({"dara": "", "rui": "", "bo": CONCERN}, 0, "A concern is open"),
        ({"rui": CONCERN}, 8, "A concern is open"),
        ({"tess": CONCERN}, 8, "A concern is open"),
        ({}, 7, ""),
        ({}, 6, "Not everybody has said something yet"),
        ({"dara": ""}, 7, ""),
    ],
)
def test_adopted_without_a_concern_and_once_all_have_spoken_or_had_their_week(
    people, decision, now, said, days, refused
):
    def speak(db, it):
        for name, concern in said.items():
            say(db, row(db), getattr(it, name), now, concern)

    def adopt(db, it):
        when = now + timedelta(days=days)
        services.adopt(db, row(db), actor=it.dara, version=1, now=when)
        return row(db).state

    act(speak)
    if refused:
        with pytest.raises(Conflict, match=refused):
            act(adopt)
    else:
        assert act(adopt) is DecisionState.ADOPTED


def test_whoever_left_holds_nothing_back(people, decision, now):
    def part(db, it):
        say(db, row(db), it.rui, now, CONCERN)
        for name in ("rui", "bo"):
            place = place_of(db, getattr(it, name))
            place.state, place.ended_at = MembershipState.LEFT, now
        say(db, row(db), it.dara, now)
        services.adopt(db, row(db), actor=it.ama, version=1, now=now)
        assert row(db).state is DecisionState.ADOPTED

    act(part)


def test_whoever_is_outside_for_want_of_a_yes_is_not_waited_for(people, decision, now):
    def put(db, it):
        it.circle.agreements_version = 2
        for name in ("dara", "ama"):
            place_of(db, getattr(it, name)).agreed_version = 2
        with pytest.raises(NotFound):
            say(db, row(db), it.rui, now)

    def adopt(db, it):
        say(db, row(db), it.dara, now)
        services.adopt(db, row(db), actor=it.ama, version=1, now=now)

    act(put)
    act(adopt)


@pytest.mark.parametrize("words", ["", "   ", "w" * 4001])
def test_words_that_cannot_be_kept_are_refused(people, decision, now, words):
    acts = (
        lambda db, it: propose(db, it.circle, it.ama, now, words=words),
        lambda db, it: services.rework(db, row(db), actor=it.ama, version=1, words=words, now=now),
        lambda db, it: services.raise_concern(
            db, row(db), actor=it.ama, version=1, concern=words, now=now
        ),
    )
    for each in acts:
        with pytest.raises(Invalid):
            act(each)


def test_inv_20_the_same_proposal_twice_is_one_and_other_words_are_another(people, now):
    def twice(db, it):
        one, again = (propose(db, it.circle, it.ama, now, submission="x") for _each in range(2))
        assert one is again
        other = propose(db, it.circle, it.ama, now, words="Other words.", submission="x")
        assert other is not one
        services.rework(db, one, actor=it.ama, version=1, words="Reworked.", now=now)
        services.rework(db, one, actor=it.ama, version=1, words="Reworked.", now=now)
        assert one.version == 2

    act(twice)


def test_in_a_circle_that_was_nothing_is_decided(people, decision, now):
    def end(db, it):
        it.circle.life, it.circle.ended_at = Life.ARCHIVED, now

    act(end)
    for each in (
        lambda db, it: say(db, row(db), it.ama, now),
        lambda db, it: propose(db, it.circle, it.ama, now),
        lambda db, it: services.adopt(db, row(db), actor=it.ama, version=1, now=now),
    ):
        with pytest.raises(NotAllowed):
            act(each)


# The pages


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_proposal_is_made_spoken_to_reworked_and_adopted(people, sign_in, headers, now):
    ama, dara, rui = (sign_in(each) for each in (people.ama, people.dara, people.rui))
    assert "Nothing has been proposed." in ama.get(DECISIONS).text
    sent = post(
        ama, DECISIONS, {"title": TITLE, "words": WORDS, "about": "matter"}, headers=headers
    )
    place = sent.headers.get("HX-Redirect") or sent.location
    assert sent.status_code == (204 if headers else 303)
    said = {"version": "1", "concern": CONCERN}
    post(rui, f"{place}/concern", said, headers=headers)
    page = dara.get(place).text
    assert "Rui Example has a concern" in page
    assert CONCERN in page
    assert 'aria-disabled="true"' in page
    assert post(dara, f"{place}/adopt", {"version": "1"}).status_code == 409
    words = {"version": "1", "words": "We meet on Fridays."}
    post(ama, f"{place}/words", words, headers=headers)
    page = rui.get(place).text
    assert "We meet on Fridays." in page
    assert CONCERN not in page
    with time_machine.travel(now + services.OPEN_FOR, tick=False):
        assert post(dara, f"{place}/adopt", {"version": "2"}).status_code == 303
        page = rui.get(place).text
        assert "Adopted on" in page
        assert "Put these words in their place" not in dara.get(place).text


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize(
    ("action", "form"),
    [
        ("concern", {"concern": CONCERN}),
        ("consent", {}),
        ("words", {"words": "We meet at six."}),
        ("adopt", {}),
    ],
)
def test_what_is_said_to_words_that_changed_is_refused_and_kept(
    people, sign_in, decision, headers, action, form, now
):
    act(
        lambda db, it: services.rework(
            db, row(db), actor=it.dara, version=1, words="We meet on Fridays.", now=now
        )
    )
    ama, path = sign_in(people.ama), f"{DECISIONS}/{decision}"
    answer = post(ama, f"{path}/{action}", {"version": "1", **form}, headers=headers)
    assert answer.status_code == 409
    assert "The words changed while you were reading." in answer.text
    assert "We meet on Fridays." in answer.text
    assert all(f"{words}</textarea>" in answer.text for words in form.values())
    assert ("<html" in answer.text) == (not headers)
    assert 'name="version" value="2"' in answer.text
    with transaction() as db:
        assert row(db).version == 2
        assert db.scalar(select(func.count()).where(Voice.version == 2)) == 1


def test_an_empty_concern_is_asked_for_words(people, sign_in, decision):
    answer = post(sign_in(people.rui), f"{DECISIONS}/{decision}/concern", {"version": "1"})
    assert answer.status_code == 422
    assert "Say what you could not live with." in answer.text


@pytest.mark.parametrize(("who", "named"), [("rui", True), ("ama", False)])
def test_inv_09_a_concern_stays_though_who_has_it_is_not_named(people, sign_in, now, who, named):
    def speak(db, it):
        found = propose(db, it.circle, it.bo, now)
        say(db, found, it.bo, now, CONCERN)
        return found.key

    page = sign_in(getattr(people, who)).get(f"{DECISIONS}/{act(speak)}").text
    assert CONCERN in page
    assert ("Bo Example" in page) == named
    assert ("Somebody has a concern" in page) == (not named)


def test_pages_of_decisions_ask_as_often_at_one_as_at_many(
    people, sign_in, ran, make_member, now, decision
):
    rui, path = sign_in(people.rui), f"{DECISIONS}/{decision}"
    stale = {"version": "9", "concern": CONCERN}

    def asked():
        rui.get(path)
        visits = (lambda: rui.get(DECISIONS), lambda: rui.get(path))
        refused = len(ran(lambda: post(rui, f"{path}/concern", stale)))
        return [*(len(ran(each)) for each in visits), refused]

    few = asked()
    names = [f"new{number}" for number in range(20)]
    made = {name: make_member(name).id for name in names}

    def come(db, it):
        found = row(db)
        for name in names:
            values = {"circle_id": it.circle.id, "came_by": "invited", "asked_at": now}
            state = {"state": MembershipState.MEMBER, "since": now, "agreed_version": 1}
            db.add(Membership(member_id=made[name], **values, **state))
        for name in names:
            say(db, found, db.get_one(Member, made[name]), now, CONCERN if name > "new5" else "")
            propose(db, it.circle, it.rui, now)

    act(come)
    assert asked() == few
    assert max(few[:2]) <= 12


def test_other_agreements_begin_with_the_present_ones(people, sign_in):
    page = sign_in(people.ama).get(f"{DECISIONS}/new?about=agreements").text
    assert AGREED in page
    assert sign_in(people.ama).get(f"{DECISIONS}/new?about=weather").status_code == 404
    with transaction() as db:
        assert db.scalars(select(Agreements.version)).all() == [1]
