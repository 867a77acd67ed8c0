from __future__ import annotations

import re
from itertools import product

import pytest
from sqlalchemy import select

from network.composition import PEOPLE
from network.conversations.models import About
from network.conversations.services import open_about
from network.db import reading, transaction
from network.members.finding import Narrowing
from network.members.kinds import Audience, CameBy, MembershipState, Part, WhoMayAsk, Work
from network.members.models import Connection, Member, Participation, Section, Shield
from network.members.services import boundaries
from network.members.services.participation import pause, set_work
from network.members.visibility import Viewer
from network.organisations.finding_people import WithWork
from network.organisations.models import Readiness
from network.organisations.services import approach_guards
from network.relationships.models import Introduction, IntroductionState
from network.search import backend, indexer
from network.search.query import Query
from tests.circles.conftest import a_circle, a_place
from tests.conftest import NOON
from tests.organisations.conftest import MERROW, here
from tests.organisations.needs import DAY

URL = f"/organisations/{MERROW}/people"


def bond(db, it, how, writer, member):
    """Let the two have something: nothing, a tie, somebody in common, a circle, or a meeting."""
    if how in {"connected", "mutual"}:
        pairs = [(writer, member)] if how == "connected" else [(writer, it.bo), (it.bo, member)]
        for low, high in (sorted((one.id, other.id)) for one, other in pairs):
            db.add(Connection(low_id=low, high_id=high, asker_id=low, reason="Tea.", since=NOON))
    if how == "circle":
        circle = a_circle(db, it.bo, NOON)
        for who in (writer, member):
            db.add(a_place(circle, who, MembershipState.MEMBER, NOON, came_by=CameBy.INVITED))
    if how == "left":
        circle = a_circle(db, it.bo, NOON)
        db.add(a_place(circle, writer, MembershipState.MEMBER, NOON))
        db.add(a_place(circle, member, MembershipState.LEFT, NOON))
    if how in {"made", "open"}:
        introduce(db, it.bo, writer, member, IntroductionState(how))
    if how == "referred":
        people = (writer.id, member.id)
        open_about(db, About.REFERRAL, 1, people=people, opener=writer, now=NOON)
    db.flush()


def introduce(db, introducer, one, other, state):
    low, high = sorted((one.id, other.id))
    db.add(
        Introduction(
            introducer_id=introducer.id,
            low_id=low,
            high_id=high,
            words="You two should meet.",
            submission="once",
            sent_at=NOON,
            expires_at=NOON + 14 * DAY,
            state=state,
            ended_at=None if state is IntroductionState.OPEN else NOON,
        )
    )


def finder(app, db, who):
    index, analyzer = backend.index(app), backend.analyzer(app)
    return WithWork(db, index, analyzer, Viewer.of(who), NOON)


def lets(db, who, may):
    db.get_one(Participation, who.id).who_may_approach = may
    db.flush()


HOW = ("nothing", "connected", "mutual", "circle", "left", "made", "open", "referred")


@pytest.mark.parametrize(("may", "how"), list(product(WhoMayAsk, HOW)))
def test_who_is_found_is_who_may_be_written_to(app, it, db, may, how):
    set_work(db, it.ama, work=[Work.FRACTIONAL], pace="", now=NOON)
    lets(db, it.ama, may)
    bond(db, it, how, it.oskar, it.ama)
    found = finder(app, db, it.oskar).among([it.ama.id]) == [it.ama.id]
    assert found is bool(approach_guards.open_to(db, it.oskar, it.ama, NOON))


@pytest.fixture
def open_people(app, merrow):
    """Ama, Bo and Eli are open to a fractional role; Oskar seeks; the index knows."""
    with transaction() as db:
        it = here(db)
        for who in (it.ama, it.bo, it.eli):
            set_work(db, who, work=[Work.FRACTIONAL, Work.BOARD], pace="", now=NOON)
    indexer.rebuild(backend.index(app), PEOPLE)
    return merrow


def seen(page):
    return set(re.findall(r'<article data-member="(\w+)"', page))


def change(do):
    with transaction() as db:
        do(db, here(db))


def narrow_room(db, it):
    found = select(Section).where(Section.member_id == it.ama.id, Section.part == Part.AVAILABILITY)
    db.scalars(found).one().shown_to = Audience.CONNECTIONS


def shield(db, it):
    mark = "merrow ferries"
    db.add(Shield(member_id=it.ama.id, mark=mark, label="Merrow Ferries", raised_at=NOON))


HIDING = {
    "nobody": lambda db, it: lets(db, it.ama, WhoMayAsk.NOBODY),
    "shared": lambda db, it: lets(db, it.ama, WhoMayAsk.SHARED),
    "introduced": lambda db, it: lets(db, it.ama, WhoMayAsk.INTRODUCED),
    "pause": lambda db, it: pause(db, it.ama, until=None, now=NOON),
    "block": lambda db, it: boundaries.block(db, it.ama, blocked_id=it.oskar.id, now=NOON),
    "blocked": lambda db, it: boundaries.block(db, it.oskar, blocked_id=it.ama.id, now=NOON),
    "shield": shield,
    "no longer": lambda db, it: set_work(db, it.ama, work=[Work.BOARD], pace="", now=NOON),
    "hidden": narrow_room,
}


