from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from network.asks.models import Ask
from network.referrals.access import About
from network.referrals.models import OutsideLetter
from network.referrals.services import outside
from network.referrals.services.referring import recommend
from tests.referrals.conftest import said, tie
from tests.referrals.test_outside import writes


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
