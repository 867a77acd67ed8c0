from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select

from network.asks.models import Ask
from network.circles.models import Circle
from network.conversations.models import Conversation
from network.db import reading, transaction
from network.members.models import Member, Network
from network.members.services import boundaries
from network.organisations.models import Organisation, WorkNeed
from network.organisations.services.needs import Readers
from tests.circles.conftest import people as circle_people  # noqa: F401  # a fixture
from tests.conftest import NOON, post
from tests.notices.conftest import deliver, letters, settings, time  # noqa: F401
from tests.organisations.conftest import MERROW, here, keep_organisation
from tests.organisations.needs import REASON, says_yes, stay_in_touch, talk, write

WRITTEN = {
    "title": "Our night crews leave",
    "words": "We do not know why.",
    "work": "interim",
    "readers": ["alumni", "connections"],
    "submission": "once",
}


@pytest.fixture
def need(merrow):
    """A need of Merrow that is shown to Ama and Bo, committed."""
    with transaction() as db:
        it = here(db)
        for who in (it.ama, it.bo):
            stay_in_touch(db, it, who)
        return write(db, it, readers=Readers(alumni=True))


@pytest.fixture
def enter(merrow, sign_in):
    """Return a client signed in as somebody, by their handle."""
    return lambda name: sign_in(getattr(merrow, name))


def page_of(need):
    return f"/needs/{need.key}"


def rows(what):
    with reading() as db:
        return db.scalars(select(what)).all()


def said(need, who="ama"):
    """Let somebody have said “let us talk”, committed."""
    with transaction() as db:
        it = here(db)
        return talk(db, it, db.get_one(WorkNeed, need.id), who)


def test_without_any_need_the_page_teaches_why_there_is_no_list(enter):
    page = enter("eli").get("/needs").text
    assert "There is no public list of needs" in page
    assert "There is no list to go through, so that nobody has to be first." in page
    assert "data-need" not in page


@pytest.mark.parametrize(
    ("who", "shown", "held"),
    [("ama", True, False), ("siun", False, True), ("eli", False, False)],
)
def test_the_page_of_needs_holds_what_is_shown_and_what_is_held(need, enter, who, shown, held):
    page = enter(who).get("/needs").text
    above, below = page.split('id="held"')
    mark = f'data-need="{need.key}"'
    assert (mark in above, mark in below) == (shown, held)


def test_writing_for_an_organisation_goes_over_the_page(enter):
    client = enter("oskar")
    url = f"/needs/new?for={MERROW}"
    assert "for Merrow Ferries" in client.get(url).text
    for _twice in range(2):
        assert post(client, url, WRITTEN).status_code == 303
    (need,) = rows(WorkNeed)
    (merrow,) = rows(Organisation)
    assert (need.organisation_id, need.to_alumni, need.to_connections) == (merrow.id, True, True)
    assert need.work == "interim"


@pytest.mark.parametrize(
    ("who", "query", "values", "status"),
    [
        ("eli", "", {"readers": ["connections"]}, 303),
        ("eli", "", {"readers": []}, 303),
        ("eli", "", {"readers": ["alumni"]}, 422),
        ("eli", "", {"readers": ["everybody"]}, 422),
        ("eli", "", {"readers": [], "work": "ruling"}, 422),
        ("eli", "", {"readers": [], "title": " "}, 422),
        ("oskar", "", {"readers": [], "words": "x" * 4001}, 422),
        ("eli", f"?for={MERROW}", {}, 404),
        ("oskar", "?for=nobody", {}, 404),
    ],
)
def test_what_may_be_written_by_whom(enter, who, query, values, status):
    answer = post(enter(who), f"/needs/new{query}", {**WRITTEN, **values})
    assert answer.status_code == status
    assert len(rows(WorkNeed)) == (1 if status == 303 else 0)
    if status == 422 and "words" not in values:
        assert "We do not know why." in answer.text


def test_everybody_is_offered_where_one_organisation_runs_the_network(enter):
    assert 'value="everybody"' not in enter("oskar").get(f"/needs/new?for={MERROW}").text
    with transaction() as db:
        db.get_one(Network, 1).one_organisation = True
    assert 'value="everybody"' in enter("oskar").get(f"/needs/new?for={MERROW}").text


