from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
import time_machine
from sqlalchemy import func, select

from network.asks.models import Ask
from network.composition import channels
from network.db import reading, transaction
from network.errors import Conflict, Invalid, NotAllowed
from network.events import worker
from network.events.models import Delivery
from network.members.models import Invitation, Member, Participation
from network.members.services import boundaries
from network.members.services.joining import invite, join
from network.members.services.participation import pause
from network.referrals.access import About
from network.referrals.kinds import AskOf, Interest, ReferralState, Told
from network.referrals.models import OutsideLetter, Referral
from network.referrals.seen import told_referrer
from network.referrals.services import letters, outside
from network.referrals.services.after import withdraw
from network.referrals.tokens import letter_token
from network.relationships.services import connections
from tests.conftest import post
from tests.postbox import Box, mail_server
from tests.referrals.conftest import NEED, SECRET, WORDS, answers, here, said

DAY = timedelta(days=1)
KEIKO = "keiko@elsewhere.example"
LINK = re.compile(r"http://127\.0\.0\.1:8000(/referrals/answer/\S+)")
FEE = {"interest": Interest.FEE, "interest_words": "The house pays me a finder’s share."}


@pytest.fixture
def box(app) -> Iterator[Box]:
    with mail_server() as box:
        there = f"smtp://127.0.0.1:{box.port}"
        app.config["SETTINGS"] = replace(app.config["SETTINGS"], smtp_url=there)
        yield box


@pytest.fixture
def work(app, box) -> Callable[[], None]:
    """Let the worker do all that is owed."""

    def run() -> None:
        ways = {name: channels(app)[name] for name in ("mail", "referrals")}
        while worker.run_once(ways):
            pass

    return run


def writes(it, email=KEIKO, *, referrer="rui", name="Keiko", now=None, thing=None, **values):
    return outside.recommend_outside(
        it.db,
        getattr(it, referrer),
        About(thing or it.need),
        name=name,
        email=email,
        said=said(**{"submission": f"to {email}", **values}),
        secret=SECRET,
        now=now or it.now,
    )


def wrote(now, **values):
    """Have a letter written, committed; return its key and the path of its link."""
    with transaction() as db:
        referral = writes(here(db, now), **values)
        db.flush()
        letter = db.get_one(OutsideLetter, referral.id)
        return referral.id, f"/referrals/answer/{letter_token(SECRET, letter)}"


def to(box, address):
    """Return what was sent to an address, as plain text."""
    found = [each for each in box.taken if each.rcpt_tos == [address]]
    letters = [message_from_bytes(each.content, policy=policy.default) for each in found]
    return [each.get_content() for each in letters]


def row(kind, key):
    with reading() as db:
        return db.get_one(kind, key)


def test_inv_26_one_letter_arrives_at_a_real_server_and_its_link_works_once(
    merrow, box, work, client, now
):
    key, _path = wrote(now, **FEE)
    for _again in range(3):
        work()
    (words,) = to(box, KEIKO)
    assert all(each in words for each in ("Rui Example", "finder’s share"))
    path = LINK.search(words)[1]
    assert post(client, path, {"answer": "yes"}).status_code == 200
    work()
    _first, invitation = to(box, KEIKO)
    assert "/join/" in invitation
    assert "has been answered" in client.get(path).text
    assert "has been answered" in post(client, path, {"answer": "no"}).text
    assert row(OutsideLetter, key).refused_at is None
    work()
    assert len(to(box, KEIKO)) == 2


def test_inv_26_after_a_no_nothing_is_ever_sent_there_again(merrow, box, work, client, now):
    key, path = wrote(now)
    work()
    post(client, path, {"answer": "no"})
    letter = row(OutsideLetter, key)
    assert (letter.email, letter.refused_at) == ("", now)
    with transaction() as db:
        assert told_referrer(db.get_one(Referral, key), now) is Told.WAITING
    other, _path = wrote(now, referrer="dara", submission="another")
    with transaction() as db:
        here(db, now).need.open_until = now + 200 * DAY
    later, _path = wrote(now + 100 * DAY, submission="much later")
    with time_machine.travel(now + 100 * DAY, tick=False):
        work()
    assert len(to(box, KEIKO)) == 1
    for each in (other, later):
        assert row(Referral, each).state is ReferralState.ASKED
    with reading() as db:
        assert db.scalar(select(func.count(Delivery.id)).where(Delivery.channel == "mail")) == 0
        assert db.scalar(select(Invitation)) is None


