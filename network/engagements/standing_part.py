"""Where agreed work stands, and what its reader can do with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from network.engagements.kinds import EngagementState
from network.engagements.models import Completion, Negotiation
from network.engagements.page import Opened, Part
from network.engagements.queries.work import completions, notice

_BEFORE = (EngagementState.AGREED,)
_IN_WORK = (EngagementState.ACTIVE, EngagementState.PAUSED)
# What is asked for words, and when.
DEEDS = {
    "cancel": _BEFORE,
    "pause": (EngagementState.ACTIVE,),
    "end": _IN_WORK,
}


@dataclass(frozen=True, slots=True)
class Said:
    """Words with which the work was ended, called off or paused, who wrote them, and from when to
    when it rested by them. Words of somebody whom something parts from the reader are not there.
    """

    words: str
    by: str
    by_me: bool
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Who said that it is complete, what was said of the state as it is, when it rested before, and
    what an end now means.
    """

    complete: Sequence[Completion]
    said_by_me: bool
    last: Said | None
    rests: Sequence[Said]
    notice_days: int
    ends_if_now: datetime
    change: Negotiation | None

    def can(self, deed: str, state: EngagementState) -> bool:
        """Whether this can be done now, with words."""
        return state in DEEDS.get(deed, ())


def _load(db: Session, it: Opened) -> Standing:
    engagement = it.work.engagement
    said = completions(db, engagement) if engagement.state in _IN_WORK else ()
    rests = [_said(it, each.by_id, each.words, each.since, each.until) for each in it.beside.rests]
    last = next((each for each in rests if each.until is None), None)
    if engagement.last_words:
        last = _said(it, engagement.last_by_id, engagement.last_words, engagement.last_at)
    days = notice(it.work.terms)
    return Standing(
        complete=said,
        said_by_me=any(each.member_id == it.member.id for each in said),
        last=last,
        rests=[each for each in rests if each.until is not None],
        notice_days=days.days,
        ends_if_now=it.now + days,
        change=it.beside.change,
    )


def _said(
    it: Opened,
    by: int | None,
    words: str,
    since: datetime | None,
    until: datetime | None = None,
) -> Said:
    hidden = it.hides(by, since or it.now)
    return Said(
        words="" if hidden else words,
        by="" if hidden else it.name(by),
        by_me=by == it.member.id,
        since=since,
        until=until,
    )


STANDING = Part("engagements/_work_standing.html", _load)
