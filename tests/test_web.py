from __future__ import annotations

import re

import pytest
from flask import abort, request
from markupsafe import escape
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from network import auth
from network.db import db, reading, transaction
from network.errors import Busy, Conflict, Full, Invalid, NotAllowed, NotFound, Refusal, TooMany
from network.htmx import page, see_other
from network.members import current
from network.members.models import Member, Network
from tests.conftest import post

HTMX = {"HX-Request": "true"}
KINDS = pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "part"])
WORDS = "I wrote this all evening, <b>by hand</b> & with care.\nTwo lines of it."


class Said(Exception):
    """What a driver says."""


def store_says(words):
    raise OperationalError("INSERT INTO section", {"body": "secret words"}, Said(words))


def race():
    db.session.add(Network(id=1, name="Twice"))
    db.session.flush()


def fail():
    raise RuntimeError("the reason is for the log")


def rename_and_race():
    db.session.get_one(Network, 1).name = "Half done"
    db.session.flush()
    race()


def refuse(kind, *sentence):
    def view():
        raise kind(*sentence)

    return view


ENDINGS = {
    "full": lambda: store_says("database or disk is full"),
    "io": lambda: store_says("disk I/O error"),
    "locked": lambda: store_says("database is locked"),
    "race": race,
    "half": rename_and_race,
    "fails": fail,
    "no-table": lambda: db.session.execute(text("SELECT * FROM no_such_table")),
    "not-found": refuse(NotFound),
    "not-allowed": refuse(NotAllowed),
    "conflict": refuse(Conflict),
    "invalid": refuse(Invalid, "Say it in one sentence."),
    "too-many": refuse(TooMany),
    "busy": refuse(Busy),
    "store-full": refuse(Full),
    "plain": refuse(Refusal),
    "abort-404": lambda: abort(404),
    "abort-403": lambda: abort(403),
    "abort-418": lambda: abort(418),
    "writes": lambda: setattr(db.session.get_one(Network, 1), "name", "Written") or "done",
    "part": lambda: page("asks/one.html", "ask", ask=None),
    "on": lambda: see_other("today.rules"),
    "echo": lambda: str(sorted(request.form)),
}


@pytest.fixture
def visitor(app):
    """Somebody at a network that has an address for every way in which a request can end."""

    def end(how):
        return ENDINGS[how]()

    app.add_url_rule("/test/<how>", "test", auth.public(end), methods=["GET", "POST"])
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app.test_client()


def kept_in(answer):
    found = re.findall(
        r'<textarea[^>]*name="(\w+)"[^>]*>\n(.*?)</textarea>', answer.text, re.DOTALL
    )
    return dict(found)


ANSWERS = {
    "full": (507, "The network’s disk is full, so nothing was saved."),
    "io": (507, "The network’s disk is full, so nothing was saved."),
    "locked": (503, "The network is busy just now. Nothing was saved yet"),
    "race": (409, "Somebody was a moment faster."),
    "half": (409, "Somebody was a moment faster."),
    "conflict": (409, "This was already answered."),
    "not-allowed": (403, "That is not yours to do."),
    "invalid": (422, "Say it in one sentence."),
    "too-many": (429, "That was a lot at once."),
    "busy": (503, "The network is busy just now."),
    "store-full": (507, "The network’s disk is full, so nothing was saved."),
    "plain": (400, "That did not go through."),
    "abort-403": (403, "That did not go through."),
    "abort-418": (418, "That did not go through."),
}


@pytest.mark.parametrize("how", ANSWERS)
def test_a_refusal_says_what_happened_and_gives_the_words_back(visitor, how):
    status, sentence = ANSWERS[how]
    answer = post(
        visitor, f"/test/{how}", {"story": WORDS, "audience": "3", "password": "secret-1"}
    )
    assert answer.status_code == status
    assert f'<h1 class="calm">{sentence}'[:40] in answer.text
    assert sentence in answer.text
    assert kept_in(answer) == {"story": str(escape(WORDS))}
    assert '<input type="hidden" name="audience" value="3">' in answer.text
    assert f'action="/test/{how}"' in answer.text
    assert "secret" not in answer.text
    assert answer.text.count('name="csrf_token"') >= 1


@pytest.mark.parametrize("how", ANSWERS)
def test_with_htmx_a_refusal_is_said_where_nothing_is_lost(visitor, how):
    status, sentence = ANSWERS[how]
    answer = post(visitor, f"/test/{how}", {"story": WORDS}, headers=HTMX)
    assert answer.status_code == status
    assert (answer.headers["HX-Retarget"], answer.headers["HX-Reswap"]) == ("#live", "innerHTML")
    assert sentence in answer.text
    assert "<html" not in answer.text
    assert 'role="alert"' in answer.text


