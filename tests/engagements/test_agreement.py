from __future__ import annotations

import hashlib
import json
import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from sqlalchemy import update

from network.clock import utc_now
from network.db import reading, transaction
from network.engagements.models import Engagement, Negotiation
from network.engagements.terms import from_text
from network.members.models import SignIn
from tests.conftest import PASSWORD, post
from tests.engagements.pages import at, director, member, words


@pytest.fixture
def agreed(table):
    """Terms in two versions, the second agreed by the three."""
    old = director(table)
    table.put("ama", 0, terms=old)
    table.put("bea", 1, terms=director(table, title="A second director"), why="They had one.")
    table.accept("cai", 2)
    table.accept("ama", 2)
    return table


def stale(handle):
    """Let somebody have signed in a day ago."""
    with transaction() as session:
        session.execute(
            update(SignIn)
            .where(SignIn.member_id == member(handle).id)
            .values(fresh_at=utc_now() - timedelta(days=1))
        )


def engagement():
    with reading() as db:
        return db.query(Engagement).one()


def test_inv_35_the_page_to_accept_holds_the_whole_text_and_its_digest(table, visit):
    table.put("ama", 0, terms=director(table))
    found = visit("bea", at(table, "versions", 1, "accept"))
    said = words(found.text)
    assert f'name="digest" value="{table.digest(1)}"' in found.text
    assert "Version 1, whole, as you are about to accept it." in said
    assert "To help the members choose." in said
    assert "A seat in its course." in said
    assert "They are not legal advice." in said


def test_a_yes_is_kept_and_the_last_goes_to_the_work(table, as_):
    table.put("ama", 0)
    data = {"digest": table.digest(1)}
    found = post(as_("bea"), at(table, "versions", 1, "accept"), data)
    assert found.headers["Location"] == at(table)
    found = post(as_("cai"), at(table, "versions", 1, "accept"), data)
    assert table.stands() == ("agreed", 1, 1)
    assert found.headers["Location"] == f"/engagements/{engagement().key}"
    assert post(as_("cai"), at(table, "versions", 1, "accept"), data).status_code == 303


@pytest.mark.parametrize(
    ("number", "digest", "sentence"),
    [
        (1, "right", "This version is not on the table any more. Read what is there now."),
        (3, "right", "This version is not on the table any more. Read what is there now."),
        (2, "wrong", "These are not the words that you were shown. Read them once more."),
        (2, "", "These are not the words that you were shown. Read them once more."),
    ],
)
def test_inv_34_a_yes_to_something_else_is_a_conflict_in_words(
    table, as_, number, digest, sentence
):
    table.put("ama", 0, "In May.")
    table.put("cai", 1, "In June.")
    shown = {"right": table.digest(min(number, 2)), "wrong": "0" * 64}.get(digest, digest)
    found = post(as_("bea"), at(table, "versions", number, "accept"), {"digest": shown})
    said = words(found.text)
    assert found.status_code == 409
    assert sentence in said
    assert "Cai Example put version 2 on the table" in said
    assert "You have not answered version 2." in said
    assert table.stands() == ("open", 2, 2)


def test_who_signed_in_a_while_ago_shows_that_it_is_them_and_comes_back(table, as_):
    table.put("ama", 0)
    browser, path = as_("bea"), at(table, "versions", 1, "accept")
    stale("bea")
    assert browser.get(path).headers["Location"] == "/signin/again"
    found = post(browser, path, {"digest": table.digest(1)})
    assert found.headers["Location"] == "/signin/again"
    assert "You have not answered version 1." in words(browser.get(at(table)).text)
    found = post(browser, "/signin/again", {"password": PASSWORD})
    assert found.headers["Location"] == path
    assert browser.get(path).status_code == 200


@pytest.mark.parametrize("number", [1, 3])
def test_there_is_no_page_to_accept_what_is_not_on_the_table(table, visit, number):
    table.put("ama", 0)
    table.put("bea", 1)
    found = visit("cai", at(table, "versions", number, "accept"))
    assert (found.status_code, found.headers["Location"]) == (303, at(table))


