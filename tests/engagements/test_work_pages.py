from __future__ import annotations

import re
from datetime import date

import pytest
import time_machine
from sqlalchemy import select

from network.db import reading, transaction
from network.engagements.kinds import EngagementState, LeftFor
from network.engagements.models import CheckIn, Engagement, Left, WelcomeItem
from network.engagements.services import negotiating
from network.members.models import Block
from tests.conftest import NOON, post
from tests.engagements import pages
from tests.engagements.lives import Life, agreed
from tests.organisations.conftest import keep_organisation

WHY = "The school needs me for a while."


@pytest.fixture
def ama(make_member):
    return make_member("ama", name="Ama Lindgren")


@pytest.fixture
def bea(make_member):
    return make_member("bea", name="Bea Mercer")


@pytest.fixture
def life(db, ama, bea):
    engagement = agreed(db, [ama, bea])
    db.commit()
    return Life.of(engagement)


def url(life, rest=""):
    return f"/engagements/{life.key}{rest}"


def test_the_page_says_what_was_agreed_and_where_it_stands(life, ama, sign_in):
    page = looks(life, sign_in(ama))
    assert page.status_code == 200
    for said in (
        "<h1>A first director</h1>",
        "Between you and Bea Mercer.",
        "So that the members trust whom they chose.",
        "A seat in a course.",
        "The work has not begun.",
        "Those who agreed read this page.",
        "It grew out of a conversation.",
    ):
        assert said in page.text


@pytest.fixture
def sign_in(sign_in):
    """Somebody who is signed in whatever the time is: `looks` and `sends` take them there."""

    def enter(member):
        clients = {}

        def at(now):
            if now not in clients:
                clients[now] = sign_in(member)
            return clients[now]

        return at

    return enter


def looks(life, client_at, rest=""):
    with time_machine.travel(life.now, tick=False):
        return client_at(life.now).get(url(life, rest))


def sends(life, client_at, rest, **data):
    with time_machine.travel(life.now, tick=False):
        return post(client_at(life.now), url(life, rest), data)


@pytest.mark.parametrize(
    ("before", "offered", "withheld"),
    [
        ([], ["begin", "amend", "?do=cancel"], ["complete", "?do=end", "?do=pause", "resume"]),
        ([("begin", {})], ["complete", "amend", "?do=pause", "?do=end"], ["begin", "?do=cancel"]),
        (
            [("begin", {}), ("complete", {})],
            ["not-yet", "?do=pause", "?do=end"],
            ["/complete", "begin"],
        ),
        (
            [("begin", {}), ("pause", {"words": WHY})],
            ["resume", "complete", "?do=end"],
            ["?do=pause", "begin"],
        ),
        ([("begin", {}), ("end", {"words": WHY})], [], ["amend", "complete", "?do=", "resume"]),
        ([("cancel", {"words": WHY})], [], ["amend", "begin", "?do=", "welcome"]),
    ],
)
def test_the_page_offers_what_can_be_done_now(life, ama, sign_in, before, offered, withheld):
    for verb, words in before:
        life.do(verb, "ama", **words)
    page = looks(life, sign_in(ama)).text
    led = re.findall(rf'(?:action|href)="{url(life)}([^"#]*)', page)
    assert [each for each in offered if not any(each in way for way in led)] == []
    assert [each for each in withheld if any(each in way for way in led)] == []


@pytest.mark.parametrize(
    ("before", "rest", "data", "state", "said"),
    [
        ([], "/begin", {}, "active", "It has begun."),
        ([("begin", {})], "/pause", {"words": WHY}, "paused", "It rests."),
        ([("begin", {}), ("pause", {"words": WHY})], "/resume", {}, "active", "You go on."),
        ([("begin", {})], "/complete", {}, "active", "You said that it is complete."),
        ([("begin", {}), ("complete", {})], "/not-yet", {}, "active", "Taken back"),
        ([("begin", {})], "/end", {"words": WHY}, "ended_early", "It is ended."),
        ([], "/cancel", {"words": WHY}, "cancelled", "It is called off."),
    ],
)
def test_each_step_is_one_form(life, ama, sign_in, before, rest, data, state, said):
    for verb, words in before:
        life.do(verb, "ama", **words)
    hers = sign_in(ama)
    if rest == "/resume":
        data = {"since": since(looks(life, hers).text)}
    answer = sends(life, hers, rest, **data)
    assert (answer.status_code, answer.location) == (303, url(life))
    assert life.stands()[0] == state
    assert said in looks(life, hers).text


