"""Which events of asks reach whom by mail: an ask that waits, and a yes. A no reaches nobody."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload

from network.asks.access import about_seen, from_somebody
from network.asks.kinds import Kind
from network.asks.models import Ask, AskState
from network.asks.queries import waiting_for
from network.events.models import Delivery
from network.mail import Context, Letter
from network.members.kinds import State
from network.members.models import Member
from network.members.visibility import Viewer, awake, visible


def sent(
    db: Session, delivery: Delivery, context: Context, *, kinds: Mapping[str, Kind]
) -> Sequence[Letter]:
    """Tell the person asked, if it still waits, they are not paused, and they may see who asks."""
    addressee = db.scalar(
        select(Member)
        .join(Ask, Ask.addressee_id == Member.id)
        .where(Ask.id == delivery.event.subject_id, awake(context.now))
    )
    if addressee is None:
        return ()
    ask = db.scalar(
        select(Ask)
        .join(Ask.asker)
        .where(
            Ask.id == delivery.event.subject_id,
            waiting_for(addressee.id, context.now),
            from_somebody(Viewer.of(addressee), context.now),
            about_seen(Viewer.of(addressee), context.now),
        )
        .options(contains_eager(Ask.asker), joinedload(Ask.about))
    )
    if ask is None:
        return ()
    return (_something_waits(ask, kinds[ask.kind].opening(ask), addressee, context),)


def _something_waits(ask: Ask, opening: str, addressee: Member, context: Context) -> Letter:
    name = ask.asker.name
    until = context.day(ask.expires_at, addressee.time_zone)
    return Letter(
        to=addressee.email,
        subject=_("Something waits for your answer at %(house)s", house=context.house),
        paragraphs=(
            opening,
            ask.reason,
            _("It is open until %(day)s. Say yes, or not this time, or nothing.", day=until),
            _(
                "A no costs nothing: %(name)s reads what they would have read if you had said"
                " nothing, and nothing about you changes.",
                name=name,
            ),
        ),
        link=context.link("asks.inbox"),
        link_label=_("Read it and answer"),
    )


def accepted(db: Session, delivery: Delivery, context: Context) -> Sequence[Letter]:
    """Tell the asker of a yes, if they may still see who said it."""
    asker = db.scalar(
        select(Member)
        .join(Ask, Ask.asker_id == Member.id)
        .where(
            Ask.id == delivery.event.subject_id,
            Ask.state == AskState.ACCEPTED,
            Ask.thing_id.is_(None),
            Member.state.in_((State.MEMBER, State.PAUSED, State.LEAVING)),
        )
    )
    if asker is None or delivery.event.actor_id == asker.id:
        return ()
    other = aliased(Member)
    addressee = db.scalar(
        select(other)
        .join(Ask, Ask.addressee_id == other.id)
        .where(Ask.id == delivery.event.subject_id, visible(Viewer.of(asker), context.now, other))
    )
    if addressee is None:
        return ()
    return (
        Letter(
            to=asker.email,
            subject=_("Somebody said yes at %(house)s", house=context.house),
            paragraphs=(_("%(name)s said yes to what you asked.", name=addressee.name),),
            link=context.link("relationships.person", handle=addressee.handle),
            link_label=_("To their page"),
        ),
    )


def letters(kinds: Mapping[str, Kind]) -> dict[str, Callable[..., Sequence[Letter]]]:
    """Return who writes about which event, for these kinds of asks."""
    return {"asks:sent": partial(sent, kinds=kinds), "asks:accepted": accepted}