def test_the_agreement_names_who_accepted_what_and_when(agreed, visit):
    said = words(visit("cai", at(agreed, "agreement")).text)
    assert "An agreement between Ama Example, Bea Example and Cai Example." in said
    assert "A second director" in said
    assert "Bea Example to Ama Example retainer" in said
    assert agreed.digest(2) in said
    assert said.count("on 21 November 2026, 12:00 UTC") == 3
    assert "to you" not in said
    assert "For you" not in words(visit("ama", at(agreed, "agreement")).text)


@pytest.mark.parametrize("name", ["agreement", "agreement.html", "agreement.json"])
def test_inv_36_an_agreement_is_read_by_who_signed_it_once_there_is_one(
    table, make_member, visit, name
):
    make_member("dov", steward=True)
    table.put("ama", 0)
    assert visit("ama", at(table, name)).status_code == 404
    table.accept("bea", 1)
    table.accept("cai", 1)
    assert visit("ama", at(table, name)).status_code == 200
    assert visit("dov", at(table, name)).status_code == 404


@pytest.mark.parametrize(("name", "numbers"), [("agreement", [2]), ("versions", [1, 2])])
def test_the_json_holds_the_text_that_the_digest_is_of(agreed, visit, name, numbers):
    found = visit("cai", at(agreed, f"{name}.json"))
    kept = json.loads(found.text)
    assert found.headers["Content-Disposition"].startswith("attachment; filename=")
    assert [each["number"] for each in kept["versions"]] == numbers
    for each in kept["versions"]:
        assert hashlib.sha256(each["text"].encode()).hexdigest() == each["digest"]
        assert each["digest"] == agreed.digest(each["number"])
        assert from_text(each["text"]).title in {"A first director", "A second director"}
    names = {each["key"]: each["name"] for each in kept["parties"]}
    last = kept["versions"][-1]
    assert sorted(names[yes["party"]] for yes in last["accepted"]) == [
        "Ama Example",
        "Bea Example",
        "Cai Example",
    ]
    assert (names[last["put_by"]], last["why"]) == ("Bea Example", "They had one.")


class Balanced(HTMLParser):
    """Reads a page, and notices a tag that is not closed or reaches out."""

    ALONE = frozenset({"meta", "hr", "br", "link", "img"})

    def __init__(self, text):
        super().__init__()
        self.open, self.reaches = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.reaches += [value for name, value in attrs if name in {"href", "src"}]
        if tag not in self.ALONE:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.mark.parametrize("name", ["agreement", "versions"])
def test_the_page_to_keep_stands_by_itself(agreed, visit, name):
    found = visit("cai", at(agreed, f"{name}.html"))
    page = Balanced(found.text)
    assert (page.open, page.reaches) == ([], [])
    assert found.headers["Content-Type"] == "text/html; charset=utf-8"
    said = " ".join(re.sub(r"<[^>]*>", " ", found.text).split())
    assert "A second director" in said
    assert agreed.digest(2) in said
    assert ("Version 1: A first director" in said) is (name == "versions")
    assert "Bea Example to Ama Example" in said
    assert "Put on the table by Bea Example on 21 November 2026, 12:00 UTC." in said


def test_names_stand_as_they_were_signed(agreed, make_member, visit):
    with transaction() as session:
        bea = session.get_one(type(member("bea")), member("bea").id)
        bea.name = "Somebody Else"
    assert "Bea Example" in words(visit("ama", at(agreed, "agreement")).text)
    with reading() as db:
        assert db.get_one(Negotiation, agreed.id).engagement_id == engagement().id


def test_what_is_agreed_is_answered_no_more(agreed, as_, visit):
    said = words(visit("ama", at(agreed)).text)
    assert "Agreed on 21 November" in said
    assert "Everybody had accepted, and it was agreed." in said
    assert "To the work" in said
    assert "Propose changes" not in said
    for act in ("close", "leave", "versions/2/withdraw", "versions/2/take-back"):
        found = post(as_("ama"), at(agreed, act))
        assert found.status_code == 409
        assert "This is agreed. What changes now is a new agreement." in words(found.text)
