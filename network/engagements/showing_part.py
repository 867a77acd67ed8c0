"""How those who did this work would show it on their own pages, on the page of agreed work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from network.engagements.forms_testimony import ShowingForm
from network.engagements.kinds import EngagementState
from network.engagements.page import Opened, Part
from network.engagements.queries.showings import Wording, of_work


@dataclass(frozen=True, slots=True)
class Asked:
    """The words of one of the others, who is named as they signed."""

    name: str
    wording: Wording


@dataclass(frozen=True, slots=True)
class Shown:
    """The reader's own words, and those of others that ask for the reader's yes."""

    mine: Wording | None
    others: Sequence[Asked]
    form: ShowingForm


def _showing(db: Session, it: Opened) -> Shown | None:
    engagement = it.work.engagement
    if engagement.begun_at is None or engagement.state is EngagementState.CANCELLED:
        return None
    mine, others = None, []
    for each in of_work(db, it.member, engagement.id, it.now):
        if each.showing.member_id == it.member.id:
            mine = each
        else:
            others.append(Asked(it.name(each.showing.member_id), each))
    return Shown(mine, others, ShowingForm(as_shown=mine.showing.words if mine else ""))


SHOWING = Part("engagements/_showing.html", _showing)
