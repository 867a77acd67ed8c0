from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from network.asks.models import Ask
from network.clock import utc_now
from network.conversations.models import Conversation
from network.db import reading, transaction
from network.members.services.accounts import start_sign_in
from network.referrals.kinds import AskOf, Interest, Tells
from network.referrals.models import OutsideLetter, Referral
from network.referrals.services import outside
from network.referrals.services.after import tell, thank
from network.relationships.services import connections
from tests.conftest import DRAWN, post
from tests.referrals.conftest import (
    NAMES,
    NEED,
    WORDS,
    answers,
    ask_of,
    here,
    made,
    people_of,
    refers,
    write_approach,
    write_need,
)
from tests.referrals.test_outside import writes

DAY = timedelta(days=1)
# What differs between two answers to the very same person.
FEE = {"interest": Interest.FEE, "interest_words": "Merrow pays me a finder’s share."}


@pytest.fixture
def browse(app, merrow, now):
    """Return a client signed in as somebody, for as long as a test likes."""

    def enter(name):
        with transaction() as db:
            user = start_sign_in(db, people_of(db)[name], device="test", now=utc_now())
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"] = user.token
            cookie["_fresh"] = True
        return client

    return enter


@pytest.fixture
def act(merrow, now):
    """Do something in a transaction of its own, for requests to see."""

    def do(what, *args, **values):
        with transaction() as db:
            found = what(here(db, now), *args, **values)
            db.flush()
            return found

    return do


def mark_of(client, ask):
    page = client.get("/asks").text
    part = page[page.index(f'data-ask="{ask}"') :]
    return re.search(r'name="read" value="([^"]+)"', part)[1]


def says(client, act, kind, answer="yes"):
    """Answer what waits on somebody's page of asks."""
    with reading() as db:
        key = db.scalars(select(Ask.key).where(Ask.kind == kind.value)).one()
    read = mark_of(client, key)
    return post(client, f"/asks/{key}/answer", {"answer": answer, "read": read})


def test_from_a_need_to_a_conversation_and_thanks(browse, act, now):
    rui, mara, ines = (browse(name) for name in ("rui", "mara", "ines"))
    need = act(lambda it: it.need.key)
    page = rui.get(f"/needs/{need}/refer")
    assert (page.status_code, NEED in page.text) == (200, True)
    form = {"member": "mara", "words": WORDS, "interest": "fee", "interest_words": "A share."}
    sent = post(rui, f"/needs/{need}/refer", {**form, "submission": "one"})
    assert sent.status_code == 303
    asked = mara.get("/asks").text
    assert all(each in asked for each in (WORDS, NEED, "A share.", "Ines Example"))
    assert WORDS not in ines.get("/asks").text
    says(mara, act, AskOf.CONSENT)
    assert "You said yes" in mara.get("/referrals").text
    says(ines, act, AskOf.MEETING)
    key = act(lambda it: it.db.scalars(select(Referral.key)).one())
    talk = act(lambda it: it.db.scalars(select(Conversation.key)).one())
    for client in (mara, ines):
        assert "You came together through Rui Example." in client.get(f"/conversations/{talk}").text
    assert "open until" in rui.get(f"/referrals/{key}").text
    assert post(mara, f"/referrals/{key}/thank", {"thanks": "Thank you, Rui."}).status_code == 303
    assert "Thank you, Rui." in rui.get(f"/referrals/{key}").text


