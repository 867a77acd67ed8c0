"""A no, a "later", an end that nobody told: to everybody else they are silence, byte for byte.

Two networks differ in one thing, and whoever may not know of it walks through both. No test is
timed: what a page takes is told by the statements that it runs, and these are the same too.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from difflib import unified_diff

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from network.asks import services as asks
from network.asks.models import Ask
from network.composition import channels
from network.db import db as database
from network.db import migrate, reading, transaction
from network.members.models import Member, Network, Participation, SignIn
from network.members.services import accounts
from network.members.services.joining import add_member
from network.relationships.kinds import CONNECTION
from network.relationships.models import Introduction
from network.relationships.services import connections
from network.relationships.services import introductions as services
from tests.sweep.canaries import told
from tests.sweep.crawl import (
    HTMX,
    UNKNOWN,
    answer,
    difference,
    every_value,
    filled,
    letter_in,
    rules,
)
from tests.sweep.seed import NOW, World, close, open_network, twin

NAMES = ("ama", "rui", "dara", "eli")
WORDS = "You both left something unfinished about kitchens that run themselves."
OTHERS = "You both know what a kitchen does when the one who leads it leaves."
A_YEAR, LONG_AGO = timedelta(days=365), NOW - timedelta(days=40)
SOON, BEFORE, AFTER = (NOW + timedelta(days=days) for days in (1, 13, 15))
LATER = NOW + timedelta(days=40)
Act = Callable[[Session, dict[str, Member], datetime], object]


@pytest.fixture(scope="module")
def told_once(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Dara has written to Ama and Rui, and Rui has said yes. Eli asks Dara to carry words to
    Ama.
    """
    folder = tmp_path_factory.mktemp("silence") / "instance"
    folder.mkdir()
    world = World(open_network(folder), told())
    with time_machine.travel(NOW, tick=False), world.app.app_context():
        migrate()
        channels(world.app)["index"].tend()
        with transaction() as db:
            db.add(Network(id=1, name="Saltmarsh"))
            people = {name: a_member(db, name) for name in NAMES}
            for name, each in people.items():
                world.ids[name] = each.id
                world.cookies[name] = accounts.start_sign_in(db, each, device="", now=NOW).token
            for name in ("ama", "rui", "eli"):
                connect(db, people["dara"], people[name])
            connect(db, people["rui"], people["eli"])
            db.execute(update(Participation).values(shown_as_way=True))
            db.execute(update(SignIn).values(expires_at=NOW + A_YEAR, fresh_at=NOW))
        world.run_worker()
        for act in (introduces, says("rui", "yes")):
            happens(world, act)
    close(world)
    return world


@pytest.fixture(scope="module")
def worlds(told_once: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[World]]:
    """Two copies, alike to the byte."""
    folder = tmp_path_factory.mktemp("twins")
    made = [twin(told_once, folder / name) for name in ("one", "other")]
    yield made
    for world in made:
        close(world)


@pytest.fixture
def pair(told_once: World, worlds: list[World]) -> Iterator[list[World]]:
    """The two as they were on the first day, to make a difference between."""
    for world in worlds:
        close(world)
        folder, first = (each.app.config["SETTINGS"].instance for each in (world, told_once))
        for old in (*folder.glob("network.db*"), *folder.glob("mail/*")):
            old.unlink()
        shutil.copy(first / "network.db", folder)
    with time_machine.travel(NOW, tick=False):
        yield worlds


def a_member(db: Session, name: str) -> Member:
    email = f"{name}@{name}.example"
    member = Member(handle=name, name=name.capitalize(), email=email, joined_at=LONG_AGO)
    add_member(db, member, now=LONG_AGO)
    return member


def connect(db: Session, one: Member, other: Member) -> None:
    sent = {"reason": WORDS, "submission": one.handle + other.handle, "now": LONG_AGO}
    ask = asks.send(db, CONNECTION, asker=one, addressee=other, **sent)
    asks.accept(db, ask, CONNECTION, actor=other, now=LONG_AGO)


