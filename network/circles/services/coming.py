"""Coming into a circle: by its open door, by asking, by being asked. A yes of both is needed, and a
no is told to nobody.

An invitation or an application is a `Membership` on its way; its asks (`asking`) are parts of it.
"""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from sqlalchemy.orm import Session

from network.circles.kinds import Door
from network.circles.models import Circle
from network.circles.queries.places import last_place, may_come_back, was_removed
from network.circles.services.admitting import admit, must_be_present, must_take_people
from network.circles.services.answering import OPEN_FOR, close_asks, let_in
from network.circles.services.asking import (
    is_answerable,
    may_apply,
    may_invite,
    put_application,
    put_invitation,
    sent_already,
)
from network.circles.services.turns import live_place, log, look_again, take
from network.circles.visibility import ASKED
from network.errors import Conflict, NotAllowed, NotFound
from network.members.kinds import CameBy, MembershipState
from network.members.models import Member, Membership
from network.text import clean
from network.translation import _


def invite(
    db: Session,
    circle: Circle,
    addressee: Member,
    *,
    actor: Member,
    words: str,
    submission: str,
    now: datetime,
) -> Membership:
    """Ask somebody into a circle, in one's own words; whoever had asked to come in is let in.

    Returns what this submission sent already. Raises `NotFound`, `NotAllowed`, `Conflict` or
    `Invalid` where a guard holds it back.
    """
    take(db, circle)
    again = sent_already(db, actor, submission)
    if again is not None and again.reason == clean(words):
        return db.get_one(Membership, again.thing_id)
    if again is not None:
        submission = uuid4().hex  # other words from the same form: the guards decide
    must_take_people(circle)
    place = live_place(db, circle, addressee, now)
    if place is not None and place.state is MembershipState.APPLIED:
        let_in(db, circle, place, actor=actor, now=now)
        return place
    if place is not None:
        raise Conflict(_not_again(place, addressee))
    may_invite(db, circle, actor=actor, addressee=addressee, now=now)
    place = _on_the_way(circle, addressee, CameBy.INVITED, actor, now)
    db.add(place)
    db.flush()  # the ask names it
    put_invitation(
        db,
        circle,
        place,
        asker=actor,
        addressee=addressee,
        words=words,
        submission=submission,
        now=now,
    )
    log(db, circle, "circles:invited", actor=actor.id, now=now, place=place)
    return place


def join(db: Session, circle: Circle, member: Member, *, agreed: int, now: datetime) -> Membership:
    """Come in by an open door, or back in where one was released not long ago.

    Coming in twice is once. Raises `NotAllowed` where that door is not open to this member,
    `Conflict` where nobody comes in, or the agreements changed meanwhile.
    """
    take(db, circle)
    place = live_place(db, circle, member, now)
    if place is not None and place.state not in ASKED:
        return place
    must_take_people(circle)
    must_be_present(circle, agreed)
    last = last_place(db, circle, member)
    back = may_come_back(last, now)
    if not back and (circle.door is not Door.OPEN or was_removed(last)):
        raise NotAllowed(_("That door is not open. Somebody who facilitates can ask you in."))
    if place is None:
        place = _on_the_way(circle, member, CameBy.OPEN, None, now)
        db.add(place)
        db.flush()  # whoever is in it has a place
    close_asks(db, place, actor=member, now=now)
    admit(db, circle, place, agreed=agreed, actor=member, now=now)
    return place


def apply(
    db: Session,
    circle: Circle,
    member: Member,
    *,
    words: str,
    agreed: int,
    submission: str,
    now: datetime,
) -> Membership:
    """Ask to come in, with a reason. Whoever was asked in already has now said yes.

    Everybody who facilitates may answer. Where none of them may know of this member it waits and
    lapses, which looks the same. Raises as `invite` does.
    """
    take(db, circle)
    place = live_place(db, circle, member, now)
    if place is not None and place.state is not MembershipState.INVITED:
        return place
    must_take_people(circle)
    must_be_present(circle, agreed)
    if place is not None and is_answerable(db, place):
        close_asks(db, place, actor=member, now=now)
        admit(db, circle, place, agreed=agreed, actor=member, now=now)
        return place
    if circle.door is not Door.REQUEST or was_removed(last_place(db, circle, member)):
        raise NotAllowed(_("That door is not open. Somebody who facilitates can ask you in."))
    reason = may_apply(db, circle, member, words=words, now=now)
    if place is not None:  # an invitation that a block has closed
        place.state, place.ended_at = MembershipState.WITHDRAWN, now
        db.flush()  # it makes room for the one live place
    place = _on_the_way(circle, member, CameBy.APPLIED, None, now)
    place.agreed_version, place.agreed_at = agreed, now
    db.add(place)
    db.flush()  # the asks name it
    put_application(db, circle, place, asker=member, words=reason, submission=submission, now=now)
    log(db, circle, "circles:applied", actor=member.id, now=now, place=place)
    return place


def take_back(
    db: Session, circle: Circle, place: Membership, *, actor: Member, now: datetime
) -> None:
    """Take an invitation, an application or a number in line back. Twice is once.

    What comes next has its time all the same: 90 days from asking.
    """
    take(db, circle)
    look_again(db, place)
    if place.state is MembershipState.WITHDRAWN:
        return
    mine = place.member_id == actor.id
    if not mine and place.state is not MembershipState.INVITED:
        raise NotFound
    if mine and place.state not in {MembershipState.APPLIED, MembershipState.QUEUED}:
        raise Conflict
    close_asks(db, place, actor=actor, now=now)
    place.state, place.ended_at = MembershipState.WITHDRAWN, now
    log(db, circle, "circles:taken_back", actor=actor.id, now=now, place=place)


def _on_the_way(
    circle: Circle, member: Member, came_by: CameBy, by: Member | None, now: datetime
) -> Membership:
    state = MembershipState.INVITED if came_by is CameBy.INVITED else MembershipState.APPLIED
    return Membership(
        circle_id=circle.id,
        member_id=member.id,
        state=state,
        came_by=came_by,
        by_id=None if by is None else by.id,
        asked_at=now,
        expires_at=now + OPEN_FOR,
    )


def _not_again(place: Membership, addressee: Member) -> str:
    if place.state is MembershipState.INVITED:
        return _("%(name)s has been asked, and it has not had its day.", name=addressee.name)
    if place.state is MembershipState.QUEUED:
        return _("%(name)s is in line for the next free place.", name=addressee.name)
    return _("%(name)s is here already.", name=addressee.name)
