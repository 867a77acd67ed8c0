"""A circle asks somebody in through one of its people, or is asked through those who facilitate.

Asking has its time: after an invitation the circle asks nobody anew for 90 days, through none of
its people; nor is it asked, counted from the day of the application, whoever read it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import uuid4

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from network.asks import services as asks
from network.asks.models import Ask
from network.circles.models import Circle
from network.circles.queries.places import again_from
from network.circles.services.answering import APPLICATION, INVITATION, OPEN, part_of
from network.errors import Conflict
from network.members.kinds import MembershipState
from network.members.models import Member, Membership
from network.members.visibility import Viewer, not_apart
from network.translation import _


def may_invite(
    db: Session, circle: Circle, *, actor: Member, addressee: Member, now: datetime
) -> None:
    """Raise the refusal that holds an invitation back; return if it may be sent."""
    asks.let_lapse(db, actor, addressee, INVITATION, now, body_id=circle.id)
    asks.may_ask(db, INVITATION, asker=actor, addressee=addressee, now=now, body_id=circle.id)


def may_apply(db: Session, circle: Circle, member: Member, *, words: str, now: datetime) -> str:
    """Return the words of an application as they are kept. Raise `Conflict` where this member asked
    to come in less than 90 days ago, `Invalid` for the words: also where nobody is to read them.
    """
    if again_from(db, circle, member, now) is not None:
        raise Conflict(_("You asked not long ago. You can ask again 90 days after that."))
    return asks.as_reason(words)


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
        letters = db.scalars(select(Ask).where(part_of(place)).order_by(Ask.id)).all()
        answering = facilitators(db, circle, but=(member.id,), seen_by=member)
        reached = {ask.addressee_id for ask in letters if ask.state in OPEN}
        gone = reached - {each.id for each in answering}
        theirs = and_(part_of(place), Ask.addressee_id.in_(gone), Ask.state.in_(OPEN))
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
    found = select(Ask.id).where(part_of(place), Ask.state.in_(OPEN))
    return db.scalar(found.limit(1)) is not None


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
