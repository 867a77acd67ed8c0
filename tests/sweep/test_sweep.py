"""The canary sweep: whatever path a datum could take, it reaches nobody whom the oracle does not name."""

from __future__ import annotations

import ast
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from network.search import backend, indexer
from tests.sweep import oracle
from tests.sweep.canaries import SEARCHED, VIEWERS, word, words_in
from tests.sweep.crawl import HTMX, every_value, filled, masked, rules, told
from tests.sweep.seed import World, live

SIGNED_OUT = ""
NONSENSE = word("written by nobody")
FILTERS = ("language", "theme", "place")


def addresses(world: World, viewer: str) -> list[str]:
    values = every_value(world.app)
    values["token"] += world.links.get(viewer, [])
    found = [path for rule in rules(world.app, "GET") for path in filled(rule, values)]
    found += [f"/me/profile/as/member?typed={each}" for each in values["handle"]]
    found += [f"/steward?before={each}" for each in values["key"][:50]]
    return [*found, "/connections?from=1", "/people?from=1", "/people?work=peer&has=offers"]


def leaks(world: World, viewer: str, paths: list[str]) -> dict[str, set[str]]:
    """Return what this viewer saw and may not have, by the address that told it."""
    client = world.client(viewer)
    found = {}
    for path in paths:
        allowed = oracle.may_see(world.story, viewer, path) | words_in(path)
        for headers in ({}, HTMX):
            response = client.get(path, headers=headers)
            extra = words_in(told(response)) - allowed
            if extra or response.status_code >= 500:
                found[f"{path} {headers}"] = extra or {response.status}
    return found


@pytest.mark.parametrize("viewer", [SIGNED_OUT, *VIEWERS])
def test_inv_01_09_10_every_address_shows_a_viewer_only_what_they_may_see(
    fresh: World, viewer: str
) -> None:
    assert leaks(fresh, viewer, addresses(fresh, viewer)) == {}


def test_the_link_in_an_invitation_shows_the_invited_what_is_theirs(fresh: World) -> None:
    (one,) = (one for one in fresh.story.door if one.label == "invited")
    response = fresh.client(SIGNED_OUT).get(f"/join/{fresh.links['invited'][0]}")
    allowed = oracle.may_reach_the_invited(fresh.story, one)
    assert one.own("email") in words_in(response.text)
    assert words_in(told(response)) <= allowed | oracle.may_see(fresh.story, SIGNED_OUT)


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


@pytest.mark.parametrize("index", ["lagging", "fresh"])
@pytest.mark.parametrize("viewer", VIEWERS)
def test_inv_01_03_06_a_search_finds_whom_the_viewer_may_read_and_nobody_else(
    request: pytest.FixtureRequest, index: str, viewer: str
) -> None:
    world: World = request.getfixturevalue(index)
    eyes, client = oracle.eyes_of(world.story, viewer), world.client(viewer)
    if not eyes:
        assert client.get("/people").status_code == 303
        return
    wrong = []
    for words in world.story.all_words():
        page = client.get("/people", query_string={"q": words.first}).text
        found = world.story.people[words.owner].handle in words_in(page)
        if found != oracle.found_by(world.story, eyes, words, SEARCHED):
            # Widened words reach the index with the promise they were written under.
            wrong.append((words.owner, words.part, words.shown_to, words.way, found))
        extra = words_in(page) - oracle.may_see(world.story, eyes) - {words.first}
        assert extra == set(), words
    assert wrong == []


@pytest.mark.parametrize("index", ["lagging", "fresh"])
@pytest.mark.parametrize("viewer", ["stranger", "connection", "blocked", "shielded_name", "ex"])
def test_inv_02_hidden_words_give_what_words_that_nobody_wrote_give(
    request: pytest.FixtureRequest, index: str, viewer: str
) -> None:
    world: World = request.getfixturevalue(index)
    client = world.client(viewer)

    def got(**query: str) -> tuple[object, ...]:
        response = client.get("/people", query_string=query)
        status, headers, body = masked(response)
        for each in words_in(" ".join(query.values())):
            body = body.replace(each.encode(), b"typed")
        return status, headers, body

    hidden = [w for w in world.story.all_words() if not oracle.readable(world.story, viewer, w)]
    assert len(hidden) > 20
    for words in hidden:
        assert got(q=words.second) == got(q=NONSENSE), words
    nobodys = {name: got(**{name: NONSENSE}) for name in FILTERS}
    for words in hidden:
        if words.part in {"languages", "themes", "place"}:
            name = words.part.removesuffix("s") if words.part != "place" else "place"
            assert got(**{name: words.first}) == nobodys[name], words


@pytest.mark.parametrize("index", ["lagging", "fresh"])
@pytest.mark.parametrize("viewer", ["stranger", "connection", "ex", "declined"])
def test_inv_02_hidden_words_do_not_lift_or_explain_somebody_found_by_others(
    request: pytest.FixtureRequest, index: str, viewer: str
) -> None:
    world: World = request.getfixturevalue(index)
    client, tried = world.client(viewer), 0
    for person in world.story.people.values():
        if not oracle.findable(world.story, viewer, person.label):
            continue
        mine = [w for w in person.words if oracle.found_by(world.story, viewer, w, SEARCHED)]
        hidden = [w for w in person.words if not oracle.readable(world.story, viewer, w)]
        for words in hidden if mine else []:
            pages = [
                client.get("/people", query_string={"q": f"{mine[0].first} {other}"})
                for other in (words.first, NONSENSE)
            ]
            bodies = [
                masked(page)[2].replace(other.encode(), b"typed")
                for page, other in zip(pages, (words.first, NONSENSE), strict=True)
            ]
            assert bodies[0] == bodies[1], words
            tried += 1
    assert tried > 10


def test_inv_04_the_index_rebuilt_equals_the_index_after_every_change(fresh: World) -> None:
    index = backend.index(fresh.app)
    grown = index.contents()
    with fresh.app.app_context():
        from network.composition import PEOPLE

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
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    world = live(tmp_path_factory.mktemp("post") / "instance", index_lags=True)
    world.run_worker()
    letters = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in world.letters()]
    assert len(letters) > 10
    for letter in letters:
        (reader,) = letter["To"].addresses
        text = "\n".join([*map(str, letter.values()), letter.get_content()])
        allowed = oracle.letter_to(world.story, reader.addr_spec) | words_in(reader.addr_spec)
        assert words_in(text) <= allowed, (reader, letter["Subject"], text)
        assert words_in(str(letter["Subject"])) == set(), "a subject carries nothing private"


def test_the_steward_sees_no_more_of_members_than_a_member_does(fresh: World) -> None:
    story = fresh.story
    asked_for = {each for one in story.door for each in words_in(" ".join(map(one.own, DOOR)))}
    steward, seen = fresh.client("steward"), set()
    for path in addresses(fresh, "steward"):
        seen |= words_in(told(steward.get(path))) - words_in(path)
    seen -= asked_for | oracle._own(story, story.people["steward"])
    as_a_member = set().union(
        *(oracle._of_person(story, "stranger", person) for person in story.people.values())
    )
    as_a_member |= oracle._of_person(story, "steward", story.people["steward"])
    assert seen <= as_a_member | {each for w in story.people["stranger"].words for each in ()}


DOOR = ("email", "name", "purpose", "through", "answer")


def test_the_oracle_is_small_and_knows_nothing_of_the_application() -> None:
    source = Path(oracle.__file__).read_text()
    assert len(source.splitlines()) <= 300
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom | ast.Import):
            names = [node.module] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
            assert set(names) <= {"__future__", "collections.abc", "typing"}
