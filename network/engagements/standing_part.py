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
class Standing:
    """Who said that it is complete, what was said of the state as it is, and what an end now means.

    Words that somebody wrote whom something parts from the reader since are not there.
    """

    complete: Sequence[Completion]
    said_by_me: bool
    words: str
    words_by: str
    notice_days: int
    ends_if_now: datetime
    change: Negotiation | None

    def can(self, deed: str, state: EngagementState) -> bool:
        """Whether this can be done now, with words."""
        return state in DEEDS.get(deed, ())


def _load(db: Session, it: Opened) -> Standing:
    engagement = it.work.engagement
    said = completions(db, engagement) if engagement.state in _IN_WORK else ()
    by = engagement.last_by_id
    # Whoever ended it wrote when notice began, which was not after its end.
    hidden = it.hides(by, engagement.paused_at or engagement.ends_at or it.now)
    days = notice(it.work.terms)
    return Standing(
        complete=said,
        said_by_me=any(each.member_id == it.member.id for each in said),
        words="" if hidden else engagement.last_words,
        words_by="" if hidden else it.name(by),
        notice_days=days.days,
        ends_if_now=it.now + days,
        change=it.beside.change,
    )


STANDING = Part("engagements/_work_standing.html", _load)
