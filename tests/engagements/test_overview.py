from __future__ import annotations

from datetime import timedelta

import pytest

from network.clock import utc_now
from network.db import transaction
from network.engagements.kinds import EngagementState
from network.engagements.models import Engagement
from tests.conftest import NOON
from tests.engagements.conftest import Table, begun
from tests.engagements.pages import words

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def parts(visit):
    """What stands under each heading of the page, for somebody."""

    def read(who):
        text = words(visit(who, "/engagements").text)
        found, here = {}, ""
        headings = ("Waits for you", "Terms being found", "Work under way", "What is over")
        for heading in headings:
            before, _mark, text_after = text.partition(f" {heading} ")
            if _mark:
                found[here] = before
                here, text = heading, text_after
        found[here] = text
        return found

    return read


def agree(table):
    table.put("ama", 0)
    table.accept("bea", 1)
    table.accept("cai", 1)


def becomes(state, **values):
    with transaction() as session:
        engagement = session.query(Engagement).one()
        engagement.state = state
        for name, value in values.items():
            setattr(engagement, name, value)


def test_the_page_teaches_when_there_is_nothing(make_member, visit):
    make_member("ama")
    found = visit("ama", "/engagements")
    assert "Work begins in a conversation." in words(found.text)
    for path in ("/portfolio", "/needs", "/approaches", "/organisations", "/conversations"):
        assert f'href="{path}"' in found.text


def test_the_work_tab_leads_here(make_member, visit):
    make_member("ama")
    assert '<a href="/engagements">Work</a>' in visit("ama", "/conversations").text
    assert (
        '<a href="/engagements" aria-current="page">Work</a>' in visit("ama", "/engagements").text
    )


def test_what_waits_stands_apart_from_what_is_being_found(table, parts):
    table.put("ama", 0)
    assert "A first director With Ama Example and Cai Example." in parts("bea")["Waits for you"]
    assert "Version 1 is on the table." in parts("bea")["Waits for you"]
    assert "A first director" in parts("ama")["Terms being found"]
    assert "Waits for you" not in parts("ama")
    table.accept("bea", 1)
    assert "Waits for you" not in parts("bea")
    assert "You have accepted it." in parts("bea")["Terms being found"]


def test_whoever_left_is_not_told_that_the_others_agreed(table, parts):
    table.put("ama", 0)
    table.do("leave", "cai")
    before = parts("cai")
    table.put("ama", 1)
    table.accept("bea", 2)
    assert table.stands()[0] == "agreed"
    assert parts("cai") == before


def test_a_version_whose_day_is_past_waits_for_nobody(table, parts):
    table.put("ama", 0, valid_until=NOON + HOUR)
    assert "Waits for you" not in parts("bea")
    assert "Version 1 was on the table until 21 November." in parts("bea")["Terms being found"]


@pytest.mark.parametrize(
    ("state", "values", "heading", "said"),
    [
        ("agreed", {}, "Work under way", "Agreed on 21 November, and not begun yet."),
        ("active", {"begun_at": NOON}, "Work under way", "Since 21 November."),
        ("paused", {"begun_at": NOON, "paused_at": NOON}, "Work under way", "At rest since"),
        ("ended_early", {"ends_at": utc_now() + 9 * DAY}, "Work under way", "It ends on"),
        ("ended_early", {"ends_at": NOON}, "What is over", "Ended on 21 November."),
        ("completed", {"ends_at": NOON}, "What is over", "Completed on 21 November."),
        ("cancelled", {"ends_at": NOON}, "What is over", "before it began."),
    ],
)
def test_agreed_work_stands_where_it_is(table, parts, state, values, heading, said):
    agree(table)
    becomes(EngagementState(state), **values)
    found = parts("cai")
    assert "A first director With Ama Example and Bea Example." in found[heading]
    assert said in found[heading]
    assert set(found) == {"", heading}


@pytest.mark.parametrize(
    ("deed", "said"),
    [
        (lambda table: table.do("close", "ama"), "Closed on 21 November."),
        (lambda table: table.do("leave", "cai"), "You left on 21 November."),
    ],
)
def test_terms_that_ended_are_over(table, parts, deed, said):
    table.put("ama", 0)
    deed(table)
    assert said in parts("cai")["What is over"]


def test_terms_in_which_nothing_happened_lapsed(db, make_member, parts):
    people = [make_member(name) for name in ("ama", "bea")]
    begun(db, people).moved_at = NOON - 70 * DAY
    db.commit()
    found = parts("ama")["What is over"]
    assert "Terms without a version yet With Bea Example. Lapsed" in found


def test_whoever_left_reads_no_later_title(table, parts):
    table.put("ama", 0)
    table.now = NOON + HOUR
    table.do("leave", "cai")
    table.now = NOON + 2 * HOUR
    other = table.words("ama", "Later words.")
    table.put(
        "ama", 1, terms=type(other)("A later title", other.work, other.clauses, others=other.others)
    )
    assert "A first director" in parts("cai")["What is over"]
    assert "later" not in parts("cai")["What is over"]
    assert "A later title" in parts("bea")["Waits for you"]


def test_nobody_elses_terms_are_here(table, make_member, visit):
    make_member("dov", steward=True)
    table.put("ama", 0)
    assert "A first director" not in visit("dov", "/engagements").text


@pytest.mark.parametrize("many", [1, 12])
def test_the_overview_takes_as_many_statements_for_many_as_for_one(
    db, make_member, visit, ran, many
):
    people = [make_member(name) for name in ("ama", "bea", "cai")]
    tables = [Table(begun(db, people).id) for _each in range(many)]
    db.commit()
    for each in tables:
        each.put("ama", 0)
        each.accept("bea", 1)
    tables[0].accept("cai", 1)
    visit("bea", "/engagements")
    asked = [each for each in ran(lambda: visit("bea", "/engagements")) if each != "BEGIN"]
    assert len(asked) == 4
