from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from network.asks.models import Ask
from network.circles.kinds import Door, Form, Life
from network.db import reading, transaction
from network.errors import Conflict, Invalid, NotAllowed, NotFound, Refusal
from network.events.models import Event
from network.members.kinds import Audience, MembershipState, Part, WhoMayAsk, Work
from network.members.models import Member
from network.members.services import boundaries, participation, profiles
from network.organisations.kinds import Speaks
from network.organisations.models import Approach, Organisation, Readiness, Representative
from network.organisations.queries.approaches import held_until
from network.organisations.services.ending_approaches import withdraw
from tests.organisations.approaching import (
    FORM,
    NEED,
    a_team,
    in_team,
    letter,
    opens_up,
    says,
    waits,
    write,
)

DAY = timedelta(days=1)


@pytest.fixture
def others(make_member):
    """People enough to have five letters open."""
    return [make_member(f"other{number}") for number in range(6)]


@pytest.fixture
def open_it(others, it, db):
    """Ama is open to a project, for anybody."""
    opens_up(db, it.ama, it.now)
    return it


def not_verified(db, it):
    it.organisation.verified_by = it.organisation.verified_at = None


def answers_too_old(db, it):
    answers = db.scalars(select(Readiness)).one()
    answers.written_at = it.now - timedelta(days=367)


def no_answers(db, it):
    db.delete(db.scalars(select(Readiness)).one())
    it.organisation.readiness_version = 0


def speaks_no_more(db, it):
    place = db.scalars(select(Representative).where(Representative.member_id == it.oskar.id)).one()
    place.state, place.ended_at = Speaks.ENDED, it.now


def five_are_open(db, it):
    for number in range(5):
        member = db.scalars(select(Member).where(Member.handle == f"other{number}")).one()
        opens_up(db, member, it.now)
        write(db, it.siun, it.organisation, member, it.now)


def pauses(db, it):
    participation.pause(db, it.ama, until=None, now=it.now)


def blocks(db, it):
    boundaries.block(db, it.ama, blocked_id=it.oskar.id, now=it.now)


def is_blocked(db, it):
    boundaries.block(db, it.oskar, blocked_id=it.ama.id, now=it.now)


def shields(db, it):
    boundaries.raise_shield(db, it.ama, against="Merrow Ferries", now=it.now)


def lets_nobody(db, it):
    participation.set_who_may_approach(db, it.ama, WhoMayAsk.NOBODY, now=it.now)


def lets_those_introduced(db, it):
    participation.set_who_may_approach(db, it.ama, WhoMayAsk.INTRODUCED, now=it.now)


def lets_those_who_share(db, it):
    participation.set_who_may_approach(db, it.ama, WhoMayAsk.SHARED, now=it.now)


def wants_other_work(db, it):
    opens_up(db, it.ama, it.now, Work.BOARD)


def shows_no_work(db, it):
    profiles.set_audiences(
        db, it.ama, {Part.AVAILABILITY: Audience.CONNECTIONS}, widen_words=[], now=it.now
    )


def a_colleague_wrote_lately(db, it):
    write(db, it.siun, it.organisation, it.ama, it.now - 80 * DAY)


def nothing(db, it):
    pass


GUARDS = [
    (nothing, None),
    (not_verified, NotAllowed),
    (no_answers, NotAllowed),
    (answers_too_old, NotAllowed),
    (speaks_no_more, NotFound),
    (five_are_open, NotAllowed),
    (pauses, NotFound),
    (blocks, NotFound),
    (is_blocked, NotFound),
    (shields, NotFound),
    (lets_nobody, NotAllowed),
    (lets_those_introduced, NotAllowed),
    (lets_those_who_share, NotAllowed),
    (wants_other_work, NotAllowed),
    (shows_no_work, NotAllowed),
    (a_colleague_wrote_lately, Conflict),
]


@pytest.mark.parametrize(("guard", "refused"), GUARDS, ids=[each[0].__name__ for each in GUARDS])
def test_inv_27_every_guard_holds_back_and_without_one_it_is_sent(open_it, db, guard, refused):
    guard(db, open_it)
    before = db.scalar(select(func.count()).select_from(Approach))
    if refused is None:
        write(db, open_it.oskar, open_it.organisation, open_it.ama, open_it.now)
    else:
        with pytest.raises(refused):
            write(db, open_it.oskar, open_it.organisation, open_it.ama, open_it.now)
    after = db.scalar(select(func.count()).select_from(Approach))
    assert after - before == (refused is None)


