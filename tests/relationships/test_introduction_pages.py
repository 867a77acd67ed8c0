from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from network.asks.models import Ask
from network.db import transaction
from network.members.models import Member, Participation
from network.relationships.models import Introduction
from network.relationships.services import introductions as services
from tests.conftest import post
from tests.relationships.test_introductions import OTHER_WORDS, WORDS, introduce, letter, tie

HTMX = {"HX-Request": "true"}


@pytest.fixture
def people(make_member, now):
    made = [make_member(each) for each in ("ama", "rui", "dara", "eli")]
    with transaction() as db:
        for handle in ("ama", "rui"):
            tie(db, one(db, "dara"), one(db, handle), now)
        for row in db.scalars(select(Participation)):
            row.shown_as_way = True
    with time_machine.travel(now, tick=False):
        yield dict(zip(("ama", "rui", "dara", "eli"), made, strict=True))


def one(db, handle):
    return db.scalars(select(Member).where(Member.handle == handle)).one()


@pytest.fixture
def introduced(people, now):
    with transaction() as db:
        return introduce(db, one(db, "dara"), one(db, "ama"), one(db, "rui"), now).key


def asked(handle):
    with transaction() as db:
        row = db.scalars(select(Introduction)).one()
        ask = letter(db, row, one(db, handle))
        return ask.key, ask.mark


def answer(client, handle, said="yes", **kwargs):
    key, mark = asked(handle)
    return post(client, f"/asks/{key}/answer", {"answer": said, "read": mark}, **kwargs)


def test_a_connector_writes_to_two_and_reads_only_that_both_are_asked(people, sign_in):
    dara = sign_in(people["dara"])
    assert "Choose somebody" in dara.get("/introductions/new").text
    form = {"one": "ama", "other": "rui", "words": WORDS, "submission": "x"}
    assert post(dara, "/introductions", form).status_code == 303
    page = dara.get("/introductions").text
    assert "Ama Example and Rui Example" in page
    assert "open until" in page


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({}, 303),
        ({"words": "Short"}, 422),
        ({"words": "x" * 2001}, 422),
        ({"other": "ama"}, 422),
        ({"other": ""}, 422),
        ({"other": "eli"}, 403),
        ({"other": "nobody"}, 422),
        ({"other": "dara"}, 422),
    ],
)
def test_what_is_not_taken_keeps_the_words(people, sign_in, changed, status):
    form = {"one": "ama", "other": "rui", "words": WORDS, "submission": "x"} | changed
    answered = post(sign_in(people["dara"]), "/introductions", form)
    assert answered.status_code == status
    if status != 303:
        assert form["words"] in answered.text


def test_both_say_yes_and_are_three_in_a_conversation(people, introduced, sign_in):
    clients = {each: sign_in(people[each]) for each in ("ama", "rui", "dara")}
    assert "Would you like to meet Rui Example?" in clients["ama"].get("/").text
    first = answer(clients["ama"], "ama", headers=HTMX)
    assert "You said yes to meeting Rui Example" in first.text
    last = answer(clients["rui"], "rui", headers=HTMX)
    assert "have been introduced" in last.text
    for client in clients.values():
        assert (
            "Go to your conversation"
            in client.get(
                f"/introductions/{introduced}" if client is clients["dara"] else "/introductions"
            ).text
        )


@pytest.mark.parametrize("said", ["no", "month", "yes"])
def test_inv_14_the_introducers_pages_are_the_same_bytes_after_every_answer_but_the_last(
    people, introduced, sign_in, said
):
    pages = ["/introductions", f"/introductions/{introduced}", "/asks", "/"]
    dara = sign_in(people["dara"])
    before = [dara.get(each).text for each in pages]
    answer(sign_in(people["ama"]), "ama", said)
    assert [dara.get(each).text for each in pages] == before