# What happens


def happens(world: World, act: Act, now: datetime = NOW) -> None:
    with world.app.app_context(), transaction() as db:
        people = {name: db.get_one(Member, each) for name, each in world.ids.items()}
        act(db, people, now)


def introduces(db: Session, people: dict[str, Member], now: datetime) -> None:
    three = (people["dara"], people["ama"], people["rui"])
    services.introduce(db, *three, words=WORDS, submission="one", now=now)


def asks_to_carry(db: Session, people: dict[str, Member], now: datetime) -> None:
    three = (people["ama"], people["dara"], people["eli"])
    services.ask_to_carry(db, *three, words=WORDS, submission="two", now=now)


def the_ask(db: Session, people: dict[str, Member], who: str, kind: str) -> Ask:
    found = select(Ask).where(Ask.addressee_id == people[who].id, Ask.kind == kind)
    return db.scalars(found).one()


def says(who: str, said: str, kind: str = services.CONSENT) -> Act:
    of = {each.name: each for each in (services.CONSENT_KIND, services.CARRY_KIND)}[kind]

    def act(db: Session, people: dict[str, Member], now: datetime) -> None:
        ask, me = the_ask(db, people, who, kind), people[who]
        again_at = now + timedelta(days=30) if said == "later" else None
        if said == "yes":
            asks.accept(db, ask, of, actor=me, now=now, read=ask.mark)
        else:
            asks.decline(db, ask, of, actor=me, now=now, again_at=again_at)
        if said == "no, and takes it back":
            asks.take_back(db, ask, of, actor=me, now=now)

    return act


def withdraws(db: Session, people: dict[str, Member], now: datetime) -> None:
    found = db.scalars(select(Introduction)).one()
    services.withdraw(db, found, actor=people["dara"], now=now)


def ends(db: Session, people: dict[str, Member], now: datetime) -> None:
    tie = connections.live_connection(db, people["dara"].id, people["ama"].id)
    connections.end(db, tie, actor=people["ama"], now=now)


def blocks_the_introducer(db: Session, people: dict[str, Member], now: datetime) -> None:
    connections.block(db, people["ama"], people["dara"], now=now)


def keeps_her_ways_to_herself(db: Session, people: dict[str, Member], _now: datetime) -> None:
    """Whom Dara could introduce is shown to nobody: an end would be seen there by right."""
    db.get_one(Participation, people["dara"].id).shown_as_way = False


# What somebody gets


def paths(world: World, *, all_of_them: bool) -> Iterator[str]:
    """Yield every address that takes no key, the people, and each key of what is told here; or
    only those that tell of people and of what is open between them.
    """
    with world.app.app_context(), reading() as db:
        mine = list(db.scalars(select(Introduction.key)))
    if all_of_them:
        values = every_value(world.app)
        for rule in rules(world.app, "GET"):
            yield from filled(rule, values)
    else:
        yield from ("/", "/asks", "/introductions", "/connections", "/conversations")
        yield from (f"/introductions/{key}" for key in mine)
    for name in NAMES:
        yield f"/people/{name}"
        yield f"/people/{name}/introduction?through=dara"
        yield f"/introductions/new?one={name}"


def statements(app: Flask, act: Callable[[], object]) -> tuple[object, list[str]]:
    """Return what an act gives, and the statements that it runs."""
    ran: list[str] = []

    def note(*args: object) -> None:
        if args[2] != "BEGIN" and "FROM network" not in args[2]:  # its name is kept for a while
            ran.append(str(args[2]))

    with app.app_context():
        engines = list(database.engines.values())
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    got = act()
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)
    return got, ran


def pages(world: World, viewer: str, *, all_of_them: bool) -> Iterator[tuple[str, object, object]]:
    client = world.client(viewer)
    for path in paths(world, all_of_them=all_of_them):
        for headers in ({}, HTMX) if path in {"/asks", "/introductions"} else ({},):
            got, ran = statements(
                world.app, lambda path=path, sent=headers: answer(client, "GET", path, headers=sent)
            )
            yield f"{path} {headers}", got, ran


