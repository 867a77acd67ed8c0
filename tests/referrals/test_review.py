from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from network.asks.models import Ask
from network.members.kinds import State
from network.members.models import Invitation
from network.referrals.access import About
from network.referrals.models import OutsideLetter
from network.referrals.services import outside
from network.referrals.services.referring import recommend
from tests.conftest import post
from tests.referrals.conftest import here, said, tie
from tests.referrals.test_outside import row, writes, wrote


@pytest.mark.parametrize("answer", [None, False, True])
def test_recommending_somebody_here_tells_nothing_of_a_letter_to_their_address(it, answer):
    tie(it.db, it.rui, it.eli, it.now - timedelta(days=9))
    letter = it.db.get_one(OutsideLetter, writes(it, it.eli.email, name="Eli").id)
    if answer is not None:
        outside.answer(it.db, letter, yes=answer, now=it.now)
    about = About(it.need)
    recommend(it.db, it.rui, it.eli, about, said=said(submission="here"), now=it.now)
    to_eli = select(Ask.kind).where(Ask.addressee_id == it.eli.id)
    assert it.db.scalars(to_eli).all() == ([] if answer else ["referral_consent"])


@pytest.mark.parametrize("state", [State.SUSPENDED, State.DEPARTED])
def test_the_link_of_a_letter_ends_with_the_account_of_who_had_it_sent(
    merrow, db, client, now, state
):
    key, path = wrote(now)
    here(db, now).rui.state = state
    db.commit()
    assert client.get(path).status_code == 404
    assert post(client, path, {"answer": "yes"}).status_code == 404
    assert row(OutsideLetter, key).answered_at is None
    assert db.scalar(select(Invitation)) is None
