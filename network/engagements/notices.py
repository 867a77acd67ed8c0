"""Which events of terms reach whom by mail: every other party, in a letter that names nobody from
whom something parts its reader. No subject says what the terms are, with whom, or how much.

What was done since is not told: a version that is not on the table any more has no letter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, aliased

from network.engagements.kinds import NegotiationState
from network.engagements.models import Negotiation, Party
from network.events.models import Delivery
from network.mail import Context, Letter
from network.members.access import MAY_COME_IN
from network.members.models import Member
from network.members.visibility import Viewer, not_apart

# Whoever reads a letter, as the eyes of the statement that looks for them.
_READER = Viewer(member_id=Member.id, belongs=Member.belongs)
_ACTOR = aliased(Member, name="who_did_it")


def put(db: Session, delivery: Delivery, context: Context) -> Sequence[Letter]:
    """Tell the others that a version is on the table, while it is."""
    negotiation = _negotiation(db, delivery)
    if not _is_open(negotiation, context):
        return ()
    if negotiation.on_table != delivery.event.data["version"]:
        return ()
    return [
        _letter(
            reader,
            negotiation,
            context,
            _("Terms wait for your answer at %(house)s", house=context.house),
            _("%(name)s has put a version of your terms on the table.", name=name),
            _("Read what changed, and accept it, change it, or leave it. Nothing hurries you."),
        )
        for reader, name in _readers(db, delivery, negotiation)
    ]


def withdrawn(db: Session, delivery: Delivery, context: Context) -> Sequence[Letter]:
    """Tell the others that there is nothing to answer any more."""
    negotiation = _negotiation(db, delivery)
    is_there_again = negotiation.last > delivery.event.data["version"]
    if is_there_again or not _is_open(negotiation, context):
        return ()
    return [
        _letter(
            reader,
            negotiation,
            context,
            _("A version of terms was taken back at %(house)s", house=context.house),
            _("%(name)s has taken a version of your terms off the table.", name=name),
            _("Any of you can put the next one there."),
        )
        for reader, name in _readers(db, delivery, negotiation)
    ]


def left(db: Session, delivery: Delivery, context: Context) -> Sequence[Letter]:
    """Tell those who stay that somebody has left."""
    negotiation = _negotiation(db, delivery)
    if negotiation.state is NegotiationState.AGREED:
        return ()
    more = _("You can go on without them: any of you can put the next version on the table.")
    if negotiation.state is NegotiationState.CLOSED:
        more = _("So these terms have ended. Nobody is blamed.")
    return [
        _letter(
            reader,
            negotiation,
            context,
            _("Somebody has left terms of yours at %(house)s", house=context.house),
            _("%(name)s has left terms that you were looking for together.", name=name),
            more,
        )
        for reader, name in _readers(db, delivery, negotiation)
    ]


def closed(db: Session, delivery: Delivery, context: Context) -> Sequence[Letter]:
    """Tell the others that these terms ended without an agreement."""
    negotiation = _negotiation(db, delivery)
    return [
        _letter(
            reader,
            negotiation,
            context,
            _("Terms of yours were closed at %(house)s", house=context.house),
            _("%(name)s has closed terms that you were looking for together.", name=name),
            _("Nobody is blamed. What was written stays readable to you."),
        )
        for reader, name in _readers(db, delivery, negotiation)
    ]


def agreed(db: Session, delivery: Delivery, context: Context) -> Sequence[Letter]:
    """Tell the others that everybody has accepted the same words."""
    negotiation = _negotiation(db, delivery)
    return [
        _letter(
            reader,
            negotiation,
            context,
            _("An agreement of yours was made at %(house)s", house=context.house),
            _("Everybody has accepted the same words, and so it is agreed."),
            _("You can read it, print it and keep a copy at any time."),
        )
        for reader, _name in _readers(db, delivery, negotiation)
    ]


def _negotiation(db: Session, delivery: Delivery) -> Negotiation:
    return db.get_one(Negotiation, delivery.event.subject_id)


def _is_open(negotiation: Negotiation, context: Context) -> bool:
    is_open = negotiation.state is NegotiationState.OPEN
    return is_open and not negotiation.has_lapsed(context.now)


def _readers(
    db: Session, delivery: Delivery, negotiation: Negotiation
) -> Iterator[tuple[Member, str]]:
    """Go through the others who sign, each with the name of who did it as they may know it."""
    is_named: ColumnElement[bool] = not_apart(_READER, _ACTOR)
    rows = db.execute(
        select(Member, _ACTOR.name)
        .join(Party, Party.member_id == Member.id)
        .outerjoin(_ACTOR, (_ACTOR.id == delivery.event.actor_id) & is_named)
        .where(
            Party.negotiation_id == negotiation.id,
            Party.left_at.is_(None),
            Member.id.is_distinct_from(delivery.event.actor_id),
            Member.state.in_(MAY_COME_IN),
        )
        .order_by(Party.id)
    )
    for reader, name in rows:
        yield reader, name or _("One of the parties")


def _letter(
    reader: Member, negotiation: Negotiation, context: Context, subject: str, *paragraphs: str
) -> Letter:
    return Letter(
        to=reader.email,
        subject=subject,
        paragraphs=paragraphs,
        link=context.link("terms.page", negotiation=negotiation.key),
        link_label=_("To the terms"),
    )


LETTERS = {
    "engagements:terms:put": put,
    "engagements:terms:withdrawn": withdrawn,
    "engagements:terms:left": left,
    "engagements:terms:closed": closed,
    "engagements:terms:agreed": agreed,
}