def test_looking_changes_nothing_and_shows_what_is_asked(merrow, client, now, ran):
    key, path = wrote(now, **FEE)
    for _scanner in range(3):
        shown = client.get(path)
        assert shown.status_code == 200
    client.head(path)
    assert all(each in shown.text for each in ("Rui Example", WORDS, NEED, "finder’s share"))
    assert "Ines" not in shown.text
    letter = row(OutsideLetter, key)
    assert (letter.answered_at, letter.refused_at, letter.email) == (None, None, KEIKO)
    assert len(ran(lambda: client.get(path))) <= 4


def test_inv_26_fifty_answers_at_once_are_one(app, merrow, now):
    key, _path = wrote(now)
    ready, taken = threading.Barrier(50), []

    def answer(yes: bool) -> None:
        with app.app_context():
            ready.wait()
            try:
                with transaction() as db:
                    outside.answer(db, db.get_one(OutsideLetter, key), yes=yes, now=now)
            except Conflict:
                return
            taken.append(yes)

    threads = [threading.Thread(target=answer, args=(number % 2 == 0,)) for number in range(50)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(taken) == 1
    letter = row(OutsideLetter, key)
    assert (letter.answered_at is not None) == taken[0]
    with reading() as db:
        assert db.scalar(select(func.count(Invitation.id))) == taken[0]


def comes_in(now, *, by=None):
    """Let Keiko use the invitation that was sent, or another one."""
    with transaction() as db:
        found = select(Invitation).order_by(Invitation.id.desc()).limit(1)
        door = db.scalars(found).one() if by is None else invite(db, email=KEIKO, now=now)
        sent = {"name": "Keiko Sato", "password_hash": "", "time_zone": "UTC", "now": now}
        return join(db, door, **sent).id


@pytest.mark.parametrize("by", [None, "another invitation"])
def test_inv_25_whoever_joins_is_brought_to_the_holder_and_nobody_before(
    merrow, work, client, now, by
):
    key, path = wrote(now)
    post(client, path, {"answer": "yes"})
    work()
    with reading() as db:
        assert db.scalar(select(Member).where(Member.email == KEIKO)) is None
        assert db.scalar(select(Ask)) is None
    keiko = comes_in(now, by=by)
    work()
    referral = row(Referral, key)
    assert (referral.member_id, referral.state) == (keiko, ReferralState.AGREED)
    with transaction() as db:
        it = here(db, now)
        answers(it, db.get_one(Referral, key), AskOf.MEETING)
    assert row(Referral, key).state is ReferralState.MADE


def taken_back(it, referral):
    withdraw(it.db, referral, actor=it.rui, now=it.now)


def need_closed(it, referral):
    it.need.closed_at = it.now


def day_came(it, referral):
    referral.expires_at = it.now


@pytest.mark.parametrize("what", [taken_back, need_closed, day_came])
def test_who_joins_too_late_is_brought_to_nobody(merrow, work, client, now, what):
    key, path = wrote(now)
    post(client, path, {"answer": "yes"})
    with transaction() as db:
        what(here(db, now), db.get_one(Referral, key))
    comes_in(now)
    work()
    with reading() as db:
        assert db.scalar(select(Ask)) is None


# An address that is a member's


def mara(it):
    return it.mara


def paused(it):
    pause(it.db, it.mara, until=None, now=it.now)
    return it.mara


def takes_none(it):
    it.db.get_one(Participation, it.mara.id).open_to_introductions = False
    return it.mara


def shielded(it):
    boundaries.raise_shield(it.db, it.mara, against="Merrow Ferries", now=it.now)
    return it.mara


def blocked(it):
    connections.block(it.db, it.mara, it.rui, now=it.now)
    return it.mara


def apart_from_the_holder(it):
    connections.block(it.db, it.mara, it.ines, now=it.now)
    return it.mara


def the_holder(it):
    return it.ines


@pytest.mark.parametrize(
    ("whose", "reached"),
    [
        (mara, True),
        *((each, False) for each in (paused, takes_none, shielded, blocked)),
        (apart_from_the_holder, False),
        (the_holder, False),
    ],
)
def test_the_address_of_a_member_is_written_to_where_nothing_parts_them(
    merrow, box, work, client, now, whose, reached
):
    with transaction() as db:
        it = here(db, now)
        email = whose(it).email
        db.flush()
        referral = writes(it, email)
        key, expected = referral.id, told_referrer(referral, now)
    work()
    assert expected is Told.WAITING
    assert len(to(box, email)) == reached
    if not reached:
        return
    post(client, LINK.search(to(box, email)[0])[1], {"answer": "yes"})
    with transaction() as db:
        it, referral = here(db, now), db.get_one(Referral, key)
        assert (referral.member_id, referral.state) == (it.mara.id, ReferralState.AGREED)
        assert db.scalar(select(Invitation)) is None


# Guards


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({}, None),
        ({"email": "rui@rui.example"}, Invalid),
        ({"name": ""}, Invalid),
        ({"name": "x" * 81}, Invalid),
        ({"interest": None}, Invalid),
        ({"words": "Good."}, Invalid),
        ({"referrer": "ines"}, NotAllowed),
        ({"now": timedelta(days=91)}, Conflict),
    ],
)
def test_a_letter_is_written_under_every_guard(it, values, refusal):
    if "now" in values:
        values = {"now": it.now + values["now"]}
    if refusal is None:
        assert writes(it, **values).member_id is None
        return
    with pytest.raises(refusal):
        writes(it, **values)


