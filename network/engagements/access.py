"""Loading terms and agreed work: authorised as they are loaded, for their parties and nobody else.

Whoever left reads what was on the table until then. What is agreed is read by all who agreed, for
good: under the names that they signed with, whatever parted them since. Before that, somebody from
whom a block or a shield parts the reader is a party without a name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import String, and_, bindparam, case, or_, select
from sqlalchemy.orm import Session, aliased, contains_eager

from network.columns import BigId
from network.engagements.kinds import NegotiationState
from network.engagements.models import Engagement, Negotiation, Party, Version
from network.engagements.terms import Terms, from_text
from network.errors import NotFound
from network.members.models import Member
from network.members.visibility import BOUND, Viewer, not_apart
from network.translation import _

_MINE = aliased(Party, name="mine")
_KEY = bindparam("key", type_=String())
_BY_KEY = (
    select(Negotiation, _MINE, Engagement.ends_at)
    .join(_MINE, _MINE.negotiation_id == Negotiation.id)
    .outerjoin(Engagement, Engagement.id == Negotiation.engagement_id)
    .where(Negotiation.key == _KEY, _MINE.member_id == bindparam("viewer", type_=BigId))
)
# What governs agreed work: the terms that were agreed last.
GOVERNS = and_(
    Negotiation.engagement_id == Engagement.id, Negotiation.state == NegotiationState.AGREED
)
_GOVERNING = (
    select(Engagement, Negotiation, _MINE, Version)
    .join(Negotiation, GOVERNS)
    .join(_MINE, and_(_MINE.negotiation_id == Negotiation.id, _MINE.left_at.is_(None)))
    .join(
        Version,
        and_(Version.negotiation_id == Negotiation.id, Version.number == Negotiation.on_table),
    )
    .where(Engagement.key == _KEY, _MINE.member_id == bindparam("viewer", type_=BigId))
    .order_by(Negotiation.ended_at.desc(), Negotiation.id.desc())
    .limit(1)
)
_PARTIES = (
    select(Party, case((or_(Member.id == BOUND.member_id, not_apart(BOUND)), 1), else_=0))
    .outerjoin(Member, Member.id == Party.member_id)
    .where(Party.negotiation_id == bindparam("negotiation", type_=BigId))
    .order_by(Party.id)
    .options(contains_eager(Party.member))
)


@dataclass(frozen=True, slots=True)
class Seen:
    """A negotiation as one of its parties sees it: everybody in it, and whom they may name."""

    negotiation: Negotiation
    mine: Party
    everyone: Sequence[Party]
    together: frozenset[int]  # parties from whom nothing parts the reader
    now: datetime
    work_ends_at: datetime | None = None  # the end of the work that these terms are of

    @property
    def parties(self) -> list[Party]:
        """Who signs, without those who left."""
        return [party for party in self.everyone if party.left_at is None]

    @property
    def names(self) -> dict[str, str]:
        """Whom the reader may name, by the key that terms use: “Hanneke de Wal, for Veldhaven”."""
        agreed = self.negotiation.state is NegotiationState.AGREED and self.mine.left_at is None
        return {
            party.key: signed(party)
            for party in self.everyone
            if (agreed and party.left_at is None) or party.id in self.together
        }

    @property
    def is_open(self) -> bool:
        """Whether something can still be put on the table."""
        is_open = self.negotiation.state is NegotiationState.OPEN
        is_there = self.mine.left_at is None
        return is_open and is_there and not self.has_lapsed and not self.is_late

    @property
    def is_late(self) -> bool:
        """Whether the work is over that these terms would change."""
        is_open = self.negotiation.state is NegotiationState.OPEN
        return is_open and self.work_ends_at is not None and self.work_ends_at <= self.now

    @property
    def has_lapsed(self) -> bool:
        """Whether nothing happened for so long that it is over."""
        return self.negotiation.has_lapsed(self.now)

    def reads(self, version: Version) -> bool:
        """Whether a version was there while the reader was."""
        return self.mine.left_at is None or version.tabled_at <= self.mine.left_at


@dataclass(frozen=True, slots=True)
class Work:
    """Agreed work as one of its parties sees it, and the terms that govern it."""

    engagement: Engagement
    seen: Seen
    version: Version

    @property
    def terms(self) -> Terms:
        """What was agreed."""
        return from_text(self.version.text)

    @property
    def people(self) -> dict[int, Party]:
        """Who signed what governs it, by the member's id."""
        return {
            party.member_id: party for party in self.seen.parties if party.member_id is not None
        }


def signed(party: Party) -> str:
    """Return the name under which somebody signs."""
    if not party.organisation_name:
        return party.name
    signs_for = party.organisation_name
    return str(_("%(name)s, for %(organisation)s", name=party.name, organisation=signs_for))


def negotiation_for(db: Session, member: Member, key: str, *, now: datetime) -> Seen:
    """Return terms of which this member is a party, or was; raise `NotFound` for all others."""
    row = db.execute(_BY_KEY, {"key": key, "viewer": member.id}).first()
    if row is None:
        raise NotFound
    negotiation, mine, work_ends_at = row
    return replace(_seen(db, member, negotiation, mine, now), work_ends_at=work_ends_at)


def engagement_for(db: Session, member: Member, key: str, *, now: datetime) -> Work:
    """Return agreed work whose governing terms this member signed; raise `NotFound` for others."""
    row = db.execute(_GOVERNING, {"key": key, "viewer": member.id}).first()
    if row is None:
        raise NotFound
    engagement, negotiation, mine, version = row
    return Work(engagement, _seen(db, member, negotiation, mine, now), version)


def _seen(
    db: Session, member: Member, negotiation: Negotiation, mine: Party, now: datetime
) -> Seen:
    asked = {**Viewer.of(member).at(now), "negotiation": negotiation.id}
    found = db.execute(_PARTIES, asked).all()
    together = frozenset(party.id for party, is_together in found if is_together)
    return Seen(negotiation, mine, [party for party, _together in found], together, now)
