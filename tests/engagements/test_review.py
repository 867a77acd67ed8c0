"""What a reviewer tried to break: each of these held for nobody at first."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import timedelta
from time import monotonic

import pytest
import time_machine
from sqlalchemy import select, update

from network.db import reading, transaction
from network.engagements import money
from network.engagements.access import engagement_for
from network.engagements.forms_terms import fields_of
from network.engagements.kinds import Cash, Period
from network.engagements.models import Draft, Party, Version
from network.engagements.money import Money
from network.engagements.queries.waiting import waiting
from network.engagements.services import beginning
from network.engagements.sound import flaws
from network.engagements.terms import CashLine
from network.engagements.views import writing
from network.errors import Conflict, Invalid, Refusal
from network.members.models import Member
from network.members.services import boundaries
from network.wording import How, compared
from tests.conftest import NOON, post
from tests.engagements.conftest import Table
from tests.engagements.lives import DAY, Life, agreed
from tests.engagements.pages import at, director, member, words
from tests.engagements.typed import typed
from tests.organisations.conftest import keep_organisation

HOUR = timedelta(hours=1)


def begin_change(life, who):
    """Begin to change agreed work; the terms in which it is found, or a refusal."""
    try:
        with transaction() as db:
            actor = db.get_one(Member, member(who).id)
            seen = engagement_for(db, actor, life.key, now=life.now)
            submission = os.urandom(8).hex()
            found = beginning.amend(db, seen, actor=actor, now=life.now, submission=submission)
            return Table(found.id, life.now)
    except Refusal as refusal:
        return refusal


def waits_for(who, now):
    with reading() as db:
        return [each.what.value for each in waiting(db, db.get_one(Member, member(who).id), now)]


@pytest.fixture
def life(db, make_member):
    """Work of Ama and Bea, with thirty days of notice."""
    engagement = agreed(db, [make_member("ama"), make_member("bea")])
    db.commit()
    return Life.of(engagement)


def test_inv_36_whoever_left_does_not_learn_that_the_others_agreed(table, visit):
    table.put("ama", 0)
    table.now = NOON + HOUR
    table.do("leave", "cai")
    before = visit("cai", at(table)).text
    table.now += HOUR
    table.put("ama", 1)
    table.accept("bea", 2)
    assert table.stands()[0] == "agreed"
    assert words(visit("cai", at(table)).text) == words(before)


@pytest.mark.parametrize("path", ["", "versions.html", "versions/1"])
def test_inv_36_whoever_left_does_not_learn_who_left_after_them(table, visit, path):
    table.put("ama", 0)
    table.now = NOON + HOUR
    table.do("leave", "cai")
    pages = [words_of(visit("cai", each).text) for each in (at(table, path), "/engagements")]
    table.now = NOON + 2 * HOUR
    table.do("leave", "bea")
    assert [
        words_of(visit("cai", each).text) for each in (at(table, path), "/engagements")
    ] == pages


def words_of(page):
    return words(page) if "<main" in page else page


def test_inv_42_work_that_is_over_is_changed_no_more_though_the_change_was_open(life, sign_in):
    life.do("begin", "ama")
    change = begin_change(life, "ama")
    keys = change.keys()
    assert set(keys) == {"ama", "bea"}
    assert change.put("ama", 0) is None
    assert life.do("end", "bea", words="The school needs me.") is None
    change.now = life.now + 30 * DAY - HOUR
    assert change.do("take_back", "ama", number=1) is None
    assert change.put("ama", 1) is None
    assert waits_for("bea", change.now) == ["version", "handover"]
    change.now += HOUR
    assert "version" not in waits_for("bea", change.now)
    assert isinstance(change.accept("bea", 2), Conflict)
    assert isinstance(change.put("ama", 2), Conflict)
    assert change.stands()[0] != "agreed"
    with time_machine.travel(change.now, tick=False):
        browser = sign_in(member("bea"))
        page = browser.get(at(change)).text
        assert "The work that these terms would change is over." in words(page)
        assert "/accept" not in page
        assert "The work that they would change is over." in words(browser.get("/engagements").text)
        assert browser.get(at(change, "write")).status_code == 409
        assert "lapses" not in words(browser.get("/portfolio").text)
        work = words(browser.get(f"/engagements/{life.key}").text)
        assert "A change is being found" not in work


def test_inv_10_who_left_and_is_apart_has_no_name_though_the_others_agreed(db, table, visit):
    table.do("leave", "cai")
    table.now += HOUR
    with transaction() as session:
        cai, ama = (session.get_one(Member, member(name).id) for name in ("cai", "ama"))
        boundaries.block(session, cai, blocked_id=ama.id, now=table.now)
    before = words(visit("ama", at(table)).text)
    table.put("ama", 0)
    table.accept("bea", 1)
    assert table.stands()[0] == "agreed"
    assert "Cai" not in before
    assert "Cai" not in words(visit("ama", at(table)).text)
    assert "Cai Example has left" in words(visit("bea", at(table)).text)


def test_inv_40_nobody_signs_for_themselves_what_an_organisation_agreed(db, make_member):
    people = [make_member("ama"), make_member("bea")]
    ferries = keep_organisation(db, NOON, speakers=people[:1])
    life = Life.of(agreed(db, people, {people[0].id: ferries.id}))
    db.commit()
    with transaction() as session:
        session.execute(update(Party).values(organisation_id=None))
    assert isinstance(begin_change(life, "ama"), Conflict)


@pytest.mark.parametrize("text", ["1e999999", "1e400000000000", "-1e999999", "1" * 100_000])
def test_a_number_without_end_is_no_amount(text):
    with pytest.raises(Invalid):
        money.read(text, "EUR")


def test_inv_37_no_part_of_an_amount_is_rounded_away():
    with pytest.raises(Invalid):
        money.read("5." + "0" * 40 + "1", "EUR")


def test_an_amount_without_end_comes_back_as_it_was_typed(table, as_):
    page = typed(as_("ama").get(at(table, "write")).text)
    data = {**page, "do": "add-cash"}
    post(as_("ama"), at(table, "draft"), data)
    page = typed(as_("ama").get(at(table, "write")).text)
    answer = post(as_("ama"), at(table, "write"), {**page, "cash-0-amount": "1e999999"})
    assert answer.status_code == 422
    assert "1e999999" in answer.text


def test_a_form_that_comes_twice_takes_no_newer_draft_away(table, as_):
    page = typed(as_("ama").get(at(table, "write")).text)
    form = {**page, **fields_of(director(table), "en")}
    assert post(as_("ama"), at(table, "write"), form).status_code == 303
    newer = {**typed(as_("ama").get(at(table, "write")).text), "purpose": "What I write since."}
    post(as_("ama"), at(table, "draft"), newer)
    assert post(as_("ama"), at(table, "write"), form).status_code == 303
    with reading() as db:
        assert (
            json.loads(db.scalars(select(Draft)).one().fields)["purpose"] == "What I write since."
        )


def test_words_that_stand_there_again_and_again_are_compared_soon():
    old, new = "x " + "a " * 995 + "y", "z " + "a b " * 497
    began = monotonic()
    found = compared(old, new)
    assert monotonic() - began < 5
    kept = [line for run in found if run.how is not How.ADDED for line in run.lines]
    assert " ".join(kept).split() == old.split()


@pytest.mark.parametrize("period", Period)
def test_inv_37_a_day_rate_is_read_in_one_way(table, period):
    rate = CashLine("f", Cash.DAY_RATE, "bea", "ama", Money("EUR", 65_000), period)
    keys = table.keys()
    rate = replace(rate, giver=keys["bea"], receiver=keys["ama"])
    found = flaws(director(table, cash=(rate,)), list(keys.values()))
    expected = [] if period is Period.DAY else [("cash", "f", "period")]
    assert [(each.part, each.key, each.name) for each in found] == expected


def test_letters_about_work_are_caused_so_often_and_no_more(life, as_, app):
    post(as_("ama"), f"/engagements/{life.key}/begin")
    app.config["UNLIMITED"] = False
    said = f"/engagements/{life.key}/complete"
    answers = [post(as_("ama"), said).status_code for _ in range(61)]
    assert (answers[0], answers[-1]) == (303, 429)


@pytest.mark.parametrize("path", ["draft", "write"])
def test_a_form_with_more_shares_than_people_is_not_taken_and_breaks_nothing(table, as_, path):
    page = typed(as_("ama").get(at(table, "write")).text)
    post(as_("ama"), at(table, "draft"), {**page, "do": "add-cash"})
    page = typed(as_("ama").get(at(table, "write")).text)
    shares = {f"cash-0-split-{n}-party": f"nobody-{n}" for n in range(30)}
    answer = post(as_("ama"), at(table, path), {**page, **shares})
    assert answer.status_code == (422 if path == "write" else 303)


@pytest.mark.parametrize("path", ["draft", "write"])
def test_a_form_with_more_than_terms_can_hold_is_not_read_at_all(table, as_, path, monkeypatch):
    monkeypatch.setattr(writing, "TermsForm", None)
    fields = {f"field-{n}": "" for n in range(20_000)}
    answer = post(as_("ama"), at(table, path), fields)
    assert answer.status_code == 422
    assert "This is more than terms can hold." in answer.text


def test_a_mark_of_a_form_that_is_too_long_is_cut(table, as_):
    form = typed(as_("ama").get(at(table, "write")).text) | fields_of(director(table), "en")
    form["submission"] = "s" * 200
    assert post(as_("ama"), at(table, "write"), form).status_code == 303
    with reading() as db:
        assert len(db.scalars(select(Version.submission)).one()) <= 40
