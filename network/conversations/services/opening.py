"""Beginning a conversation, and asking people in. One guard says who may begin one with whom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from sqlalchemy import and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from network.asks.kinds import COOLING_OFF
from network.columns import BigId
from network.conversations.models import About, Conversation, Participant
from network.conversations.queries import connections_of, live_stay, pair_conversation
from network.conversations.services.turns import seat, take_turn
from network.conversations.services.writing import post, sent_already, words_to_send
from network.errors import Invalid, NotAllowed, NotFound
from network.events.services import record
from network.members.kinds import WhoMayWrite
from network.members.models import Connection, Member, Participation
from network.members.queries import have_in_common
from network.members.visibility import (
    BOUND,
    NOW,
    Viewer,
    awake,
    blocked,
    connected,
    shielded,
    visible,
)
from network.text import clean_line
from network.translation import _

FEWEST_OTHERS, MOST_OTHERS = 2, 11
LONGEST_TITLE = 120

_REACH = (
    select(
        connected(BOUND.member_id, Member.id).label("connected"),
        awake(NOW).label("awake"),
        Participation.who_may_write,
    )
    .join(Participation, Participation.member_id == Member.id)
    .where(Member.id == bindparam("other", type_=BigId), visible(BOUND, NOW))
)


def may_start(db: Session, actor: Member, other: Member, now: datetime) -> None:
    """Return if one may begin a conversation with the other. The only place with this guard.

    Raises `NotFound` where the other is not visible, else `NotAllowed` with one sentence for every
    reason.
    """
    found = db.execute(_REACH, {**Viewer.of(actor).at(now), "other": other.id}).first()
    if found is None:
        raise NotFound
    if actor.id != other.id and not _has_stepped_out(db, actor, other, now):
        if found.connected:
            return
        open_to = found.who_may_write is WhoMayWrite.ANYONE or (
            found.who_may_write is WhoMayWrite.SHARED and have_in_common(db, actor, other)
        )
        if found.awake and open_to:
            return
    raise NotAllowed(
        _(
            "A conversation with %(name)s cannot begin from here just now."
            " That is about how they take part, not about you.",
            name=other.name,
        )
    )


def _has_stepped_out(db: Session, actor: Member, other: Member, now: datetime) -> bool:
    """Whether the other left the conversation of the two lately, and no new yes has come since."""
    pair = pair_conversation(db, actor.id, other.id)
    return pair is not None and bool(_gone(db, pair, actor, [other.id], now))


def _gone(
    db: Session, conversation: Conversation, actor: Member, people: Sequence[int], now: datetime
) -> set[int]:
    """Return those of the people who left less than 90 days ago and have not connected with the
    actor since: until then they come back by themselves.
    """
    stay, tie = Participant, Connection
    last = (
        select(stay.member_id, func.max(stay.left_at).label("left"))
        .where(stay.conversation_id == conversation.id, stay.member_id.in_(people))
        .group_by(stay.member_id)
        .having(func.count() == func.count(stay.left_at))
        .subquery()
    )
    anew = exists().where(
        tie.ended_at.is_(None),
        tie.since > last.c.left,
        or_(
            and_(tie.low_id == actor.id, tie.high_id == last.c.member_id),
            and_(tie.high_id == actor.id, tie.low_id == last.c.member_id),
        ),
    )
    return set(db.scalars(select(last.c.member_id).where(last.c.left > now - COOLING_OFF, ~anew)))


def start_direct(
    db: Session, *, actor: Member, other: Member, body: str, submission: str, now: datetime
) -> Conversation:
    """Say something to one person, in the one conversation that the two of them have.

    Whoever of them is not in it now has a new stay from here on, if the one may begin one with the
    other. Raises what `may_start` and `post` raise.
    """
    words = words_to_send(body)
    again = sent_already(db, actor, submission)
    if again is not None and again.body in {words, ""}:
        return db.get_one(Conversation, again.conversation_id)
    conversation = pair_conversation(db, actor.id, other.id)
    if conversation is None:
        may_start(db, actor, other, now)
        low, high = sorted((actor.id, other.id))
        conversation = Conversation(about=About.DIRECT, low_id=low, high_id=high)
        _open(db, conversation, [actor.id, other.id], actor, submission=submission, now=now)
    else:
        _reopen(db, conversation, actor, other, now)
    post(db, conversation, actor=actor, body=words, submission=submission, now=now)
    return conversation


def _reopen(
    db: Session, conversation: Conversation, actor: Member, other: Member, now: datetime
) -> None:
    """Give a new stay to whoever of the two is not there now."""
    absent = [each.id for each in (actor, other) if live_stay(db, conversation.id, each.id) is None]
    if absent:
        may_start(db, actor, other, now)
        _join(db, conversation, absent, actor, now)


def start_group(
    db: Session,
    *,
    actor: Member,
    title: str,
    people: Sequence[Member],
    body: str,
    submission: str,
    now: datetime,
) -> Conversation:
    """Begin a conversation with two to eleven of one's connections.

    Whoever is apart from somebody named before them is quietly not there: to say so would tell of a
    block. Raises `NotFound` for somebody who is not a connection, `Invalid` for too few or many.
    """
    again = db.scalar(
        select(Conversation).where(
            Conversation.opener_id == actor.id, Conversation.submission == submission
        )
    )
    if again is not None:
        return again
    chosen = list({each.id: each for each in people}.values())
    if not FEWEST_OTHERS <= len(chosen) <= MOST_OTHERS:
        raise Invalid(_("Choose one person, or up to eleven."), field="people")
    _only_connections(db, actor, chosen, now)
    words, name = words_to_send(body), clean_line(title)
    if len(name) > LONGEST_TITLE:
        raise Invalid(_("A name has at most 120 letters."), field="title")
    conversation = Conversation(about=About.GROUP, title=name)
    there = _not_apart_in_turn(db, [actor.id, *(each.id for each in chosen)])
    _open(db, conversation, there, actor, submission=submission, now=now)
    post(db, conversation, actor=actor, body=words, submission=submission, now=now)
    return conversation


def add(
    db: Session, conversation: Conversation, *, actor: Member, other: Member, now: datetime
) -> None:
    """Ask one of one's connections into a group; they read what is said from now on.

    Somebody who is apart from a person there is quietly not added. Raises `NotAllowed` for whoever
    has no place in the group, `NotFound` for others than connections, `Invalid` when it is full.
    """
    if live_stay(db, conversation.id, actor.id) is None or conversation.about is not About.GROUP:
        raise NotAllowed
    _only_connections(db, actor, [other], now)
    here = list(
        db.scalars(
            select(Participant.member_id)
            .where(Participant.conversation_id == conversation.id, Participant.left_at.is_(None))
            .order_by(Participant.id)
        )
    )
    if other.id in here:
        return
    if len(here) > MOST_OTHERS:
        raise Invalid(_("Twelve people are the most in one conversation."), field="to")
    if _gone(db, conversation, actor, [other.id], now):
        return  # who stepped out comes back by themselves, and nobody is told that they did
    if other.id in _not_apart_in_turn(db, [*here, other.id], keep=here):
        _join(db, conversation, [other.id], actor, now)


def open_about(
    db: Session,
    about: About,
    thing_id: int,
    *,
    people: Sequence[int],
    opener: Member,
    now: datetime,
) -> Conversation:
    """Open the one conversation of a thing for these people, or return it if it is open."""
    found = db.scalar(
        select(Conversation).where(Conversation.about == about, Conversation.thing_id == thing_id)
    )
    if found is None:
        found = Conversation(about=about, thing_id=thing_id)
        _open(db, found, people, opener, submission=uuid4().hex, now=now)
    return found


def _open(
    db: Session,
    conversation: Conversation,
    people: Sequence[int],
    opener: Member,
    *,
    submission: str,
    now: datetime,
) -> None:
    conversation.opener_id, conversation.submission = opener.id, submission
    conversation.opened_at = conversation.moved_at = now
    db.add(conversation)
    db.flush()  # stays and the event name it
    seat(db, conversation, people, after=0, now=now)
    record(
        db,
        "conversations:opened",
        actor=opener.id,
        subject=("conversation", conversation.id),
        now=now,
        about=conversation.about.value,
        people=list(people),
    )


def _join(
    db: Session, conversation: Conversation, people: Sequence[int], actor: Member, now: datetime
) -> None:
    turn = take_turn(db, conversation)
    seat(db, conversation, people, after=turn, now=now)
    record(
        db,
        "conversations:joined",
        actor=actor.id,
        subject=("conversation", conversation.id),
        now=now,
        people=list(people),
        turn=turn,
    )


def _only_connections(db: Session, actor: Member, people: Sequence[Member], now: datetime) -> None:
    wanted = [each.handle for each in people]
    if len(connections_of(db, actor, now, handles=wanted)) != len(wanted):
        raise NotFound


def _not_apart_in_turn(
    db: Session, people: Sequence[int], *, keep: Sequence[int] = ()
) -> Sequence[int]:
    """Return the people without those who are apart, either way, from somebody before them."""
    one, other = aliased(Member), aliased(Member)
    rows = db.execute(
        select(one.id, other.id).where(
            one.id.in_(people),
            other.id.in_(people),
            one.id != other.id,
            or_(blocked(one.id, other.id), shielded(one.id, other.belongs)),
        )
    )
    walls = {frozenset((each, another)) for each, another in rows}
    there: list[int] = []
    for person in people:
        if person in keep or not any(frozenset((person, each)) in walls for each in there):
            there.append(person)
    return there
