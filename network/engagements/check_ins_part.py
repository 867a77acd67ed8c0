"""Check-ins on the page of agreed work: the one that is open, the last ones, the next day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from network.engagements.life import Due
from network.engagements.page import Opened, Part
from network.engagements.queries.check_ins import Seen, schedule, seen
from network.engagements.queries.work import spells

ON_THE_PAGE = 3


@dataclass(frozen=True, slots=True)
class CheckIns:
    """The one to answer, those that can be read with the latest first, and the day of the next."""

    open: Seen | None
    shown: Sequence[Seen]
    earlier: int | None  # the number of the newest that is not on the page
    following: Due | None


def _load(db: Session, it: Opened) -> CheckIns | None:
    days = schedule(it.work.engagement, spells(it.agreed), it.beside.rests, it.now)
    if not days.past and days.following is None:
        return None
    last = days.past[-ON_THE_PAGE:]
    found = seen(
        db,
        it.work.engagement,
        last,
        reader=it.member.id,
        people=it.work.people.keys(),
        apart=it.apart,
        now=it.now,
    )
    newest = found[-1] if found else None
    part = CheckIns(
        open=newest if newest is not None and newest.is_open else None,
        shown=[each for each in reversed(found) if each.is_shown and (each.mine or each.others)],
        earlier=days.before(last[0].number) if last else None,
        following=None if it.is_over else days.following,
    )
    says = part.open or part.shown or part.earlier or part.following
    return part if says or not it.is_over else None


CHECK_INS = Part("engagements/_work_check_ins.html", _load)