@pytest.mark.parametrize("doing", ["pause", "end"])
def test_words_are_asked_for_first_and_kept_when_they_are_not_enough(life, ama, sign_in, doing):
    life.do("begin", "ama")
    hers = sign_in(ama)
    assert f'action="{url(life, f"/{doing}")}"' in looks(life, hers, f"?do={doing}").text
    refused = sends(life, hers, f"/{doing}", words="x" * 1001)
    assert refused.status_code == 422
    assert "1001 letters" in refused.text
    assert "x" * 1001 in refused.text
    assert life.stands()[0] == "active"


def test_what_comes_too_late_is_said_and_its_words_are_shown(life, ama, bea, sign_in):
    life.do("begin", "bea")
    life.do("pause", "bea", words="Bea was first.")
    late = sends(life, sign_in(ama), "/pause", words=WHY)
    assert late.status_code == 409
    for said in ("It is paused already.", WHY, "Bea was first.", "Bea Mercer wrote:"):
        assert said in late.text
    assert life.row()["rests"] == [("Bea was first.", NOON, None)]


def test_a_pause_that_is_sent_again_after_they_went_on_is_still_the_one(life, ama, sign_in):
    life.do("begin", "ama")
    hers = sign_in(ama)
    asked = looks(life, hers, "?do=pause").text
    form = {"words": WHY, "submission": re.search(r'name="submission"[^>]*value="(\w+)"', asked)[1]}
    sends(life, hers, "/pause", **form)
    goes_on = {"since": since(looks(life, hers).text)}
    sends(life, hers, "/resume", **goes_on)
    assert sends(life, hers, "/pause", **form).status_code == 303
    assert "It has gone on since, and does not rest." in looks(life, hers).text
    assert life.stands()[0] == "active"
    assert len(life.row()["rests"]) == 1
    life.wait(1)
    assert sends(life, hers, "/pause", **{**form, "words": "Other words."}).status_code == 303
    assert [each[0] for each in life.row()["rests"]] == [WHY, "Other words."]
    late = sends(life, hers, "/resume", **goes_on)
    assert late.status_code == 409
    assert "It was paused once more meanwhile." in late.text
    assert life.stands()[0] == "paused"


def since(page):
    return re.search(r'name="since" value="([^"]+)"', page)[1]


def test_the_page_is_there_while_somebody_pauses_and_however_the_clock_was_set(life, ama, sign_in):
    life.do("begin", "ama")
    life.wait(10)
    life.do("pause", "ama", words="First.")
    life.do("resume", "bea")
    life.wait(-5)
    life.do("pause", "bea", words="Second.")
    page = looks(life, sign_in(ama)).text
    assert page.index("Second.") < page.index("First.")
    with transaction() as db:  # as when one statement was before a pause, and the next after it
        it = db.get_one(Engagement, life.id)
        it.state, it.paused_at = EngagementState.ACTIVE, None
    assert "Second." not in looks(life, sign_in(ama)).text


def test_words_of_an_end_stay_for_whoever_parts_after_them(life, ama, bea, sign_in):
    life.do("begin", "ama")
    life.do("end", "ama", words="I am needed at home.")
    life.wait(5)
    block(life, bea, ama)
    life.wait(5)
    assert "I am needed at home." in looks(life, sign_in(bea)).text


def test_why_it_rested_stays_on_the_page(life, ama, bea, sign_in):
    life.do("begin", "ama")
    life.do("pause", "ama", words="The harvest is late.")
    life.wait(10)
    life.do("resume", "bea")
    life.do("end", "bea", words="We have what we need.")
    page = pages.words(looks(life, sign_in(bea)).text)
    assert "We have what we need." in page
    assert "It rested from 21 November to 1 December. Ama Lindgren wrote: The harvest" in page


