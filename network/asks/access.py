"""Loading an ask: its asker and its addressee may, as long as they may know of each other."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload

from network.asks.models import Ask
from network.errors import NotFound
from network.members.models import Member
from network.members.visibility import Viewer, not_apart, visible

_ABOUT = aliased(Member, name="whom")


def about_seen(viewer: Viewer, now: Any) -> ColumnElement[bool]:  # noqa: ANN401  # or bound
    """Hold for asks about nobody, or about somebody whom the viewer may know of."""
    return or_(
        Ask.about_id.is_(None),
        exists().where(_ABOUT.id == Ask.about_id, visible(viewer, now, _ABOUT)),
    )


def from_somebody(viewer: Viewer, now: Any, asker: Any = Member) -> ColumnElement[bool]:  # noqa: ANN401
    """Hold for asks from somebody whom the viewer may know of.

    Who asks in the name of a circle or a session is heard while they rest: it is not they who ask.
    """
    return or_(visible(viewer, now, asker), and_(Ask.body_id != 0, not_apart(viewer, asker)))


def ask_to_answer(db: Session, member: Member, key: str, *, now: datetime) -> Ask:
    """Return an ask addressed to this member; raise `NotFound` for all others."""
    return _found(
        db.scalar(
            select(Ask)
            .join(Ask.asker)
            .where(
                Ask.key == key,
                Ask.addressee_id == member.id,
                from_somebody(Viewer.of(member), now),
                about_seen(Viewer.of(member), now),
            )
            .options(contains_eager(Ask.asker), joinedload(Ask.about))
        )
    )


def ask_to_withdraw(db: Session, member: Member, key: str) -> Ask:
    """Return an ask that this member sent; raise `NotFound` for all others."""
    addressee = aliased(Member)
    return _found(
        db.scalar(
            select(Ask)
            .join(Ask.addressee.of_type(addressee))
            .where(
                Ask.key == key,
                Ask.asker_id == member.id,
                Ask.thing_id.is_(None),
                not_apart(Viewer.of(member), addressee),
            )
        )
    )


def _found(ask: Ask | None) -> Ask:
    if ask is None:
        raise NotFound
    return ask
