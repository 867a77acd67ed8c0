"""What is left behind, on the page of agreed work; and staying in touch when it is over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from network.engagements.kinds import LeftFor
from network.engagements.models import Left
from network.engagements.page import Opened, Part
from network.engagements.queries.left import left_behind, touch
from network.organisations.models import Organisation


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """Words for those who stay, and words of what was learned."""

    handover: Sequence[Left]
    harvest: Sequence[Left]


def _left(db: Session, it: Opened) -> LeftBehind | None:
    if it.work.engagement.begun_at is None:
        return None
    found = [
        each
        for each in left_behind(db, it.work.engagement)
        if not it.hides(each.member_id, each.changed_at)
    ]
    return LeftBehind(
        [each for each in found if each.sort is LeftFor.HANDOVER],
        [each for each in found if each.sort is LeftFor.HARVEST],
    )


def _touch(db: Session, it: Opened) -> Sequence[Organisation] | None:
    engagement = it.work.engagement
    if not it.is_over or engagement.begun_at is None:
        return None
    return touch(db, it.work.seen, it.member, it.now) or None


LEFT = Part("engagements/_work_left.html", _left)
TOUCH = Part("engagements/_work_touch.html", _touch)
