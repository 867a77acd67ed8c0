"""What pages of conversations read. Everything stands on `hearing`: what it hides is not there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, and_, bindparam, exists, func, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from network.columns import BigId
from network.conversations.access import Thread
from network.conversations.hearing import heard, is_there
from network.conversations.models import About, Conversation, Message, Participant
from network.members.models import Connection, Member
from network.members.visibility import BOUND, NOW, Viewer, not_apart, visible

PAGE = 50
# A page that stays open through a long exchange keeps so many; the rest is among the earlier words.
LONGEST_LATEST = 200
MOST_TO_CHOOSE_FROM = 200

_AUTHOR = aliased(Member, name="author")
_OTHER = aliased(Member, name="other")
_MY = aliased(Participant, name="my")
_NEXT = aliased(Participant, name="next_stay")
_LAST = aliased(Message, name="last")
_NEW = aliased(Message, name="new")


@dataclass(frozen=True, slots=True)
class Company:
    """Somebody else's stay in a conversation; `member` is None for one who is not to be named."""

    stay: Participant
    member: Member | None
    # Whether they were there when the reader last was.
    here: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a thread: a message, or somebody who came in or stepped out."""

    turn: int
    at: datetime
    who: Member | None
    message: Message | None = None
    came: bool = False


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page of a thread, the oldest first: it begins at the turn `first`, `newest` is the last
    turn of which it tells.
    """

    entries: Sequence[Entry]
    first: int
    newest: int
    earlier: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One of my conversations in their list."""

    conversation: Conversation
    stay: Participant
    last: Message | None
    last_author: Member | None
    unread: bool
    others: Sequence[Member]
    at_rest: bool


def _named(member: Any) -> Any:  # noqa: ANN401  # an alias of Member
    return or_(member.id == BOUND.member_id, not_apart(BOUND, member))


_COMPANY = (
    select(Participant, _OTHER)
    .outerjoin(_OTHER, and_(_OTHER.id == Participant.member_id, not_apart(BOUND, _OTHER)))
    .where(
        Participant.conversation_id == bindparam("conversation", type_=BigId),
        Participant.member_id != BOUND.member_id,
    )
    .order_by(Participant.id)
)
_SAID = (
    select(Message, _AUTHOR)
    .outerjoin(_AUTHOR, and_(_AUTHOR.id == Message.author_id, _named(_AUTHOR)))
    .where(
        Message.conversation_id == bindparam("conversation", type_=BigId),
        Message.turn > bindparam("low", type_=Integer()),
        Message.turn <= bindparam("high", type_=Integer()),
        heard(BOUND),
    )
    .order_by(Message.turn.desc())
    .limit(bindparam("limit", type_=Integer()))
)
_MOVED = select(
    or_(
        exists().where(
            Message.conversation_id == bindparam("conversation", type_=BigId),
            Message.turn >= bindparam("start", type_=Integer()),
            or_(
                Message.turn > bindparam("after", type_=Integer()),
                Message.withdrawn_turn > bindparam("after", type_=Integer()),
            ),
            heard(BOUND),
        ),
        exists().where(
            Participant.conversation_id == bindparam("conversation", type_=BigId),
            or_(
                Participant.after_turn > bindparam("after", type_=Integer()),
                Participant.until_turn > bindparam("after", type_=Integer()),
            ),
            _OTHER.id == Participant.member_id,
            not_apart(BOUND, _OTHER),
        ),
    )
)


def company(db: Session, member: Member, thread: Thread, now: datetime) -> Sequence[Company]:
    """Return the stays of everybody else, in the order in which they came."""
    bound = {**Viewer.of(member).at(now), "conversation": thread.conversation.id}
    rows = db.execute(_COMPANY, bound)
    return [
        _met(thread.stays, *row)
        for row in rows
        if _overlaps(thread.stays, row[0]) and _still_told(thread, row[0].joined_at)
    ]


def _met(mine: Sequence[Participant], stay: Participant, other: Member | None) -> Company:
    top = mine[-1].until_turn
    if top is None:
        return Company(stay, other, here=stay.left_at is None)
    there = stay.after_turn < top and (stay.until_turn is None or stay.until_turn >= top)
    return Company(stay, other, here=there)


def _overlaps(mine: Sequence[Participant], stay: Participant) -> bool:
    """Whether somebody was there while the reader was: others are nobody's business."""
    return any(
        (each.until_turn is None or stay.after_turn < each.until_turn)
        and (stay.until_turn is None or stay.until_turn > each.after_turn)
        for each in mine
    )


