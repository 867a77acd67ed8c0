from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from network.clock import utc_now
from network.db import transaction
from network.engagements.kinds import Clause, Kind
from network.engagements.models import Draft, Party
from network.engagements.money import Money
from network.engagements.terms import OtherLine
from network.members.models import Member, Shield
from network.members.services.boundaries import block
from tests.conftest import NOON, names, post
from tests.engagements.conftest import Table, begun
from tests.engagements.pages import at, director, member, words
from tests.organisations.conftest import keep_organisation

HOUR = timedelta(hours=1)


PATHS = [
    (),
    ("versions", 1),
    ("leave",),
    ("versions.html",),
    ("versions.json",),
]
ACTS = [
    ("versions", 1, "accept"),
    ("versions", 1, "take-back"),
    ("versions", 1, "withdraw"),
    ("leave",),
    ("close",),
]


@pytest.mark.parametrize(
    ("who", "status"), [("ama", 200), ("bea", 200), ("dov", 404), ("eli", 404), ("fay", 404)]
)
def test_inv_36_terms_are_read_by_their_parties_alone(db, make_member, visit, who, status):
    people = [make_member(name) for name in ("ama", "bea")]
    make_member("dov")
    make_member("eli", steward=True)
    organisation = keep_organisation(db, NOON, speakers=[people[0], make_member("fay")])
    table = Table(begun(db, people, {people[0].id: organisation.id}).id)
    db.commit()
    table.put("ama", 0)
    for path in PATHS:
        found = visit(who, at(table, *path))
        assert found.status_code == status, path
        assert ("A first director" in found.text) is (status == 200), path


@pytest.mark.parametrize("who", ["dov", "nobody"])
def test_nobody_else_does_anything_with_terms(table, make_member, as_, client, who):
    make_member("dov")
    table.put("ama", 0)
    before = table.stands()
    browser = client if who == "nobody" else as_(who)
    data = {"digest": table.digest(1)}
    for path in ACTS:
        found = post(browser, at(table, *path), data)
        assert found.status_code == (303 if who == "nobody" else 404), path
        assert table.stands() == before


@pytest.mark.parametrize(
    ("who", "path", "status", "stands"),
    [
        ("bea", ("versions", 1, "accept"), 303, ("open", 1, 1)),
        ("bea", ("versions", 1, "take-back"), 303, ("open", 1, 1)),
        ("bea", ("versions", 2, "take-back"), 409, ("open", 1, 1)),
        ("ama", ("versions", 1, "withdraw"), 303, ("open", 1, 0)),
        ("bea", ("versions", 1, "withdraw"), 403, ("open", 1, 1)),
        ("ama", ("versions", 2, "withdraw"), 409, ("open", 1, 1)),
        ("ama", ("close",), 303, ("closed", 1, 0)),
        ("bea", ("close",), 403, ("open", 1, 1)),
        ("bea", ("leave",), 303, ("open", 1, 0)),
        ("ama", ("leave",), 303, ("open", 1, 0)),
    ],
)
def test_what_a_party_does_and_may_not_do(table, as_, who, path, status, stands):
    table.put("ama", 0)
    found = post(as_(who), at(table, *path), {"digest": table.digest(1)})
    assert (found.status_code, table.stands()) == (status, stands)


@pytest.mark.parametrize(("who", "path"), [("ama", "withdraw"), ("bea", "leave"), ("ama", "leave")])
def test_inv_20_what_is_done_twice_is_done_once(table, as_, who, path):
    table.put("ama", 0)
    where = at(table, "versions", 1, path) if path == "withdraw" else at(table, path)
    first = post(as_(who), where)
    stands = table.stands()
    again = post(as_(who), where)
    assert (again.status_code, again.location) == (first.status_code, first.location)
    assert table.stands() == stands


def test_too_many_words_of_leaving_are_handed_back(table, as_):
    table.put("ama", 0)
    found = post(as_("bea"), at(table, "leave"), {"words": "long " * 121})
    assert found.status_code == 422
    assert "long long" in found.text
    assert table.stands() == ("open", 1, 1)


def test_whoever_left_reads_what_there_was_and_nothing_later(table, as_, visit):
    table.put("ama", 0, "An evening in May.")
    table.now = NOON + HOUR
    table.do("leave", "cai", words="I wish you well.")
    table.now = NOON + 2 * HOUR
    table.put("ama", 1, "An evening in June.")
    table.accept("bea", 2)
    theirs = words(visit("cai", at(table)).text)
    assert "You left these terms, and read here what there was until then." in theirs
    assert "An evening in May." in theirs
    assert "June" not in theirs
    assert "agreed" not in theirs
    assert visit("cai", at(table, "versions", 2)).status_code == 404
    assert visit("cai", at(table, "agreement")).status_code == 404
    assert "June" not in visit("cai", at(table, "versions.json")).text
    assert "I wish you well." in words(visit("ama", at(table)).text)