def test_the_change_that_is_being_found_is_led_to(life, ama, bea, sign_in):
    answer = sends(life, sign_in(ama), "/amend", submission="one")
    assert answer.status_code == 303
    assert answer.location.startswith("/negotiations/")
    assert f'href="{answer.location}"' in looks(life, sign_in(bea)).text
    again = sends(life, sign_in(bea), "/amend", submission="two")
    assert again.location == answer.location


KNOCKS = (
    *("/begin", "/pause", "/resume", "/complete", "/not-yet", "/end", "/cancel", "/amend"),
    *("/welcome", "/welcome/nothing", "/check-in/1", "/left/new", "/left/nothing"),
)


@pytest.mark.parametrize("rest", ["", *KNOCKS])
def test_inv_36_others_meet_nothing(life, make_member, sign_in, rest):
    life.do("begin", "ama")
    theirs = sign_in(make_member("dov"))
    row = life.row()
    data = {"words": WHY, "title": "T", "purpose": "P", "sort": "people", "submission": "s"}
    found = sends(life, theirs, rest, **data) if rest else looks(life, theirs)
    with time_machine.travel(life.now, tick=False):
        unknown = post(theirs(life.now), f"/engagements/unknown{rest}", data) if rest else None
    assert found.status_code == 404
    assert unknown is None or unknown.status_code == 404
    assert life.row() == row


def test_the_welcome_list_is_ticked_and_added_to(life, ama, sign_in):
    hers = sign_in(ama)
    assert sends(life, hers, "/welcome", words="A chair.", sort="rituals").status_code == 303
    with reading() as db:
        item = db.scalars(select(WelcomeItem).where(WelcomeItem.words == "A chair.")).one()
    assert item.sort == "rituals"
    assert sends(life, hers, f"/welcome/{item.key}", done="yes").status_code == 303
    assert "done: </span>A chair." in looks(life, hers).text
    sends(life, hers, f"/welcome/{item.key}", done="")
    assert "done: </span>A chair." not in looks(life, hers).text
    refused = sends(life, hers, "/welcome", words="", sort="people")
    assert refused.status_code == 422
    assert "Say what would help." in refused.text


def test_a_check_in_is_answered_on_its_page_and_shown_side_by_side(life, ama, bea, sign_in):
    life.do("begin", "ama")
    hers, his = sign_in(ama), sign_in(bea)
    assert "The next check-in is on" in looks(life, hers).text
    assert looks(life, hers, "/check-in/1").status_code == 404
    life.wait(42)
    assert f'href="{url(life, "/check-in/1")}"' in looks(life, hers).text
    sends(life, hers, "/check-in/1", purpose="It serves.", exchange="", change="")
    assert "It serves." in looks(life, hers, "/check-in/1").text
    assert "It serves." not in looks(life, his).text + looks(life, his, "/check-in/1").text
    sends(life, his, "/check-in/1", purpose="", exchange="", change="Fewer meetings.")
    for client in (hers, his):
        page = looks(life, client).text
        assert "It serves." in page
        assert "Fewer meetings." in page
    late = sends(life, hers, "/check-in/1", purpose="Other words.", exchange="", change="")
    assert late.status_code == 409
    assert "Other words." in late.text


def test_an_answer_of_nothing_is_asked_for_again(life, ama, sign_in):
    life.do("begin", "ama")
    life.wait(42)
    refused = sends(life, sign_in(ama), "/check-in/1", purpose=" ", exchange="", change="")
    assert refused.status_code == 422
    assert "Answer one of the three." in refused.text


def test_words_stay_behind_and_are_changed_by_their_author_alone(life, ama, bea, sign_in):
    life.do("begin", "ama")
    hers, his = sign_in(ama), sign_in(bea)
    assert 'value="harvest" checked' in looks(life, hers, "/left/new?sort=harvest").text
    words = {"title": "The shed", "words": "Mind the step.", "submission": "s"}
    assert sends(life, hers, "/left/new", sort="handover", **words).status_code == 303
    assert "Mind the step." in looks(life, his).text
    with reading() as db:
        key = db.scalars(select(Left.key)).one()
    assert looks(life, his, f"/left/{key}").status_code == 404
    assert "Mind the step." in looks(life, hers, f"/left/{key}").text
    sends(life, hers, f"/left/{key}", title="The shed", words="Mind the door.")
    page = looks(life, his).text
    assert "Mind the door." in page
    assert "Mind the step." not in page
    refused = sends(life, hers, "/left/new", sort="handover", title="", words="Kept.")
    assert refused.status_code == 422
    assert "Kept." in refused.text


