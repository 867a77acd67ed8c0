"""Ceasing to speak for an organisation: leaving, or being ended by another who does.

All who speak for it have the same rights. Whoever ceases has none from that very transaction on:
what they wrote for it is closed, and its conversations go on without them. The last one may leave;
then the page has nobody and may be claimed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.errors import NotFound
from network.members.models import Member
from network.organisations.kinds import Speaks
from network.organisations.models import Organisation, Representative
from network.organisations.queries.people import somebody_speaks
from network.organisations.services.answering import readdress
from network.organisations.services.endings import Ending, close_all_of
from network.organisations.services.inviting import stop
from network.organisations.services.marks import remember
from network.organisations.services.turns import log, look_again, must_speak, take


def end(
    db: Session,
    organisation: Organisation,
    place: Representative,
    *,
    actor: Member,
    now: datetime,
    above: Sequence[Ending] = (),
) -> None:
    """End somebody's speaking for an organisation, one's own or another's. Twice is once.

    Every right of theirs ends in this transaction, with what the packages `above` know of. Raises
    `NotFound` where the actor does not speak for it, or nobody by this place ever did.
    """
    take(db, organisation)
    look_again(db, place)
    if place.since is None:
        raise NotFound
    if place.state is Speaks.ENDED:
        return
    must_speak(db, organisation, actor)
    place.state, place.ended_at = Speaks.ENDED, now
    db.flush()  # shields and what waits are compared with who speaks
    remember(db, db.get_one(Member, place.member_id))
    _take_back_whom_they_invited(db, organisation, place, actor=actor, now=now)
    close_all_of(db, organisation.id, place.member_id, actor=actor, now=now)
    for ending in above:
        ending(db, organisation.id, place.member_id, now)
    readdress(db, organisation, now=now)
    if not somebody_speaks(db, organisation):
        organisation.asks_steward, organisation.asks_steward_at = "", None
    told = ("mail", "referrals") if actor.id != place.member_id else ("referrals",)
    log(db, organisation, "organisations:ended", actor=actor.id, now=now, to=told, place=place)


def _take_back_whom_they_invited(
    db: Session, organisation: Organisation, place: Representative, *, actor: Member, now: datetime
) -> None:
    """Nobody comes in by the word of somebody who has none any more."""
    invited = db.scalars(
        select(Representative).where(
            Representative.organisation_id == organisation.id,
            Representative.by_id == place.member_id,
            Representative.state == Speaks.INVITED,
        )
    ).all()
    for each in invited:
        stop(db, organisation, each, actor=actor, now=now)