def test_a_member_writes_for_themselves_without_answers_and_once_in_ninety_days(open_it, db):
    ama, bo, now = open_it.ama, open_it.bo, open_it.now
    approach = write(db, bo, None, ama, now)
    assert (approach.organisation_id, approach.readiness_version) == (None, 0)
    assert waits(db, approach) == [ama.id]
    with pytest.raises(Conflict):
        write(db, bo, None, ama, now + 89 * DAY)
    assert write(db, bo, None, ama, now + 90 * DAY).key != approach.key


def test_two_who_write_to_each_other_do_it_one_after_the_other(open_it, db):
    ama, bo, now = open_it.ama, open_it.bo, open_it.now
    opens_up(db, bo, now)
    write(db, bo, None, ama, now)
    with pytest.raises(Conflict):
        write(db, ama, None, bo, now)
    assert write(db, ama, None, bo, now + 30 * DAY).member_id == bo.id


def test_inv_20_the_same_form_twice_is_one_letter_and_other_words_are_not_lost(open_it, db):
    side = (open_it.oskar, open_it.organisation)
    first = write(db, *side, open_it.ama, open_it.now, submission="same")
    again = write(db, *side, open_it.ama, open_it.now, submission="same")
    opens_up(db, open_it.bo, open_it.now)
    other = write(db, *side, open_it.bo, open_it.now, submission="same")
    assert first.id == again.id != other.id
    assert db.scalar(select(func.count()).select_from(Ask)) == 2


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("need", "Help."),
        ("need", "x" * 2001),
        ("fits", "Great profile!"),
        ("time", ""),
        ("value", " "),
        ("begins", ""),
        ("next", "x" * 301),
    ],
)
def test_what_a_letter_does_not_say_is_asked_for_at_its_field(open_it, db, field, words):
    with pytest.raises(Invalid) as refused:
        write(db, open_it.oskar, open_it.organisation, open_it.ama, open_it.now, **{field: words})
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("changed", "refused"),
    [
        ({}, None),
        ({"form": Form.PRACTICE}, NotAllowed),
        ({"open_to_work": False}, NotAllowed),
        ({"life": Life.RESTING}, NotAllowed),
        ({"life": Life.FORMING}, None),
        ({"door": Door.HIDDEN}, NotFound),
    ],
)
def test_inv_27_a_team_is_written_to_where_it_is_open_and_known(open_it, db, changed, refused):
    circle = a_team(db, [open_it.ama, open_it.bo], open_it.now, **changed)
    if refused is None:
        approach = write(db, open_it.oskar, open_it.organisation, circle, open_it.now)
        assert waits(db, approach) == sorted([open_it.ama.id, open_it.bo.id])
    else:
        with pytest.raises(refused):
            write(db, open_it.oskar, open_it.organisation, circle, open_it.now)


def test_who_is_in_a_team_does_not_write_to_it_and_one_writer_has_one_letter_with_it(open_it, db):
    circle, now = a_team(db, [open_it.ama, open_it.bo], open_it.now), open_it.now
    with pytest.raises(NotAllowed):
        write(db, open_it.ama, None, circle, now)
    write(db, open_it.oskar, open_it.organisation, circle, now)
    with pytest.raises(Conflict):
        write(db, open_it.oskar, None, circle, now)


def test_whoever_hides_pauses_or_rests_is_not_asked_and_no_word_is_said(open_it, db):
    people = [open_it.ama, open_it.bo, open_it.eli]
    circle, now = a_team(db, people, open_it.now), open_it.now
    db.add(in_team(circle, open_it.siun, now, MembershipState.RESTING))
    boundaries.raise_shield(db, open_it.bo, against="Merrow Ferries", now=now)
    participation.pause(db, open_it.eli, until=None, now=now)
    approach = write(db, open_it.oskar, open_it.organisation, circle, now)
    assert waits(db, approach) == [open_it.ama.id]
    assert approach.team == sorted(each.id for each in people)


