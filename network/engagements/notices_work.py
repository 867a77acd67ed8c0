"""The letters about agreed work, to the others who agreed. No subject says with whom somebody works
or on what; no letter holds a word that was written, and none names somebody who is apart from its
reader.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask_babel import gettext as _
from sqlalchemy import case, exists, select
from sqlalchemy.orm import Session, aliased

from network.engagements.access import GOVERNS
from network.engagements.kinds import EngagementState as State
from network.engagements.models import Completion, Engagement, Negotiation, Party
from network.events.models import Delivery
from network.mail import Context, Letter
from network.members.access import MAY_COME_IN
from network.members.models import Member
from network.members.visibility import Viewer, not_apart

_READER = Viewer(member_id=Member.id, belongs=Member.belongs)
_ACTOR = aliased(Member, name="who_did_it")
_Write = Callable[[Session, Delivery, Context], Sequence[Letter]]


def begun(db: Session, delivery: Delivery, context: Context) -> Sequence[Letter]:
    """Tell the others that the work has begun."""
    return _tell(db, delivery, context, _began, State.ACTIVE, State.PAUSED)


def paused(db: Session, delivery: Delivery, context: Context) -> Sequence[Letter]:
    """Tell the others that the work rests."""
    return _tell(db, delivery, context, _rests, State.PAUSED)


def resumed(db: Session, delivery: Delivery, context: Context) -> Sequence[Letter]:
    """Tell the others that the work goes on."""
    return _tell(db, delivery, context, _goes_on, State.ACTIVE)


def complete_said(db: Session, delivery: Delivery, context: Context) -> Sequence[Letter]:
    """Ask those who have not said so whether it is complete, while that is asked."""
    asked = select(Completion.at).where(
        Completion.engagement_id == delivery.event.subject_id,
        Completion.member_id == delivery.event.actor_id,
    )
    if db.scalar(asked) is None:
        return ()
    return _tell(db, delivery, context, _is_it_complete, State.ACTIVE, State.PAUSED)


def completed(db: Session, delivery: Delivery, context: Context) -> Sequence[Letter]:
    """Tell the others that all have said so."""
    return _tell(db, delivery, context, _is_complete, State.COMPLETED)


def ended(db: Session, delivery: Delivery, context: Context) -> Sequence[Letter]:
    """Tell the others that the work was ended, and until when it goes on."""
    return _tell(db, delivery, context, _ends, State.ENDED_EARLY)


def cancelled(db: Session, delivery: Delivery, context: Context) -> Sequence[Letter]:
    """Tell the others that the work was called off."""
    return _tell(db, delivery, context, _is_off, State.CANCELLED)


def _tell(
    db: Session,
    delivery: Delivery,
    context: Context,
    say: Callable[[str, str], str],
    *states: State,
) -> Sequence[Letter]:
    """Write to everybody who agreed but whoever did it, while it is still so."""
    engagement = db.get(Engagement, delivery.event.subject_id)
    if engagement is None or engagement.state not in states:
        return ()
    return [
        Letter(
            to=reader.email,
            subject=_("About your work at %(house)s", house=context.house),
            paragraphs=(say(name or _("One of you"), _end(engagement, reader, context)),),
            link=context.link("work.engagement", engagement=engagement.key),
            link_label=_("Read it there"),
        )
        for reader, name in _others(db, engagement, delivery)
    ]


def _others(
    db: Session, engagement: Engagement, delivery: Delivery
) -> Sequence[tuple[Member, str | None]]:
    """Return who is told, each with the name of who did it where nothing parts the two. Whoever has
    said that it is complete is not asked whether it is.
    """
    asked = delivery.event.kind == "engagements:work:complete_said"
    said = exists().where(
        Completion.engagement_id == engagement.id, Completion.member_id == Member.id
    )
    agreed = (
        select(Party.member_id)
        .join(Negotiation, Negotiation.id == Party.negotiation_id)
        .join(Engagement, GOVERNS)
        .where(Engagement.id == engagement.id, Party.left_at.is_(None))
    )
    found = (
        select(Member, case((not_apart(_READER, _ACTOR), _ACTOR.name)))
        .outerjoin(_ACTOR, _ACTOR.id == delivery.event.actor_id)
        .where(
            Member.id.in_(agreed),
            Member.id != delivery.event.actor_id,
            Member.state.in_(MAY_COME_IN),
        )
        .order_by(Member.id)
    )
    rows = db.execute(found.where(~said) if asked else found)
    return [(reader, name) for reader, name in rows]


def _end(engagement: Engagement, reader: Member, context: Context) -> str:
    return context.day(engagement.ends_at, reader.time_zone) if engagement.ends_at else ""


def _began(name: str, _day: str) -> str:
    return _("%(name)s says that the work you agreed on has begun.", name=name)


def _rests(name: str, _day: str) -> str:
    return _("%(name)s let the work rest that you agreed on, and says why.", name=name)


def _goes_on(name: str, _day: str) -> str:
    return _("%(name)s says that the work goes on that you agreed on.", name=name)


def _is_it_complete(name: str, _day: str) -> str:
    return _(
        "%(name)s says that the work you agreed on is complete. It is when all of you have said"
        " so.",
        name=name,
    )


def _is_complete(_name: str, _day: str) -> str:
    return _(
        "All of you have said that the work is complete. You can hand over what those who stay"
        " should know, and say what you learned."
    )


def _ends(name: str, day: str) -> str:
    return _(
        "%(name)s has ended the work that you agreed on, and says why. It goes on until %(day)s.",
        name=name,
        day=day,
    )


def _is_off(name: str, _day: str) -> str:
    return _("%(name)s called the work off that you agreed on, and says why.", name=name)


LETTERS: dict[str, _Write] = {
    "engagements:work:begun": begun,
    "engagements:work:paused": paused,
    "engagements:work:resumed": resumed,
    "engagements:work:complete_said": complete_said,
    "engagements:work:completed": completed,
    "engagements:work:ended": ended,
    "engagements:work:cancelled": cancelled,
}