@pytest.mark.parametrize("said", ["no", "nothing"])
def test_inv_23_after_the_day_it_reads_not_made_and_no_name(people, introduced, sign_in, now, said):
    rui = sign_in(people["rui"])
    answer(rui, "rui")
    if said == "no":
        answer(sign_in(people["ama"]), "ama", "no")
    with time_machine.travel(now + timedelta(days=15), tick=False):
        for client in (rui, sign_in(people["dara"])):
            assert "Not made." in client.get("/introductions").text


def test_an_answer_to_words_that_changed_is_said_and_not_taken(people, introduced, sign_in):
    key, mark = asked("ama")
    form = {"words": OTHER_WORDS}
    assert (
        post(sign_in(people["dara"]), f"/introductions/{introduced}/words", form).status_code == 303
    )
    late = post(sign_in(people["ama"]), f"/asks/{key}/answer", {"answer": "yes", "read": mark})
    assert (late.status_code, "The words changed" in late.text) == (409, True)


@pytest.mark.parametrize("verb", ["words", "withdraw"])
@pytest.mark.parametrize("handle", ["ama", "eli", "dara"])
def test_only_the_introducer_changes_it(people, introduced, sign_in, verb, handle):
    done = post(
        sign_in(people[handle]), f"/introductions/{introduced}/{verb}", {"words": OTHER_WORDS}
    )
    assert done.status_code == (303 if handle == "dara" else 404)
    assert sign_in(people[handle]).get(f"/introductions/{introduced}").status_code == (
        200 if handle == "dara" else 404
    )


def test_a_member_asks_a_connector_who_passes_it_on_in_other_words(people, sign_in):
    ama, dara = sign_in(people["ama"]), sign_in(people["dara"])
    at = "/people/rui/introduction?through=dara"
    assert "Ask Dara Example to introduce you to Rui Example" in ama.get(at).text
    assert post(ama, at, {"words": WORDS, "submission": "c"}).status_code == 303
    assert "To Dara Example, to meet Rui Example" in ama.get("/asks").text
    with transaction() as db:
        key = db.scalars(select(Ask.key).where(Ask.kind == services.CARRY_KIND.name)).one()
    assert WORDS in dara.get(f"/introductions/new?ask={key}").text
    for _twice in range(2):  # INV-20
        sent = post(dara, "/introductions", {"ask": key, "words": OTHER_WORDS})
        assert sent.headers["Location"].endswith("/introductions")
    assert "would put it in other words" in ama.get("/asks").text


@pytest.mark.parametrize(
    ("at", "status"),
    [
        ("/people/rui/introduction?through=dara", 303),
        ("/people/rui/introduction?through=eli", 403),
        ("/people/rui/introduction", 404),
        ("/people/eli/introduction?through=dara", 403),
        ("/people/nobody/introduction?through=dara", 404),
        ("/people/ama/introduction?through=dara", 404),
    ],
)
def test_a_way_is_asked_and_nothing_else(people, sign_in, at, status):
    done = post(sign_in(people["ama"]), at, {"words": WORDS, "submission": "c"})
    assert done.status_code == status


@pytest.mark.parametrize("words", ["Short", "x" * 2001])
def test_other_words_that_are_not_taken_are_kept(people, introduced, sign_in, words):
    at = f"/introductions/{introduced}/words"
    refused = post(sign_in(people["dara"]), at, {"words": words})
    assert (refused.status_code, words in refused.text) == (422, True)


@pytest.mark.parametrize("words", ["Short", "x" * 2001])
def test_words_to_carry_that_are_not_taken_are_kept(people, sign_in, words):
    ama, dara = sign_in(people["ama"]), sign_in(people["dara"])
    at = "/people/rui/introduction?through=dara"
    refused = post(ama, at, {"words": words, "submission": "d"})
    assert (refused.status_code, words in refused.text) == (422, True)
    post(ama, at, {"words": WORDS, "submission": "c"})
    with transaction() as db:
        key = db.scalars(select(Ask.key).where(Ask.kind == services.CARRY_KIND.name)).one()
    refused = post(dara, "/introductions", {"ask": key, "words": words})
    assert (refused.status_code, words in refused.text) == (422, True)


