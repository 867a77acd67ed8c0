from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
import time_machine
from sqlalchemy import select

from network.db import transaction
from network.members.models import Member
from network.organisations.kinds import Speaks, VerifiedBy
from network.organisations.models import Organisation, Readiness, Representative
from network.organisations.services.marks import remember_all

BEFORE = timedelta(days=60)
MERROW = "merrow-ferries-abcdefgh"
ANSWERS = [
    "Islands that empty or do not.",
    "Not yet for everyone.",
    "You get one sheet and one person.",
    "Crews change shape with the weather.",
    "Four of seven would.",
]
MakeOrganisation = Callable[..., Organisation]


def keep_organisation(db, now, *, name="Merrow Ferries", speakers=(), **values):
    """Keep an organisation that was begun long ago, with those who speak for it."""
    verified, answered = values.pop("verified", True), values.pop("answered", True)
    domain = values.pop("domain", "")
    plain = name.lower().replace(" ", "-")
    organisation = Organisation(
        **{
            "slug": f"{plain}-abcdefgh",
            "name": name,
            "purpose": "We keep the islands in reach of one another.",
            "submission": uuid4().hex,
            "made_at": now - BEFORE,
            "changed_at": now - BEFORE,
            "maker_id": speakers[0].id if speakers else None,
            "verified_by": None,
            "domain": domain,
            "readiness_version": 1 if answered else 0,
            **values,
        }
    )
    if verified:
        organisation.verified_by = VerifiedBy.ADDRESS if domain else VerifiedBy.STEWARD
        organisation.verified_at = now - BEFORE
    db.add(organisation)
    db.flush()
    if answered:
        db.add(
            Readiness(
                organisation_id=organisation.id, version=1, answers=ANSWERS, written_at=now - BEFORE
            )
        )
    for member in speakers:
        db.add(speaking(organisation, member, now))
    db.flush()
    remember_all(db, organisation)
    return organisation


def speaking(organisation, member, now, **values):
    """Return the place of somebody who has spoken for an organisation all that time."""
    return Representative(
        **{
            "organisation_id": organisation.id,
            "member_id": member.id,
            "state": Speaks.ACTIVE,
            "asked_at": now - BEFORE,
            "since": now - BEFORE,
            **values,
        }
    )


@pytest.fixture
def make_organisation(app, now) -> MakeOrganisation:
    """Keep an organisation, committed: `make_organisation("Merrow Ferries", speakers=[oskar],
    verified=True, answered=True, domain="merrow.example")`.
    """

    def make(name: str = "Merrow Ferries", **values: object) -> Organisation:
        with transaction() as session:
            return keep_organisation(session, now, name=name, **values)

    return make


@pytest.fixture
def merrow(make_member, make_organisation, now):
    """An organisation that Oskar and Siun speak for, and some who do not; this instant stays."""
    people = {
        name: make_member(name, joined_at=now - BEFORE)
        for name in ("oskar", "siun", "ama", "bo", "eli")
    }
    make_organisation(speakers=[people["oskar"], people["siun"]])
    with time_machine.travel(now, tick=False):
        yield SimpleNamespace(**people)


@pytest.fixture
def it(merrow, db, now):
    """The organisation and the people as rows of one session, in which nobody else looks."""
    found = here(db)
    found.now = now
    return found


def here(db):
    """Return the organisation and the people as rows of this session."""
    people = {member.handle: member for member in db.scalars(select(Member))}
    organisation = db.scalars(select(Organisation).order_by(Organisation.id).limit(1)).one()
    return SimpleNamespace(organisation=organisation, **people)


def act(what):
    """Do something in a transaction of its own, for requests to see."""
    with transaction() as db:
        return what(db, here(db))


def place_of(db, who, organisation=None):
    """Return where somebody stands with an organisation, or stood last."""
    found = select(Representative).where(Representative.member_id == who.id)
    if organisation is not None:
        found = found.where(Representative.organisation_id == organisation.id)
    return db.scalars(found.order_by(Representative.id.desc())).first()
