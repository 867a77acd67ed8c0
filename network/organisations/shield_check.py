"""Whether one of a member's own shields meets an organisation.

Compared are the member's own shields with what everybody may know: the name of an organisation, the
verified end of its addresses, or what the member typed. Nobody is looked at: were people, the
answer would tell where somebody works.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.members.models import Member, Shield
from network.members.queries import shields
from network.members.services.accounts import ends_of
from network.members.services.boundaries import DOMAIN
from network.organisations.models import Organisation
from network.organisations.services.marks import marks_of
from network.text import clean_line, fold

# How many organisations the page offers to choose from; any other can be typed.
MOST_CHOICES = 100


@dataclass(frozen=True, slots=True)
class Checked:
    """What was compared, and which of the member's own shields meet it. `raises` are the words of
    shields that would.
    """

    name: str
    met: list[Shield]
    raises: list[str]


def choices(db: Session) -> Sequence[Organisation]:
    """Return organisations that are here, by name."""
    found = select(Organisation).order_by(Organisation.name, Organisation.id)
    return db.scalars(found.limit(MOST_CHOICES)).all()


def check_organisation(db: Session, member: Member, organisation: Organisation) -> Checked:
    """Compare a member's own shields with an organisation that is here."""
    marks = marks_of(organisation)
    domains = [mark[1:] for mark in marks if mark == f"@{organisation.domain}"]
    return _checked(db, member, organisation.name, marks, [organisation.name, *domains])


def check_text(db: Session, member: Member, text: str) -> Checked:
    """Compare a member's own shields with a name, or with the end of an address."""
    line = clean_line(text)
    end = line.lower().rpartition("@")[2]
    marks = ends_of(end) if DOMAIN.fullmatch(end) else [fold(line)]
    return _checked(db, member, line, marks, [end if DOMAIN.fullmatch(end) else line])


def _checked(
    db: Session, member: Member, name: str, marks: list[str], raises: list[str]
) -> Checked:
    """Compare as `members.visibility.shielded` does: a mark is sought between spaces."""
    belongs = f" {' '.join(marks)} "
    met = [shield for shield in shields(db, member) if f" {shield.mark} " in belongs]
    return Checked(name, met, raises)