def block(life, one, other):
    with transaction() as db:
        db.add(Block(blocker_id=one.id, blocked_id=other.id, at=life.now))


def test_inv_09_after_a_block_neither_reads_what_the_other_writes(life, ama, bea, sign_in):
    life.do("begin", "ama")
    life.do("leave_behind", "bea", sort=LeftFor.HARVEST, title="B", words="Before.", submission="1")
    life.wait(1)
    block(life, ama, bea)
    life.wait(1)
    life.do("leave_behind", "bea", sort=LeftFor.HARVEST, title="A", words="After.", submission="2")
    life.do("add", "bea", sort="people", words="A message in a list.")
    life.do("pause", "bea", words="A message in a pause.")
    hers, his = (looks(life, sign_in(each)).text for each in (ama, bea))
    for said in ("After.", "A message in a list.", "A message in a pause."):
        assert said not in hers
        assert said in his
    assert "Before." in hers
    assert "At rest since" in hers
    assert "Between you and Bea Mercer." in hers


def fill(life, people):
    """Much of everything."""
    life.do("begin", "ama")
    for n in range(30):
        life.do("add", "bea", sort="people", words=f"Thing {n}")
        for who in ("ama", "bea"):
            words = {"title": f"T{n}", "words": "W", "submission": f"{n}"}
            life.do("leave_behind", who, sort=LeftFor.HANDOVER, **words)
    life.wait(42 * 9)
    with transaction() as db:
        db.add_all(
            CheckIn(engagement_id=life.id, number=n, member_id=each.id, purpose="P", at=life.now)
            for n in range(1, 9)
            for each in people
        )


def test_the_page_takes_as_many_statements_for_much_as_for_little(life, ama, bea, sign_in, ran):
    hers = sign_in(ama)
    life.do("begin", "ama")
    life.wait(42)
    looks(life, hers)
    few = ran(lambda: looks(life, hers))
    fill(life, [ama, bea])
    looks(life, hers)
    many = ran(lambda: looks(life, hers))
    assert len(many) == len(few) <= 12
    for rest in ("/check-in/9", "/left/new"):
        assert len(ran(lambda rest=rest: looks(life, hers, rest))) <= 12


def noticed(life):
    life.do("end", "bea", words=WHY)
    life.wait(20)


def ended(life):
    noticed(life)
    life.wait(20)


def completed(life):
    for who in ("ama", "bea"):
        life.do("complete", who)


@pytest.mark.parametrize("ending", [noticed, ended, completed])
def test_work_for_an_organisation_takes_no_more_at_its_end(db, ama, bea, sign_in, ran, ending):
    veldhaven = keep_organisation(db, NOON, name="Veldhaven", speakers=[bea])
    life = Life.of(agreed(db, [ama, bea], [(bea.id, veldhaven.id)]))
    db.commit()
    fill(life, [ama, bea])
    ending(life)
    hers = sign_in(ama)
    page = looks(life, hers).text
    assert ("You worked for Veldhaven." in page) == (ending is not noticed)
    assert len(ran(lambda: looks(life, hers))) <= 12


def test_a_day_of_another_age_that_was_agreed_before_breaks_no_page(
    db, ama, bea, sign_in, monkeypatch
):
    monkeypatch.setattr(negotiating, "flaws", lambda *_: [])
    life = Life.of(agreed(db, [ama, bea], ends=date(1, 1, 5)))
    db.commit()
    life.do("begin", "ama")
    with time_machine.travel(NOON, tick=False):
        hers = sign_in(ama)(NOON)
        for path in ("/", url(life), "/engagements", "/portfolio", "/portfolio/ends.ics"):
            assert hers.get(path).status_code == 200, path
