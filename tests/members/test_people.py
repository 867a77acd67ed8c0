from __future__ import annotations

import re
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy import event

from network.composition import PEOPLE, channels
from network.db import db as database
from network.db import transaction
from network.events import worker
from network.members.kinds import Audience, Part, Work
from network.members.models import Connection, Member
from network.members.services import boundaries, participation, profiles
from network.search import backend, indexer

HTMX = {"HX-Request": "true"}
VOLUNTEERS = "We keep the night telephone staffed for grieving parents."
HANDLE = re.compile(r'<article data-member="([^"]+)"')


@pytest.fixture
def ama(make_member):
    return make_member("ama", purpose="I count the hours of rosters.")


@pytest.fixture
def hers(ama, sign_in):
    return sign_in(ama)


@pytest.fixture
def rui(make_member):
    return make_member("rui", purpose=VOLUNTEERS, place="Porto", offers="Rotas for long wards.")


@pytest.fixture
def learn(app):
    return lambda: indexer.rebuild(backend.index(app), PEOPLE)


def listed(answer):
    assert answer.status_code == 200
    return HANDLE.findall(answer.text)


def words_of(answer):
    """Return what an answer says, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", "", answer.text).split())


def test_only_members_look_for_people(rui, hers, client, learn):
    learn()
    assert client.get("/people?q=night").status_code == 303
    assert listed(hers.get("/people?q=night")) == ["rui"]


def test_somebody_found_says_why_in_their_own_words(rui, hers, learn):
    learn()
    page = hers.get("/people?q=night+wards")
    assert "We keep the <mark>night</mark> telephone staffed for grieving parents." in page.text
    assert "“Rotas for long <mark>wards</mark>.”" in page.text
    assert "“night” is in their purpose. “wards” is in what they offer" in words_of(page)
    assert 'href="/people/rui"' in page.text


def test_words_are_shown_as_text(make_member, hers, learn):
    make_member("eve", purpose="<b>night</b> & <script>alert(1)</script>", name="<i>Eve</i>")
    learn()
    page = hers.get("/people", query_string={"q": "night <script>"})
    assert "&lt;b&gt;<mark>night</mark>&lt;/b&gt; &amp;" in page.text
    assert "<script>alert" not in page.text
    assert "<i>Eve" not in page.text


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "part"])
def test_htmx_gets_the_found_alone(rui, hers, learn, headers):
    learn()
    answer = hers.get("/people?q=night", headers=headers)
    assert listed(answer) == ["rui"]
    assert answer.text.lstrip().startswith('<section class="body" id="found"') == bool(headers)


@pytest.mark.parametrize("extra", ["HX-Boosted", "HX-History-Restore-Request"])
def test_a_boosted_visit_gets_the_page(rui, hers, learn, extra):
    learn()
    assert "<!doctype html>" in hers.get("/people?q=night", headers={**HTMX, extra: "true"}).text


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("", "I keep a kiln"),
        ("?q=", "I keep a kiln"),
        ("?q=+++", "I keep a kiln"),
        ("?q=!%3F", "There is no word in “!?” to look for."),
        ("?q=zeppelin", "Nobody’s words fit “zeppelin”."),
        ("?q=" + "x" * 10_000, "Nobody’s words fit “" + "x" * 300 + "”."),
        ("?q=nihgt", "spelt nearly the same: “night”."),
        ("?q=kiln+zeppelin", "I keep a kiln"),
        ("?q=kiln+zeppelin+rocket+balloon", "Nobody’s words fit"),
        ("?work=board", "Nobody shows you all of this."),
        ("?q=kiln&work=board", "Nobody’s words fit “kiln”."),
        ("?work=nonsense&has=nonsense", "I keep a kiln"),
    ],
)
def test_every_question_gets_an_answer_that_helps(rui, make_member, hers, learn, query, says):
    make_member("kai", purpose="I keep a kiln, open to the street.")
    learn()
    answer = hers.get(f"/people{query}")
    assert answer.status_code == 200
    assert says in words_of(answer)


def test_before_anybody_has_come_the_page_says_so(hers, learn):
    learn()
    assert "Nobody to find yet." in hers.get("/people").text


def test_words_that_find_somebody_on_their_own_are_offered(rui, make_member, hers, learn):
    make_member("kai", purpose="I keep a kiln.")
    learn()
    page = hers.get("/people?q=telephone+zeppelin+kiln+balloon+rocket").text
    assert 'href="/people?q=telephone">telephone</a>, <a href="/people?q=kiln">kiln</a>.' in page
    assert 'href="/people?q=zeppelin"' not in page


def test_inv_02_a_word_that_only_somebody_hidden_wrote_is_not_offered(
    rui, ama, make_member, hers, learn, now
):
    kai = make_member("kai", purpose="I keep a kiln.")
    learn()
    with transaction() as db:
        boundaries.block(db, db.get_one(Member, kai.id), blocked_id=ama.id, now=now)
    page = hers.get("/people?q=telephone+zeppelin+kiln+balloon+rocket").text
    assert 'href="/people?q=telephone"' in page
    assert 'href="/people?q=kiln"' not in page


def test_narrowing_is_said_and_each_fact_can_be_taken_out(rui, hers, learn, now):
    with transaction() as db:
        member = db.get_one(Member, rui.id)
        participation.set_work(db, member, work=[Work.INTERIM], pace="", now=now)
    learn()
    page = hers.get("/people?q=night&work=interim&place=Porto&has=offers&from=0")
    assert listed(page) == ["rui"]
    for rest in (
        "q=night&amp;has=offers&amp;place=Porto",
        "q=night&amp;work=interim&amp;has=offers",
    ):
        assert f'href="/people?{rest}"' in page.text


def test_work_is_told_to_those_who_may_read_it(rui, ama, make_member, hers, sign_in, learn, now):
    friend = make_member("friend")
    with transaction() as db:
        member = db.get_one(Member, rui.id)
        participation.set_work(db, member, work=[Work.INTERIM], pace="", now=now)
        profiles.set_audience(db, member, Part.AVAILABILITY, Audience.CONNECTIONS, now=now)
        low, high = sorted((friend.id, rui.id))
        db.add(Connection(low_id=low, high_id=high, asker_id=low, reason="Tea.", since=now))
    learn()
    assert "Open to an interim role." in words_of(sign_in(friend).get("/people?q=night"))
    assert "Open to" not in words_of(hers.get("/people?q=night")).split("Closest words")[1]
    assert listed(sign_in(friend).get("/people?work=interim")) == ["rui"]
    assert listed(hers.get("/people?work=interim")) == []


def test_a_connection_is_named_as_one(rui, ama, hers, learn, now):
    learn()
    assert "You are connected." not in hers.get("/people?q=night").text
    with transaction() as db:
        low, high = sorted((ama.id, rui.id))
        db.add(Connection(low_id=low, high_id=high, asker_id=low, reason="Tea.", since=now))
    assert "You are connected." in hers.get("/people?q=night").text


@pytest.fixture
def many(make_people):
    return [member.handle for member in make_people(23, purpose="I tend gardens.")]


def test_the_way_through_the_pages_leads_to_everybody_once(many, hers, learn):
    learn()
    seen, address = [], "/people?q=gardens"
    while address:
        page = hers.get(address)
        seen += listed(page)
        onward = re.search(r'href="([^"]*from=[^"]*)">Words a little further off', page.text)
        address = onward and onward[1].replace("&amp;", "&")
    assert "This is where it ends" in page.text
    assert sorted(seen) == sorted(many)


def test_where_a_page_begins_may_be_any_garbage(many, hers, learn):
    learn()
    for start in ("-1", "x", "1e3", "٣", "²", "", "9" * 30, "1.0", "0x1", "+5", "1&from=20", "500"):
        page = hers.get(f"/people?q=gardens&from={start}")
        assert len(listed(page)) == 10
        assert "Nobody" not in words_of(page)


def test_what_is_written_is_found_when_the_worker_has_run(app, rui, hers):
    worker.run_once({"index": channels(app)["index"]})
    page = hers.get("/people?q=night")
    assert listed(page) == ["rui"]
    assert "being rebuilt" not in page.text


@pytest.mark.parametrize("harm", ["missing", "spoilt"])
def test_without_its_index_the_page_says_so_and_still_finds(app, rui, hers, learn, harm):
    learn()
    folder = Path(app.instance_path) / "index"
    if harm == "missing":
        shutil.rmtree(folder)
    else:
        (folder / "pointer").write_text("nonsense")
    page = hers.get("/people?q=night")
    assert "The search is being rebuilt" in page.text
    assert "<mark>night</mark>" in page.text


@pytest.mark.parametrize("index", ["there", "away"])
def test_inv_01_03_who_hides_is_on_no_list_at_once(rui, ama, hers, learn, now, index):
    if index == "there":
        learn()
    for query in ("", "?q=night", "?q=nihgt", "?place=Porto", "?has=offers"):
        expected = [] if index == "away" and "nihgt" in query else ["rui"]
        assert listed(hers.get(f"/people{query}")) == expected
    with transaction() as db:
        member = db.get_one(Member, rui.id)
        boundaries.raise_shield(db, member, against="ama.example", now=now)
    for query in ("", "?q=night", "?q=nihgt", "?place=Porto", "?has=offers"):
        answer = hers.get(f"/people{query}")
        assert (listed(answer), "telephone" in answer.text) == ([], False)


def test_the_order_turns_at_midnight(many, ama, sign_in, learn, now):
    learn()
    orders = []
    for hours in (0, 6, 24):
        with time_machine.travel(now + timedelta(hours=hours), tick=False):
            orders.append(listed(sign_in(ama).get("/people?q=gardens")))
    assert orders[0] == orders[1] != orders[2]


def statements(run):
    ran = []

    def note(_connection, _cursor, statement, *_rest):
        ran.append(statement)

    engines = engines_of(database)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    run()
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)
    return len(ran)


def engines_of(one: SQLAlchemy):
    return set(one.engines.values())


@pytest.mark.parametrize("query", ["", "?q=gardens", "?q=gardens&from=10", "?q=zeppelin"])
def test_the_page_needs_few_statements_however_many_are_found(
    make_people, hers, many, learn, query
):
    learn()
    hers.get(f"/people{query}")
    few = statements(lambda: hers.get(f"/people{query}"))
    make_people(20, prefix="q", purpose="I tend gardens.")
    learn()
    assert statements(lambda: hers.get(f"/people{query}")) == few <= 12
