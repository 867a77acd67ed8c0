"""Two networks that differ in one thing: who may not know of it cannot tell which of the two they
are in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from network.asks import services as asks
from network.asks.models import Ask
from network.db import transaction
from network.members.kinds import Audience, Part, Work
from network.members.models import Member, Section
from network.members.services import accounts, boundaries, participation, profiles, searches
from network.relationships.kinds import CONNECTION
from network.relationships.services import connections as relationships
from tests.sweep.canaries import OWNERS
from tests.sweep.crawl import HTMX, answer, difference, every_value, filled, letter_in, rules
from tests.sweep.seed import NOW, World

# Of these every key is tried: each is shown to other people.
OPENED = ("conversations", "introductions", "profile", "who")
BEFORE, AFTER, COOLED = NOW + timedelta(days=10), NOW + timedelta(days=28), NOW + timedelta(days=88)
Change = Callable[[Session, dict[str, Member], datetime], None]


def happens(world: World, change: Change, now: datetime = NOW) -> None:
    with world.app.app_context(), transaction() as db:
        members = {label: db.get_one(Member, each) for label, each in world.ids.items()}
        change(db, members, now)


def paths(world: World, near: tuple[str, ...]) -> list[str]:
    """Return every address; where one names people, those of `near`."""
    every = every_value(world.app)
    values = {name: found if name in OPENED else found[:2] for name, found in every.items()}
    values["handle"] = [world.story.people[label].handle for label in near]
    return [path for rule in rules(world.app, "GET") for path in filled(rule, values)]


def pages(world: World, viewer: str, paths: Sequence[str]) -> Iterator[tuple[str, object]]:
    """Yield what a viewer gets at these addresses."""
    client = world.client(viewer)
    for path in paths:
        yield path, answer(client, "GET", path)
        if path.startswith(("/people", "/asks")):
            yield f"{path} htmx", answer(client, "GET", path, headers=HTMX)


def cannot_tell(pair: tuple[World, World], viewer: str, near: tuple[str, ...]) -> None:
    """No page of this viewer differs, nor any part of one."""
    known = paths(pair[1], near)
    for (path, got), (_, expected) in zip(*(pages(w, viewer, known) for w in pair), strict=True):
        assert difference(got, expected) == [], path


def hears_the_same(pair: tuple[World, World], viewer: str, about: str) -> None:
    """The pages on which an ask is told do not differ, nor do the letters."""
    handle = pair[0].story.people[about].handle
    for path in ("/", "/asks", "/connections", f"/people/{handle}"):
        one, other = (answer(world.client(viewer), "GET", path) for world in pair)
        assert difference(one, other) == [], path
    assert letters_to(pair[0], viewer) == letters_to(pair[1], viewer)


def posts(world: World, viewer: str, path: str, **data: str) -> tuple[object, ...]:
    data["csrf_token"] = world.token(viewer)
    return answer(world.client(viewer), "POST", path, data=data)


def letters_to(world: World, label: str) -> list[tuple[str, str]]:
    world.run_worker()
    read = map(letter_in, world.letters())
    mine = world.story.people[label].email
    return [(str(each["Subject"]), said) for each, said in read if str(each["To"]) == mine]


def the_ask(db: Session, members: dict[str, Member], asker: str, addressee: str) -> Ask:
    return db.scalars(
        select(Ask).where(
            Ask.asker_id == members[asker].id, Ask.addressee_id == members[addressee].id
        )
    ).one()


def a_no(db: Session, members: dict[str, Member], now: datetime) -> None:
    ask = the_ask(db, members, "waiting", "owner1")
    asks.decline(db, ask, CONNECTION, actor=members["owner1"], now=now)


def ask_again(world: World) -> tuple[object, ...]:
    path = f"/people/{world.story.people['owner1'].handle}/connect"
    return posts(world, "waiting", path, reason="I have thought of it again.", submission="again")


def take_back(world: World) -> tuple[object, ...]:
    with world.app.app_context(), transaction() as db:
        members = {label: db.get_one(Member, world.ids[label]) for label in ("waiting", "owner1")}
        key = the_ask(db, members, "waiting", "owner1").key
    return posts(world, "waiting", f"/asks/{key}/withdraw")


def test_inv_14_a_no_looks_like_silence_before_and_after_the_day(pair: tuple[World, World]) -> None:
    declined, silent = pair
    happens(declined, a_no)
    for moment in (NOW, BEFORE, AFTER, COOLED):
        with time_machine.travel(moment, tick=False):
            cannot_tell(pair, "waiting", ("owner1", "stranger"))
            assert letters_to(declined, "waiting") == letters_to(silent, "waiting")


@pytest.mark.parametrize("moment", [BEFORE, COOLED])
@pytest.mark.parametrize("tries", [ask_again, take_back])
def test_inv_14_whoever_was_told_no_can_do_what_they_could_have_done(
    pair: tuple[World, World], moment: datetime, tries: Callable[[World], tuple[object, ...]]
) -> None:
    happens(pair[0], a_no)
    with time_machine.travel(moment, tick=False):
        assert difference(tries(pair[0]), tries(pair[1])) == []
        hears_the_same(pair, "waiting", "owner1")


def test_inv_14_being_asked_back_after_a_no_is_what_it_is_after_silence(
    pair: tuple[World, World],
) -> None:
    happens(pair[0], a_no)
    for world in pair:
        path = f"/people/{world.story.people['waiting'].handle}/connect"
        posts(world, "owner1", path, reason="I would like to know you too.", submission="back")
    hears_the_same(pair, "waiting", "owner1")


def a_block_lifted(db: Session, members: dict[str, Member], now: datetime) -> None:
    relationships.block(db, members["owner1"], members["waiting"], now=now)
    db.flush()
    boundaries.unblock(db, members["owner1"], blocked_id=members["waiting"].id, now=now)


@pytest.mark.parametrize("tries", [ask_again, take_back])
def test_inv_09_11_an_ask_closed_by_a_block_looks_like_silence_once_the_block_is_lifted(
    pair: tuple[World, World], tries: Callable[[World], tuple[object, ...]]
) -> None:
    happens(pair[0], a_block_lifted)
    with time_machine.travel(BEFORE, tick=False):
        cannot_tell(pair, "waiting", ("owner1",))
        assert difference(tries(pair[0]), tries(pair[1])) == []
        assert letters_to(pair[0], "waiting") == letters_to(pair[1], "waiting")


def works_elsewhere(db: Session, members: dict[str, Member], now: datetime) -> None:
    """Somebody's address ends so, and somebody else names the place in words for nobody's eyes."""
    members["owner1"].email = "somebody@elsewhere.example"
    accounts.remember_belongs(db, members["owner1"])
    profiles.save(
        db, members["owner3"], Part.ROLES, body="At Elsewhere Ltd", audience=Audience.ME, now=now
    )


def test_a_shield_of_mine_does_not_tell_where_another_works(pair: tuple[World, World]) -> None:
    happens(pair[0], works_elsewhere)
    happens(
        pair[1],
        lambda db, who, now: profiles.save(
            db, who["owner3"], Part.ROLES, body="At Home", audience=Audience.ME, now=now
        ),
    )
    for world in pair:
        for against in ("@elsewhere.example", "Elsewhere Ltd"):
            posts(world, "connection", "/me/boundaries/shields", against=against)
    cannot_tell(pair, "connection", ("owner1", "owner3"))
    for owner in ("owner1", "owner3"):
        path = f"/people/{pair[0].story.people[owner].handle}/end"
        assert difference(*(posts(world, "connection", path) for world in pair)) == []
    cannot_tell(pair, "connection", ("owner1", "owner3"))


def test_inv_14_a_pause_of_the_person_asked_is_not_told_by_the_asks_page(
    pair: tuple[World, World],
) -> None:
    happens(
        pair[0], lambda db, who, now: participation.pause(db, who["owner1"], until=None, now=now)
    )
    for moment in (NOW, AFTER):
        with time_machine.travel(moment, tick=False):
            one, other = (answer(w.client("waiting"), "GET", "/asks") for w in pair)
            assert difference(one, other) == []


def hidden_words(db: Session, members: dict[str, Member], now: datetime) -> None:
    """Change everything about the owners that a stranger may not read, nor would if it were new."""
    for owner in OWNERS:
        me = members[owner]
        for section in db.scalars(
            select(Section).where(Section.member_id == me.id, Section.audience < 3)
        ).all():
            if section.part in {Part.LINKS, Part.HISTORY, Part.AVAILABILITY}:
                continue
            if section.part is Part.PURPOSE:
                profiles.change_purpose(db, me, "Quite other words, about rivers.", now=now)
            else:
                profiles.write(db, me, section.part, "Rivers, bridges and quiet rooms.", now=now)
        availability = db.get_one(Section, (me.id, Part.AVAILABILITY))
        if availability.audience < 3:
            participation.set_work(db, me, work=list(Work), pace="Slowly.", now=now)
            participation.set_room(
                db, me, half_days=32, from_month="2027-03", when="Late.", now=now
            )


def private_acts(db: Session, members: dict[str, Member], now: datetime) -> None:
    """Everything that is its owner's secret: shields, kept searches, devices, passwords, zones."""
    for owner in OWNERS:
        me = members[owner]
        boundaries.raise_shield(db, me, against="Somewhere Else Ltd", now=now)
        searches.keep_search(db, me, terms="q=rivers", now=now)
        accounts.start_sign_in(db, me, device="Another device", now=now)
        accounts.set_time_zone(db, me, time_zone="Asia/Tokyo", now=now)
        accounts.set_password(db, me, password_hash="", keep=0, now=now)
        relationships.block(db, me, members["declined"], now=now)
        me.email = f"{owner}@elsewhere.example"