@KINDS
@pytest.mark.parametrize("how", ["locked", "busy"])
def test_who_should_come_again_is_told_when(visitor, how, headers):
    answer = post(visitor, f"/test/{how}", headers=headers)
    assert int(answer.headers["Retry-After"]) > 0


@KINDS
@pytest.mark.parametrize("how", ["race", "half", "full", "conflict", "invalid"])
def test_nothing_of_a_refused_request_is_kept_and_the_next_one_works(visitor, how, headers):
    for _twice in range(2):
        post(visitor, f"/test/{how}", {"story": WORDS}, headers=headers)
        with reading() as session:
            assert session.get_one(Network, 1).name == "Saltmarsh"
    assert post(visitor, "/test/writes", headers=headers).status_code == 200
    with reading() as session:
        assert session.get_one(Network, 1).name == "Written"


@KINDS
def test_what_is_not_there_repeats_nothing(visitor, headers):
    data = {"story": WORDS}
    answers = [
        post(visitor, p, data, headers=headers) for p in ("/test/not-found", "/test/abort-404")
    ]
    for answer in answers:
        assert answer.status_code == 404
        assert "There is nothing here that you can see." in answer.text
        assert "by hand" not in answer.text


@pytest.mark.parametrize("path", ["/no/such/page", "/people/kept", "/asks/x/answer"])
def test_an_address_that_takes_no_such_request_is_not_there(visitor, path):
    answer = visitor.get(path)
    assert answer.status_code == 404
    assert "There is nothing here that you can see." in answer.text


@KINDS
@pytest.mark.parametrize("how", ["fails", "no-table"])
def test_what_breaks_on_our_side_is_said_and_the_words_are_given_back(visitor, how, headers):
    answer = post(visitor, f"/test/{how}", {"story": WORDS}, headers=headers)
    assert answer.status_code == 500
    assert "Something broke on our side. Nothing was saved." in answer.text
    assert str(escape(WORDS)) in answer.text
    for secret in ("Traceback", "the reason is for the log", "no_such_table", "sqlalchemy"):
        assert secret not in answer.text


@pytest.fixture
def hers(visitor, make_member, sign_in):
    return sign_in(make_member("ama"))


@pytest.fixture
def lost(app, visitor):
    """A network whose database does not answer any more."""
    broken = []

    def refuse_connection():
        raise OperationalError("connect", {}, Said("unable to open database file"))

    for engine in db.engines.values():
        engine.dispose()
        broken.append((engine.pool, engine.pool.connect))
        engine.pool.connect = refuse_connection
    current.forget_house()
    yield visitor
    for pool, connect in broken:
        pool.connect = connect


@KINDS
@pytest.mark.parametrize("path", ["/", "/people", "/signin", "/no/such/page", "/test/fails"])
@pytest.mark.parametrize("who", ["nobody", "member"])
def test_without_its_database_every_page_still_says_a_sentence(hers, lost, path, headers, who):
    if (who, path) == ("nobody", "/people"):
        pytest.skip("whoever is not signed in is sent to the door, and needs no database for it")
    answer = (hers if who == "member" else lost).get(path, headers=headers)
    assert answer.status_code == 500
    assert "Something broke on our side." in answer.text
    assert answer.headers["Content-Security-Policy"]


def test_without_its_database_it_says_that_it_lives_but_cannot_serve(lost):
    assert lost.get("/health/live").status_code == 200
    assert lost.get("/health/ready").status_code >= 500
    with lost.get("/static/css/ground.css") as style:
        assert style.status_code == 200


def test_after_its_database_came_back_everything_goes_on(app, visitor):
    engine = db.engines["reading"]
    engine.dispose()
    connect = engine.pool.connect

    def no_connection():
        raise OperationalError("connect", {}, Said("gone"))

    engine.pool.connect = no_connection
    current.forget_house()
    assert visitor.get("/signin").status_code == 500
    engine.pool.connect = connect
    assert visitor.get("/signin").status_code == 200


def test_a_change_that_cannot_be_committed_is_refused(app, visitor, monkeypatch):
    def no_room(_self):
        raise OperationalError("COMMIT", {}, Said("database or disk is full"))

    visitor.get("/rules")
    monkeypatch.setattr(type(db.session), "commit", no_room)
    answer = post(visitor, "/test/writes", {"story": WORDS})
    monkeypatch.undo()
    assert answer.status_code == 507
    assert kept_in(answer) == {"story": str(escape(WORDS))}
    with reading() as session:
        assert session.get_one(Network, 1).name == "Saltmarsh"


