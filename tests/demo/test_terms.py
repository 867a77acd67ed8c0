from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import func, select

from network.db import reading
from network.engagements.kinds import NegotiationState
from network.engagements.models import Acceptance, Negotiation, Version
from network.engagements.services.negotiating import accepted_by, parties_of
from network.engagements.terms import from_text


@pytest.fixture
def db(demo):
    with reading() as session:
        yield session


def test_terms_stand_in_every_state_and_some_took_three_versions(db, now):
    found = db.scalars(select(Negotiation)).all()
    seen = Counter("lapsed" if each.has_lapsed(now) else each.state.value for each in found)
    assert set(seen) == {"open", "agreed", "closed", "lapsed"}
    assert [each.last >= 3 for each in found].count(True) >= 3
    assert any(each.state is NegotiationState.OPEN and not each.on_table for each in found)


def test_a_team_finds_terms_with_a_split_that_changed(db):
    texts = db.scalars(select(Version.text).order_by(Version.negotiation_id, Version.number)).all()
    parted = [
        tuple(share.amount.minor for share in line.split)
        for text in texts
        for line in from_text(text).cash
        if line.split
    ]
    assert len(set(parted)) > 1


def test_somebody_is_the_last_whose_yes_is_missing(db, now):
    waiting = [
        each
        for each in db.scalars(select(Negotiation).where(Negotiation.on_table > 0))
        if each.state is NegotiationState.OPEN and not each.has_lapsed(now)
    ]
    missing = [
        {party.id for party in parties_of(db, each)} - accepted_by(db, each, each.on_table)
        for each in waiting
    ]
    assert any(len(each) == 1 for each in missing)
    assert db.scalar(select(func.count()).select_from(Acceptance)) > 0
