from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy.exc import IntegrityError

from network.composition import PEOPLE, channels
from network.db import transaction
from network.demo.story import write_story
from network.events import worker
from network.members import current
from network.members.models import Network
from network.search import backend, indexer
from tests.conftest import post

HTMX = {"HX-Request": "true"}
BANNER = "This is a demonstration: everybody in it is invented"
REASON = "Your sentence about kitchens has stayed with me."


@pytest.fixture
def visitor(demo):
    return demo.test_client()


def enter(client, handle, **kwargs):
    return post(client, "/demo/enter", {"handle": handle}, **kwargs)


def test_the_door_lists_everybody_with_one_button_each(visitor, told):
    page = visitor.get("/demo").text
    assert re.findall(r'<article data-member="([^"]+)"', page)[:2] == ["dara", "joaquin"]
    for each in told["members"]:
        assert f'name="handle" value="{each["handle"]}"' in page
    assert 'action="/demo/enter" method="post"' in page


@pytest.mark.parametrize("handle", ["dara", "zsofia"])
def test_one_button_lets_in_as_anybody(visitor, told, handle):
    answer = enter(visitor, handle)
    assert (answer.status_code, answer.location) == (303, "/")
    name = next(each["name"] for each in told["members"] if each["handle"] == handle)
    page = visitor.get("/").text
    assert f"You are {name} now." in page
    assert f", {name}.</h1>" in page


def test_being_somebody_else_ends_being_who_one_was(visitor, told):
    names = {each["handle"]: each["name"] for each in told["members"]}
    for handle in ("ama", "ifeoma"):
        enter(visitor, handle)
        assert f"{names[handle]}, how you take part" in visitor.get("/people").text


def test_nobody_else_can_be_entered(visitor):
    for handle in ("", "nobody", "AMA", "ama ", "' OR 1=1"):
        assert enter(visitor, handle).status_code == 404
    assert visitor.get("/people").location == "/signin"


def test_with_htmx_the_way_on_is_a_header(visitor):
    answer = enter(visitor, "ama", headers=HTMX)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/")


def test_the_door_is_a_form_with_a_token(visitor):
    assert visitor.post("/demo/enter", data={"handle": "ama"}).status_code == 400
    assert visitor.get("/demo/enter").status_code in {404, 405}
    assert visitor.get("/people").location == "/signin"


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "part"])
@pytest.mark.parametrize("who", ["nobody", "member", "steward"])
def test_in_any_other_network_there_is_no_such_door(
    app, client, make_member, sign_in, headers, who
):
    ama = make_member("ama", steward=who == "steward")
    visitor = client if who == "nobody" else sign_in(ama)
    for path in ("/demo", "/demo/letters"):
        answer = visitor.get(path, headers=headers)
        assert (answer.status_code, "demo" in answer.text.lower()) == (404, False)
    answer = post(visitor, "/demo/enter", {"handle": "ama"}, headers=headers)
    assert answer.status_code == 404
    if who == "nobody":
        assert visitor.get("/people").location == "/signin"
    assert BANNER not in visitor.get("/").text


def test_every_page_bears_the_banner(visitor):
    for path in ("/", "/signin", "/join", "/rules", "/demo", "/demo/letters", "/people/nobody"):
        assert BANNER in visitor.get(path).text, path
    enter(visitor, "ama")
    for path in ("/", "/people", "/asks", "/me/profile", "/connections"):
        assert BANNER in visitor.get(path).text, path


def test_a_network_that_becomes_no_demo_closes_its_door(demo, visitor):
    assert visitor.get("/demo").status_code == 200
    with transaction() as db:
        db.get_one(Network, 1).demo = False
    current.forget_house()
    assert visitor.get("/demo").status_code == 404


def test_letters_show_what_would_have_been_sent(demo, visitor):
    assert "No letter yet." in visitor.get("/demo/letters").text
    while worker.run_once(channels(demo)):
        pass
    before = visitor.get("/demo/letters").text.count("<article>")
    enter(visitor, "dara")
    assert ask_somebody(visitor).location.startswith("/people/")
    while worker.run_once(channels(demo)):
        pass
    page = visitor.get("/demo/letters").text
    assert page.count("<article>") == before + 1
    assert "http://127.0.0.1:8000/" in page
    assert "No letter yet." not in page


def ask_somebody(client):
    for handle in re.findall(r'name="handle" value="([^"]+)"', client.get("/demo").text):
        page = client.get(f"/people/{handle}")
        if f'action="/people/{handle}/connect"' in page.text:
            return post(client, f"/people/{handle}/connect", {"reason": REASON})
    raise AssertionError("nobody can be asked")


def test_a_letter_is_shown_as_text(demo, visitor, instance):
    (instance / "mail").mkdir()
    (instance / "mail" / "1.eml").write_bytes(
        b"To: a@a.example\r\nSubject: <b>Hi</b>\r\nDate: Sat, 21 Nov 2026 12:00:00 +0000\r\n"
        b"Content-Type: text/plain; charset=utf-8\r\n\r\n<script>alert(1)</script> \xc3\xa5\r\n"
    )
    page = visitor.get("/demo/letters").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; å" in page
    assert "&lt;b&gt;Hi&lt;/b&gt;" in page
    assert "<script>" not in page


def test_the_newest_letters_come_first_and_fifty_at_most(demo, visitor, instance):
    (instance / "mail").mkdir()
    for number in range(60):
        (instance / "mail" / f"{number:03}.eml").write_text(f"Subject: Letter {number}.\n\nHi.\n")
    page = visitor.get("/demo/letters").text
    subjects = re.findall(r"Letter (\d+)\.", page)
    assert subjects == [str(number) for number in range(59, 9, -1)]


def test_the_whole_journey_from_the_door_to_a_connection(demo, visitor, now):
    indexer.rebuild(backend.index(demo), PEOPLE)
    enter(visitor, "ama")
    from_oksana = visitor.get("/asks").text.partition("Oksana Hrynkiv")[2]
    with_ask = re.search(r'action="(/asks/[^"]+/answer)"', from_oksana)[1]
    found = visitor.get("/people?q=meetings")
    assert "<mark>meetings</mark>" in found.text
    assert post(visitor, with_ask, {"answer": "yes"}).status_code == 303
    connected = re.findall(r'data-member="([^"]+)"', visitor.get("/connections").text)
    assert "oksana" in connected


def test_a_second_story_is_not_written_over_the_first(demo, now):
    with pytest.raises(IntegrityError), transaction() as db:
        write_story(db, now=now, secret="of a demo")


def test_a_demo_grows_old_gracefully(demo, visitor, now):
    with time_machine.travel(now + timedelta(days=400), tick=False):
        enter(visitor, "ama")
        for path in ("/", "/people", "/asks", "/me/profile", "/me/participation"):
            assert visitor.get(path).status_code == 200
