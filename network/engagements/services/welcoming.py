"""The welcome list: what makes whoever begins a full member of the work from the first day."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from network.changes import changed
from network.engagements.kinds import EngagementState, Welcome
from network.engagements.life import is_over
from network.engagements.models import Engagement, WelcomeItem
from network.engagements.services.turns import few, log, take
from network.errors import Conflict, Invalid, NotFound
from network.members.models import Member
from network.translation import _

LONGEST_ITEM, MOST_ITEMS = 300, 40
_FIRST = (
    (Welcome.ACCESS, _("Keys, accounts and papers that the work needs")),
    (Welcome.ACCESS, _("A place to work, and somebody to ask where things are")),
    (Welcome.PEOPLE, _("A first talk with each person whom the work touches")),
    (Welcome.PEOPLE, _("One person to turn to with questions that seem small")),
    (Welcome.RITUALS, _("An invitation to the meetings and meals that everybody comes to")),
    (Welcome.RITUALS, _("How things are decided here, and where that is written down")),
)


def first_items(engagement: Engagement) -> list[WelcomeItem]:
    """Return what the list begins with when work is agreed, in the language of the house."""
    return [
        WelcomeItem(
            engagement_id=engagement.id, sort=sort, words=str(words), at=engagement.agreed_at
        )
        for sort, words in _FIRST
    ]


def add(
    db: Session,
    engagement: Engagement,
    *,
    actor: Member,
    sort: Welcome,
    words: str,
    now: datetime,
) -> None:
    """Add something to the list. The same words in the same group are there once."""
    said = few(words, LONGEST_ITEM, missing=_("Say what would help. A few words are enough."))
    take(db, engagement, actor)
    _must_go_on(engagement, now)
    same = select(WelcomeItem.id).where(
        WelcomeItem.engagement_id == engagement.id,
        WelcomeItem.sort == sort,
        WelcomeItem.words == said,
    )
    if db.scalar(same.limit(1)) is not None:
        return
    many = select(func.count()).where(WelcomeItem.engagement_id == engagement.id)
    if db.scalars(many).one() >= MOST_ITEMS:
        raise Invalid(_("The list is full. Tick what is done, or write to each other."))
    item = WelcomeItem(engagement_id=engagement.id, sort=sort, words=said, by_id=actor.id, at=now)
    db.add(item)
    db.flush()  # the event names it
    log(db, engagement, "welcome:added", actor=actor, now=now, item=item.id)


def tick(
    db: Session, engagement: Engagement, key: str, *, actor: Member, done: bool, now: datetime
) -> None:
    """Say that something of the list is done, or is not after all. Twice is once."""
    take(db, engagement, actor)
    item = db.scalar(
        select(WelcomeItem).where(
            WelcomeItem.engagement_id == engagement.id, WelcomeItem.key == key
        )
    )
    if item is None:
        raise NotFound
    _must_go_on(engagement, now)
    moved = changed(
        db,
        update(WelcomeItem)
        .where(
            WelcomeItem.id == item.id,
            WelcomeItem.done_at.is_(None) if done else WelcomeItem.done_at.is_not(None),
        )
        .values(done_at=now if done else None, done_by_id=actor.id if done else None),
    )
    if moved:
        what = "welcome:done" if done else "welcome:undone"
        log(db, engagement, what, actor=actor, now=now, item=item.id)


def _must_go_on(engagement: Engagement, now: datetime) -> None:
    if engagement.state is EngagementState.CANCELLED or is_over(engagement, now):
        raise Conflict(_("This work is over. New work is a new agreement."))
