"""Which events of approaches reach whom by mail: that a conversation opened, and a no that somebody
chose to tell. Of a quiet no, of silence and of a day that passed there is no letter.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from network.circles.models import Circle
from network.circles.visibility import known
from network.events.models import Delivery
from network.mail import Context, Letter
from network.members.kinds import State
from network.members.models import Member
from network.members.visibility import Viewer, not_apart
from network.organisations.kinds import ApproachState
from network.organisations.models import Approach
from network.organisations.visibility import approach_written


def opened(db: Session, delivery: Delivery, context: Context) -> Sequence[Letter]:
    """Tell the one who wrote that a conversation is open."""
    approach = db.get_one(Approach, delivery.event.subject_id)
    writer = _writer(db, approach, context)
    name = None if writer is None else _name(db, approach, writer, context)
    if writer is None or name is None or approach.state is not ApproachState.OPENED:
        return ()
    said = _("%(name)s said yes to what you wrote, and a conversation is open.", name=name)
    subject = _("A conversation is open at %(house)s", house=context.house)
    return (_letter(writer, approach, context, subject, said),)


def told_no(db: Session, delivery: Delivery, context: Context) -> Sequence[Letter]:
    """Bring the one who wrote a no, with the words that came with it."""
    approach = db.get_one(Approach, delivery.event.subject_id)
    writer = _writer(db, approach, context)
    name = None if writer is None else _name(db, approach, writer, context)
    if writer is None or name is None or approach.told_no_at is None:
        return ()
    said = _("%(name)s tells you that it is a no this time.", name=name)
    subject = _("An answer to what you wrote at %(house)s", house=context.house)
    return (_letter(writer, approach, context, subject, said, approach.told_words),)


def _letter(
    writer: Member, approach: Approach, context: Context, subject: str, *said: str
) -> Letter:
    return Letter(
        to=writer.email,
        subject=subject,
        paragraphs=tuple(each for each in said if each),
        link=context.link("approaches.approach", approach=approach.key),
        link_label=_("To what you wrote"),
    )


def _writer(db: Session, approach: Approach, context: Context) -> Member | None:
    """Return who wrote, while they have an account and may still read it."""
    writer = db.get_one(Member, approach.writer_id)
    if writer.state not in {State.MEMBER, State.PAUSED, State.LEAVING}:
        return None
    mine = approach_written(Viewer.of(writer), context.now)
    found = db.scalar(select(Approach.id).where(Approach.id == approach.id, mine))
    return None if found is None else writer


def _name(db: Session, approach: Approach, writer: Member, context: Context) -> str | None:
    """Return the name of the person or the team, where the one who wrote may know of them."""
    viewer = Viewer.of(writer)
    if approach.circle_id is not None:
        team = select(Circle.name).where(
            Circle.id == approach.circle_id, known(viewer, context.now)
        )
        return db.scalar(team)
    person = select(Member.name).where(Member.id == approach.member_id, not_apart(viewer))
    return db.scalar(person)


LETTERS = {
    "organisations:approach:opened": opened,
    "organisations:approach:told_no": told_no,
}