def test_the_page_says_where_everybody_stands(table, visit):
    table.put("ama", 0, terms=director(table))
    table.accept("cai", 1)
    said = words(visit("bea", at(table)).text)
    assert "Between Ama Example, Cai Example and you. Version 1 is on the table." in said
    assert "Ama Example put version 1 on the table on 21 November, and so accepts it." in said
    assert "Cai Example accepted version 1 on 21 November." in said
    assert "You have not answered version 1." in said
    assert "You are the last, so this makes it an agreement." in said
    assert "Only whoever put it on the table can." in said
    assert "Close them for all" not in said
    assert "You put version 1 on the table on 21 November, and so accept it." in words(
        visit("ama", at(table)).text
    )


def test_taking_back_is_said_of_whoever_did(table, visit):
    table.put("ama", 0)
    table.accept("bea", 1)
    table.do("take_back", "bea", number=1)
    assert "Bea Example took an acceptance of version 1 back on 21 November." in words(
        visit("cai", at(table)).text
    )
    assert "You took back on 21 November that you accept version 1." in words(
        visit("bea", at(table)).text
    )


def test_nothing_on_the_table_teaches_what_to_do(table, visit):
    said = words(visit("bea", at(table)).text)
    assert "Nobody has written a version yet." in said
    assert "Write the first version" in said
    table.put("ama", 0)
    table.do("withdraw", "ama", number=1)
    said = words(visit("bea", at(table)).text)
    assert "No version is on the table. Any of you can put the next one there." in said
    assert "Withdrawn on 21 November." in said
    assert "Accept version" not in said


def test_what_changed_is_marked_with_the_authors_reason_beside_it(table, visit):
    old = director(table)
    table.put("ama", 0, terms=old)
    fee = replace(old.cash[0], amount=Money("EUR", 425_000))
    clauses = {**old.clauses, Clause.SCOPE: "Ama leads the choosing, and the first hundred days."}
    new = replace(old, cash=(fee,), clauses=clauses)
    table.put("bea", 1, terms=new, why="Five days, so five sixths.")
    page = visit("ama", at(table)).text
    said = words(page)
    assert "Version 2 against version 1." in said
    assert "Bea Example: “Five days, so five sixths.”" in said
    assert "The retainer from Bea Example to you went from €5,100 to €4,250 a month." in said
    assert "taken out: €5,100 added: €4,250 a month." in said
    assert "taken out: choosing. added: choosing, and the first hundred days." in said
    assert "For you that is €34,000 in all; it was €40,800 in all." in said
    assert "Only you see this sum." in said
    assert "€34,000" not in words(visit("cai", at(table)).text)
    assert "From you it is €34,000 in all" in words(visit("bea", at(table)).text)


@pytest.mark.parametrize(
    ("read", "there", "not_there"),
    [
        ("", ("added: June.", "taken out: May."), ()),
        ("?read=changed", ("added: June.",), ()),
        ("?read=now", ("In June.",), ("May", "added:")),
        ("?read=1", ("In May.",), ("June", "added:")),
        ("?read=what", ("added: June.",), ()),
    ],
)
def test_terms_are_read_as_changed_as_now_or_as_they_were(table, visit, read, there, not_there):
    table.put("ama", 0, "In May.")
    table.put("bea", 1, "In June.")
    page = visit("cai", at(table) + read).text
    said = words(page)
    said = said[said.index("What changed") :]
    assert all(each in said for each in there)
    assert not any(each in said for each in not_there)
    assert len(re.findall(r'aria-current="page">', page[page.index('class="tabs"') :])) == 1


def test_of_many_versions_the_newest_are_near_and_all_are_in_the_history(table, visit):
    for number in range(6):
        table.put(("ama", "bea")[number % 2], number, f"In week {number}.")
    page = visit("cai", at(table) + "?read=1").text
    tabs = page[page.index('class="tabs"') : page.index("</nav>", page.index('class="tabs"'))]
    assert re.findall(r"Version (\d)", tabs) == ["5", "4", "3", "1"]
    for number in range(1, 7):
        assert f'href="{at(table, "versions", number)}"' in page


@pytest.mark.parametrize(
    ("path", "status"),
    [("?read=3", 404), ("/versions/3", 404), ("/versions/0", 404), ("?read=99999999999", 200)],
)
def test_a_version_that_is_not_there_is_not_found(table, visit, path, status):
    table.put("ama", 0)
    assert visit("ama", at(table) + path).status_code == status