def letters_to(world: World, name: str) -> list[tuple[str, str]]:
    world.run_worker({"mail"})
    read, mine = map(letter_in, world.letters()), f"{name}@{name}.example"
    return sorted((str(each["Subject"]), said) for each, said in read if str(each["To"]) == mine)


def cannot_tell(pair: list[World], viewer: str, *, all_of_them: bool = False) -> None:
    """No page of this viewer differs, nor what it takes, nor any letter."""
    walks = (pages(world, viewer, all_of_them=all_of_them) for world in pair)
    for (path, got, ran), (_, expected, as_many) in zip(*walks, strict=True):
        assert difference(got, expected) == [], path
        assert got[0] < 500, path
        assert got[0] == 200 or not path.startswith("/asks "), path
        assert [*unified_diff(ran, as_many, n=0)] == [], path
    assert letters_to(pair[0], viewer) == letters_to(pair[1], viewer)


def tries(world: World, viewer: str, what: str) -> tuple[object, int]:
    """Return what an act on the page gives, and how many statements it runs."""
    with world.app.app_context(), transaction() as db:
        introduction = db.scalars(select(Introduction)).one()
        people = {name: db.get_one(Member, each) for name, each in world.ids.items()}
        mine = db.scalars(
            select(Ask).where(Ask.addressee_id == people[viewer].id, Ask.kind == services.CONSENT)
        ).first()
        mark = mine.mark if mine is not None else ""
        answers, key = f"/asks/{mine.key if mine else UNKNOWN}", introduction.key
    path, data = {
        "other words": (f"/introductions/{key}/words", {"words": OTHERS}),
        "withdraw": (f"/introductions/{key}/withdraw", {}),
        "introduce ama": ("/introductions", {"one": "ama", "other": "eli"}),
        "introduce dara": ("/introductions", {"one": "dara", "other": "eli"}),
        "yes": (f"{answers}/answer", {"answer": "yes", "read": mark}),
        "no": (f"{answers}/answer", {"answer": "no"}),
        "take back": (f"{answers}/take-back", {}),
    }[what]
    sent = {"words": WORDS, "submission": "again", **data, "csrf_token": world.token(viewer)}
    client = world.client(viewer)
    headers = HTMX if path.startswith("/asks") else {}
    got, ran = statements(
        world.app, lambda: answer(client, "POST", path, data=sent, headers=headers)
    )
    assert got[0] in {200, 303, 403, 409}, what
    return got, len(ran)


# INV-14, INV-22, INV-23

NOES = ("no", "later", "no, and takes it back")


@pytest.mark.parametrize("viewer", ["dara", "rui"])
@pytest.mark.parametrize("said", NOES)
def test_inv_23_a_no_is_silence_to_the_introducer_and_to_the_other(
    pair: list[World], viewer: str, said: str
) -> None:
    happens(pair[0], says("ama", said))
    for moment in (NOW, BEFORE, AFTER, LATER) if said == "no" else (BEFORE, LATER):
        with time_machine.travel(moment, tick=False):
            cannot_tell(pair, viewer, all_of_them=(said, moment) == ("no", BEFORE))


@pytest.mark.parametrize(("said", "moment"), [("no", SOON), ("no", AFTER), ("later", SOON)])
@pytest.mark.parametrize(
    ("viewer", "what"),
    [
        *(("dara", what) for what in ("other words", "withdraw", "introduce ama")),
        *(("rui", what) for what in ("yes", "no", "take back", "introduce dara")),
    ],
)
def test_inv_23_whatever_they_try_after_a_no_is_what_it_is_after_silence(
    pair: list[World], said: str, moment: datetime, viewer: str, what: str
) -> None:
    happens(pair[0], says("ama", said))
    with time_machine.travel(moment, tick=False):
        (got, ran), (expected, as_many) = (tries(world, viewer, what) for world in pair)
    assert difference(got, expected) == []
    assert ran == as_many


