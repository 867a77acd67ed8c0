"""What shields read of those who speak for organisations: the names, and the verified domains.

It is written in the transaction in which somebody begins or ceases to speak, or a name changes:
from that moment a member whose shield meets it does not exist for them, on any surface.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.errors import Conflict
from network.members.models import Member
from network.members.services.accounts import ends_of, remember_belongs
from network.organisations.kinds import Speaks, VerifiedBy
from network.organisations.models import Organisation, Representative
from network.organisations.queries.people import organisations_of
from network.text import fold
from network.translation import _

# What a row holds. What does not fit would leave somebody unhidden, so it is refused.
MOST_LETTERS = 1000


def remember(db: Session, member: Member) -> None:
    """Write down for whom somebody speaks now. Raises `Conflict` where it is more than is kept."""
    db.refresh(member, ["represents", "email"], with_for_update=True)
    lines = [line for each in organisations_of(db, member) for line in marks_of(each)]
    represents = "\n".join(dict.fromkeys(lines))
    if len(represents) > MOST_LETTERS:
        raise Conflict(_("Nobody can speak for so many organisations. End one of them first."))
    member.represents = represents
    remember_belongs(db, member)


def remember_all(db: Session, organisation: Organisation) -> None:
    """Write it down for everybody who speaks for an organisation."""
    speaking = (
        select(Member)
        .join(Representative, Representative.member_id == Member.id)
        .where(
            Representative.organisation_id == organisation.id,
            Representative.state == Speaks.ACTIVE,
        )
        .order_by(Member.id)
    )
    for member in db.scalars(speaking).all():
        remember(db, member)


def marks_of(organisation: Organisation) -> list[str]:
    """Return what a shield against an organisation may be compared with."""
    ends = ends_of(organisation.domain) if organisation.verified_by is VerifiedBy.ADDRESS else []
    return [fold(organisation.name), *ends]