def test_a_version_alone_has_its_changes_and_its_mark(table, visit):
    table.put("ama", 0, "In May.")
    table.put("bea", 1, "In June.")
    said = words(visit("cai", at(table, "versions", 2)).text)
    assert "taken out: May. added: June." in said
    assert table.digest(2) in said
    assert "added:" not in words(visit("cai", at(table, "versions", 2) + "?read=now").text)
    assert "In May." in words(visit("cai", at(table, "versions", 1)).text)


def test_how_it_came_about_is_told_to_each_from_their_side(table, visit):
    table.put("ama", 0)
    table.now = NOON + HOUR
    table.put("bea", 1)
    table.accept("cai", 2)
    table.now = NOON + 2 * HOUR
    table.do("withdraw", "bea", number=2)
    said = words(visit("cai", at(table)).text)
    said = said[said.index("How it came about") :]
    assert "Version 1 , put on the table by Ama Example. Set aside by version 2." in said
    assert "Version 2 , put on the table by Bea Example. Accepted by you." in said
    assert "Ama Example opened these terms. They grew out of a conversation." in said
    assert "The conversation beside these terms" in said
    assert "Version 1 , put on the table by you." in words(visit("ama", at(table)).text)


def test_inv_36_somebody_apart_has_no_name_before_it_is_agreed_and_has_one_after(
    table, make_member, visit
):
    table.put("ama", 0)
    table.accept("bea", 1)
    with transaction() as session:
        raised(session, member("cai"), member("bea"))
    said = words(visit("bea", at(table)).text)
    assert "Cai Example" not in said
    assert "One of the parties has not answered version 1." in said
    assert not names(visit("bea", "/engagements").text, "Cai")
    assert table.accept("cai", 1) is None
    assert "Cai Example accepted version 1" in words(visit("bea", at(table)).text)
    assert "Cai Example" in words(visit("bea", at(table, "agreement")).text)


def raised(session, one, other):
    """A shield of one, which hides them from another and ends nothing."""
    session.add(Shield(member_id=one.id, mark="d:bea.example", label="Bea", raised_at=NOON))
    session.execute(update(Member).where(Member.id == other.id).values(belongs=" d:bea.example "))


def test_a_block_takes_whoever_blocks_out_of_open_terms_without_a_word(table, as_, visit):
    table.put("ama", 0)
    with transaction() as session:
        block(session, member("cai"), blocked_id=member("ama").id, now=utc_now())
    found = post(as_("bea"), at(table, "versions", 1, "accept"), {"digest": table.digest(1)})
    assert found.status_code == 409
    assert "This version is not on the table any more." in words(found.text)
    assert "Cai Example has left these terms." in words(found.text)
    table.put("bea", 1)
    theirs = words(visit("ama", at(table)).text)
    assert "One of the parties has left these terms." in theirs
    assert "Cai" not in theirs


def test_only_the_own_draft_is_spoken_of(table, visit):
    table.put("ama", 0)
    with transaction() as session:
        mine = session.scalars(select(Party).where(Party.key == table.keys()["bea"])).one()
        session.add(Draft(party_id=mine.id, over=1, fields="{}", saved_at=NOON))
    assert "Go on writing" in words(visit("bea", at(table)).text)
    assert "Go on writing" not in words(visit("ama", at(table)).text)


@pytest.mark.parametrize("versions", [2, 20])
def test_the_page_takes_as_many_statements_for_twenty_versions_as_for_two(
    table, visit, ran, versions
):
    keys = table.keys()
    lines = tuple(
        OtherLine(f"l{n}", Kind.OTHER, keys["ama"], keys["bea"], f"Line {n}.") for n in range(40)
    )
    for n in range(versions):
        changed = (replace(lines[0], what=f"Line, the {n}th time."), *lines[1:])
        table.put("ama" if n % 2 else "bea", n, terms=replace(director(table), others=changed))
    visit("cai", at(table))
    path = at(table)
    for each in (path, f"{path}/versions/2"):
        asked = ran(lambda where=each: visit("cai", where))
        assert len([one for one in asked if one != "BEGIN"]) == 9


def test_a_page_of_terms_is_in_no_search_and_no_referrer(table, visit):
    table.put("ama", 0, terms=director(table))
    found = visit("cai", at(table))
    assert found.headers["Cache-Control"] == "no-store, private"
    assert "A first director" not in visit("cai", "/people?q=first+director").text


def test_whoever_has_accepted_is_asked_no_second_time(table, visit):
    table.put("ama", 0)
    assert visit("bea", at(table, "versions", 1, "accept")).status_code == 200
    table.accept("bea", 1)
    for who in ("ama", "bea"):
        assert visit(who, at(table, "versions", 1, "accept")).status_code == 303