def life_of_others(db: Session, members: dict[str, Member], now: datetime) -> None:
    """Asks, answers and connections among third parties, of those the stranger can find."""
    for number, (one, other) in enumerate(
        (
            *(("asked", "second"), ("ex", "second"), ("waiting", "second"), ("declined", "asked")),
            *(("lapsed", "asked"), ("withdrew", "second"), ("newcomer", "owner1")),
        )
    ):
        ask = asks.send(
            db,
            CONNECTION,
            asker=members[one],
            addressee=members[other],
            reason="We were in the same room once.",
            submission=f"others {number}",
            now=now,
        )
        if number % 3 == 0:
            asks.accept(db, ask, CONNECTION, actor=members[other], now=now)
        elif number % 3 == 1:
            asks.decline(db, ask, CONNECTION, actor=members[other], now=now)
    a_no(db, members, now)
    tie = relationships.live_connection(db, members["connection"].id, members["owner2"].id)
    relationships.end(db, tie, actor=members["owner2"], now=now)


@pytest.mark.parametrize(("index", "days"), [("lags", 0), ("has heard", 5)])
def test_inv_02_07_15_a_stranger_cannot_tell_what_was_not_for_them(
    pair: tuple[World, World], index: str, days: int
) -> None:
    for change in (hidden_words, private_acts, life_of_others):
        happens(pair[0], change)
    if index == "has heard":
        pair[0].run_worker({"index"})
    with time_machine.travel(NOW + timedelta(days=days), tick=False):
        cannot_tell(pair, "stranger", ("owner1", "owner3", "asked", "second"))
        for query in ("q=words+that+came", "work=peer", "has=offers", "from=5"):
            one, other = (answer(w.client("stranger"), "GET", f"/people?{query}") for w in pair)
            assert difference(one, other) == [], query
