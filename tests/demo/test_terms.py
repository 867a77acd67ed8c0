from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import func, select

from network.db import reading
from network.engagements.kinds import EngagementState, LeftFor, NegotiationState
from network.engagements.models import (
    Acceptance,
    CheckIn,
    Engagement,
    Left,
    Negotiation,
    Showing,
    ShowingConsent,
    Version,
    WelcomeItem,
)
from network.engagements.models import (
    Testimony as Words,
)
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


def test_agreed_work_stands_in_every_state(db):
    states = set(db.scalars(select(Engagement.state)))
    assert states == set(EngagementState)


def test_work_is_changed_looked_back_on_and_shown(db):
    amending = select(Negotiation).where(
        Negotiation.engagement_id.is_not(None), Negotiation.state == NegotiationState.OPEN
    )
    assert db.scalars(amending).one().on_table == 1
    words = db.scalars(select(Words)).all()
    assert {each.about_id for each in words} == {each.author_id for each in words}
    assert any(each.reply for each in words)
    assert any(each.shown_at for each in words)
    shown = db.scalars(select(Showing)).one()
    assert db.scalar(select(ShowingConsent.wording)) == shown.wording
    assert {each.sort for each in db.scalars(select(Left))} == set(LeftFor)


def test_somebody_has_a_check_in_to_answer_and_a_welcome_to_finish(db):
    answered = db.execute(
        select(CheckIn.engagement_id, CheckIn.number, func.count()).group_by(
            CheckIn.engagement_id, CheckIn.number
        )
    ).all()
    assert {how_many for _work, _number, how_many in answered} == {1, 2}
    done = set(db.scalars(select(WelcomeItem.done_at.is_not(None))))
    assert done == {True, False}
