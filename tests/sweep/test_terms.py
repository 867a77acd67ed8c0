"""Terms and agreed work in the sweep: who reads them, and that the sweep can see them at all."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from sqlalchemy import event, select

from network.db import db as database
from network.db import reading
from network.engagements.models import Draft
from network.events.models import Event
from tests.sweep import oracle, oracle_terms
from tests.sweep.crawl import difference, every_value, filled, letter_in, rules, told
from tests.sweep.seed import World
from tests.sweep.test_sweep import MONEY, NONSENSE, at_terms, searched
from tests.sweep.words import word, words_in

pytestmark = pytest.mark.usefixtures("that_day")

FINDING, TEAM, FOUR = "{terms finding}", "{work team}", "{work four}"
OVER, SEALED, ENDED = "{work over}", "{work sealed}", "{work ended}"
READS = [
    ("speaker", f"negotiations/{FINDING}", "terms finding v3 scope", True),
    ("connection", f"negotiations/{FINDING}/versions/1", "terms finding v1 cash known_by", True),
    ("connection", f"negotiations/{FINDING}/write", "terms finding draft rights", True),
    ("speaker", f"negotiations/{FINDING}/write", "terms finding draft rights", False),
    ("lapsed", f"negotiations/{FINDING}", "terms finding v3 purpose", False),
    ("steward", f"negotiations/{FINDING}", "terms finding v3 purpose", False),
    ("owner1", "negotiations/{terms left}", "terms left v1 purpose", True),
    ("owner1", "negotiations/{terms left}", "terms left v2 purpose", False),
    ("owner2", "negotiations/{terms left}", "terms left v2 purpose", True),
    ("owner2", "negotiations/{terms left}", "terms left leaves owner1", True),
    ("blocked", "negotiations/{terms parted}", "terms parted v1 purpose", True),
    ("owner2", "negotiations/{terms parted}", "terms parted v1 purpose", True),
    ("blocked", "negotiations/{terms parted}", "owner2 name", False),
    ("shielded_domain", "negotiations/{terms shielded}", "owner4 name", False),
    ("owner4", "negotiations/{terms shielded}", "shielded_domain name", True),
    ("owner3", "negotiations/{terms four}", "blocked name", True),
    ("owner1", "negotiations/{terms amending}", "terms amending v1 handover", True),
    ("owner2", "negotiations/{terms amending}/write", "terms amending draft purpose", True),
    ("connection", "negotiations/{terms team}/agreement.json", "terms team v1 other when", True),
    ("ex", "negotiations/{terms team}/agreement.json", "terms team v1 other when", False),
    ("owner2", f"engagements/{TEAM}", "agreed work team welcome owner1", True),
    ("owner2", f"engagements/{TEAM}/check-in/1", "agreed work team check-in 1 owner1 change", True),
    (
        "owner2",
        f"engagements/{TEAM}/check-in/2",
        "agreed work team check-in 2 owner1 purpose",
        True,
    ),
    (
        "owner2",
        f"engagements/{TEAM}/check-in/3",
        "agreed work team check-in 3 connection change",
        False,
    ),
    (
        "connection",
        f"engagements/{TEAM}/check-in/3",
        "agreed work team check-in 3 connection change",
        True,
    ),
    ("ex", f"engagements/{FOUR}", "agreed work four late harvest blocked words", True),
    ("owner3", f"engagements/{FOUR}", "agreed work four left harvest blocked words", True),
    ("owner3", f"engagements/{FOUR}", "agreed work four late harvest blocked words", False),
    ("owner3", f"engagements/{FOUR}", "agreed work four late last words blocked", False),
    ("ex", f"engagements/{FOUR}", "agreed work four late last words blocked", True),
    ("owner3", f"engagements/{FOUR}", "agreed work four late welcome blocked", False),
    (
        "lapsed",
        f"engagements/{SEALED}/handover",
        "agreed work sealed left handover connection words",
        True,
    ),
    ("lapsed", f"engagements/{SEALED}", "agreed work sealed left handover connection words", False),
    (
        "lapsed",
        f"engagements/{SEALED}/handover",
        "agreed work sealed left harvest speaker words",
        False,
    ),
    (
        "steward",
        f"engagements/{SEALED}/handover",
        "agreed work sealed left handover connection words",
        False,
    ),
    (
        "lapsed",
        "organisations/{organisation quay}",
        "agreed work sealed left handover connection title",
        True,
    ),
    (
        "stranger",
        "organisations/{organisation quay}",
        "agreed work sealed left handover connection title",
        False,
    ),
    ("speaker", f"engagements/{SEALED}", "agreed work sealed connection about speaker", False),
    ("connection", f"engagements/{SEALED}", "agreed work sealed connection about speaker", True),
    ("owner2", f"engagements/{OVER}", "agreed work over connection about owner2", True),
    ("connection", f"engagements/{OVER}", "agreed work over owner2 answers connection", True),
    ("owner4", f"engagements/{ENDED}", "agreed work ended last words", True),
    ("harbourer", f"engagements/{ENDED}", "agreed work ended owner4 about harbourer", False),
    ("stranger", "portfolio", "outside work stranger whom", True),
    ("connection", "engagements", "terms paused v1 title", True),
    ("connection", "", "terms finding v3 title", True),
]


@pytest.mark.parametrize(("viewer", "path", "label", "shown"), READS)
def test_inv_36_43_44_the_sweep_is_not_blind_to_terms_and_work(
    fresh: World, viewer: str, path: str, label: str, shown: bool
) -> None:
    page = fresh.client(viewer).get(f"/{path.format_map(fresh.things)}")
    assert (word(label) in words_in(told(page))) == shown


ON_A_PERSON = [
    ("stranger", "owner2", "agreed work over connection about owner2", True),
    ("stranger", "owner2", "agreed work over owner2 answers connection", True),
    ("blocked", "owner2", "agreed work over connection about owner2", False),
    ("", "owner2", "agreed work over connection about owner2", False),
    ("stranger", "connection", "agreed work over owner2 about connection", False),
    ("connection", "owner2", "agreed work old ex about owner2", True),
    ("stranger", "owner1", "agreed work team shows owner1", True),
    ("", "owner1", "agreed work team shows owner1", False),
    ("shielded_name", "owner1", "agreed work team shows owner1", False),
    ("stranger", "owner2", "agreed work team shows owner2", False),
    ("connection", "owner3", "agreed work four shows owner3", False),
    ("harbourer", "harbourer", "agreed work ended owner4 about harbourer", False),
    ("connection", "owner4", "agreed work ended shows owner4", True),
]


@pytest.mark.parametrize(("viewer", "whose", "label", "shown"), ON_A_PERSON)
def test_inv_44_46_what_work_left_on_a_page_is_read_by_whom_it_is_shown_to(
    fresh: World, viewer: str, whose: str, label: str, shown: bool
) -> None:
    page = fresh.client(viewer).get(f"/people/{fresh.story.people[whose].handle}")
    assert (word(label) in words_in(told(page))) == shown


OF_DEALS = ("v1 title", "v1 purpose", "v1 cash what", "draft title")


@pytest.mark.parametrize("index", ["lagging", "fresh"])
@pytest.mark.parametrize("viewer", ["connection", "stranger"])
@pytest.mark.parametrize("path", ["/people", "/organisations"])
def test_inv_02_36_no_search_finds_anything_by_words_of_terms(
    request: pytest.FixtureRequest, index: str, viewer: str, path: str
) -> None:
    world: World = request.getfixturevalue(index)
    nobodys = searched(world, viewer, NONSENSE, path=path)
    hidden = [deal.own(what) for deal in world.story.deals[:6] for what in OF_DEALS]
    hidden += [work.own(f"shows {label}") for work in world.story.works for label in work.showings]
    hidden += [world.story.people["stranger"].outside("whom")]
    for each in hidden:
        assert difference(searched(world, viewer, each, path=path), nobodys) == [], each


def words_of_all_terms(world: World) -> set[str]:
    everybody = set()
    for label in world.story.people:
        everybody |= oracle_terms.of_terms(world.story, label)
    return everybody


def test_inv_36_the_log_holds_no_word_of_terms_or_of_work(fresh: World) -> None:
    with fresh.app.app_context(), reading() as db:
        rows = db.execute(select(Event.kind, Event.data)).all()
    ours = [row for row in rows if row.kind.startswith("engagements:")]
    assert len(ours) > 60
    assert not words_in(str(ours))
    assert not MONEY.search(str(ours))


def test_inv_08_59_letters_about_terms_and_work_hold_no_word_of_them_and_no_sum(
    fresh: World,
) -> None:
    letters, ours = [letter_in(path) for path in fresh.letters()], words_of_all_terms(fresh)
    # Save those to which somebody is asked to agree: of these, `test_sweep` says who may read them.
    ours -= {each.own(f"shows {label}") for each in fresh.story.works for label in each.showings}
    about = [each for each in letters if "/negotiations/" in each[1] or "/engagements/" in each[1]]
    assert len(about) > 20
    for letter, said in about:
        assert words_in(str(letter["Subject"])) == set()
        assert not MONEY.search(f"{letter['Subject']} {said}"), letter["Subject"]
        assert words_in(said).isdisjoint(ours), letter["Subject"]
        assert "_anchor" not in said, letter["Subject"]


def test_inv_36_a_steward_reads_no_terms_and_no_work(fresh: World) -> None:
    values, client = every_value(fresh.app), fresh.client("steward")
    for name, stem in (("negotiation", "negotiations"), ("engagement", "engagements")):
        assert len(values[name]) > 8
        assert {client.get(f"/{stem}/{key}").status_code for key in values[name]} == {404}
    assert not oracle_terms.of_deal(fresh.story, "steward", fresh.story.deals[0])
    assert oracle.may_see(fresh.story, "steward").isdisjoint(
        fresh.story.deals[0].own(f"v1 {each}") for each in oracle_terms.DRAFTED
    )


MOST_STATEMENTS = 12


@pytest.fixture
def statements(fresh: World) -> Iterator[list[str]]:
    """What is read from the database, the latest last."""
    read: list[str] = []

    def note(*args: object) -> None:
        read.append(str(args[2]))

    with fresh.app.app_context():
        engines = list(database.engines.values())
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    yield read
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("viewer", ["connection", "owner2"])
def test_every_page_of_terms_and_of_work_is_read_in_a_few_statements(
    fresh: World, statements: list[str], viewer: str
) -> None:
    values, client, many = every_value(fresh.app), fresh.client(viewer), {}
    paths = ["/", *at_terms(values)]
    paths += [
        path
        for rule in rules(fresh.app, "GET")
        if rule.rule.startswith(oracle_terms.OF_TERMS[:5])
        for path in filled(rule, values)
    ]
    for path in paths:
        statements.clear()
        if client.get(path).status_code == 200:
            many[path] = len([each for each in statements if each.startswith("SELECT")])
    assert len(many) > 30
    assert min(many.values()) > 1
    assert {path: each for path, each in many.items() if each > MOST_STATEMENTS} == {}


def test_a_draft_keeps_what_its_form_asks_for_and_nothing_else(own: World) -> None:
    path = f"/negotiations/{own.things['terms finding']}/draft"
    sent = {"title": "A title", "times-0-half_days": "2", "member_id": "1", "others": "1"}
    sent["csrf_token"] = own.token("connection")
    assert own.client("connection").post(path, data=sent).status_code < 400
    with own.app.app_context(), reading() as db:
        drafts = [json.loads(each) for each in db.scalars(select(Draft.fields))]
    (mine,) = (each for each in drafts if each["title"] == "A title")
    assert mine == {"title": "A title", "times-0-half_days": "2"}
