from __future__ import annotations

import re

import pytest
import time_machine

from network.db import transaction
from network.engagements.models import Engagement
from tests.conftest import NOON, post
from tests.engagements import afterwards
from tests.engagements.afterwards import lived

TOLD = "Ama asked what we would stop doing first."
SHOWN = "We chose a first director together."


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def people(make_member):
    return {name: make_member(name, story="I came by boat.") for name in ("ama", "dov")}


@pytest.fixture
def add(db, people, make_member):
    """Let so many more have worked with Ama, say so, and agree to how she shows it."""

    def work(many):
        others = {
            f"w{number}x{many}": make_member(
                f"w{number}x{many}", name=f"Writer {number}", purpose=""
            )
            for number in range(many)
        }
        made = [(name, lived(db, [people["ama"], each]).id) for name, each in others.items()]
        db.commit()
        for name, engagement_id in made:
            with transaction() as session:
                it = session.get_one(Engagement, engagement_id)
                for verb, *given in (
                    ("write", name, "ama", f"{TOLD} {name}"),
                    ("write", "ama", name, "They waited."),
                    ("stand", "ama", name, True),
                    ("word", "ama", f"{SHOWN} {name}"),
                    ("consent", name, "ama", 1),
                ):
                    getattr(afterwards, verb)(session, it, *given, NOON)

    return work


def test_members_read_both_on_the_page_and_the_web_reads_neither(add, people, sign_in, client):
    add(1)
    page = sign_in(people["dov"]).get("/people/ama").text
    assert (TOLD in page, SHOWN in page) == (True, True)
    page = client.get("/people/ama").text
    assert (TOLD in page, SHOWN in page) == (False, False)


def test_where_nothing_is_shown_nothing_is_said(people, sign_in):
    for who in people.values():
        page = sign_in(who).get("/people/ama").text
        assert 'id="after-work"' not in page
        assert 'id="work"' not in page


def test_the_subject_keeps_and_the_author_takes_back_from_the_page(add, people, sign_in):
    add(1)
    ama = sign_in(people["ama"])
    page = ama.get("/people/ama").text
    path = re.search(r'action="(/testimony/[^"]+/show)"', page)[1]
    assert "/take-back" not in page
    post(ama, path, {"answer": "keep"})
    assert TOLD not in sign_in(people["dov"]).get("/people/ama").text


def test_a_stranger_is_offered_nothing_to_do_with_the_words(add, people, sign_in):
    add(1)
    page = sign_in(people["dov"]).get("/people/ama").text
    assert "/testimony/" not in page


@pytest.mark.parametrize("who", ["ama", "dov"])
def test_the_page_takes_as_many_statements_for_many_as_for_one(add, people, sign_in, ran, who):
    client = sign_in(people[who])
    client.get("/people/ama")
    add(1)
    few = ran(lambda: client.get("/people/ama"))
    add(7)
    many = ran(lambda: client.get("/people/ama"))
    assert len(many) == len(few) <= 12
    assert sum("FROM testimony" in each for each in many) == 1


def test_inv_07_45_the_newest_come_first_and_nothing_is_counted(add, people, sign_in):
    add(3)
    page = sign_in(people["dov"]).get("/people/ama").text
    found = re.search(r'id="after-work".*?</section>', page, re.DOTALL)[0]
    words = re.sub(r"<[^>]+>", " ", found)
    assert re.findall(r"w(\d)x3", words) == ["2", "1", "0"]
    assert not re.findall(r"\b\d+\b", re.sub(r"w\dx3|Writer \d", "", words))


def test_a_form_that_is_given_back_keeps_the_words_on_the_page(add, people, sign_in):
    add(1)
    got = post(sign_in(people["dov"]), "/people/ama/connect", {"reason": "Short."})
    assert (got.status_code, TOLD in got.text, SHOWN in got.text) == (422, True, True)
