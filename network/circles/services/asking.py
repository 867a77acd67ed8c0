"""The asks of a circle: it asks somebody in through one of its people, or is asked through those
who facilitate. Each is part of a `Membership` on its way; one yes of those asked is the yes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from network.asks import services as asks
from network.asks.kinds import Kind
from network.asks.models import Ask, AskState
from network.circles.kinds import AskOf
from network.circles.models import Agreements, Circle
from network.circles.services.admitting import admit, must_take_people
from network.circles.services.guards import no_more, takes_any, takes_invitations
from network.circles.services.turns import look_again, take
from network.errors import Conflict
from network.members.kinds import MembershipState
from network.members.models import Member, Membership
from network.members.visibility import Viewer, not_apart
from network.translation import _

OPEN_FOR = timedelta(days=30)
_OPEN = (AskState.WAITING, AskState.DECLINED)


@dataclass(frozen=True, slots=True)
class OnTheWay:
    """What the templates of these asks read: the circle, its present agreements, and the place."""

    circle: Circle
    agreements: Agreements
    place: Membership

    def read(self, ask: Ask) -> str:
        """Return what stands for the words that were read: the reason, and the agreements."""
        return _mark(ask, self.circle)


def facilitators(
    db: Session, circle: Circle, *, but: Collection[int] = (), seen_by: Member | None = None
) -> Sequence[Member]:
    """Return who facilitates, by when they came; of them those whom `seen_by` is not apart from."""
    found = (
        select(Member)
        .join(Membership, Membership.member_id == Member.id)
        .where(
            Membership.circle_id == circle.id,
            Membership.facilitates,
            Membership.state == MembershipState.MEMBER,
            Member.id.not_in(but),
        )
        .order_by(Membership.since, Membership.id)
    )
    if seen_by is not None:
        found = found.where(not_apart(Viewer.of(seen_by)))
    return db.scalars(found).all()


def put_invitation(
    db: Session,
    circle: Circle,
    place: Membership,
    *,
    asker: Member,
    addressee: Member,
    words: str,
    submission: str,
    now: datetime,
) -> None:
    """Put an invitation before whom it asks. Raises `Invalid` for its words."""
    asks.place(
        db,
        INVITATION,
        asker=asker,
        addressee=addressee,
        reason=words,
        submission=submission,
        now=now,
        thing_id=place.id,
        body_id=circle.id,
    )


def put_application(
    db: Session,
    circle: Circle,
    place: Membership,
    *,
    asker: Member,
    words: str,
    submission: str,
    now: datetime,
) -> None:
    """Put an application before everybody who facilitates and is not apart from who asks."""
    for each in facilitators(db, circle, but=(asker.id,), seen_by=asker):
        _put(
            db,
            circle,
            place,
            asker=asker,
            addressee=each,
            words=words,
            submission=submission,
            now=now,
        )


def readdress(db: Session, circle: Circle, *, now: datetime) -> None:
    """Bring what waits at the door before whoever facilitates now, and before nobody else."""
    waiting = db.scalars(
        select(Membership).where(
            Membership.circle_id == circle.id,
            Membership.state == MembershipState.APPLIED,
            Membership.expires_at > now,
        )
    ).all()
    for place in waiting:
        member = db.get_one(Member, place.member_id)
        letters = db.scalars(select(Ask).where(_part_of(place)).order_by(Ask.id)).all()
        answering = facilitators(db, circle, but=(member.id,), seen_by=member)
        reached = {ask.addressee_id for ask in letters if ask.state in _OPEN}
        gone = reached - {each.id for each in answering}
        theirs = and_(_part_of(place), Ask.addressee_id.in_(gone), Ask.state.in_(_OPEN))
        asks.close(db, theirs, actor=member, now=now)
        for each in answering:
            if each.id not in reached and letters:
                _put(
                    db,
                    circle,
                    place,
                    asker=member,
                    addressee=each,
                    words=letters[0].reason,
                    submission=uuid4().hex,
                    now=now,
                )


def sent_already(db: Session, actor: Member, submission: str) -> Ask | None:
    """Return the invitation that this submission sent before."""
    return db.scalar(
        select(Ask).where(
            Ask.asker_id == actor.id, Ask.submission == submission, Ask.kind == INVITATION.name
        )
    )


def is_answerable(db: Session, place: Membership) -> bool:
    """Whether what asks somebody in may still be answered: no block has closed it."""
    found = select(Ask.id).where(_part_of(place), Ask.state.in_(_OPEN))
    return db.scalar(found.limit(1)) is not None


def close_asks(db: Session, place: Membership, *, actor: Member, now: datetime) -> None:
    """Close what is still open of an invitation or an application."""
    asks.close(db, and_(_part_of(place), Ask.state.in_(_OPEN)), actor=actor, now=now)


def let_in(db: Session, circle: Circle, place: Membership, *, actor: Member, now: datetime) -> None:
    """Let in who has asked to come in. The row of the circle is taken before."""
    close_asks(db, place, actor=actor, now=now)
    place.by_id = actor.id
    agreed = place.agreed_version
    admit(db, circle, place, agreed=agreed, actor=actor, now=now, told="circles:let_in")


def _put(
    db: Session,
    circle: Circle,
    place: Membership,
    *,
    asker: Member,
    addressee: Member,
    words: str,
    submission: str,
    now: datetime,
) -> None:
    asks.let_lapse(db, asker, addressee, APPLICATION, now, body_id=circle.id)
    asks.place(
        db,
        APPLICATION,
        asker=asker,
        addressee=addressee,
        reason=words,
        submission=f"{submission[:29]}-{addressee.id}"[:40],
        now=now,
        thing_id=place.id,
        body_id=circle.id,
        expires_at=place.expires_at,
    )


def _part_of(place: Membership) -> ColumnElement[bool]:
    kinds = (INVITATION.name, APPLICATION.name)
    return and_(Ask.thing_id == place.id, Ask.kind.in_(kinds))


def _mark(ask: Ask, circle: Circle) -> str:
    return f"{ask.mark}-{circle.agreements_version}"


def _place_and_circle(db: Session, ask: Ask) -> tuple[Membership, Circle]:
    place = db.get_one(Membership, ask.thing_id)
    return place, db.get_one(Circle, place.circle_id)


def _read(db: Session, ask: Ask) -> str:
    return _mark(ask, _place_and_circle(db, ask)[1])


def _take(db: Session, ask: Ask) -> None:
    place, circle = _place_and_circle(db, ask)
    take(db, circle)
    look_again(db, place)


def _came(db: Session, ask: Ask, now: datetime) -> None:
    """Give a place to whoever said yes to coming in."""
    place, circle = _place_and_circle(db, ask)
    if place.state is not MembershipState.INVITED:
        raise Conflict
    must_take_people(circle)
    person = db.get_one(Member, place.member_id)
    admit(db, circle, place, agreed=circle.agreements_version, actor=person, now=now)


def _were_let_in(db: Session, ask: Ask, now: datetime) -> None:
    place, circle = _place_and_circle(db, ask)
    if place.state is not MembershipState.APPLIED:
        raise Conflict
    must_take_people(circle)
    let_in(db, circle, place, actor=db.get_one(Member, ask.addressee_id), now=now)


def on_the_way(db: Session, ids: Collection[int]) -> Mapping[int, OnTheWay]:
    """Return what templates read of places, by their row."""
    rows = db.execute(
        select(Membership, Circle, Agreements)
        .join(Circle, Circle.id == Membership.circle_id)
        .join(
            Agreements,
            and_(
                Agreements.circle_id == Circle.id,
                Agreements.version == Circle.agreements_version,
            ),
        )
        .where(Membership.id.in_(ids))
    )
    return {place.id: OnTheWay(circle, words, place) for place, circle, words in rows}


def _invites(ask: Ask) -> str:
    return str(_("%(name)s would like to have you in a circle, and writes:", name=ask.asker.name))


def _applies(ask: Ask) -> str:
    return str(
        _("%(name)s would like to come into a circle of yours, and writes:", name=ask.asker.name)
    )


def _said_yes(_ask: Ask) -> str:
    return str(_("You said yes to the circle, and to what its people agreed."))


def _said_let_in(ask: Ask) -> str:
    return str(_("You said yes. %(name)s is told, and comes in.", name=ask.asker.name))


INVITATION = Kind(
    name=AskOf.INVITATION.value,
    lifetime=OPEN_FOR,
    open_to=takes_invitations,
    guard=no_more,
    accepted=_came,
    opening=_invites,
    said_yes=_said_yes,
    templates="circles/invitation",
    take=_take,
    read=_read,
    load=on_the_way,
)
APPLICATION = Kind(
    name=AskOf.APPLICATION.value,
    lifetime=OPEN_FOR,
    open_to=takes_any,
    guard=no_more,
    accepted=_were_let_in,
    opening=_applies,
    said_yes=_said_let_in,
    templates="circles/application",
    take=_take,
    read=_read,
    load=on_the_way,
)
