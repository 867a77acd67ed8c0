"""Six people found, invite, ask, come, rest, change what they agreed and go, in any order."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import timedelta
from itertools import pairwise
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import delete, func, select

from network.asks import services as asks
from network.asks.models import Ask, AskState
from network.circles.kinds import Door, Form, Life
from network.circles.models import Circle
from network.circles.queries.places import TAKES_PEOPLE
from network.circles.services import agreeing, answering, coming, facilitating, living, staying
from network.circles.services.founding import Plan, change, found
from network.circles.services.turns import take
from network.circles.visibility import ASKED, IN_IT, inside
from network.conversations.hearing import heard
from network.conversations.models import About, Conversation, Message, Participant
from network.conversations.services import post
from network.db import reading, transaction
from network.errors import Refusal
from network.events.models import Event
from network.members.kinds import MembershipState
from network.members.models import Block, Member, Membership
from network.members.visibility import Viewer
from network.relationships.services.connections import block
from tests.conftest import NOON

NAMES = ("ama", "bea", "cai", "dara", "eli", "fay")
EXAMPLES = int(os.environ.get("COMMONWEAL_TEST_EXAMPLES", "12"))
PHASES = tuple(Phase) if EXAMPLES > 12 else (Phase.explicit, Phase.reuse, Phase.generate)
ASKS = (answering.INVITATION, answering.APPLICATION, facilitating.TURN)
KINDS = {kind.name: kind for kind in ASKS}
WHO = st.sampled_from(NAMES)


class Circles(RuleBasedStateMachine):
    """The circle is Ama's, with three places; whoever acts may not be allowed to."""

    people: dict[str, int]

    @initialize(door=st.sampled_from(Door), keep=st.booleans())
    def begin(self, door: Door, keep: bool) -> None:
        self.now = NOON
        self.heard: dict[int, set[int]] = {each: set() for each in self.people.values()}
        # What was said while their yes was missing: theirs once they are inside again.
        self.missed: dict[int, set[int]] = {each: set() for each in self.people.values()}
        with transaction() as db:
            db.execute(delete(Block))
            plan = Plan("A circle", "To lead well together.", "", "", door, 3, leavers_keep=keep)
            founder = db.get_one(Member, self.people["ama"])
            circle = found(
                db,
                founder,
                Form.MASTERMIND,
                plan,
                agreements="One.\nTwo.",
                submission=uuid4().hex,
                now=self.now,
            )
            self.circle = circle.id

    def act(self, who: str, what) -> None:
        """Do something; a refusal leaves every row, the log and the outbox as they were."""
        with suppress(Refusal), transaction() as db:
            circle = db.get_one(Circle, self.circle)
            what(db, circle, db.get_one(Member, self.people[who]))

    def place(self, db, who: str) -> Membership | None:
        return db.scalar(
            select(Membership).where(
                Membership.circle_id == self.circle,
                Membership.member_id == self.people[who],
                Membership.ended_at.is_(None),
            )
        )

    @rule(days=st.sampled_from((1, 9, 31, 95)))
    def time_passes(self, days: int) -> None:
        self.now += timedelta(days=days)

    @rule(who=WHO, whom=WHO)
    def invites(self, who: str, whom: str) -> None:
        def invite(db, circle, actor):
            mine = self.place(db, who)
            if who == whom or mine is None or not mine.facilitates:
                return
            other = db.get_one(Member, self.people[whom])
            words = "Come and think with us."
            coming.invite(
                db, circle, other, actor=actor, words=words, submission=uuid4().hex, now=self.now
            )

        self.act(who, invite)

    @rule(who=WHO)
    def joins(self, who: str) -> None:
        self.act(
            who,
            lambda db, circle, me: coming.join(
                db, circle, me, agreed=circle.agreements_version, now=self.now
            ),
        )

    @rule(who=WHO, late=st.booleans())
    def applies(self, who: str, late: bool) -> None:
        self.act(
            who,
            lambda db, circle, me: coming.apply(
                db,
                circle,
                me,
                words="I would like to learn with you.",
                agreed=circle.agreements_version - late,
                submission=uuid4().hex,
                now=self.now,
            ),
        )

    @rule(who=WHO, yes=st.booleans(), stale=st.booleans())
    def answers(self, who: str, yes: bool, stale: bool) -> None:
        def answer(db, _circle, me):
            for ask in db.scalars(
                select(Ask).where(Ask.addressee_id == me.id, Ask.state == AskState.WAITING)
            ).all():
                kind = KINDS[ask.kind]
                read = kind.read(db, ask) if kind.read else ask.mark
                if yes:
                    read = f"{read}0" if stale else read
                    asks.accept(db, ask, kind, actor=me, now=self.now, read=read)
                else:
                    asks.decline(db, ask, kind, actor=me, now=self.now)

        self.act(who, answer)

    @rule(who=WHO, whom=WHO)
    def takes_back(self, who: str, whom: str) -> None:
        def take_back(db, circle, me):
            place = self.place(db, whom)
            if place is not None:
                coming.take_back(db, circle, place, actor=me, now=self.now)

        self.act(who, take_back)

    @rule(who=WHO, what=st.sampled_from(("rest", "come_back", "leave", "step_down", "sit_down")))
    def moves(self, who: str, what: str) -> None:
        def move(db, circle, _me):
            place = self.place(db, who)
            more = {"rest": {"until": None}, "leave": {"goodbye": "Bye."}}.get(what, {})
            if place is not None:
                getattr(staying, what)(db, circle, place, now=self.now, **more)

        self.act(who, move)

    @rule(who=WHO, whom=WHO, what=st.sampled_from(("release", "remove")))
    def parts(self, who: str, whom: str, what: str) -> None:
        def part(db, circle, me):
            mine, place = self.place(db, who), self.place(db, whom)
            if mine is not None and mine.facilitates and place is not None:
                getattr(staying, what)(
                    db, circle, place, actor=me, words="It was time.", now=self.now
                )

        self.act(who, part)

    @rule(who=WHO, whom=WHO)
    def asks_to_facilitate(self, who: str, whom: str) -> None:
        def ask(db, circle, me):
            mine, place = self.place(db, who), self.place(db, whom)
            if mine is not None and mine.facilitates and place is not None and who != whom:
                facilitating.ask_to_facilitate(
                    db,
                    circle,
                    place,
                    actor=me,
                    words="It is your turn.",
                    submission=uuid4().hex,
                    now=self.now,
                )

        self.act(who, ask)

    @rule(who=WHO, what=st.sampled_from(("begin", "put_to_rest", "wake", "close", "archive")))
    def lives(self, who: str, what: str) -> None:
        def live(db, circle, me):
            place = self.place(db, who)
            if place is None or place.since is None:
                return
            if what == "wake":
                living.wake(db, circle, place, now=self.now)
            elif place.facilitates:
                getattr(living, what)(db, circle, actor=me, now=self.now)

        self.act(who, live)

    @rule(who=WHO)
    def agrees(self, who: str) -> None:
        def agree(db, circle, _me):
            place = self.place(db, who)
            if place is not None and place.state in IN_IT:
                agreeing.agree(db, place, version=circle.agreements_version, now=self.now)

        self.act(who, agree)

    @rule(who=WHO)
    def puts_other_agreements(self, who: str) -> None:
        def put(db, circle, me):
            if self.place(db, who) is not None and circle.life is not Life.ARCHIVED:
                take(db, circle)
                agreeing.put(db, circle, words="Three.", actor=me, now=self.now)

        self.act(who, put)

    @rule(most=st.integers(3, 4))
    def changes_its_room(self, most: int) -> None:
        def widen(db, circle, me):
            plan = Plan(
                "A circle",
                "To lead well together.",
                "",
                "",
                circle.door,
                most,
                leavers_keep=circle.leavers_keep,
            )
            change(db, circle, plan, actor=me, now=self.now)

        self.act("ama", widen)

    @rule(who=WHO)
    def says_something(self, who: str) -> None:
        def say(db, circle, me):
            thread = db.scalars(
                select(Conversation).where(
                    Conversation.about == About.CIRCLE, Conversation.thing_id == circle.id
                )
            ).one()
            sent = post(
                db, thread, actor=me, body="Something.", submission=uuid4().hex, now=self.now
            )
            for each in self.in_it(db):
                if self.sits(db, thread, each):
                    kept = self.heard if self.is_inside(db, each) else self.missed
                    kept[each].add(sent.id)

        self.act(who, say)

    @rule(who=WHO, whom=WHO)
    def blocks(self, who: str, whom: str) -> None:
        if who != whom:
            self.act(
                who,
                lambda db, _circle, me: block(
                    db, me, db.get_one(Member, self.people[whom]), now=self.now
                ),
            )

    def in_it(self, db) -> list[int]:
        return list(
            db.scalars(
                select(Membership.member_id).where(
                    Membership.circle_id == self.circle, Membership.state.in_(IN_IT)
                )
            )
        )

    def places(self, db, which) -> list[Membership]:
        mine = Membership.circle_id == self.circle
        return list(db.scalars(select(Membership).where(mine, which)))

    def is_inside(self, db, member_id: int) -> bool:
        eyes = Viewer(member_id=member_id, belongs="")
        may = select(Circle.id).where(Circle.id == self.circle, inside(eyes, self.now))
        return db.scalar(may) is not None

    def sits(self, db, thread, member_id: int) -> bool:
        return (
            db.scalar(
                select(func.count()).where(
                    Participant.conversation_id == thread.id,
                    Participant.member_id == member_id,
                    Participant.left_at.is_(None),
                )
            )
            == 1
        )

    @invariant()
    def inv_55_there_is_room_and_somebody_facilitates(self) -> None:
        with reading() as db:
            circle = db.get_one(Circle, self.circle)
            taken = self.in_it(db)
            assert len(taken) <= circle.most
            assert len(taken) == len(set(taken))
            leading = db.scalar(
                select(func.count()).where(
                    Membership.circle_id == circle.id,
                    Membership.facilitates,
                    Membership.state == MembershipState.MEMBER,
                )
            )
            if circle.life in {*TAKES_PEOPLE, Life.CLOSING}:
                assert leading
            assert taken or circle.life is Life.ARCHIVED

    @invariant()
    def inv_55_whoever_is_inside_said_yes_to_agreements_that_count(self) -> None:
        with reading() as db:
            circle = db.get_one(Circle, self.circle)
            for place in self.places(db, Membership.state.in_(IN_IT)):
                member = db.get_one(Member, place.member_id)
                counts = place.agreed_version == circle.agreements_version
                seen = db.scalar(
                    select(inside(Viewer.of(member), self.now)).where(Circle.id == circle.id)
                )
                early = place.agreed_version >= circle.grace_from
                assert bool(seen) == (counts or (early and circle.grace_until > self.now))
                assert 1 <= place.agreed_version <= circle.agreements_version

    @invariant()
    def a_free_place_is_not_kept_from_the_line_and_the_line_keeps_its_order(self) -> None:
        with reading() as db:
            circle = db.get_one(Circle, self.circle)
            rows = db.scalars(
                select(Membership)
                .where(Membership.circle_id == circle.id)
                .order_by(Membership.line)
            ).all()
            queued = [row for row in rows if row.state is MembershipState.QUEUED]
            if queued and circle.life in TAKES_PEOPLE:
                assert len(self.in_it(db)) == circle.most
            came = [row for row in rows if row.line and row.since is not None]
            assert came == sorted(came, key=lambda row: (row.since, row.line))
            assert not queued or all(row.line < queued[0].line for row in came)

    @invariant()
    def inv_12_17_what_is_asked_is_once_and_ends(self) -> None:
        with reading() as db:
            live = db.execute(
                select(Membership.member_id, func.count())
                .where(Membership.circle_id == self.circle, Membership.ended_at.is_(None))
                .group_by(Membership.member_id)
            ).all()
            assert all(count == 1 for _member, count in live)
            for place in self.places(db, Membership.state.in_(ASKED)):
                assert place.expires_at is not None
                assert place.expires_at - place.asked_at <= timedelta(days=30)

    @invariant()
    def inv_16_the_circle_asks_nobody_twice_within_ninety_days(self) -> None:
        with reading() as db:
            sent = db.execute(
                select(Ask.addressee_id, Ask.sent_at)
                .where(Ask.kind == answering.INVITATION.name, Ask.body_id == self.circle)
                .order_by(Ask.addressee_id, Ask.sent_at)
            ).all()
            for (one, at), (other, again) in pairwise(sent):
                assert one != other or again - at >= timedelta(days=90)

    @invariant()
    def inv_56_whoever_went_hears_nothing_later_and_the_removed_nothing_at_all(self) -> None:
        with reading() as db:
            circle = db.get_one(Circle, self.circle)
            for who, member_id in self.people.items():
                hears = set(
                    db.scalars(
                        select(Message.id)
                        .join(Conversation, Conversation.id == Message.conversation_id)
                        .where(
                            Conversation.about == About.CIRCLE,
                            Conversation.thing_id == circle.id,
                            heard(Viewer(member_id=member_id, belongs="")),
                        )
                    )
                )
                theirs = self.heard[member_id]
                if self.is_inside(db, member_id):
                    theirs = theirs | self.missed[member_id]
                assert hears <= theirs, who
                last = db.scalars(
                    select(Membership)
                    .where(
                        Membership.circle_id == circle.id,
                        Membership.member_id == member_id,
                        Membership.since.is_not(None),
                    )
                    .order_by(Membership.id.desc())
                    .limit(1)
                ).first()
                gone = last is not None and last.state not in IN_IT
                if gone and (last.state is MembershipState.REMOVED or not circle.leavers_keep):
                    assert hears == set(), who

    @invariant()
    def inv_13_nobody_is_in_it_without_a_yes_of_both(self) -> None:
        with reading() as db:
            for place in self.places(db, Membership.since.is_not(None)):
                told = {
                    event.kind
                    for event in db.scalars(
                        select(Event).where(
                            Event.subject_kind == "circle", Event.subject_id == place.circle_id
                        )
                    )
                    if event.data.get("membership") == place.id
                }
                if place.came_by != "founded":
                    assert told & {"circles:joined", "circles:let_in", "circles:place_free"}


@pytest.fixture
def machine(app, make_member):
    people = {name: make_member(name).id for name in NAMES}

    class Here(Circles):
        pass

    Here.people = people
    return Here


def test_inv_12_13_16_17_55_56_hold_for_every_history(machine):
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES,
            derandomize=EXAMPLES == 12,
            stateful_step_count=30,
            deadline=None,
            phases=PHASES,
            suppress_health_check=list(HealthCheck),
        ),
    )