@pytest.mark.parametrize(("said", "days"), [("month", 30), ("season", 91), ("half", 182)])
def test_what_is_put_off_is_shown_again_to_its_owner_on_the_day(
    people, introduced, sign_in, now, said, days
):
    answer(sign_in(people["ama"]), "ama", said)
    for offset, shown in ((days - 1, False), (days, True)):
        with time_machine.travel(now + timedelta(days=offset), tick=False):
            page = sign_in(people["ama"]).get("/").text
            assert ("You wanted to think of it again" in page) is shown
            assert "You wanted to think of it again" not in sign_in(people["dara"]).get("/").text


def test_let_go_it_does_not_come_back(people, introduced, sign_in, now):
    answer(sign_in(people["ama"]), "ama", "month")
    key, _mark = asked("ama")
    with time_machine.travel(now + timedelta(days=40), tick=False):
        ama = sign_in(people["ama"])
        assert post(ama, f"/asks/{key}/let-go").status_code == 303
        assert "You wanted to think of it again" not in ama.get("/").text
        assert post(sign_in(people["rui"]), f"/asks/{key}/let-go").status_code == 404


def test_only_what_is_about_somebody_is_put_off(people, introduced, sign_in):
    ama = sign_in(people["ama"])
    form = {"reason": "Your lamps have stayed with me.", "submission": "z"}
    post(sign_in(people["eli"]), "/people/ama/connect", form)
    with transaction() as db:
        key = db.scalars(select(Ask.key).where(Ask.kind == "connection")).one()
    assert post(ama, f"/asks/{key}/answer", {"answer": "month"}).status_code == 422


def test_the_introducer_reads_how_it_came_about(people, sign_in):
    ama, dara = sign_in(people["ama"]), sign_in(people["dara"])
    post(ama, "/people/rui/introduction?through=dara", {"words": WORDS, "submission": "c"})
    with transaction() as db:
        key = db.scalars(select(Ask.key).where(Ask.kind == services.CARRY_KIND.name)).one()
    post(dara, f"/asks/{key}/answer", {"answer": "yes"})
    with transaction() as db:
        at = f"/introductions/{db.scalars(select(Introduction.key)).one()}"
    assert "Ama Example had asked you for it" in dara.get(at).text
    answer(sign_in(people["rui"]), "rui")
    assert "Both had said yes, and a conversation opened." in dara.get(at).text


def test_what_was_done_is_said_on_the_page_that_follows(people, sign_in):
    dara = sign_in(people["dara"])
    form = {"one": "ama", "other": "rui", "words": WORDS, "submission": "x"}
    post(dara, "/introductions", form)
    assert "Both are asked, with the same words." in dara.get("/introductions").text


@pytest.mark.parametrize("answer_given", ["no", "nothing"])
def test_the_way_says_that_it_was_asked_and_not_how_it_was_answered(
    people, sign_in, now, answer_given
):
    ama, dara = sign_in(people["ama"]), sign_in(people["dara"])
    at = "/people/rui/introduction?through=dara"
    post(ama, at, {"words": WORDS, "submission": "c"})
    with transaction() as db:
        key = db.scalars(select(Ask.key).where(Ask.kind == services.CARRY_KIND.name)).one()
    if answer_given == "no":
        post(dara, f"/asks/{key}/answer", {"answer": "no"})
    page = ama.get("/people/rui").text
    assert "You asked Dara Example on" in page
    assert "through=dara" not in page
    with time_machine.travel(now + timedelta(days=20), tick=False):
        again = sign_in(people["ama"]).get("/people/rui").text
        assert "You asked Dara Example not long ago." in again
    with time_machine.travel(now + timedelta(days=91), tick=False):
        assert "through=dara" in sign_in(people["ama"]).get("/people/rui").text
