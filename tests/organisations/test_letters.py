from __future__ import annotations

import pytest

from network.members.kinds import WhoMayAsk
from network.members.models import Participation
from network.members.services import boundaries
from network.organisations.notices import LETTERS
from network.organisations.services.claiming import decide
from network.organisations.services.verifying import (
    answer_as_steward,
    ask_steward,
    stamp_of,
    verify_by_address,
)
from tests.notices.conftest import deliver, letters, settings, time  # noqa: F401
from tests.organisations.conftest import act, place_of
from tests.organisations.speaking import REASON, answer, claim, end, invite

NO = "We could not find you there."


def letter(db, it):
    it.organisation.verified_by = it.organisation.verified_at = None
    email = "hello@merrow.example"
    verify_by_address(db, it.organisation, actor=it.oskar, email=email, now=it.now)


def came(db, it):
    db.get_one(Participation, it.ama.id).who_may_invite = WhoMayAsk.ANYONE
    invite(db, it, "ama")
    answer(db, it, "ama")


def ended(db, it):
    end(db, it, "siun", by="oskar")


def claimed(db, it):
    it.bo.steward = it.oskar.steward = True
    end(db, it, "siun")
    end(db, it, "oskar")
    claim(db, it, "ama")


def claim_refused(db, it):
    claimed(db, it)
    place = place_of(db, it.ama)
    decide(db, it.organisation, place, steward=it.bo, yes=False, words=NO, now=it.now)


def asked(db, it):
    it.bo.steward = it.siun.steward = True
    it.organisation.verified_by = it.organisation.verified_at = None
    ask_steward(db, it.organisation, actor=it.oskar, words=REASON, now=it.now)


def answered(db, it, *, yes):
    asked(db, it)
    read = stamp_of(it.organisation)
    answer_as_steward(db, it.organisation, steward=it.bo, yes=yes, words=NO, read=read, now=it.now)


def verified(db, it):
    answered(db, it, yes=True)


def refused(db, it):
    answered(db, it, yes=False)


HAPPENS = {
    "organisations:letter:wanted": (letter, {"hello"}, "this is an address of it"),
    "organisations:came": (came, {"oskar", "siun"}, "Ama Example speaks for"),
    "organisations:ended": (ended, {"siun"}, "ended that you do"),
    "organisations:claimed": (claimed, {"bo"}, "asks to speak for"),
    "organisations:claim:refused": (claim_refused, {"ama"}, NO),
    "organisations:steward:asked": (asked, {"bo"}, "asks to be verified"),
    "organisations:steward:verified": (verified, {"oskar", "siun"}, "is verified"),
    "organisations:steward:refused": (refused, {"oskar", "siun"}, NO),
}


@pytest.fixture
def happens(merrow, now, letters):  # noqa: F811
    """Let something happen, then something after it, and return who reads what."""

    def happen(*what):
        for each in what:
            act(lambda db, it, each=each: (setattr(it, "now", now), each(db, it)))
        return {str(each["To"]).partition("@")[0]: each for each in letters()}

    return happen


def test_every_letter_of_organisations_is_tried_here():
    assert set(HAPPENS) == set(LETTERS)


@pytest.mark.parametrize("kind", HAPPENS)
def test_a_letter_goes_to_whom_it_concerns_and_its_subject_names_nobody(happens, kind):
    what, readers, words = HAPPENS[kind]
    found = happens(what)
    assert readers <= set(found)
    for each in readers:
        said = " ".join(found[each].get_body().get_content().split())
        assert words in said
        assert "Merrow" not in found[each]["Subject"]
        assert "Example" not in found[each]["Subject"]


def test_a_steward_who_has_to_do_with_it_gets_no_letter(happens):
    assert set(happens(claimed)) == {"bo"}


def test_inv_10_a_letter_names_nobody_to_whom_a_shield_hides_them(happens):
    def hide(db, it):
        boundaries.raise_shield(db, it.ama, against="siun.example", now=it.now)

    found = happens(hide, came)
    assert ("oskar" in found, "siun" in found) == (True, False)


def test_no_letter_goes_out_for_somebody_who_speaks_no_longer(happens):
    def stop(db, it):
        end(db, it, "oskar")

    assert happens(letter, stop) == {}


def test_whoever_speaks_again_is_not_told_that_it_ended(happens):
    def again(db, it):
        claim(db, it, "siun")
        answer(db, it, "oskar")

    assert "ended that you do" not in happens(ended, again)["siun"].get_body().get_content()