def _still_told(thread: Thread, at: datetime) -> bool:
    """Whether what happened then is told: not what came after a stay had lapsed."""
    lapses_at = thread.stay.lapses_at
    return lapses_at is None or at <= lapses_at


def others_now(people: Sequence[Company]) -> Sequence[Member]:
    """Return who is to be named: those who are here, or where nobody is, those who were."""
    here = [each.member for each in people if each.member and each.here]
    return here or list({each.member.id: each.member for each in people if each.member}.values())


def leaf(
    db: Session,
    member: Member,
    thread: Thread,
    people: Sequence[Company],
    now: datetime,
    *,
    before: int | None = None,
    start: int | None = None,
) -> Leaf:
    """Return the newest 50 messages this member may read, the 50 before a turn, or all from one."""
    low, high = thread.low, thread.high
    limit = PAGE
    if before is not None:
        high = min(high, before - 1)
    if start is not None:
        low, limit = max(low, start - 1), LONGEST_LATEST
    rows = db.execute(
        _SAID,
        {
            **Viewer.of(member).at(now),
            "conversation": thread.conversation.id,
            "low": low,
            "high": high,
            "limit": limit + 1,
        },
    ).all()
    earlier = len(rows) > limit or (start is not None and start - 1 > thread.low)
    said = [Entry(m.turn, m.sent_at, author, m) for m, author in reversed(rows[:limit])]
    first = said[0].turn if said and len(rows) > limit else low + 1
    steps = [each for each in _steps(thread, people) if first <= each.turn <= high]
    entries = sorted([*said, *steps], key=lambda entry: entry.turn)
    turns = [max(e.turn, (e.message and e.message.withdrawn_turn) or 0) for e in entries]
    return Leaf(entries, first, min(max([thread.low, *turns]), thread.high), earlier)


def _steps(thread: Thread, people: Sequence[Company]) -> Sequence[Entry]:
    """Return who came in and who stepped out while this person was here."""
    found = []
    for each in people:
        stay, who = each.stay, each.member
        if who is None or stay.until_turn == stay.after_turn:  # or sent away: nobody's business
            continue
        if stay.after_turn and not thread.is_direct:
            found.append(Entry(stay.after_turn, stay.joined_at, who, came=True))
        # A block ends both stays at one turn: nobody stepped out.
        parted = thread.is_direct and stay.until_turn == thread.stay.until_turn
        if stay.left_at is not None and stay.until_turn is not None and not parted:
            found.append(Entry(stay.until_turn, stay.left_at, who))
    return [e for e in found if _was_here(thread, e.turn) and _still_told(thread, e.at)]


def _was_here(thread: Thread, turn: int) -> bool:
    return any(
        stay.after_turn < turn and (stay.until_turn is None or turn <= stay.until_turn)
        for stay in thread.stays
    )


def new_since(
    db: Session, member: Member, thread: Thread, now: datetime, *, start: int, after: int
) -> bool:
    """Whether a page from `start` that told of everything up to `after` has become old."""
    if thread.conversation.turn <= after:
        return False
    return bool(
        db.scalar(
            _MOVED,
            {
                **Viewer.of(member).at(now),
                "conversation": thread.conversation.id,
                "start": start,
                "after": after,
            },
        )
    )


_TOP = func.coalesce(_MY.until_turn, Conversation.turn)
_LAST_ID = (
    select(_NEW.id)
    .where(_NEW.conversation_id == _MY.conversation_id, _NEW.turn <= _TOP, heard(BOUND, _NEW))
    .order_by(_NEW.turn.desc())
    .limit(1)
    .correlate(_MY, Conversation)
    .scalar_subquery()
)
_UNREAD = exists().where(
    _NEW.conversation_id == _MY.conversation_id,
    _NEW.turn > _MY.read_turn,
    _NEW.turn <= _TOP,
    _NEW.withdrawn_at.is_(None),
    or_(_NEW.author_id != BOUND.member_id, _NEW.author_id.is_(None)),
    heard(BOUND, _NEW),
)
# By what one can read oneself: what goes on without one moves nothing.
_LATELY = func.coalesce(_LAST.sent_at, _MY.joined_at)
_MINE = (
    select(Conversation, _MY, _LAST, _AUTHOR, _UNREAD)
    .join(_MY, _MY.conversation_id == Conversation.id)
    .outerjoin(_LAST, _LAST.id == _LAST_ID)
    .outerjoin(_AUTHOR, and_(_AUTHOR.id == _LAST.author_id, _named(_AUTHOR)))
    .where(
        _MY.member_id == BOUND.member_id,
        ~exists().where(
            _NEXT.conversation_id == _MY.conversation_id,
            _NEXT.member_id == _MY.member_id,
            _NEXT.id > _MY.id,
        ),
        is_there(BOUND),
    )
    .order_by(_LATELY.desc(), Conversation.id.desc())
)
_NAMES = (
    select(Participant, _OTHER)
    .join(_OTHER, _OTHER.id == Participant.member_id)
    .where(
        Participant.conversation_id.in_(bindparam("conversations", expanding=True)),
        Participant.member_id != BOUND.member_id,
        not_apart(BOUND, _OTHER),
    )
    .order_by(Participant.id)
)