@pytest.mark.parametrize("way", HIDING)
@pytest.mark.parametrize("words", ["", "quiet rooms", "quiit"])
def test_inv_03_10_whoever_is_not_open_to_it_is_not_there_at_once(open_people, sign_in, way, words):
    client = sign_in(open_people.oskar)
    assert "ama" in seen(client.get(URL, query_string={"q": words}).text)
    change(HIDING[way])
    page = client.get(URL, query_string={"q": words}).text
    assert "ama" not in seen(page)
    assert "Ama Example" not in page


def test_whom_a_page_does_not_hold_takes_nobodys_place_on_it(app, merrow, make_member):
    made = [make_member(f"person{number}") for number in range(30)]
    with transaction() as db:
        for number, member in enumerate(made):
            who = db.get_one(Member, member.id)
            set_work(db, who, work=[Work.FRACTIONAL], pace="", now=NOON)
            lets(db, who, WhoMayAsk.NOBODY if number % 2 else WhoMayAsk.ANYONE)
    indexer.rebuild(backend.index(app), PEOPLE)
    with reading() as db:
        search = finder(app, db, here(db).oskar)
        work = Narrowing(work=("fractional",))
        first = search.search(Query(), work)
        second = search.search(Query(), work, start=first.next_from)
    assert (len(first.people), len(second.people), second.next_from) == (10, 5, None)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, {"ama", "bo", "eli"}),
        ({"work": "board"}, {"ama", "bo", "eli"}),
        ({"work": "interim"}, set()),
        ({"work": ""}, {"ama", "bo", "eli"}),
        ({"work": "slavery"}, {"ama", "bo", "eli"}),
        ({"q": "???"}, set()),
        ({"place": "Évora"}, set()),
        ({"from": "900"}, {"ama", "bo", "eli"}),
        ({"from": "x"}, {"ama", "bo", "eli"}),
    ],
)
def test_a_kind_of_work_is_always_chosen_and_a_fractional_role_is_first(
    open_people, sign_in, query, found
):
    page = sign_in(open_people.oskar).get(URL, query_string=query)
    assert (page.status_code, seen(page.text)) == (200, found)
    kind = query.get("work") if query.get("work") in set(Work) else "fractional"
    assert f'value="{kind}" form="seek" checked' in page.text


def test_inv_08_a_row_holds_why_and_one_way_on(open_people, sign_in):
    page = sign_in(open_people.oskar).get(f"{URL}?q=quiet").text
    row = re.search(r'<article data-member="ama">.*?</article>', page, re.DOTALL)[0]
    links = re.findall(r'href="([^"]+)"', row)
    assert links == [f"/people/ama/approach?for={MERROW}"]
    assert ("<mark>quiet</mark>" in row, "Why they are here." in row) == (True, True)
    assert "Open to a fractional role and a board seat." in row
    assert not re.search(r"<(?:form|button|input)", row)


def test_the_page_keeps_nothing_and_takes_nothing_away(open_people, sign_in):
    page = sign_in(open_people.oskar).get(f"{URL}?q=quiet").text
    inside = page[page.index('<main class="page"') : page.index("</main>")]
    for word in ("Keep this search", "export", "csv", 'type="checkbox"', 'method="post"'):
        assert word not in inside
    part = sign_in(open_people.oskar).get(f"{URL}?q=quiet", headers={"HX-Request": "true"}).text
    assert part.lstrip().startswith("<section")
    assert seen(part) == {"ama", "bo", "eli"}


@pytest.mark.parametrize("who", ["ama", "eli"])
def test_only_those_who_speak_for_it_look_for_people_in_its_name(open_people, sign_in, who):
    assert sign_in(getattr(open_people, who)).get(URL).status_code == 404
    assert sign_in(open_people.oskar).get("/organisations/nobody/people").status_code == 404


def unverify(db, it):
    it.organisation.verified_by = it.organisation.verified_at = None


def age(db, it):
    row = db.get_one(Readiness, (it.organisation.id, 1))
    db.delete(row)
    db.flush()
    values = {"version": 1, "answers": row.answers, "written_at": NOON - 366 * DAY}
    db.add(Readiness(organisation_id=it.organisation.id, **values))


@pytest.mark.parametrize(
    ("lacks", "said"),
    [(unverify, "Verify it"), (age, "Answer them")],
)
def test_what_is_missing_first_is_said_in_place_of_people(open_people, sign_in, lacks, said):
    change(lacks)
    page = sign_in(open_people.oskar).get(f"{URL}?q=quiet").text
    assert said in page
    assert seen(page) == set()


def test_without_anybody_the_page_says_what_to_do(merrow, app, sign_in):
    indexer.rebuild(backend.index(app), PEOPLE)
    page = sign_in(merrow.oskar).get(URL).text
    assert "Nobody shows you that they are open to this." in page
    assert f"/needs/new?for={MERROW}" in page


def test_the_page_takes_the_same_statements_for_a_few_and_for_many(
    app, open_people, sign_in, make_member, ran
):
    client = sign_in(open_people.oskar)

    def statements():
        return [len(ran(lambda url=url: client.get(url))) for url in (URL, f"{URL}?q=quiet")]

    statements()
    few = statements()
    for number in range(25):
        member = make_member(f"other{number}")
        with transaction() as db:
            who = db.get_one(Member, member.id)
            set_work(db, who, work=[Work.FRACTIONAL], pace="", now=NOON)
    indexer.rebuild(backend.index(app), PEOPLE)
    assert statements() == few
    assert max(few) <= 12
