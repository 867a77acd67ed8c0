"""What the page of a session shows of its places: where there is room, who comes, and for hosts
who stands in line.

Names are for those who come too, and for hosts; of the line hosts alone read anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import String, bindparam, or_, select
from sqlalchemy.orm import Session, contains_eager

from network.columns import BigId
from network.learning.access import Seen
from network.learning.kinds import SeatState
from network.learning.models import Seat, SeatKind
from network.learning.standing import standings
from network.learning.visibility import LIVE_SEATS
from network.members.models import Member
from network.members.visibility import BOUND, NOW, Viewer, not_apart


@dataclass(frozen=True, slots=True)
class Places:
    """One kind of place: how many there are and are free, and whether somebody who asks now would
    have one at once, or be next in line.
    """

    kind: SeatKind
    free: int
    has_room: bool
    nobody_waits: bool


_SEATS = (
    select(Seat)
    .join(Seat.member)
    .where(Seat.session_id == bindparam("session", type_=BigId), not_apart(BOUND))
    .options(contains_eager(Seat.member))
    .order_by(Seat.line, Seat.id)
)
_COMING = _SEATS.where(
    Seat.state == SeatState.GOING,
    or_(Seat.named, Seat.member_id == BOUND.member_id),
)
_FOR_HOSTS = _SEATS.where(
    Seat.state.in_(LIVE_SEATS), or_(Seat.offer_until.is_(None), Seat.offer_until > NOW)
)
_COMING_TO_HOSTS = _SEATS.where(Seat.state == SeatState.GOING)
_OF_KEY = _COMING_TO_HOSTS.where(Seat.key == bindparam("key", type_=String()))


def places(db: Session, seen: Seen) -> Sequence[Places]:
    """Return the kinds of places of a session, as they stand now although no job ran."""
    session, now = seen.session, seen.now
    return [
        Places(each.kind, each.free, each.has_room(session, now), not each.waited)
        for each in standings(db, session, now).values()
    ]


def who_comes(db: Session, member: Member, seen: Seen) -> Mapping[int, Sequence[Member]]:
    """Return who comes, by the kind of place, as somebody who comes too or hosts reads it; to all
    others nobody is named. Who would rather not be named is not, but to hosts; nor is anybody whom
    the reader may not know of.
    """
    if not seen.reads_place:
        return {}
    found = _COMING_TO_HOSTS if seen.hosts else _COMING
    coming: dict[int, list[Member]] = {}
    for seat in db.scalars(found, _bound(member, seen)):
        coming.setdefault(seat.kind_id, []).append(seat.member)
    return coming


def for_hosts(db: Session, member: Member, seen: Seen) -> Sequence[Seat]:
    """Return every live place with its person, the first in line first: nothing for all but hosts.

    Somebody whom this host may not know of is not among them.
    """
    return db.scalars(_FOR_HOSTS, _bound(member, seen)).all() if seen.hosts else []


def seat_to_note(db: Session, member: Member, seen: Seen, key: str) -> Seat | None:
    """Return the place of somebody who comes, for the host who notes whether they came."""
    return db.scalar(_OF_KEY, {**_bound(member, seen), "key": key}) if seen.hosts else None


def _bound(member: Member, seen: Seen) -> dict[str, object]:
    return {**Viewer.of(member).at(seen.now), "session": seen.session.id}