def test_an_approach_is_passed_on_without_what_was_written_for_one(browse, act, now):
    approach = act(
        lambda it: write_approach(it.db, it.ines, it.rui, now, organisation=it.organisation).key
    )
    rui, mara = browse("rui"), browse("mara")
    assert rui.get(f"/approaches/{approach}/pass-on").status_code == 200
    assert mara.get(f"/approaches/{approach}/pass-on").status_code == 404
    form = {"member": "mara", "words": WORDS, "interest": "none", "submission": "one"}
    assert post(rui, f"/approaches/{approach}/pass-on", form).status_code == 303
    asked = mara.get("/asks").text
    assert "two days a week" in asked
    assert "quiet rooms" not in asked.partition("data-ask")[2]
    assert "to be found together" not in asked


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"interest": ""}, "Say what is in it for you"),
        ({"interest": "made up"}, "Say what is in it for you"),
        ({"interest": "fee"}, "Say in a sentence"),
        ({"words": "Good."}, "Say a little more"),
        ({"member": ""}, "Choose somebody."),
        ({"member": "nobody"}, "Choose somebody."),
        ({"member": "ines"}, "They wrote it."),
        ({"name": "Keiko", "email": "not one"}, "looks like"),
        ({"name": "", "email": "k@k.example"}, "Say their name"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_lost(browse, act, change, field):
    need = act(lambda it: it.need.key)
    form = {"member": "mara", "words": WORDS, "interest": "none", "submission": "one", **change}
    who = "?who=outside" if "email" in form else ""
    page = post(browse("rui"), f"/needs/{need}/refer{who}", form)
    assert page.status_code == 422
    assert field in page.text
    assert form["words"] in page.text
    with reading() as db:
        assert db.scalar(select(Referral)) is None


def test_inv_25_an_interest_that_is_put_right_is_not_dropped_in_silence(browse, act):
    need, rui = act(lambda it: it.need.key), browse("rui")
    form = {"member": "mara", "words": WORDS, "interest": "none", "submission": "one"}
    assert post(rui, f"/needs/{need}/refer", form).status_code == 303
    assert post(rui, f"/needs/{need}/refer", form).status_code == 303
    right = {**form, "interest": "fee", "interest_words": "Merrow pays me."}
    answer = post(rui, f"/needs/{need}/refer", right)
    assert answer.status_code == 409
    assert "Merrow pays me." in answer.text
    with reading() as db:
        assert db.scalars(select(Referral.interest)).all() == ["none"]


def test_somebody_outside_is_written_to_from_the_same_page(browse, act):
    need = act(lambda it: it.need.key)
    rui = browse("rui")
    address = f"/needs/{need}/refer?who=outside"
    asked = rui.get(address).text
    assert 'type="email"' in asked
    assert f'action="{address}"' in asked
    form = {"name": "Keiko", "email": "k@k.example", "words": WORDS, "interest": "none"}
    assert post(rui, address, {**form, "submission": "o"}).status_code == 303
    page = rui.get("/referrals").text
    assert "Keiko" in page
    assert "k@k.example" not in page


def test_an_address_that_slipped_into_the_other_form_is_written_to_by_nobody(browse, act):
    need = act(lambda it: it.need.key)
    form = {"member": "mara", "words": WORDS, "interest": "none", "email": "k@k.example"}
    assert post(browse("rui"), f"/needs/{need}/refer", form).status_code == 303
    with reading() as db:
        assert db.scalar(select(OutsideLetter)) is None


@pytest.mark.parametrize("who", NAMES)
@pytest.mark.parametrize("stage", ["asked", "agreed", "made"])
def test_each_sees_what_is_theirs_and_others_nothing(browse, act, who, stage):
    def go(it):
        referral = refers(it, **FEE)
        for kind in {"asked": (), "agreed": (AskOf.CONSENT,), "made": tuple(AskOf)}[stage]:
            answers(it, referral, kind)
        return referral.key

    key = act(go)
    there = {"rui", "mara"} | ({"ines"} if stage == "made" else set())
    page = browse(who).get(f"/referrals/{key}")
    assert page.status_code == (200 if who in there else 404)
    assert (WORDS in page.text) == (who in there)
    assert ("finder’s share" in page.text) == (who in there)
    alike = browse(who).get("/referrals/no-such-one")
    assert who in there or bare(page.text) == bare(alike.text)


def bare(page):
    return DRAWN.sub("", page)


# INV-14: to the referrer a no, silence, a yes that is not told, and a block of the two are one.


def silence(it, referral):
    pass


def member_says_no(it, referral):
    answers(it, referral, AskOf.CONSENT, yes=False)


def member_says_yes(it, referral):
    answers(it, referral, AskOf.CONSENT)


def holder_says_no(it, referral):
    answers(it, referral, AskOf.CONSENT)
    answers(it, referral, AskOf.MEETING, yes=False)


def both_say_yes(it, referral):
    for kind in AskOf:
        answers(it, referral, kind)


def holder_thanks(it, referral):
    both_say_yes(it, referral)
    thank(it.db, referral, words="Thank you, Rui.", actor=it.ines, now=it.now)


def the_two_part(it, referral):
    connections.block(it.db, it.mara, it.ines, now=it.now)


QUIET = (member_says_no, member_says_yes, holder_says_no, both_say_yes, holder_thanks, the_two_part)


def walk(browse, key, need, now):
    """Return all that a referrer reads of a referral, before its day and after it."""
    seen = []
    for day in (0, 41, 43):
        with time_machine.travel(now + day * DAY, tick=False):
            client = browse("rui")
            for path in ("/referrals", f"/referrals/{key}", "/asks", "/conversations"):
                page = client.get(path)
                seen.append((path, page.status_code, bare(page.text)))
            again = {"member": "mara", "words": WORDS, "interest": "none", "submission": "again"}
            page = post(client, f"/needs/{need}/refer", again)
            seen.append(("again", page.status_code, bare(page.text)))
    return seen


@pytest.mark.parametrize("what", QUIET)
def test_inv_14_what_became_of_it_is_silence_byte_for_byte(browse, act, now, ran, what):
    need, key, quiet = act(lambda it: it.need.key), act(lambda it: refers(it).key), []
    walk(browse, key, need, now)  # what is kept for a while is read once
    before = ran(lambda: quiet.append(walk(browse, key, need, now)))
    act(lambda it: what(it, it.db.scalars(select(Referral)).one()))
    after = ran(lambda: quiet.append(walk(browse, key, need, now)))
    assert {status for _path, status, _page in quiet[0]} == {200, 409}
    assert quiet[0] == quiet[1]
    assert before == after


def outside_yes(it, referral):
    outside.answer(it.db, it.db.get_one(OutsideLetter, referral.id), yes=True, now=it.now)


def outside_no(it, referral):
    outside.answer(it.db, it.db.get_one(OutsideLetter, referral.id), yes=False, now=it.now)


def outside_is_a_member(it, referral):
    letter = it.db.get_one(OutsideLetter, referral.id)
    letter.email = it.mara.email
    it.db.flush()
    outside_yes(it, referral)
    answers(it, referral, AskOf.MEETING)
    connections.block(it.db, it.mara, it.rui, now=it.now)


@pytest.mark.parametrize("what", [outside_yes, outside_no, outside_is_a_member])
def test_inv_14_what_somebody_outside_said_is_silence_byte_for_byte(browse, act, now, what):
    rui = browse("rui")
    key = act(lambda it: writes(it).key)
    paths = ("/referrals", f"/referrals/{key}")
    before = [bare(rui.get(path).text) for path in paths]
    act(lambda it: what(it, it.db.scalars(select(Referral)).one()))
    assert [bare(rui.get(path).text) for path in paths] == before


def test_the_member_lets_it_be_known_and_takes_that_back(browse, act):
    key = act(lambda it: made(it).key)
    rui, mara = browse("rui"), browse("mara")
    for tells, known in (("whether_made", True), ("nothing", False)):
        assert post(mara, f"/referrals/{key}/tell", {"tells": tells}).status_code == 303
        assert ("They came together" in rui.get(f"/referrals/{key}").text) == known
    assert post(mara, f"/referrals/{key}/tell", {"tells": "x"}).status_code == 422
    assert post(rui, f"/referrals/{key}/tell", {"tells": "nothing"}).status_code == 404


@pytest.mark.parametrize(("who", "status"), [("rui", 303), ("mara", 303), ("ines", 404)])
def test_each_takes_back_what_is_theirs(browse, act, who, status):
    def go(it):
        referral = refers(it)
        answers(it, referral, AskOf.CONSENT)
        return referral.key

    key = act(go)
    assert post(browse(who), f"/referrals/{key}/withdraw").status_code == status
    waits = act(lambda it: ask_of(it, it.db.scalars(select(Referral)).one(), AskOf.MEETING).state)
    assert (waits == "closed") == (status == 303)


def test_the_page_teaches_where_there_is_nothing_yet(browse):
    page = browse("bo").get("/referrals").text
    assert "You have recommended nobody yet." in page
    assert "When you say yes to being recommended" in page


def test_a_yes_to_what_is_closed_by_now_is_not_offered(browse, act, now):
    act(refers)
    act(lambda it: setattr(it.need, "closed_at", now))
    page = browse("mara").get("/asks").text
    assert "closed since" in page
    assert NEED not in page


def test_the_overview_asks_the_database_as_often_for_many(browse, act, ran):
    rui = browse("rui")
    rui.get("/referrals")
    few = ran(lambda: rui.get("/referrals"))
    for number in range(12):

        def more(it, number=number):
            need = write_need(it.db, it.dara, it.now, submission=f"need {number}")
            letter = {"email": f"{number}@k.example", "submission": f"{number}", "thing": need}
            return writes(it, now=it.now - (12 - number) * 31 * DAY, **letter)

        act(more)
    many = ran(lambda: rui.get("/referrals"))
    assert len(few) == len(many) <= 12


def test_a_chain_names_both(browse, act):
    def go(it):
        first = refers(it, "dara", "eli", submission="first")
        made(it, referrer="eli", came_by=first.id)
        tell(it.db, first, tells=Tells.NOTHING, actor=it.eli, now=it.now)
        return it.db.scalars(select(Conversation.key)).one()

    talk = act(go)
    page = browse("ines").get(f"/conversations/{talk}").text
    assert "through Eli Example, to whom Dara Example had passed it on" in page


@pytest.mark.parametrize(("reader", "of"), [("ines", "mara"), ("mara", "ines")])
def test_the_page_of_a_person_says_through_whom_they_came_together(browse, act, reader, of):
    assert "What brought you together" not in browse(reader).get(f"/people/{of}").text
    act(made)
    page = browse(reader).get(f"/people/{of}").text
    assert "You came together through Rui" in page
    assert WORDS in page
    for other in ("rui", of):
        assert "What brought you together" not in browse(other).get(f"/people/{of}").text
    act(lambda it: connections.block(it.db, getattr(it, reader), it.rui, now=it.now))
    page = browse(reader).get(f"/people/{of}").text
    assert "through somebody who is not here any more" in page
    assert WORDS not in page
