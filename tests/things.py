"""Circles, sessions and what comes of them, kept as rows; and the index that hears of them."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

from network.circles.finding import Circles
from network.circles.kinds import Door, Form, Life
from network.circles.models import Circle
from network.composition import THINGS
from network.db import reading, transaction
from network.learning.finding import THINGS as KINDS
from network.learning.finding import Learning, marks_of
from network.learning.kinds import Format, Readers, SeatState, SessionState
from network.learning.models import (
    GreenRoom,
    HarvestEntry,
    LearningNeed,
    LearningSession,
    Seat,
    SeatKind,
    SessionHost,
)
from network.members.kinds import CameBy, MembershipState
from network.members.models import Member, Membership
from network.members.visibility import Viewer
from network.search import backend, indexer
from network.search.things import Thing
from tests.conftest import NOON

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
numbers = count(1)
WAS_IN = (MembershipState.LEFT, MembershipState.RELEASED, MembershipState.REMOVED)


def keep(row):
    with transaction() as db:
        db.add(row)
        db.flush()  # its id is wanted
        db.expunge(row)
    return row


def keep_circle(name="The Herons", *, people=(), **values):
    """Keep a circle that runs, with these people in it."""
    n = next(numbers)
    values = {
        "purpose": "We look after quiet shores.",
        "form": Form.MASTERMIND,
        "door": Door.REQUEST,
        "life": Life.RUNNING,
        "most": 8,
        "ended_at": NOON if values.get("life") is Life.ARCHIVED else None,
        **values,
    }
    circle = keep(
        Circle(
            slug=f"circle-{n}",
            name=name,
            grace_until=NOON,
            submission=str(n),
            founded_at=NOON,
            **values,
        )
    )
    for member in people:
        place_in(circle, member)
    return circle


def place_in(circle, member, state=MembershipState.MEMBER, **values):
    n = next(numbers)
    is_in = state in (MembershipState.MEMBER, MembershipState.RESTING)
    asked = state in (MembershipState.INVITED, MembershipState.APPLIED)
    over = not (is_in or asked or state is MembershipState.QUEUED)
    values.setdefault("expires_at", NOON + 30 * DAY if asked else None)
    values.setdefault("agreed_version", 1 if is_in else 0)
    return keep(
        Membership(
            key=f"m{n:09}",
            circle_id=circle.id,
            member_id=member.id,
            state=state,
            came_by=CameBy.OPEN,
            asked_at=NOON,
            since=NOON if is_in or state in WAS_IN else None,
            ended_at=NOON if over else None,
            **values,
        )
    )


def keep_session(title="Pricing without flinching", *, host=None, circle=None, days=3, **values):
    """Keep a session that is scheduled in some days, open to the network or of a circle."""
    n = next(numbers)
    state = values.setdefault("state", SessionState.SCHEDULED)
    starts_at = NOON + days * DAY
    timed = state in (SessionState.SCHEDULED, SessionState.CANCELLED)
    values.setdefault("proposer_id", host.id if host else None)
    values.setdefault("format", Format.WORKSHOP)
    values.setdefault("proposed_at", NOON)
    session = keep(
        LearningSession(
            key=f"s{n:09}",
            uid=values.pop("uid", f"{n}@saltmarsh.example"),
            title=title,
            circle_id=circle.id if circle else None,
            starts_at=starts_at if timed else None,
            ends_at=starts_at + HOUR if timed else None,
            changed_at=NOON,
            cancelled_at=NOON if state is SessionState.CANCELLED else None,
            submission=str(n),
            **values,
        )
    )
    if host is not None and state is not SessionState.PROPOSED:
        keep(SessionHost(session_id=session.id, member_id=host.id, since=NOON))
    return session


def take_seat(session, member, state=SeatState.GOING, **values):
    n = next(numbers)
    kind = keep(
        SeatKind(key=f"k{n:09}", session_id=session.id, position=n, name="To learn", capacity=5)
    )
    if state is SeatState.OFFERED:
        values.setdefault("offer_until", NOON + DAY)
    over = state in (SeatState.PASSED, SeatState.LEFT)
    return keep(
        Seat(
            key=f"t{n:09}",
            session_id=session.id,
            kind_id=kind.id,
            member_id=member.id,
            state=state,
            line=n,
            asked_at=NOON,
            ended_at=NOON if over else None,
            **values,
        )
    )


def keep_need(member, words="I want to learn to mend nets", **values):
    n = next(numbers)
    return keep(
        LearningNeed(
            key=f"n{n:09}",
            member_id=member.id,
            words=words,
            written_at=NOON,
            submission=str(n),
            **values,
        )
    )


def keep_room(member, question="How does a harbour heal?", *, days=3, harvest="", **values):
    """Keep a Green Room that closes in some days."""
    n = next(numbers)
    closes_at = NOON + days * DAY
    return keep(
        GreenRoom(
            key=f"r{n:09}",
            asker_id=member.id,
            question=question,
            opened_at=closes_at - 7 * DAY,
            closes_at=closes_at,
            harvest=harvest,
            harvested_at=NOON if harvest else None,
            submission=str(n),
            **values,
        )
    )


def keep_entry(author, *, session=None, circle=None, **values):
    """Keep what somebody learned, with their yes, for all members to read."""
    n = next(numbers)
    values = {"agreed_at": NOON, "readers": Readers.MEMBERS, "words": "Say it first.", **values}
    return keep(
        HarvestEntry(
            key=f"h{n:09}",
            session_id=session.id if session else None,
            circle_id=circle.id if circle else None,
            author_id=author.id,
            written_by_id=author.id,
            written_at=NOON,
            submission=str(n),
            **values,
        )
    )


def learn_things(app):
    """Let the index know all that is written by now."""
    indexer.rebuild(backend.things(app), THINGS)


def _ask(app, shelf, words, marks, now, **values):
    finder = backend.finder(app, shelf, day=now.toordinal())
    _query, results = finder.look(words, marks, **values)
    return results


def eyes(db, viewer):
    return Viewer.of(db.get_one(Member, viewer.id))


def circles_found(app, viewer, words="", *, now=NOON, marks=(), **values):
    with reading() as db:
        shelf = Circles(db, eyes(db, viewer), now)
        return _ask(app, shelf, words, {Thing.CIRCLE.mark, *marks}, now, **values)


def learning_found(app, viewer, words="", *, now=NOON, kinds=KINDS, marks=(), **values):
    with reading() as db:
        shelf = Learning(db, eyes(db, viewer), now)
        return _ask(app, shelf, words, marks_of(kinds, now) | set(marks), now, **values)


def titles(results):
    return sorted(found.words.title for found in results.things)


def marked(runs):
    return "".join(f"[{piece}]" if hit else piece for piece, hit in runs)