def my_conversations(
    db: Session, member: Member, now: datetime, *, start: int = 0, limit: int = PAGE
) -> Sequence[Row]:
    """Return the conversations of a member, the one with the latest words first."""
    eyes = Viewer.of(member).at(now)
    rows = db.execute(_MINE.offset(start).limit(limit), eyes).all()
    mine = {row[0].id: (row[1],) for row in rows}
    found: dict[int, list[Company]] = {key: [] for key in mine}
    for stay, other in db.execute(_NAMES, {**eyes, "conversations": list(found)}):
        if _overlaps(mine[stay.conversation_id], stay):
            found[stay.conversation_id].append(_met(mine[stay.conversation_id], stay, other))
    return [
        Row(
            conversation,
            stay,
            last,
            author,
            unread=bool(unread),
            others=others_now(found[conversation.id]),
            at_rest=not can_write(Thread(conversation, (stay,)), found[conversation.id], now),
        )
        for conversation, stay, last, author, unread in rows
    ]


def pair_conversation(db: Session, one_id: int, other_id: int) -> Conversation | None:
    """Return the one direct conversation of two people, whoever is in it now."""
    low, high = sorted((one_id, other_id))
    return db.scalar(
        select(Conversation).where(Conversation.low_id == low, Conversation.high_id == high)
    )


def live_stay(db: Session, conversation_id: int, member_id: int) -> Participant | None:
    """Return the stay that somebody has in a conversation now."""
    return db.scalar(
        select(Participant).where(
            Participant.conversation_id == conversation_id,
            Participant.member_id == member_id,
            Participant.left_at.is_(None),
        )
    )


_WRITING = (
    select(_MY)
    .join(Conversation, Conversation.id == _MY.conversation_id)
    .where(
        Conversation.id == bindparam("conversation", type_=BigId),
        _MY.member_id == BOUND.member_id,
        _MY.left_at.is_(None),
        or_(_MY.lapses_at.is_(None), _MY.lapses_at > NOW),
        or_(Conversation.closes_at.is_(None), Conversation.closes_at > NOW),
        or_(
            Conversation.about != About.DIRECT,
            exists().where(
                _NEXT.conversation_id == Conversation.id,
                _NEXT.member_id != _MY.member_id,
                _NEXT.left_at.is_(None),
                _OTHER.id == _NEXT.member_id,
                not_apart(BOUND, _OTHER),
            ),
        ),
    )
)


def stay_to_write_from(
    db: Session, conversation: Conversation, member: Member, now: datetime
) -> Participant | None:
    """Return the stay from which a member may write, until the conversation closes if it does:
    between two, the other is there as well.
    """
    bound = {**Viewer.of(member).at(now), "conversation": conversation.id}
    return db.scalar(_WRITING, bound)


def can_write(thread: Thread, people: Sequence[Company], now: datetime) -> bool:
    """Whether the page offers to write: the same as `stay_to_write_from`, of what was loaded."""
    ends = (thread.conversation.closes_at, thread.stay.lapses_at)
    if not thread.is_here or any(each is not None and each <= now for each in ends):
        return False
    return not thread.is_direct or any(each.member is not None and each.here for each in people)


def connections_of(
    db: Session, member: Member, now: datetime, *, handles: Sequence[str] | None = None
) -> Sequence[Member]:
    """Return the live connections of a member by name, or those among `handles`."""
    live = Connection.ended_at.is_(None)
    ids = union_all(
        select(Connection.high_id).where(Connection.low_id == member.id, live),
        select(Connection.low_id).where(Connection.high_id == member.id, live),
    )
    found = select(Member).where(Member.id.in_(ids), visible(Viewer.of(member), now))
    if handles is not None:
        found = found.where(Member.handle.in_(handles))
    return db.scalars(found.order_by(Member.name, Member.id).limit(MOST_TO_CHOOSE_FROM)).all()
