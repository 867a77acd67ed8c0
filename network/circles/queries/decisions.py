"""What a circle decides and has decided, what was said to it, and how its agreements changed.
Whoever is apart from the viewer is somebody without a name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, exists, not_, select
from sqlalchemy.orm import Session, aliased

from network.circles.kinds import DecisionAbout, DecisionState
from network.circles.models import Agreements, Circle, Decision, Voice
from network.circles.queries.people import agreements_of
from network.circles.visibility import IN_IT, inside
from network.columns import BigId
from network.members.kinds import MembershipState
from network.members.models import Member, Membership
from network.members.visibility import BOUND, Viewer, not_apart
from network.wording import Run, compared

LEAF = 50

_WHO = aliased(Member, name="who_said")
_CIRCLE = bindparam("circle", type_=BigId)
_DECISION = bindparam("decision", type_=BigId)


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody who is here said to the present words; `who` is None for the unnamed."""

    voice: Voice
    who: Member | None


@dataclass(frozen=True, slots=True)
class Voices:
    """What was said to the present words of a proposal."""

    mine: Voice | None
    consents: list[Said]
    concerns: list[Said]


@dataclass(frozen=True, slots=True)
class Wording:
    """One version of the agreements: who put it, and what changed from the one before."""

    agreements: Agreements
    put_by: Member | None
    runs: list[Run]


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds an open proposal back, if anything: a concern, or time for those still silent."""

    has_concern: bool
    has_silence: bool

    @property
    def may_be_adopted(self) -> bool:
        """Whether nothing holds it back."""
        return not self.has_concern and not self.has_silence


_ALL = (
    select(Decision)
    .where(Decision.circle_id == _CIRCLE)
    .order_by(Decision.ended_at.is_not(None), Decision.put_at.desc(), Decision.id.desc())
    .limit(LEAF)
)
_SAID = (
    select(Voice, _WHO)
    .join(Decision, and_(Decision.id == Voice.decision_id, Decision.version == Voice.version))
    .join(
        Membership,
        and_(
            Membership.circle_id == Decision.circle_id,
            Membership.member_id == Voice.member_id,
            Membership.state.in_(IN_IT),
        ),
    )
    .outerjoin(_WHO, and_(_WHO.id == Voice.member_id, not_apart(BOUND, _WHO)))
    .where(Voice.decision_id == _DECISION)
    .order_by(Voice.at, Voice.member_id)
)
_VERSIONS = (
    select(Agreements, _WHO)
    .outerjoin(_WHO, and_(_WHO.id == Agreements.put_by_id, not_apart(BOUND, _WHO)))
    .where(Agreements.circle_id == _CIRCLE)
    .order_by(Agreements.version.desc())
    .limit(LEAF + 1)
)


def decisions_of(db: Session, circle: Circle) -> Sequence[Decision]:
    """Return what a circle decides, and then what it decided, the latest first."""
    return db.scalars(_ALL, {"circle": circle.id}).all()


def voices_of(db: Session, member: Member, decision: Decision, now: datetime) -> Voices:
    """Return what those who are in the circle said to the present words."""
    found = Voices(None, [], [])
    bound = {**Viewer.of(member).at(now), "decision": decision.id}
    for voice, who in db.execute(_SAID, bound):
        (found.consents if voice.consents else found.concerns).append(Said(voice, who))
    mine = (each.voice for each in (*found.consents, *found.concerns))
    own = next((voice for voice in mine if voice.member_id == member.id), None)
    return Voices(own, found.consents, found.concerns)


def wordings_of(db: Session, member: Member, circle: Circle, now: datetime) -> list[Wording]:
    """Return the versions of the agreements, the present one first, each beside the one before."""
    bound = {**Viewer.of(member).at(now), "circle": circle.id}
    rows = db.execute(_VERSIONS, bound).all()
    before = [each.words for each, _who in rows[1:]] + [""]
    return [
        Wording(each, who, compared(earlier, each.words) if each.version > 1 else [])
        for (each, who), earlier in zip(rows[:LEAF], before, strict=False)
    ]


def has_concern(db: Session, decision: Decision) -> bool:
    """Whether somebody who is in the circle cannot live with the present words."""
    found = (
        select(Voice.member_id)
        .join(Membership, Membership.member_id == Voice.member_id)
        .where(
            Voice.decision_id == decision.id,
            Voice.version == decision.version,
            not_(Voice.consents),
            Membership.circle_id == decision.circle_id,
            Membership.state.in_(IN_IT),
        )
    )
    return db.scalar(found.limit(1)) is not None


def all_consent(db: Session, decision: Decision, now: datetime) -> bool:
    """Whether everybody inside who does not rest can live with the present words."""
    consented = exists().where(
        Voice.decision_id == decision.id,
        Voice.member_id == Membership.member_id,
        Voice.version == decision.version,
        Voice.consents,
    )
    silent = (
        select(Membership.id)
        .join(Circle, Circle.id == Membership.circle_id)
        .where(
            Membership.circle_id == decision.circle_id,
            Membership.state == MembershipState.MEMBER,
            inside(Viewer(member_id=Membership.member_id), now),
            not_(consented),
        )
    )
    return db.scalar(silent.limit(1)) is None


def standing_of(db: Session, decision: Decision, now: datetime) -> Standing:
    """Return what holds a proposal back from being adopted. Nobody waits beyond its time."""
    silent = decision.open_until > now and not all_consent(db, decision, now)
    return Standing(has_concern(db, decision), silent)


def changes_of(db: Session, circle: Circle, decision: Decision) -> list[Run]:
    """Return what an open proposal about the agreements changes in them; else nothing."""
    if decision.about is DecisionAbout.MATTER or decision.state is not DecisionState.OPEN:
        return []
    return compared(present_words(db, circle), decision.words)


def present_words(db: Session, circle: Circle) -> str:
    """Return the words of the agreements that a circle has now."""
    return agreements_of(db, circle).words


def agreements_are_open(db: Session, circle: Circle) -> str | None:
    """Return the key of the open proposal about the agreements, or None."""
    return db.scalar(
        select(Decision.key).where(
            Decision.circle_id == circle.id,
            Decision.about == DecisionAbout.AGREEMENTS,
            Decision.state == DecisionState.OPEN,
        )
    )
