"""Being in a circle and going from it: rest, leave, step down, be released or sent away.

A circle that forms or runs has somebody who facilitates: the last hands over or puts it to rest.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from network.circles.models import Circle
from network.circles.queries.places import NEEDS_SOMEBODY, how_many, somebody_facilitates
from network.circles.services.admitting import fill
from network.circles.services.asking import readdress
from network.circles.services.ending import archive_now
from network.circles.services.talking import join_talk, leave_talk
from network.circles.services.turns import log, look_again, take
from network.circles.visibility import IN_IT
from network.errors import Conflict, Invalid, NotAllowed, NotFound
from network.members.kinds import MembershipState
from network.members.models import Member, Membership
from network.text import clean, clean_line
from network.translation import _

LONGEST_REST = timedelta(days=366)
LONGEST_WORDS = 600
# Who hears that somebody is in a circle no longer.
GONE = ("mail", "learning", "organisations")


def rest(
    db: Session, circle: Circle, place: Membership, *, until: datetime | None, now: datetime
) -> None:
    """Rest for a while; the place is kept. Resting twice moves the end.

    Raises `Conflict` for the last who facilitates.
    """
    take(db, circle)
    _must_be_in_it(db, place)
    _may_step_down(db, circle, place)
    place.state, place.facilitates, place.facilitates_until = MembershipState.RESTING, False, None
    place.rests_until = min(until, now + LONGEST_REST) if until else None
    db.flush()  # who answers at the door reads who facilitates
    readdress(db, circle, now=now)
    log(db, circle, "circles:rested", actor=place.member_id, now=now, place=place)


def come_back(db: Session, circle: Circle, place: Membership, *, now: datetime) -> None:
    """Be there again after a rest. Harmless for whoever is."""
    take(db, circle)
    _must_be_in_it(db, place)
    if place.state is MembershipState.RESTING:
        place.state, place.rests_until = MembershipState.MEMBER, None
        log(db, circle, "circles:came_back", actor=place.member_id, now=now, place=place)


def sit_down(db: Session, circle: Circle, place: Membership, *, now: datetime) -> None:
    """Come back into the conversation of the circle after stepping out of it."""
    take(db, circle)
    _must_be_in_it(db, place)
    join_talk(db, circle, db.get_one(Member, place.member_id), now=now)


def leave(db: Session, circle: Circle, place: Membership, *, goodbye: str, now: datetime) -> None:
    """Leave, with words for those who stay or with none. Leaving twice is once.

    The last person ends the circle. Raises `Conflict` for the last who facilitates while others
    are here, `Invalid` for too many words.
    """
    words = _few(goodbye, "goodbye")
    take(db, circle)
    look_again(db, place)
    if place.state is MembershipState.LEFT:
        return
    _must_be_in_it(db, place)
    alone = how_many(db, circle) == 1
    if not alone:
        _may_step_down(db, circle, place)
    place.goodbye = words
    actor = db.get_one(Member, place.member_id)
    _go(db, circle, place, MembershipState.LEFT, actor=actor, now=now, keep=circle.leavers_keep)
    log(db, circle, "circles:left", actor=actor.id, now=now, to=GONE, place=place)
    if alone:
        archive_now(db, circle, actor=actor, now=now)
    else:
        _after_somebody_went(db, circle, now)


def release(
    db: Session, circle: Circle, place: Membership, *, actor: Member, words: str, now: datetime
) -> None:
    """Let somebody go who has not come for long; for half a year they may come back by themselves.

    Twice is once. Raises `NotAllowed` for somebody who facilitates.
    """
    state, told = MembershipState.RELEASED, "circles:released"
    _end(db, circle, place, to=state, told=told, actor=actor, words=words, now=now)


def remove(
    db: Session, circle: Circle, place: Membership, *, actor: Member, words: str, now: datetime
) -> None:
    """Send somebody away, saying why; nothing of the circle stays theirs to read.

    Twice is once. Raises `NotAllowed` for somebody who facilitates, `Invalid` without a reason.
    """
    if not clean(words):
        raise Invalid(
            _("Say why, in a sentence. They read it, and nobody else does."), field="words"
        )
    state, told = MembershipState.REMOVED, "circles:removed"
    _end(db, circle, place, to=state, told=told, actor=actor, words=words, now=now)


def step_down(db: Session, circle: Circle, place: Membership, *, now: datetime) -> None:
    """Facilitate no longer. Harmless for whoever does not; raises `Conflict` for the last one."""
    take(db, circle)
    _must_be_in_it(db, place)
    if not place.facilitates:
        return
    _may_step_down(db, circle, place)
    place.facilitates, place.facilitates_until = False, None
    db.flush()  # who answers at the door reads who facilitates
    readdress(db, circle, now=now)
    log(db, circle, "circles:stepped_down", actor=place.member_id, now=now, place=place)


def say_what_one_does(
    db: Session, circle: Circle, place: Membership, *, does: str, now: datetime
) -> None:
    """Say in a few words what one does here: keeps us to time, leads for pricing."""
    words = clean_line(does)
    if len(words) > 120:  # noqa: PLR2004  # as the column says
        raise Invalid(_("A few words are enough: 120 letters at most."), field="does")
    take(db, circle)
    _must_be_in_it(db, place)
    place.does = words
    log(db, circle, "circles:does", actor=place.member_id, now=now, place=place)


def _end(
    db: Session,
    circle: Circle,
    place: Membership,
    *,
    to: MembershipState,
    told: str,
    actor: Member,
    words: str,
    now: datetime,
) -> None:
    said = _few(words, "words")
    take(db, circle)
    look_again(db, place)
    if place.state is to:
        return
    _must_be_in_it(db, place)
    if place.member_id == actor.id:
        raise NotAllowed(_("You can leave by yourself."))
    if place.facilitates:
        raise NotAllowed(_("Whoever facilitates steps down first."))
    keep = circle.leavers_keep and to is not MembershipState.REMOVED
    _go(db, circle, place, to, actor=actor, now=now, keep=keep)
    log(
        db,
        circle,
        told,
        actor=actor.id,
        now=now,
        to=GONE,
        place=place,
        carried={"words": said},
    )
    _after_somebody_went(db, circle, now)


def _go(
    db: Session,
    circle: Circle,
    place: Membership,
    to: MembershipState,
    *,
    actor: Member,
    now: datetime,
    keep: bool,
) -> None:
    place.state, place.ended_at = to, now
    place.facilitates, place.rests_until = False, None
    leave_talk(db, circle, place.member_id, actor=actor, keep=keep, now=now)
    db.flush()  # a place came free


def _after_somebody_went(db: Session, circle: Circle, now: datetime) -> None:
    readdress(db, circle, now=now)
    fill(db, circle, now)


def _must_be_in_it(db: Session, place: Membership) -> None:
    look_again(db, place)
    if place.state not in IN_IT:
        raise NotFound


def _may_step_down(db: Session, circle: Circle, place: Membership) -> None:
    if not place.facilitates or circle.life not in NEEDS_SOMEBODY:
        return
    if not somebody_facilitates(db, circle, but=place.id):
        raise Conflict(
            _(
                "Nobody else facilitates. Ask somebody to take a turn first, or put the circle to"
                " rest."
            )
        )


def _few(text: str, field: str) -> str:
    words = clean(text)
    if len(words) > LONGEST_WORDS:
        raise Invalid(
            _("This has %(n)s letters; %(most)s is the most.", n=len(words), most=LONGEST_WORDS),
            field=field,
        )
    return words
