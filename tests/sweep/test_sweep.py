"""The canary sweep: whatever path a datum could take, it reaches nobody whom the oracle does not
name.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from network.composition import PEOPLE
from network.search import backend, indexer
from tests.sweep import oracle
from tests.sweep.canaries import OWNERS, SEARCHED, VIEWERS
from tests.sweep.crawl import HTMX, difference, every_value, filled, letter_in, masked, rules, told
from tests.sweep.forms import DEEDS
from tests.sweep.oracle_circles import BESIDE
from tests.sweep.oracle_organisations import AT_WORK
from tests.sweep.oracle_terms import OF_MONEY, OF_TERMS
from tests.sweep.seed import World, close, twin
from tests.sweep.words import word, words_in

pytestmark = pytest.mark.usefixtures("that_day")

SIGNED_OUT = ""
NONSENSE = word("written by nobody")
NEAR = (*OWNERS, "paused", "leaving", "suspended", "departed", "connection", "stranger")
# Where the oracle allows more than elsewhere, as on Today ("/"); everywhere else is the last.
ROOMS = ("/me/boundaries", "/steward", *dict.fromkeys((*BESIDE, *AT_WORK, *OF_TERMS)), "")
AT_THE_DOOR = ("email", "name", "purpose", "through", "answer")
# A sum of money, as people or machines read one.
MONEY = re.compile(r"(?:€|EUR)\s?\d|\d\s?(?:€|EUR)|\"minor\"")
STEWARDS_OWN = ("steward", "stranger")
FILTERS = {"languages": "language", "themes": "theme", "place": "place"}


def unfolded(text: str) -> str:
    """Return a text without the breaks that calendars put into long lines."""
    return re.sub(r"\r?\n[ \t]", "", text)


def addresses(world: World, viewer: str) -> list[str]:
    values = every_value(world.app)
    if (
        viewer not in ASK_FOR_PARTS
    ):  # who differs from others only in what is between them and these
        values["handle"] = [world.story.people[each].handle for each in (*NEAR, viewer) if each]
    values["token"] += world.links.get(viewer, [])
    found = [path for rule in rules(world.app, "GET") for path in filled(rule, values)]
    found += [f"/me/profile/as/member?typed={each}" for each in values["handle"][:4]]
    found += [f"/steward?before={each}" for each in values["applications"]]
    found += at_work(values) + at_terms(values)
    return [*found, "/connections?from=1", "/people?from=1", "/people?work=peer&has=offers"]


def at_work(values: dict[str, list[str]]) -> list[str]:
    """Return the addresses at which a page of organisations is asked for something more."""
    near, found = values["handle"][:4], ["/organisations?from=1", "/organisations?q=for"]
    for slug in values["organisation"]:
        found += [f"/people/{handle}/approach?for={slug}" for handle in near]
        found += [f"/organisations/{slug}/alumni/invite?to={handle}" for handle in near]
        found += [f"/organisations/{slug}/people?q=words", f"/organisations/{slug}/alumni?from=1"]
        found += [f"/organisations/{slug}/people?work=peer", f"/needs/new?for={slug}"]
        found += [f"/organisations/{slug}/answers?before=2"]
    found += [f"/needs/{key}/refer?who=outside" for key in values["work_need"]]
    return [*found, *(f"/approaches/{key}/pass-on?who=outside" for key in values["approach"])]


def at_terms(values: dict[str, list[str]]) -> list[str]:
    """Return the addresses at which a page of terms and of work is asked for something more."""
    found = [f"/negotiations/new?conversation={key}" for key in values["conversations"]]
    for key in values["negotiation"]:
        found += [f"/negotiations/{key}?read={how}" for how in ("changed", "now", "1", "2")]
    for key in values["engagement"]:
        found += [f"/engagements/{key}/testimony?about={each}" for each in values["handle"][:12]]
        found += [f"/engagements/{key}?do={deed}" for deed in DEEDS]
        found += [f"/engagements/{key}/left/new?sort={sort}" for sort in ("handover", "harvest")]
    return found


# A few pairs of eyes of each kind look at everybody there is, and ask for parts of each page.
ASK_FOR_PARTS = ("", "stranger", "connection", "blocked", "shielded_name", "waiting", "steward")


def leaks(world: World, viewer: str, paths: list[str]) -> dict[str, set[str]]:
    """Return what this viewer saw and may not have, by the address that told it."""
    client, found = world.client(viewer), {}
    allowed = {room: oracle.may_see(world.story, viewer, room) for room in ("/", *ROOMS)}
    for path in paths:
        room = "/" if path == "/" else next(room for room in ROOMS if path.startswith(room))
        for response in looked_at(client, viewer, path):
            extra = words_in(unfolded(told(response))) - allowed[room] - words_in(path)
            if extra or response.status_code >= 500:
                found[path] = extra or {response.status}
            if MONEY.search(response.text) and not path.startswith(OF_MONEY):  # INV-08
                found[path] = {"money"}
    return found


def looked_at(client: FlaskClient, viewer: str, path: str) -> Iterator[TestResponse]:
    """Yield a page, and its parts; a refusal by htmx is held against others in `test_alike`."""
    whole = client.get(path)
    yield whole
    if viewer in ASK_FOR_PARTS and whole.status_code != 404:
        yield client.get(path, headers=HTMX)


@pytest.mark.parametrize("viewer", [SIGNED_OUT, *VIEWERS, *OWNERS])
def test_inv_01_09_10_every_address_shows_a_viewer_only_what_they_may_see(
    fresh: World, viewer: str
) -> None:
    assert leaks(fresh, viewer, addresses(fresh, viewer)) == {}


def test_the_link_in_an_invitation_shows_the_invited_what_is_theirs(fresh: World) -> None:
    (one,) = (one for one in fresh.story.door if one.label == "invited")
    response = fresh.client(SIGNED_OUT).get(f"/join/{fresh.links['invited'][0]}")
    allowed = oracle.may_reach_the_invited(fresh.story, one)
    assert one.own("email") in words_in(response.text)
    assert words_in(unfolded(told(response))) <= allowed | oracle.may_see(fresh.story, SIGNED_OUT)


@pytest.mark.parametrize("viewer", ["stranger", "connection", "owner1", "asked", "steward"])
def test_the_sweep_is_not_blind_whoever_may_read_words_is_shown_them(
    fresh: World, viewer: str
) -> None:
    client, shown = fresh.client(viewer), set()
    for label, person in fresh.story.people.items():
        if oracle.exists_for(fresh.story, viewer, label):
            shown |= words_in(client.get(f"/people/{person.handle}").text)
    missing = [
        words
        for words in fresh.story.all_words()
        if oracle.readable(fresh.story, viewer, words) and not {words.first, words.second} <= shown
    ]
    assert missing == []


@pytest.mark.parametrize("viewer", ["stranger", "connection", "owner1", "owner3", "second"])
def test_the_sweep_is_not_blind_to_words_about_people_and_notes(fresh: World, viewer: str) -> None:
    client, story = fresh.client(viewer), fresh.story
    known = [each for each in story.people if oracle.exists_for(story, viewer, each)]
    shown = words_in("".join(client.get(f"/people/{story.people[e].handle}").text for e in known))
    expected = {
        each.words
        for each in story.vouches
        if each.subject in known and oracle.of_vouch(story, viewer, each)
    }
    expected |= {each.note for each in story.notes if each.owner == viewer and each.about in known}
    assert expected
    assert expected <= shown


@pytest.mark.parametrize(
    ("viewer", "pages", "which"),
    [
        ("connection", ("introductions",), 0),
        ("owner1", ("/asks",), 0),
        ("second", ("/asks",), 0),
        ("connection", ("conversations",), 2),
        ("owner3", ("introductions",), 2),
        ("owner1", ("/introductions",), 3),
    ],
)
def test_the_sweep_is_not_blind_to_introductions(
    fresh: World, viewer: str, pages: tuple[str, ...], which: int
) -> None:
    client, story = fresh.client(viewer), fresh.story
    values = every_value(fresh.app)
    paths = [
        path
        for page in pages
        for path in ([page] if "/" in page else [f"/{page}/{key}" for key in values[page]])
    ]
    shown = words_in("".join(told(client.get(path)) for path in paths))
    assert story.introductions[which].words in shown


@pytest.mark.parametrize("viewer", ["second", "connection"])
def test_the_sweep_is_not_blind_to_what_is_to_be_carried(fresh: World, viewer: str) -> None:
    ((*_people, words),) = fresh.story.carries()
    assert words in words_in(fresh.client(viewer).get("/asks").text)


def searched(
    world: World, viewer: str, typed: str, *, path: str = "/people", **query: str
) -> tuple[object, ...]:
    """Return the answer to a search, without what was typed in it."""
    response = world.client(viewer).get(path, query_string={"q": typed, **query})
    status, headers, body = masked(response)
    for each in words_in(" ".join([typed, *query.values()])):
        body = body.replace(each.encode(), b"typed")
    return status, headers, body


def listed(body: bytes) -> set[str]:
    return set(re.findall(r'data-member="([^"]+)"', body.decode()))


@pytest.mark.parametrize(
    ("index", "viewer"),
    [("lagging", viewer) for viewer in VIEWERS]
    + [
        ("fresh", viewer) for viewer in ("stranger", "connection", "blocked", "shielded_name", "ex")
    ],
)
def test_inv_01_02_03_06_a_search_finds_whom_the_viewer_may_read_and_gives_nothing_else_away(
    request: pytest.FixtureRequest, index: str, viewer: str
) -> None:
    world: World = request.getfixturevalue(index)
    eyes = oracle.eyes_of(world.story, viewer)
    if not eyes:
        assert world.client(viewer).get("/people").status_code == 303
        return
    story, nobodys, hidden = world.story, searched(world, viewer, NONSENSE), 0
    allowed = oracle.may_see(story, eyes)
    for words in story.all_words():
        others = VIEWERS if viewer in ASK_FOR_PARTS else {*VIEWERS, "owner2", "owner4"}
        if words.owner in others:
            continue
        got = searched(world, viewer, words.first)
        if oracle.found_by(story, eyes, words, SEARCHED):
            assert listed(got[2]) == {story.people[words.owner].handle}, words
        else:
            assert difference(got, nobodys) == [], words
            hidden += 1
        assert words_in(got[2].decode()) <= allowed, words
    assert hidden > 20


@pytest.mark.parametrize("index", ["lagging", "fresh"])
@pytest.mark.parametrize("viewer", ["stranger", "connection", "blocked", "shielded_name", "ex"])
def test_inv_02_a_filter_on_a_hidden_fact_changes_nothing(
    request: pytest.FixtureRequest, index: str, viewer: str
) -> None:
    world: World = request.getfixturevalue(index)
    tried = 0
    for words in world.story.all_words():
        name = FILTERS.get(words.part)
        if name and not oracle.readable(world.story, viewer, words):
            nobodys = searched(world, viewer, "", **{name: NONSENSE})
            assert searched(world, viewer, "", **{name: words.first}) == nobodys, words
            tried += 1
    assert tried > 2


@pytest.mark.parametrize("index", ["lagging", "fresh"])
@pytest.mark.parametrize("viewer", ["stranger", "connection"])
def test_inv_02_hidden_words_do_not_lift_or_explain_somebody_found_by_others(
    request: pytest.FixtureRequest, index: str, viewer: str
) -> None:
    world: World = request.getfixturevalue(index)
    tried = 0
    for person in world.story.people.values():
        if not oracle.findable(world.story, viewer, person.label):
            continue
        mine = [w for w in person.words if oracle.found_by(world.story, viewer, w, SEARCHED)]
        hidden = [w for w in person.words if not oracle.readable(world.story, viewer, w)]
        without = searched(world, viewer, f"{mine[0].first} {NONSENSE}") if mine else None
        for words in hidden if mine else []:
            with_it = searched(world, viewer, f"{mine[0].first} {words.first}")
            assert with_it == without, words
            tried += 1
    assert tried > 10


def test_inv_04_the_index_rebuilt_equals_the_index_after_every_change(fresh: World) -> None:
    index = backend.index(fresh.app)
    grown = index.contents()
    with fresh.app.app_context():
        indexer.rebuild(index, PEOPLE)
    # Whoever left or was suspended without an event is dropped by a rebuild alone.
    gone = {fresh.ids[label] for label in ("suspended", "departed", "suspended_viewer")}
    gone.add(fresh.ids["departed_viewer"])
    assert {key: value for key, value in grown.items() if key not in gone} == index.contents()


def test_inv_05_the_index_holds_only_words_that_can_be_searched(lagging: World) -> None:
    index = backend.index(lagging.app)
    texts = []
    for document in index.contents().values():
        for layer in (document.members, document.connections):
            texts += [layer.purpose, layer.words, *layer.marks]
    held = words_in("\n".join(texts))
    searched = {
        each
        for words in lagging.story.all_words()
        if words.part in SEARCHED | {"languages"}
        for each in (words.first, words.second)
    }
    assert held
    assert held <= searched
    assert words_in(b"".join(_files(lagging)).decode("latin-1")) <= searched


def test_inv_05_words_for_nobody_else_are_not_in_the_index(fresh: World) -> None:
    texts = []
    for document in backend.index(fresh.app).contents().values():
        texts += [document.members.words, document.connections.words, document.members.purpose]
    alone = {words.first for words in fresh.story.all_words() if words.shown_to == 1}
    assert words_in("\n".join(texts)) & alone == set()


def _files(world: World) -> list[bytes]:
    folder = world.app.config["SETTINGS"].instance / "index"
    return [path.read_bytes() for path in folder.rglob("*") if path.is_file()]


def test_inv_59_letters_tell_their_readers_only_what_they_may_see(
    lagging: World, tmp_path: Path
) -> None:
    world = twin(lagging, tmp_path / "twin")
    world.run_worker()
    close(world)
    letters = [letter_in(path) for path in world.letters()]
    assert len(letters) > 10
    assert any("BEGIN:VCALENDAR" in said for _, said in letters)
    for letter, said in letters:
        (reader,) = letter["To"].addresses
        text = unfolded("\n".join([*map(str, letter.values()), said]))
        allowed = oracle.letter_to(world.story, reader.addr_spec) | words_in(reader.addr_spec)
        assert words_in(text) <= allowed, (reader, letter["Subject"], text)
        assert words_in(str(letter["Subject"])) == set(), "a subject carries nothing private"
    out = {p.email for p in world.story.people.values() if p.state in oracle.OUT}
    assert out.isdisjoint(str(letter["To"]) for letter, _ in letters)


def test_the_steward_sees_no_more_of_members_than_a_member_does(fresh: World) -> None:
    story, client, seen = fresh.story, fresh.client("steward"), set()
    for path in addresses(fresh, "steward"):
        seen |= words_in(told(client.get(path))) - words_in(path)
    seen -= {one.own(what) for one in story.door for what in AT_THE_DOOR}
    # Their own balance is theirs, as it is everybody's.
    seen -= oracle.may_see(story, "steward", "/portfolio") | oracle.on_the_desk(story)
    assert seen == set()
    people = [person for person in story.people.values() if person.label not in STEWARDS_OWN]
    for person in people:
        assert oracle._of_person(story, "steward", person) == oracle._of_person(
            story, "stranger", person
        )


def test_the_oracle_is_small_and_knows_nothing_of_the_application() -> None:
    parts = {f"tests.sweep.{path.stem}": path for path in Path(__file__).parent.glob("oracle*.py")}
    assert len(parts) == 5
    for path in parts.values():
        source = path.read_text()
        assert len(source.splitlines()) <= 300
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.ImportFrom | ast.Import):
                names = (
                    [node.module]
                    if isinstance(node, ast.ImportFrom)
                    else [each.name for each in node.names]
                )
                assert set(names) <= {"__future__", "collections.abc", "typing", *parts}