def test_five_letters_in_thirty_days_are_the_most(it):
    for number in range(5):
        writes(it, f"{number}@elsewhere.example")
    with pytest.raises(Conflict):
        writes(it)
    assert writes(it, referrer="dara", submission="hers") is not None
    assert writes(it, now=it.now + 30 * DAY) is not None


def test_the_same_letter_twice_is_one_and_another_waits_ninety_days(it):
    first = writes(it)
    assert writes(it) is first
    for change in ({"words": "Quite other words about Keiko."}, {"submission": "again"}):
        with pytest.raises(Conflict):
            writes(it, KEIKO.upper(), **change)
    it.need.open_until = it.now + 200 * DAY
    assert writes(it, submission="again", now=it.now + 90 * DAY) is not first


def lapses(it, referral):
    return it.now + 21 * DAY


def withdrawn(it, referral):
    withdraw(it.db, referral, actor=it.rui, now=it.now)
    return it.now


def is_not_needed(it, referral):
    it.need.closed_at = it.now
    it.db.flush()
    return it.now


def says_yes(it, referral):
    outside.answer(it.db, it.db.get_one(OutsideLetter, referral.id), yes=True, now=it.now)
    return it.now


def says_no(it, referral):
    outside.answer(it.db, it.db.get_one(OutsideLetter, referral.id), yes=False, now=it.now)
    return it.now


@pytest.mark.parametrize("end", [lapses, withdrawn, is_not_needed, says_yes, says_no])
def test_an_address_is_forgotten_and_its_link_answers_no_more(it, end):
    referral = writes(it)
    letter = it.db.get_one(OutsideLetter, referral.id)
    later = end(it, referral)
    letters.forget_lapsed(it.db, now=later)
    it.db.refresh(letter)
    assert letter.email == ""
    with pytest.raises(Conflict):
        outside.answer(it.db, letter, yes=True, now=later)


def test_the_worker_forgets_addresses_while_nothing_happens(app, merrow, now):
    key, _path = wrote(now)
    tend = channels(app)["referrals"].tend
    assert not tend()
    with time_machine.travel(now + 22 * DAY, tick=False):
        assert tend()
    assert row(OutsideLetter, key).email == ""


def test_a_letter_that_was_taken_back_before_it_went_is_not_sent(merrow, box, work, now):
    with transaction() as db:
        it = here(db, now)
        withdraw(db, writes(it), actor=it.rui, now=now)
    work()
    assert box.taken == []


@pytest.mark.parametrize("token", ["forged", "over", "not needed"])
def test_a_link_that_opens_nothing_says_one_thing(merrow, client, now, token):
    _key, path = wrote(now)
    if token == "not needed":
        with transaction() as db:
            need_closed(here(db, now), None)
    path = "/referrals/answer/forged" if token == "forged" else path
    with time_machine.travel(now + (22 * DAY if token == "over" else 0 * DAY), tick=False):
        shown = client.get(path)
        assert shown.status_code == 404
        assert "opens nothing any more" in shown.text
        assert post(client, path, {"answer": "yes"}).status_code == 404
    with reading() as db:
        assert db.scalar(select(Invitation)) is None
