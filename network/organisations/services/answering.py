"""What a yes to speaking for an organisation does: of somebody invited, or to somebody who claims.

Each ask is part of a `Representative` on its way; one yes of those asked is the yes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import ColumnElement, and_, exists, not_, select
from sqlalchemy.orm import Session

from network.asks import services as asks
from network.asks.kinds import Kind
from network.asks.models import Ask, AskState
from network.circles.services.guards import takes_invitations
from network.errors import Conflict
from network.members.models import Member
from network.members.visibility import Viewer, not_apart
from network.organisations.kinds import AskOf, Speaks
from network.organisations.models import Organisation, Representative
from network.organisations.services.marks import remember
from network.organisations.services.turns import log, look_again, take
from network.translation import _

OPEN_FOR = timedelta(days=30)
# To whoever asked, these are open.
OPEN = (AskState.WAITING, AskState.DECLINED)


@dataclass(frozen=True, slots=True)
class OnTheWay:
    """What the templates of these asks read: the organisation, and the place."""

    organisation: Organisation
    place: Representative


def admit(
    db: Session, organisation: Organisation, place: Representative, *, actor: Member, now: datetime
) -> None:
    """Let somebody speak for an organisation from now on. Its row is taken before."""
    member = db.get_one(Member, place.member_id)
    place.state, place.since = Speaks.ACTIVE, now
    db.flush()  # shields and what waits are compared with who speaks
    remember(db, member)
    close_asks(db, place, actor=actor, now=now)
    readdress(db, organisation, now=now)
    log(db, organisation, "organisations:came", actor=actor.id, now=now, to=("mail",), place=place)


def close_asks(db: Session, place: Representative, *, actor: Member, now: datetime) -> None:
    """Close what is still open of an invitation or a claim."""
    asks.close(db, and_(part_of(place), Ask.state.in_(OPEN)), actor=actor, now=now)


def is_answerable(db: Session, place: Representative) -> bool:
    """Whether what invites somebody may still be answered: no block has closed it."""
    found = select(Ask.id).where(part_of(place), Ask.state.in_(OPEN))
    return db.scalar(found.limit(1)) is not None


def readdress(db: Session, organisation: Organisation, *, now: datetime) -> None:
    """Bring the claims that wait before whoever speaks for it now, and before nobody else. Where
    nobody does they are the stewards'.
    """
    waiting = db.scalars(
        select(Representative).where(
            Representative.organisation_id == organisation.id,
            Representative.state == Speaks.CLAIMED,
            Representative.expires_at > now,
        )
    ).all()
    for place in waiting:
        member = db.get_one(Member, place.member_id)
        answering = _who_answers(db, organisation, place, member)
        letters = db.scalars(select(Ask).where(part_of(place))).all()
        reached = {ask.addressee_id for ask in letters if ask.state in OPEN}
        gone = reached - {each.id for each in answering}
        theirs = and_(part_of(place), Ask.addressee_id.in_(gone), Ask.state.in_(OPEN))
        asks.close(db, theirs, actor=member, now=now)
        for each in answering:
            if each.id not in reached:
                _put(db, organisation, place, asker=member, addressee=each, now=now)


def part_of(place: Representative) -> ColumnElement[bool]:
    """Hold for the asks of somebody who is on the way to speaking."""
    return and_(Ask.thing_id == place.id, Ask.kind.in_((INVITED.name, CLAIMED.name)))


def _who_answers(
    db: Session, organisation: Organisation, place: Representative, claims: Member
) -> list[Member]:
    """Return those who speak for it and whom the one who claims is not apart from. What was closed
    while they spoke, as by a block, is not put before them again.
    """
    closed = exists().where(
        part_of(place),
        Ask.addressee_id == Member.id,
        Ask.state == AskState.CLOSED,
        Ask.ended_at > Representative.since,
    )
    found = (
        select(Member)
        .join(Representative, Representative.member_id == Member.id)
        .where(
            Representative.organisation_id == organisation.id,
            Representative.state == Speaks.ACTIVE,
            Member.id != claims.id,
            not_apart(Viewer.of(claims)),
            not_(closed),
        )
        .order_by(Representative.since, Representative.id)
    )
    return list(db.scalars(found))


def _put(
    db: Session,
    organisation: Organisation,
    place: Representative,
    *,
    asker: Member,
    addressee: Member,
    now: datetime,
) -> None:
    asks.let_lapse(db, asker, addressee, CLAIMED, now, body_id=organisation.id)
    asks.place(
        db,
        CLAIMED,
        asker=asker,
        addressee=addressee,
        reason=place.words,
        submission=uuid4().hex,
        now=now,
        thing_id=place.id,
        body_id=organisation.id,
        expires_at=place.expires_at,
    )


def _place_and_organisation(db: Session, ask: Ask) -> tuple[Representative, Organisation]:
    place = db.get_one(Representative, ask.thing_id)
    return place, db.get_one(Organisation, place.organisation_id)


def _read(db: Session, ask: Ask) -> str:
    return f"{ask.mark}-{_place_and_organisation(db, ask)[1].changed_at.isoformat()}"


def _take(db: Session, ask: Ask) -> None:
    place, organisation = _place_and_organisation(db, ask)
    take(db, organisation)
    look_again(db, place)


def _began(db: Session, ask: Ask, now: datetime) -> None:
    """Let the one who was asked speak: who was invited themselves, or who claims the page."""
    place, organisation = _place_and_organisation(db, ask)
    wanted = Speaks.INVITED if ask.kind == AskOf.REPRESENTATIVE.value else Speaks.CLAIMED
    if place.state is not wanted:
        raise Conflict
    place.by_id = ask.asker_id if wanted is Speaks.INVITED else ask.addressee_id
    admit(db, organisation, place, actor=db.get_one(Member, ask.addressee_id), now=now)


def on_the_way(db: Session, ids: Collection[int]) -> Mapping[int, OnTheWay]:
    """Return what templates read of places, by their row."""
    rows = db.execute(
        select(Representative, Organisation)
        .join(Organisation, Organisation.id == Representative.organisation_id)
        .where(Representative.id.in_(ids))
    )
    return {place.id: OnTheWay(organisation, place) for place, organisation in rows}


def _invites(ask: Ask) -> str:
    return str(
        _("%(name)s asks you to speak for an organisation with them, and writes:", name=_who(ask))
    )


def _claims(ask: Ask) -> str:
    return str(
        _("%(name)s would like to speak for an organisation of yours, and writes:", name=_who(ask))
    )


def _who(ask: Ask) -> str:
    return ask.asker.name


def _said_yes(_ask: Ask) -> str:
    return str(_("You said yes. You speak for it from now on, until you or the others end it."))


def _said_let_in(ask: Ask) -> str:
    return str(_("You said yes. %(name)s speaks for it from now on, as you do.", name=_who(ask)))


INVITED = Kind(
    name=AskOf.REPRESENTATIVE.value,
    lifetime=OPEN_FOR,
    open_to=takes_invitations,
    accepted=_began,
    opening=_invites,
    said_yes=_said_yes,
    templates="organisations/invitation",
    take=_take,
    read=_read,
    load=on_the_way,
)
CLAIMED = Kind(
    name=AskOf.CLAIM.value,
    lifetime=OPEN_FOR,
    accepted=_began,
    opening=_claims,
    said_yes=_said_let_in,
    templates="organisations/claim",
    take=_take,
    load=on_the_way,
)
