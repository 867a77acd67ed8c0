"""What an answer to an approach does. One member's yes opens the conversation; a team opens it by
its own rule; a no is told only where its one reader wants it told.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.asks.kinds import Kind
from network.asks.models import Ask, AskState
from network.circles.kinds import Life, OpeningRule
from network.circles.models import Circle
from network.conversations.models import About
from network.conversations.services import join_about, open_about
from network.errors import Conflict, Invalid, NotFound
from network.members.kinds import MembershipState
from network.members.models import Member, Membership
from network.members.visibility import Viewer, not_apart
from network.organisations.kinds import ApproachState, AskOf
from network.organisations.models import Approach
from network.organisations.queries.approaches import OPEN_FOR, approaches_of
from network.organisations.services.approach_turns import log, take
from network.organisations.services.ending_approaches import asks_of, close_asks
from network.text import clean
from network.translation import _

LONGEST_NO = 600


def tell_no(db: Session, approach: Approach, *, actor: Member, words: str, now: datetime) -> None:
    """Tell the side that wrote that it is a no, with words or without: it is over for good.

    Twice is once. Raises `NotFound` for anybody but the one it was written to, `Conflict` where it
    is over already, `Invalid` for too many words.
    """
    if approach.member_id != actor.id:
        raise NotFound
    take(db, approach)
    if approach.told_no_at is not None:
        return
    if approach.state is not ApproachState.SENT or approach.expires_at <= now:
        raise Conflict(_("This is over already. They are told nothing."))
    said = clean(words)
    if len(said) > LONGEST_NO:
        raise Invalid(
            _("This has %(n)s letters; %(most)s is the most.", n=len(said), most=LONGEST_NO),
            field="words",
        )
    approach.told_no_at, approach.told_words = now, said
    close_asks(db, approach, actor=actor, now=now)
    log(db, approach, "organisations:approach:told_no", actor=actor.id, now=now, to=("mail",))


def _approach(db: Session, ask: Ask) -> Approach:
    return db.get_one(Approach, ask.thing_id)


def _take(db: Session, ask: Ask) -> None:
    take(db, _approach(db, ask))


def _said_yes(db: Session, ask: Ask, now: datetime) -> None:
    """Open the conversation of the one who wrote and the one who was asked."""
    approach = _approach(db, ask)
    if approach.state is not ApproachState.SENT or approach.told_no_at is not None:
        raise Conflict
    _open(db, approach, [ask.addressee_id], opener_id=ask.addressee_id, now=now)


def _one_of_us_said_yes(db: Session, ask: Ask, now: datetime) -> None:
    """Open the conversation where the team's rule is met now; join it where it was met before.

    Raises `Conflict` for somebody who has left the team meanwhile.
    """
    approach = _approach(db, ask)
    circle = db.get_one(Circle, approach.circle_id)
    agreed = _agreed(db, approach)
    if ask.addressee_id not in agreed or circle.life is Life.ARCHIVED:
        raise Conflict(_("You are in this team no longer, so your yes opens nothing."))
    if approach.state is ApproachState.OPENED:
        person = db.get_one(Member, ask.addressee_id)
        join_about(db, About.APPROACH, approach.id, person=person, actor=person, now=now)
    elif approach.state is not ApproachState.SENT:
        raise Conflict
    elif rule_is_met(db, approach, circle, agreed):
        _open(db, approach, agreed, opener_id=ask.addressee_id, now=now)


def rule_is_met(db: Session, approach: Approach, circle: Circle, agreed: Sequence[int]) -> bool:
    """Whether a team opens by its rule: at one yes, or at the yes of all who were in it when the
    approach was sent and still are. Whoever was not asked then has not said yes.
    """
    if circle.opens_when is OpeningRule.ANYONE:
        return bool(agreed)
    still = select(Membership.member_id).where(
        Membership.circle_id == circle.id,
        Membership.state == MembershipState.MEMBER,
        Membership.member_id.in_(approach.team),
    )
    return bool(agreed) and set(db.scalars(still)) <= set(agreed)


def _agreed(db: Session, approach: Approach) -> Sequence[int]:
    """Return who said yes, is still in the team, and is not apart from the one who wrote."""
    writer = db.get_one(Member, approach.writer_id)
    return db.scalars(
        select(Ask.addressee_id)
        .join(Member, Member.id == Ask.addressee_id)
        .join(Membership, Membership.member_id == Member.id)
        .where(
            asks_of(approach),
            Ask.state == AskState.ACCEPTED,
            Membership.circle_id == approach.circle_id,
            Membership.state == MembershipState.MEMBER,
            not_apart(Viewer.of(writer)),
        )
        .order_by(Ask.ended_at, Ask.id)
    ).all()


def _open(
    db: Session, approach: Approach, agreed: Sequence[int], *, opener_id: int, now: datetime
) -> None:
    approach.state, approach.ended_at = ApproachState.OPENED, now
    opener = db.get_one(Member, opener_id)
    people = [approach.writer_id, *agreed]
    open_about(db, About.APPROACH, approach.id, people=people, opener=opener, now=now)
    log(db, approach, "organisations:approach:opened", actor=opener_id, now=now, to=("mail",))


def _is_open(db: Session, ask: Ask) -> bool:
    """Whether a team has opened what was written to it; until then a yes may be taken back."""
    return _approach(db, ask).state is not ApproachState.SENT


def _opening(ask: Ask) -> str:
    return str(_("%(name)s would like to talk with you about work, and writes:", name=_who(ask)))


def _opening_to_team(ask: Ask) -> str:
    return str(
        _(
            "%(name)s would like to talk with your team about work, and writes:",
            name=_who(ask),
        )
    )


def _who(ask: Ask) -> str:
    return ask.asker.name


def _answered(ask: Ask) -> str:
    return str(_("You said yes. A conversation with %(name)s is open.", name=_who(ask)))


def _answered_for_team(ask: Ask) -> str:
    return str(
        _(
            "You said yes. A conversation with %(name)s opens as your team has agreed.",
            name=_who(ask),
        )
    )


APPROACH = Kind(
    name=AskOf.APPROACH.value,
    lifetime=OPEN_FOR,
    accepted=_said_yes,
    opening=_opening,
    said_yes=_answered,
    templates="organisations/approach",
    take=_take,
    load=approaches_of,
    puts_off=True,
)
TEAM_APPROACH = Kind(
    name=AskOf.TEAM_APPROACH.value,
    lifetime=OPEN_FOR,
    accepted=_one_of_us_said_yes,
    opening=_opening_to_team,
    said_yes=_answered_for_team,
    templates="organisations/approach",
    take=_take,
    made=_is_open,
    load=approaches_of,
    puts_off=True,
)
