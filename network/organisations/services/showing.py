"""Showing a need in a circle: those who facilitate are asked, and one yes shows it to its people.

At once where whoever asks facilitates it. A facilitator may take it down again. A circle that did
not show what one side put before it is asked by that side again after 90 days.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.orm import Session, joinedload

from network.asks import services as asks
from network.asks.kinds import COOLING_OFF, Kind
from network.asks.models import Ask, AskState
from network.changes import changed
from network.circles.kinds import Life
from network.circles.models import Circle
from network.circles.services.asking import facilitators
from network.errors import Conflict, NotAllowed
from network.members.models import Member
from network.organisations.kinds import AskOf
from network.organisations.models import NeedShowing, WorkNeed
from network.organisations.services.needs import hold_open, must_hold, note, take_need
from network.translation import _

OPEN_FOR = timedelta(days=21)
_ENDING = (Life.CLOSING, Life.ARCHIVED)


@dataclass(frozen=True, slots=True)
class ToShow:
    """What the templates of this ask read."""

    need: WorkNeed
    circle: Circle


def show_in(
    db: Session,
    need: WorkNeed,
    circle: Circle,
    *,
    actor: Member,
    words: str,
    now: datetime,
) -> NeedShowing:
    """Put a need before a circle that the actor may know of. Twice is once.

    Where those who facilitate are apart from the actor nobody is asked, and it looks like silence.
    Raises `NotFound` for others than the holder, `Conflict` where the need or the circle is over
    or the circle was asked not long ago, `Invalid` for the words.
    """
    must_hold(db, need, actor)
    hold_open(db, need, now)
    reason = asks.as_reason(words)
    showing = db.scalar(
        select(NeedShowing).where(
            NeedShowing.need_id == need.id, NeedShowing.circle_id == circle.id
        )
    )
    if showing is not None:
        return showing
    if circle.life in _ENDING:
        raise Conflict(_("The circle is ending. Nothing new is shown there."))
    asked = facilitators(db, circle, seen_by=actor)
    if actor.id not in {each.id for each in asked}:
        _must_have_cooled(db, need, circle, now)
    showing = NeedShowing(need_id=need.id, circle_id=circle.id, asked_at=now)
    db.add(showing)
    db.flush()  # the asks name it
    if actor.id in {each.id for each in asked}:
        _show(db, showing, need, actor=actor, now=now)
        return showing
    note(db, need, "organisations:need:put_to_circle", actor=actor, now=now, circle=circle.id)
    _ask(db, showing, need, asked, actor=actor, reason=reason, now=now)
    return showing


def _ask(
    db: Session,
    showing: NeedShowing,
    need: WorkNeed,
    asked: Sequence[Member],
    *,
    actor: Member,
    reason: str,
    now: datetime,
) -> None:
    for each in asked:
        asks.place(
            db,
            SHOWING,
            asker=actor,
            addressee=each,
            reason=reason,
            submission=uuid4().hex,
            now=now,
            thing_id=showing.id,
            body_id=showing.id,
            expires_at=min(now + OPEN_FOR, need.open_until),
        )


def take_down(db: Session, need: WorkNeed, circle: Circle, *, actor: Member, now: datetime) -> None:
    """Show a need in a circle no longer, for whoever facilitates it. Nobody is told."""
    gone = changed(
        db,
        update(NeedShowing)
        .where(
            NeedShowing.need_id == need.id,
            NeedShowing.circle_id == circle.id,
            NeedShowing.shown_at.is_not(None),
        )
        .values(shown_at=None),
    )
    if gone == 1:
        note(db, need, "organisations:need:taken_down", actor=actor, now=now, circle=circle.id)


def again_from(db: Session, need: WorkNeed, circle: Circle, now: datetime) -> datetime | None:
    """Return when this side may ask the circle anew, or None where it may now."""
    last: datetime | None = db.scalar(
        select(NeedShowing.asked_at)
        .join(WorkNeed, WorkNeed.id == NeedShowing.need_id)
        .where(
            NeedShowing.circle_id == circle.id,
            NeedShowing.shown_at.is_(None),
            _same_side(need),
        )
        .order_by(NeedShowing.asked_at.desc())
        .limit(1)
    )
    return last + COOLING_OFF if last is not None and last + COOLING_OFF > now else None


def _same_side(need: WorkNeed) -> ColumnElement[bool]:
    if need.organisation_id is not None:
        return WorkNeed.organisation_id == need.organisation_id
    return and_(WorkNeed.organisation_id.is_(None), WorkNeed.writer_id == need.writer_id)


def _must_have_cooled(db: Session, need: WorkNeed, circle: Circle, now: datetime) -> None:
    if again_from(db, need, circle, now) is not None:
        raise Conflict(
            _("You asked this circle not long ago. You can ask again 90 days after that.")
        )


def _show(
    db: Session, showing: NeedShowing, need: WorkNeed, *, actor: Member, now: datetime
) -> None:
    showing.shown_at = now
    note(db, need, "organisations:need:shown", actor=actor, now=now, circle=showing.circle_id)


def _of(db: Session, ask: Ask) -> tuple[NeedShowing, WorkNeed]:
    showing = db.get_one(NeedShowing, ask.thing_id)
    return showing, db.get_one(WorkNeed, showing.need_id)


def _take(db: Session, ask: Ask) -> None:
    showing, need = _of(db, ask)
    take_need(db, need)
    db.refresh(showing)


def _agreed(db: Session, ask: Ask, now: datetime) -> None:
    showing, need = _of(db, ask)
    hold_open(db, need, now)
    circle = db.get_one(Circle, showing.circle_id)
    if circle.life in _ENDING:
        raise Conflict(_("The circle is ending. Nothing new is shown there."))
    if ask.addressee_id not in {each.id for each in facilitators(db, circle)}:
        raise NotAllowed(_("You do not facilitate this circle any more."))
    others = and_(
        Ask.kind == SHOWING.name,
        Ask.thing_id == showing.id,
        Ask.state.in_((AskState.WAITING, AskState.DECLINED)),
    )
    person = db.get_one(Member, ask.addressee_id)
    asks.close(db, others, actor=person, now=now)
    _show(db, showing, need, actor=person, now=now)


def to_show(db: Session, ids: Collection[int]) -> Mapping[int, ToShow]:
    """Return what templates read of needs put before circles, by the row that puts them there."""
    rows = db.execute(
        select(NeedShowing.id, WorkNeed, Circle)
        .join(WorkNeed, WorkNeed.id == NeedShowing.need_id)
        .join(Circle, Circle.id == NeedShowing.circle_id)
        .where(NeedShowing.id.in_(ids))
        .options(joinedload(WorkNeed.organisation))
    )
    return {row: ToShow(need, circle) for row, need, circle in rows}


def _opening(ask: Ask) -> str:
    return str(
        _(
            "%(name)s would like to show a need in a circle that you facilitate:",
            name=ask.asker.name,
        )
    )


def _said_yes(_ask: Ask) -> str:
    return str(_("You said yes. The people of the circle read it on the circle’s page."))


SHOWING = Kind(
    name=AskOf.SHOWING.value,
    lifetime=OPEN_FOR,
    accepted=_agreed,
    opening=_opening,
    said_yes=_said_yes,
    templates="organisations/need_showing",
    take=_take,
    load=to_show,
)