@pytest.mark.parametrize("who", ["eli", "blocked"])
def test_inv_09_a_need_that_is_not_shown_is_as_absent_as_none(need, merrow, enter, who):
    if who == "blocked":
        with transaction() as db:
            boundaries.block(db, here(db).oskar, blocked_id=merrow.ama.id, now=NOON)
        who = "ama"
    client = enter(who)
    for key in (need.key, "nobodys"):
        assert client.get(f"/needs/{key}").status_code == 404
        assert client.get(f"/needs/{key}/show").status_code == 404
        for way in ("talk", "talk/take-back", "close", "show", "green-room"):
            assert post(client, f"/needs/{key}/{way}", {"reason": REASON}).status_code == 404


@pytest.mark.parametrize("way", ["close", "show", "green-room"])
def test_whoever_it_is_shown_to_does_nothing_that_its_holder_does(need, enter, way):
    values = {"outcome": "Found.", "words": REASON, "question": "Why?", "why": REASON}
    assert post(enter("ama"), f"{page_of(need)}/{way}", values).status_code == 404
    assert "Close it" not in enter("ama").get(page_of(need)).text


def test_let_us_talk_goes_over_the_page_once(need, enter):
    client = enter("ama")
    assert "Let us talk" in client.get(page_of(need)).text
    for _twice in range(2):
        post(client, f"{page_of(need)}/talk", {"reason": REASON, "submission": "once"})
    assert [ask.reason for ask in rows(Ask)] == [REASON]
    page = client.get(page_of(need)).text
    assert ("You wrote on 21 November." in page, "Take it back" in page) == (True, True)
    assert "Why the two of you should talk" not in page
    assert REASON not in enter("bo").get(page_of(need)).text
    assert REASON not in enter("siun").get(page_of(need)).text


def test_other_words_after_an_answer_are_refused_and_given_back(need, enter):
    said(need)
    other = "And I would come for a winter."
    answer = post(enter("ama"), f"{page_of(need)}/talk", {"reason": other, "submission": "two"})
    assert (answer.status_code, other in answer.text) == (409, True)


def test_too_few_words_come_back_with_the_form(need, enter):
    answer = post(enter("ama"), f"{page_of(need)}/talk", {"reason": "Hm", "submission": "one"})
    assert (answer.status_code, ">\nHm</textarea>" in answer.text) == (422, True)
    assert rows(Ask) == []


def test_whoever_wrote_the_need_answers_in_their_asks_and_the_two_talk(need, enter):
    ask, client = said(need), enter("oskar")
    inbox = client.get("/asks").text
    assert "Ama Example says: let us talk" in inbox
    assert "Our night crews leave after one winter" in inbox
    read = re.search(r'name="read" value="(\w+)"', inbox)[1]
    post(client, f"/asks/{ask.key}/answer", {"answer": "yes", "read": read})
    (conversation,) = rows(Conversation)
    link = f"/conversations/{conversation.key}"
    assert link in enter("ama").get(page_of(need)).text
    thread = enter("ama").get(link).text
    assert ("You would like to talk about this need" in thread, REASON in thread) == (True, True)
    assert page_of(need) in client.get(link).text
    assert enter("siun").get(link).status_code == 404


def test_inv_14_after_a_no_the_page_reads_as_it_did_before(need, enter):
    ask, client = said(need), enter("ama")
    before = client.get(page_of(need)).text
    post(enter("oskar"), f"/asks/{ask.key}/answer", {"answer": "no"})
    assert client.get(page_of(need)).text == before


def test_a_no_is_shown_to_whoever_said_it_alone(need, enter):
    ask = said(need)
    client = enter("oskar")
    post(client, f"/asks/{ask.key}/answer", {"answer": "no"})
    assert "You said not this time. Ama Example reads “it lapsed”" in client.get("/asks").text
    assert "lapsed" not in enter("ama").get(page_of(need)).text


def test_closing_goes_over_the_page_and_those_it_was_shown_to_read_what_became_of_it(need, enter):
    said(need)
    assert post(enter("siun"), f"{page_of(need)}/close", {"outcome": ""}).status_code == 422
    post(enter("siun"), f"{page_of(need)}/close", {"outcome": "Bo found us a way."})
    page = enter("bo").get(page_of(need)).text
    assert ("Bo found us a way." in page, "Nobody answers it now" in page) == (True, True)
    assert need.key not in enter("bo").get("/needs").text
    assert need.key in enter("oskar").get("/needs").text


def test_a_question_in_a_green_room_tells_nobody_of_the_need(need, enter):
    client = enter("oskar")
    assert "Your question" in client.get(f"{page_of(need)}/green-room").text
    values = {"question": "Why do people leave?", "why": "Boats stand still.", "submission": "one"}
    answer = post(client, f"{page_of(need)}/green-room", values)
    room = answer.headers["Location"]
    assert "Why do people leave?" in enter("ama").get(page_of(need)).text
    told = enter("eli").get(room).text
    assert "Why do people leave?" in told
    assert ("night crews" in told, need.key in told) == (False, False)