@pytest.mark.parametrize("said", ["no", "yes", "nothing"])
def test_inv_22_after_taking_it_back_the_introducer_still_does_not_learn_what_was_said(
    pair: list[World], said: str
) -> None:
    """The other introduction says nothing of the answer to the first."""
    if said != "nothing":
        happens(pair[0], says("ama", said) if said == "no" else a_yes_before_that_of_rui)
    if said == "yes":
        happens(pair[1], a_yes_before_that_of_rui)
        happens(pair[1], says("ama", "no"))
    for world in pair:
        happens(world, withdraws)
    with time_machine.travel(SOON, tick=False):
        (got, _), (expected, _) = (tries(world, "dara", "introduce ama") for world in pair)
    assert difference(got, expected) == []
    assert got[0] == 409


def a_yes_before_that_of_rui(db: Session, people: dict[str, Member], now: datetime) -> None:
    """Rui thinks of it again, and Ama says yes: it is one yes once more, another's."""
    ask = the_ask(db, people, "rui", services.CONSENT)
    asks.take_back(db, ask, services.CONSENT_KIND, actor=people["rui"], now=now)
    says("ama", "yes")(db, people, now)


def test_inv_22_whether_the_other_has_said_yes_is_not_told(pair: list[World]) -> None:
    happens(
        pair[0],
        lambda db, people, now: asks.take_back(
            db,
            the_ask(db, people, "rui", services.CONSENT),
            services.CONSENT_KIND,
            actor=people["rui"],
            now=now,
        ),
    )
    for moment in (NOW, AFTER):
        with time_machine.travel(moment, tick=False):
            cannot_tell(pair, "ama")
            cannot_tell(pair, "dara")


ENDS = (withdraws, ends, blocks_the_introducer)


@pytest.mark.parametrize("how", ENDS)
def test_inv_23_an_end_looks_open_to_who_said_yes_until_the_day_and_not_made_after_it(
    pair: list[World], how: Act
) -> None:
    for world in pair:
        happens(world, keeps_her_ways_to_herself)
    happens(pair[0], how)
    for moment in (NOW, BEFORE, AFTER):
        with time_machine.travel(moment, tick=False):
            cannot_tell(pair, "rui", all_of_them=(how, moment) == (withdraws, BEFORE))


@pytest.mark.parametrize("how", ENDS)
@pytest.mark.parametrize("what", ["yes", "no", "take back", "introduce dara"])
def test_inv_23_who_said_yes_does_not_find_out_by_trying_that_it_has_ended(
    pair: list[World], how: Act, what: str
) -> None:
    for world in pair:
        happens(world, keeps_her_ways_to_herself)
    happens(pair[0], how)
    with time_machine.travel(SOON, tick=False):
        (got, _), (expected, _) = (tries(world, "rui", what) for world in pair)
        assert difference(got, expected) == []
        cannot_tell(pair, "rui")


def test_inv_23_other_words_for_what_has_ended_are_answered_as_if_it_had_not(
    pair: list[World],
) -> None:
    for world in pair:
        happens(world, keeps_her_ways_to_herself)
    happens(pair[0], ends)
    for world in pair:
        happens(
            world,
            lambda db, people, now: services.reword(
                db,
                db.scalars(select(Introduction)).one(),
                words=OTHERS,
                actor=people["dara"],
                now=now,
            ),
        )
    cannot_tell(pair, "rui")
    (got, _), (expected, _) = (tries(world, "rui", "yes") for world in pair)
    assert difference(got, expected) == []
    cannot_tell(pair, "rui")


@pytest.mark.parametrize("said", NOES)
def test_inv_14_a_no_to_who_asks_to_be_introduced_is_silence(pair: list[World], said: str) -> None:
    for world in pair:
        happens(world, asks_to_carry)
    happens(pair[0], says("dara", said, services.CARRY))
    for moment in (BEFORE, LATER):
        with time_machine.travel(moment, tick=False):
            cannot_tell(pair, "ama")
            cannot_tell(pair, "eli")