def test_a_race_at_commit_is_a_refusal_too(app, visitor, monkeypatch):
    def taken(_self):
        raise IntegrityError("COMMIT", {}, Said("UNIQUE constraint failed"))

    monkeypatch.setattr(type(db.session), "commit", taken)
    answer = post(visitor, "/test/writes", {"story": WORDS})
    monkeypatch.undo()
    assert (answer.status_code, kept_in(answer)) == (409, {"story": str(escape(WORDS))})


def test_two_people_race_for_one_thing_and_the_second_keeps_their_words(hers, make_member):
    make_member("rui")

    def somebody_faster(session, *_args):
        if any(type(each).__name__ == "Ask" for each in session.new):
            raise IntegrityError("INSERT", {}, Said("uq_ask_live_pair"))

    event.listen(Session, "before_flush", somebody_faster)
    reason = "Words that took me an evening to find."
    answer = post(hers, "/people/rui/connect", {"reason": reason, "submission": "one"})
    event.remove(Session, "before_flush", somebody_faster)
    assert answer.status_code == 409
    assert kept_in(answer) == {"reason": reason}
    again = post(hers, "/people/rui/connect", {"reason": reason, "submission": "one"})
    assert again.status_code == 303


@KINDS
def test_an_answer_that_depends_on_htmx_says_so(visitor, headers):
    for path in ("/", "/signin", "/no/such/page", "/test/on"):
        assert "HX-Request" in visitor.get(path, headers=headers).headers["Vary"]


def test_going_on_is_said_in_the_way_it_was_asked(visitor):
    assert post(visitor, "/test/on").location == "/rules"
    part = post(visitor, "/test/on", headers=HTMX)
    assert (part.status_code, part.headers["HX-Redirect"], part.text) == (204, "/rules", "")


def test_the_names_of_kept_fields_are_said_as_words(visitor):
    data = {"looking_for": WORDS, "old_password_hint": "x" * 30}
    answer = post(visitor, "/test/conflict", data)
    assert ">Looking for</label>" in answer.text
    assert "x" * 30 not in answer.text


def test_a_field_sent_twice_is_given_back_twice(visitor):
    token = re.search(r'name="csrf_token" value="([^"]+)"', visitor.get("/signin").text)[1]
    body = f"csrf_token={token}&work=board&work=peer"
    answer = visitor.post(
        "/test/conflict", data=body, content_type="application/x-www-form-urlencoded"
    )
    for kind in ("board", "peer"):
        assert f'<input type="hidden" name="work" value="{kind}">' in answer.text


def test_a_network_that_was_not_begun_still_answers(app, client, make_member, sign_in):
    hers = sign_in(make_member("ama"))
    with transaction() as session:
        session.delete(session.get_one(Network, 1))
    current.forget_house()
    for visitor in (client, hers):
        page = visitor.get("/")
        assert (page.status_code, "Commonweal" in page.text) == (200, True)
    with reading() as session:
        assert session.query(Member).count() == 1


@KINDS
def test_what_no_database_can_hold_names_nothing(hers, headers):
    for path in ("/people/%00", "/people/a%00/portrait", "/people/%00/end", "/join/%00", "/%00"):
        answer = hers.get(path, headers=headers)
        assert (answer.status_code, "There is nothing here" in answer.text) == (404, True), path
    for path in ("/asks/%00/answer", "/people/kept/%00/forget", "/me/boundaries/%00/lift"):
        assert post(hers, path, {"answer": "yes"}, headers=headers).status_code == 404, path


@KINDS
def test_what_no_database_can_hold_is_cleaned_or_refused(hers, client, make_member, headers):
    make_member("rui")
    forms = {
        "/people/rui/connect": {"reason": "Your words\0 have stayed.", "submission": "a\0b"},
        "/people/kept": {"terms": "q=%00night\0"},
        "/me/boundaries/shields": {"against": "\0halvorsen\0.example"},
        "/me/profile/story": {"body": "One\0two", "audience": "3"},
    }
    for path, data in forms.items():
        assert post(hers, path, data, headers=headers).status_code < 423, path
    answer = post(client, "/signin", {"email": "\0@a.example", "password": "\0"}, headers=headers)
    assert answer.status_code < 500
