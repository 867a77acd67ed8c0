"""Organisations in the sweep: who reads what is written for work, and what a writer cannot tell."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from network.asks import services as asks
from network.asks.models import Ask
from network.members.models import Member
from network.organisations.services.approach_kinds import APPROACH
from network.organisations.services.talking import LET_US_TALK
from network.referrals.services.making import CONSENT_KIND
from network.relationships.services import connections
from tests.sweep import oracle, oracle_organisations
from tests.sweep.crawl import answer, difference, every_value, told
from tests.sweep.seed import NOW, World
from tests.sweep.test_sweep import NONSENSE, searched
from tests.sweep.test_twins import happens, letters_to
from tests.sweep.words import word, words_in

pytestmark = pytest.mark.usefixtures("that_day")

MOMENTS = (NOW, NOW + timedelta(days=20), NOW + timedelta(days=35), NOW + timedelta(days=70))
READS = [
    ("speaker", "approaches/{approach speaker owner2}", "approach speaker owner2 value", True),
    ("lapsed", "approaches/{approach speaker owner2}", "approach speaker owner2 value", True),
    ("blocked", "approaches/{approach speaker owner2}", "approach speaker owner2 value", False),
    ("former", "approaches/{approach former owner4}", "approach former owner4 need", False),
    ("owner2", "approaches/{approach speaker owner2}", "approach speaker owner2 fits", True),
    (
        "harbourer",
        "approaches/{approach harbourer owner3}",
        "approach harbourer owner3 need",
        False,
    ),
    (
        "speaker",
        "approaches/{approach speaker stranger}",
        "approach speaker stranger told no",
        True,
    ),
    ("owner3", "needs/{need quay}", "work need quay words", True),
    ("second", "needs/{need quay}", "work need quay words", True),
    ("waiting", "needs/{need quay}", "work need quay words", True),
    ("stranger", "needs/{need quay}", "work need quay words", False),
    ("declined", "needs/{need quay}", "work need quay words", False),
    ("nordanviker", "referrals/{referral shielded}", "referral shielded words", False),
    ("owner2", "referrals/{referral shielded}", "referral shielded words", True),
    ("speaker", "referrals/{referral asked}", "referral asked words", False),
    ("speaker", "referrals/{referral made}", "referral made words", True),
    ("connection", "referrals/{referral unnamed}", "referral unnamed interest", True),
    ("harbourer", "referrals/{referral unnamed}", "referral unnamed words", False),
    ("", "organisations/{organisation quay}", "organisation quay purpose", True),
    ("", "organisations/{organisation quay}/answers", "organisation quay answer 4", True),
    ("", "organisations/{organisation bare}", "organisation bare purpose", False),
    ("stranger", "organisations/{organisation bare}", "organisation bare about", True),
    ("steward", "steward/organisations", "organisation bare asks a steward", True),
    ("steward", "steward/organisations", "organisation orphan claims waiting", True),
    ("steward", "steward/organisations", "organisation bare claims withdrew", False),
]


@pytest.mark.parametrize(("viewer", "path", "label", "shown"), READS)
def test_inv_10_22_25_the_sweep_is_not_blind_to_work(
    fresh: World, viewer: str, path: str, label: str, shown: bool
) -> None:
    page = fresh.client(viewer).get(f"/{path.format_map(fresh.things)}")
    assert (word(label) in words_in(told(page))) == shown


def test_the_letter_to_somebody_outside_shows_what_is_theirs_and_nothing_else(
    fresh: World,
) -> None:
    (one,) = (each for each in fresh.story.referrals if not each.member)
    said = words_in(told(fresh.client("").get(f"/referrals/answer/{fresh.links['outside'][0]}")))
    mine = oracle_organisations.letter_outside(fresh.story, one)
    assert {one.own("words"), one.own("interest")} <= said
    assert said <= mine | oracle.may_see(fresh.story, "")


SEARCHERS = ("stranger", "connection", "speaker", "nordanviker", "blocked")


@pytest.mark.parametrize("index", ["lagging", "fresh"])
@pytest.mark.parametrize("viewer", SEARCHERS)
def test_inv_01_02_a_search_for_organisations_gives_no_other_words_away(
    request: pytest.FixtureRequest, index: str, viewer: str
) -> None:
    world: World = request.getfixturevalue(index)
    nobodys = searched(world, viewer, NONSENSE, path="/organisations")
    hidden = [
        e.own(w) for e in world.story.organisations for w in ("asks a steward", "invites asked")
    ]
    hidden += [each.own("need") for each in world.story.approaches]
    hidden += [each.own("title") for each in world.story.work_needs]
    for each in hidden:
        assert difference(searched(world, viewer, each, path="/organisations"), nobodys) == [], each
    quay = world.story.organisations[0].own("purpose")
    assert difference(searched(world, viewer, quay, path="/organisations"), nobodys) != []


SHIELDING = [
    *(("nordanviker", "nordanvik", owner) for owner in ("owner1", "owner2", "owner4")),
    *(("harbourer", "harbour", owner) for owner in ("owner1", "owner3", "owner4")),
]


@pytest.mark.parametrize(("viewer", "organisation", "owner"), SHIELDING)
def test_inv_10_whoever_speaks_for_an_organisation_finds_nobody_who_is_shielded_from_it(
    fresh: World, viewer: str, organisation: str, owner: str
) -> None:
    story, slug = fresh.story, fresh.things[f"organisation {organisation}"]
    person, client = story.people[owner], fresh.client(viewer)
    for path in ("", "/people?q=words", "/people?work=peer", "/alumni", "/representatives"):
        page = client.get(f"/organisations/{slug}{path}")
        assert page.status_code == 200
        assert {person.handle, person.name.lower()}.isdisjoint(words_in(told(page))), path
    for words in person.words:
        query = f"/organisations/{slug}/people"
        got, nobodys = (searched(fresh, viewer, e, path=query) for e in (words.first, NONSENSE))
        assert difference(got, nobodys) == [], words


def at_work(world: World) -> list[str]:
    """Return the pages on which somebody reads what became of what they wrote."""
    values, slug = every_value(world.app), world.things["organisation quay"]
    found = ["/", "/asks", "/approaches", "/needs", "/referrals", "/conversations"]
    found += [f"/organisations/{slug}", f"/organisations/{slug}/alumni"]
    for name, stem in (
        ("approach", "approaches"),
        ("work_need", "needs"),
        ("referral", "referrals"),
    ):
        found += [f"/{stem}/{key}" for key in values[name]]
    return found


def looks_the_same(pair: tuple[World, World], viewer: str, paths: list[str]) -> None:
    for moment in MOMENTS:
        with time_machine.travel(moment, tick=False):
            for path in paths:
                got = [answer(each.client(viewer), "GET", path) for each in pair]
                assert difference(*got) == [], (moment, path)
            assert letters_to(pair[0], viewer) == letters_to(pair[1], viewer)


def says_no(kind: object, asker: str, addressee: str) -> Callable[..., None]:
    def change(db: Session, people: dict[str, Member], now: datetime) -> None:
        ask = db.scalars(
            select(Ask).where(
                Ask.kind == kind.name,
                Ask.asker_id == people[asker].id,
                Ask.addressee_id == people[addressee].id,
                Ask.state == "waiting",
            )
        ).first()
        asks.decline(db, ask, kind, actor=people[addressee], now=now)

    return change


def blocks(one: str, other: str) -> Callable[..., None]:
    return lambda db, who, now: connections.block(db, who[one], who[other], now=now)


QUIET = [
    ("speaker", says_no(APPROACH, "speaker", "owner2")),
    ("lapsed", says_no(APPROACH, "speaker", "owner2")),
    ("lapsed", blocks("owner2", "speaker")),
    ("owner2", says_no(LET_US_TALK, "owner2", "speaker")),
    ("connection", says_no(CONSENT_KIND, "connection", "owner1")),
    ("connection", blocks("owner1", "speaker")),
    ("connection", blocks("speaker", "owner1")),
]


@pytest.mark.parametrize(("viewer", "change"), QUIET, ids=range(len(QUIET)))
def test_inv_14_23_28_a_no_and_a_block_look_like_silence_to_whoever_wrote(
    pair: tuple[World, World], viewer: str, change: Callable[..., None]
) -> None:
    happens(pair[0], change)
    looks_the_same(pair, viewer, at_work(pair[1]))


def test_inv_14_28_whoever_wrote_reads_of_a_block_what_they_would_read_of_silence(
    pair: tuple[World, World],
) -> None:
    happens(pair[0], blocks("owner2", "speaker"))
    key = pair[0].things["approach speaker owner2"]
    looks_the_same(pair, "speaker", ["/approaches", f"/approaches/{key}"])