def test_the_page_of_an_organisation_shows_each_reader_their_needs(need, enter, client):
    url = f"/organisations/{MERROW}"
    for who in ("ama", "siun"):
        assert f'data-need="{need.key}"' in enter(who).get(url).text
    for reader in (enter("eli"), client):
        assert need.key not in reader.get(url).text
    assert "Write down a need" in enter("siun").get(url).text
    assert "Write down a need" not in enter("ama").get(url).text


@pytest.mark.parametrize(("parted", "reached"), [(False, ["ama"]), (True, [])])
def test_inv_59_a_letter_tells_of_a_yes_unless_the_two_have_parted(
    need,
    letters,  # noqa: F811
    parted,
    reached,
):
    ask = said(need)
    letters()
    with transaction() as db:
        says_yes(db, db.get_one(Ask, ask.id), db.get_one(Member, ask.addressee_id))
        if parted:
            boundaries.block(db, here(db).ama, blocked_id=ask.addressee_id, now=NOON)
    found = [each for each in letters() if "would like to talk" in each["Subject"]]
    assert [str(each["To"]).partition("@")[0] for each in found] == reached
    assert "night crews" not in "".join(each.as_string() for each in found)


@pytest.mark.parametrize("who", ["ama", "oskar"])
def test_pages_take_the_same_statements_for_one_need_and_for_many(need, enter, ran, who):
    client, urls = enter(who), ("/needs", page_of(need), f"/organisations/{MERROW}")

    def statements():
        return [len(ran(lambda url=url: client.get(url))) for url in urls]

    statements()
    few = statements()
    with transaction() as db:
        it = here(db)
        for number in range(12):
            write(db, it, readers=Readers(alumni=True), title=f"Another {number}")
    assert statements() == few
    assert max(few) <= 12


@pytest.fixture
def in_circle(circle_people, make_member):  # noqa: F811
    """Merrow and its need before the circle that Dara facilitates, committed."""
    for name in ("oskar", "siun"):
        make_member(name)
    with transaction() as db:
        members = {each.handle: each for each in db.scalars(select(Member))}
        speakers = [members["oskar"], members["siun"]]
        it = SimpleNamespace(organisation=keep_organisation(db, NOON, speakers=speakers), **members)
        need = write(db, it, readers=Readers())
        return SimpleNamespace(need=need, circle=db.scalars(select(Circle)).one(), **members)


def test_showing_in_a_circle_goes_over_the_pages_of_both(in_circle, sign_in):
    it, url = in_circle, page_of(in_circle.need)
    holder, facilitates = sign_in(in_circle.oskar), sign_in(in_circle.dara)
    assert it.circle.name in holder.get(f"{url}/show").text
    values = {"circle": it.circle.slug, "words": "Half of you work at night.", "submission": "one"}
    post(holder, f"{url}/show", values)
    assert "It is not shown there." in holder.get(url).text
    inbox = facilitates.get("/asks").text
    assert "May this be shown in" in inbox
    (ask,) = rows(Ask)
    post(facilitates, f"/asks/{ask.key}/answer", {"answer": "yes", "read": ask.mark})
    mark, circle = f'data-need="{it.need.key}"', f"/circles/{it.circle.slug}"
    assert mark in sign_in(it.rui).get(circle).text
    assert mark not in sign_in(it.eli).get(circle).text
    assert "here no longer" not in sign_in(it.rui).get(circle).text
    down = f"{circle}/needs/{it.need.key}/take-down"
    assert post(sign_in(it.rui), down).status_code == 403
    assert post(facilitates, down).status_code == 303
    assert mark not in sign_in(it.rui).get(circle).text


def test_a_circle_that_does_not_exist_for_the_holder_is_asked_nothing(in_circle, sign_in):
    url = f"{page_of(in_circle.need)}/show"
    values = {"circle": "nobodys", "words": REASON, "submission": "one"}
    assert post(sign_in(in_circle.oskar), url, values).status_code == 404
    assert rows(Ask) == []


def test_needs_cost_the_page_of_a_circle_one_statement(in_circle, sign_in, ran):
    client, url = sign_in(in_circle.rui), f"/circles/{in_circle.circle.slug}"
    client.get(url)
    run = ran(lambda: client.get(url))
    assert len([each for each in run if "work_need" in each]) == 1
    assert len(run) <= 12
    with reading() as db:
        assert db.scalar(select(func.count(WorkNeed.id))) == 1
