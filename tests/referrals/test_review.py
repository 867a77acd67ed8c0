from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from network.asks.models import Ask, AskState
from network.conversations.hearing import is_there
from network.conversations.models import Conversation
from network.db import reading, transaction
from network.errors import Conflict
from network.events.models import Event
from network.members.kinds import State
from network.members.models import Invitation
from network.members.services import joining
from network.members.visibility import Viewer
from network.organisations.kinds import ApproachState
from network.organisations.models import Representative
from network.organisations.services import representing
from network.referrals import hearing
from network.referrals.access import About, approach_to_pass_on
from network.referrals.kinds import AskOf, ReferralState
from network.referrals.models import OutsideLetter
from network.referrals.services import outside
from network.referrals.services.referring import recommend
from tests.conftest import post
from tests.organisations.conftest import MERROW, speaking
from tests.referrals.conftest import (
    SECRET,
    answers,
    here,
    refers,
    said,
    tie,
    write_approach,
    write_need,
)
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


@pytest.mark.parametrize("agreed", [AskOf.CONSENT, AskOf.MEETING])
def test_ending_a_right_ends_its_referrals_though_no_worker_runs(merrow, sign_in, now, agreed):
    with transaction() as db:
        it = here(db, now)
        referral = refers(it)
        for kind in list(AskOf)[: list(AskOf).index(agreed) + 1]:
            answers(it, referral, kind)
        place = db.scalars(select(Representative)).one().key
    path = f"/organisations/{MERROW}/representatives/{place}/end"
    assert post(sign_in(it.ines), path).status_code == 303
    with reading() as db:
        it = here(db, now)
        assert not db.scalars(select(Ask).where(Ask.state == AskState.WAITING)).all()
        talks = select(Conversation.id).where(is_there(Viewer.of(it.ines)))
        assert not db.scalars(talks).all()


def test_an_approach_is_passed_on_no_more_once_its_writer_may_not_speak(it):
    approach = write_approach(it.db, it.ines, it.rui, it.now, organisation=it.organisation)
    approach.state, approach.ended_at = ApproachState.OPENED, it.now
    ask = it.db.scalars(select(Ask).where(Ask.kind == "approach")).one()
    ask.state, ask.ended_at = AskState.ACCEPTED, it.now
    place = it.db.scalars(select(Representative)).one()
    representing.end(it.db, it.organisation, place, actor=it.ines, now=it.now)
    about = approach_to_pass_on(it.db, it.rui, approach.key, now=it.now)
    with pytest.raises(Conflict):
        recommend(it.db, it.rui, it.mara, about, said=said(), now=it.now)
    assert it.db.scalar(select(Ask).where(Ask.addressee_id == it.mara.id)) is None


def test_what_is_heard_late_ends_nothing_of_whoever_speaks_again(it):
    place = it.db.scalars(select(Representative)).one()
    representing.end(it.db, it.organisation, place, actor=it.ines, now=it.now)
    it.db.add(speaking(it.organisation, it.ines, it.now))
    need = write_need(it.db, it.ines, it.now, organisation=it.organisation, submission="anew")
    referral = recommend(it.db, it.rui, it.mara, About(need), said=said(), now=it.now)
    event = it.db.scalars(select(Event).where(Event.kind == "organisations:ended")).one()
    hearing.hear(it.db, event, secret=SECRET, now=it.now)
    assert referral.state is ReferralState.ASKED


def test_a_yes_from_outside_uses_the_door_that_is_held_open_already(it):
    letter = it.db.get_one(OutsideLetter, writes(it).id)
    held = joining.invite(it.db, email=letter.email, draft={"purpose": "Rosters."}, now=it.now)
    outside.answer(it.db, letter, yes=True, now=it.now)
    assert it.db.scalars(select(Invitation)).all() == [held]
    assert (letter.invitation_id, held.withdrawn_at) == (held.id, None)