@pytest.mark.parametrize(
    ("what", "days"),
    [("silence", 90), ("no", 90), ("withdrawn", 90), ("tell", 180 + 10)],
)
def test_inv_16_cooling_off_holds_for_every_representative(open_it, db, what, days):
    side, now = (open_it.oskar, open_it.organisation), open_it.now
    approach = write(db, *side, open_it.ama, now)
    if what == "withdrawn":
        withdraw(db, approach, actor=open_it.siun, now=now + DAY)
    elif what != "silence":
        says(db, open_it.ama, approach, what, now + 10 * DAY)
    for writer in (open_it.oskar, open_it.siun):
        with pytest.raises(Conflict):
            write(db, writer, open_it.organisation, open_it.ama, now + days * DAY - DAY / 2)
    assert write(db, open_it.siun, open_it.organisation, open_it.ama, now + days * DAY)


def test_inv_16_writing_and_taking_back_in_a_loop_reaches_nobody_sooner(open_it, db):
    side, sent, now = open_it.organisation, [], open_it.now
    for day in range(0, 400, 5):
        writer = open_it.oskar if day % 2 else open_it.siun
        try:
            approach = write(db, writer, side, open_it.ama, now + day * DAY)
        except Refusal:
            continue
        withdraw(db, approach, actor=writer, now=now + day * DAY)
        sent.append(day)
        if day == 0:
            answers = db.scalars(select(Readiness)).one()
            answers.written_at = now + 100 * DAY
    assert sent == [0, 90, 180, 270, 360]
    assert held_until(db, open_it.oskar, side, open_it.ama, now + 400 * DAY) == now + 450 * DAY


def at_once(app, now, sends):
    """Let all be sent at the same moment, each by a thread of its own; return how it went."""
    ready, said = threading.Barrier(len(sends)), []

    def run(writer_id, to_id, organisation_id):
        with app.app_context():
            ready.wait()
            try:
                with transaction() as session:
                    organisation = organisation_id and session.get_one(
                        Organisation, organisation_id
                    )
                    writer, to = (session.get_one(Member, each) for each in (writer_id, to_id))
                    write(session, writer, organisation, to, now)
                said.append("sent")
            except Refusal as refusal:
                said.append(type(refusal).__name__)
            except Exception as error:  # noqa: BLE001  # a thread's own error is seen by nobody
                said.append(repr(error))

    workers = [threading.Thread(target=run, args=each) for each in sends]
    for each in workers:
        each.start()
    for each in workers:
        each.join(timeout=60)
    return sorted(said)


@pytest.fixture
def twenty(make_member, merrow, now):
    """Twenty people who are open to a project, for requests to see."""
    people = [make_member(f"open{number}") for number in range(20)]
    with transaction() as session:
        for each in people:
            opens_up(session, session.merge(each), now)
    return [each.id for each in people]


@pytest.mark.parametrize("ours", [True, False])
def test_inv_27_of_twenty_sent_at_once_five_are(app, merrow, twenty, now, ours):
    with reading() as read:
        organisation_id = read.scalars(select(Organisation.id)).one() if ours else None
    writers = [merrow.oskar.id, merrow.siun.id] if ours else [merrow.oskar.id] * 2
    sends = [(writers[number % 2], to, organisation_id) for number, to in enumerate(twenty)]
    assert at_once(app, now, sends) == ["NotAllowed"] * 15 + ["sent"] * 5
    with reading() as read:
        assert read.scalar(select(func.count()).select_from(Approach)) == 5
        assert read.scalar(select(func.count()).select_from(Ask)) == 5
        sent = Event.kind == "organisations:approach:sent"
        assert read.scalar(select(func.count()).where(sent)) == 5


def test_inv_16_two_colleagues_who_write_at_once_to_one_person_are_one_letter(
    app, merrow, twenty, now
):
    with reading() as read:
        organisation_id = read.scalars(select(Organisation.id)).one()
    writers = [merrow.oskar.id, merrow.siun.id] * 4
    sends = [(writer, twenty[0], organisation_id) for writer in writers]
    assert at_once(app, now, sends) == ["Conflict"] * 7 + ["sent"]


def test_the_words_of_the_form_are_those_of_the_letter():
    assert (letter().need, letter().work) == (NEED, Work.PROJECT)
    assert set(FORM) == set(letter().__slots__)
