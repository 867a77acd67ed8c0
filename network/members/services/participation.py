"""How a member takes part: time, work, who may ask, the pause."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from network.errors import Invalid
from network.events.services import record
from network.members.kinds import Part, State, WhoMayAsk, WhoMayWrite, Work
from network.members.models import Member, Participation
from network.members.services import profiles
from network.text import clean_line
from network.translation import _

MOST_HALF_DAYS = 62


def set_room(
    db: Session, member: Member, *, half_days: int, from_month: str, when: str, now: datetime
) -> None:
    """Set a member's time: half days a month, from which month ("2027-01" or ""), and when."""
    part = _participation(db, member)
    part.half_days = half_days
    part.from_month = from_month
    part.when = clean_line(when)[:120]
    part.confirmed_at = now
    _written_anew(db, member, all_of_it=not (part.work or part.pace), now=now)
    _changed(db, "members:room:set", member, now=now)


def set_work(
    db: Session, member: Member, *, work: Collection[Work], pace: str, now: datetime
) -> None:
    """Set the kinds of work a member is open to, and at what pace."""
    part = _participation(db, member)
    part.work = [kind.value for kind in Work if kind in work]
    part.pace = clean_line(pace)[:120]
    part.confirmed_at = now
    room = part.half_days or part.from_month or part.when
    _written_anew(db, member, all_of_it=not room, now=now)
    _changed(db, "members:work:set", member, now=now)


def set_who_may_connect(db: Session, member: Member, who: WhoMayAsk, *, now: datetime) -> None:
    """Set who may ask a member to connect."""
    _participation(db, member).who_may_connect = who
    _changed(db, "members:reach:set", member, now=now)


def set_who_may_invite(db: Session, member: Member, who: WhoMayAsk, *, now: datetime) -> None:
    """Set who may ask a member into a circle. As it is already, it is left."""
    part = _participation(db, member)
    if part.who_may_invite is not who:
        part.who_may_invite = who
        _changed(db, "members:invitable:set", member, now=now)


def set_who_may_approach(db: Session, member: Member, who: WhoMayAsk, *, now: datetime) -> None:
    """Set who may come to a member with work. As it is already, it is left."""
    part = _participation(db, member)
    if part.who_may_approach is not who:
        part.who_may_approach = who
        _changed(db, "members:approachable:set", member, now=now)


def set_ways(
    db: Session,
    member: Member,
    *,
    who_may_write: WhoMayWrite,
    open_to_introductions: bool,
    shown_as_way: bool,
    now: datetime,
) -> None:
    """Set who may begin a conversation, whether introductions may be suggested to a member, and
    whether their connections see to whom they are a way.
    """
    part = _participation(db, member)
    part.who_may_write = who_may_write
    part.open_to_introductions = open_to_introductions
    part.shown_as_way = shown_as_way
    _changed(db, "members:ways:set", member, now=now)


def pause(db: Session, member: Member, *, until: datetime | None, now: datetime) -> None:
    """Put the lamp out: nobody finds the member, nobody can ask, nobody is told.

    Pausing twice moves the end.
    """
    if member.state not in {State.MEMBER, State.PAUSED}:
        return
    member.state, member.paused_until = State.PAUSED, until
    _changed(db, "members:paused", member, now=now)


def resume(db: Session, member: Member, *, now: datetime) -> None:
    """Light the lamp again. Harmless when it is lit."""
    if member.state is not State.PAUSED:
        return
    member.state, member.paused_until = State.MEMBER, None
    _changed(db, "members:resumed", member, now=now)


def is_paused(member: Member, now: datetime) -> bool:
    """Whether the member's own lamp is out now."""
    return member.state is State.PAUSED and (
        member.paused_until is None or member.paused_until > now
    )


def takes_part(member: Member, now: datetime) -> bool:
    """Whether a member takes part now: they are not leaving, and their lamp is lit."""
    return member.state in {State.MEMBER, State.PAUSED} and not is_paused(member, now)


def set_full_month(db: Session, member: Member, *, half_days: int) -> None:
    """Note how many half days a month are full for a member. Nobody else reads it.

    Raises `Invalid` for more than a month has.
    """
    if not 0 <= half_days <= MOST_HALF_DAYS:
        raise Invalid(_("A month has 31 days at the most."), field="full")
    _participation(db, member).full_half_days = half_days


def confirm(db: Session, member: Member, *, now: datetime) -> None:
    """Note that the room a member has, and what they are open to, still hold."""
    _participation(db, member).confirmed_at = now
    profiles.confirm(db, member, Part.AVAILABILITY, now=now)


def _written_anew(db: Session, member: Member, *, all_of_it: bool, now: datetime) -> None:
    """Let the audience that is set read what was just written.

    Room and work are read together: while one still stands under a narrower promise, both keep it
    until the member widens them.
    """
    section = profiles.section_of(db, member, Part.AVAILABILITY, now=now)
    section.written_at = section.confirmed_at = now
    if all_of_it:
        section.shown_to = section.audience


def _participation(db: Session, member: Member) -> Participation:
    return db.get_one(Participation, member.id)


def _changed(db: Session, kind: str, member: Member, *, now: datetime) -> None:
    record(db, kind, actor=member.id, subject=("member", member.id), now=now, to=("index",))
