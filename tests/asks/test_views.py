from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from network.asks import services
from network.asks.models import Ask, AskState
from network.db import reading, transaction
from network.events.models import Event
from network.members.models import Connection, Member
from network.members.services import boundaries, participation
from network.relationships.kinds import CONNECTION
from tests.conftest import plain, post

HTMX = {"HX-Request": "true"}
REASON = "Your sentence about kitchens has stayed with me."
RIBBON = "something waits for your answer"
KINDS = pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "part"])


@pytest.fixture(autouse=True)
def at_noon(now):
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def ama(make_member):
    return make_member("ama", name="Ama Lindgren")


@pytest.fixture
def rui(make_member):
    return make_member("rui", name="Rui Costa")


@pytest.fixture
def hers(ama, sign_in):
    return sign_in(ama)


@pytest.fixture
def his(rui, sign_in):
    return sign_in(rui)


@pytest.fixture
def ask(ama, rui, now):
    return sent(rui, ama, now)


def sent(asker, addressee, now):
    with transaction() as db:
        return services.send(
            db,
            CONNECTION,
            asker=db.get_one(Member, asker.id),
            addressee=db.get_one(Member, addressee.id),
            reason=REASON,
            submission="one",
            now=now,
        )


def state():
    with reading() as db:
        return db.scalar(select(Ask.state))


def test_each_side_has_its_own_place_in_its_inbox(ask, hers, his):
    asked, asker = hers.get("/asks").text, his.get("/asks").text
    assert f'<article class="sec ask" id="ask-{ask.key}" data-ask="{ask.key}"' in asked
    assert "Rui Costa would like to stay in touch" in asked
    assert REASON in asked
    assert f'action="/asks/{ask.key}/answer" method="post"' in asked
    assert "Sent on 21 November, open until 21 December." in asker
    assert f'action="/asks/{ask.key}/withdraw" method="post"' in asker
    assert "/answer" not in asker
    assert "/withdraw" not in asked


def test_an_empty_inbox_says_so(hers):
    page = hers.get("/asks").text
    assert "Nothing waits for you." in page
    assert "You have asked nobody anything." in page
    assert RIBBON not in page


@KINDS
@pytest.mark.parametrize(
    ("given", "after", "says"),
    [
        ("yes", AskState.ACCEPTED, "You said yes. You and Rui Costa are connected."),
        ("no", AskState.DECLINED, "You said not this time. Rui Costa reads “it lapsed” on 21"),
    ],
)
def test_an_answer_counts_and_is_said_where_it_was_given(ask, hers, headers, given, after, says):
    answer = post(hers, f"/asks/{ask.key}/answer", {"answer": given}, headers=headers)
    assert state() is after
    if headers:
        assert answer.text.lstrip().startswith(f'<article class="sec answered" id="ask-{ask.key}"')
        assert 'tabindex="-1" autofocus role="status"' in answer.text
    else:
        assert (answer.status_code, answer.location) == (303, "/asks")
        answer = hers.get("/asks")
    assert says in answer.text
    with reading() as db:
        assert db.scalar(select(func.count(Connection.id))) == (given == "yes")


@KINDS
@pytest.mark.parametrize("given", ["yes", "no"])
def test_inv_20_answering_twice_is_once(ask, hers, headers, given):
    for _twice in range(2):
        answer = post(hers, f"/asks/{ask.key}/answer", {"answer": given}, headers=headers)
        assert answer.status_code == (200 if headers else 303)
    with reading() as db:
        assert db.scalar(select(func.count(Event.id)).where(Event.kind.like("asks:%"))) == 2


@KINDS
@pytest.mark.parametrize("given", [{}, {"answer": ""}, {"answer": "maybe"}, {"answer": "YES"}])
def test_any_other_answer_is_none(ask, hers, headers, given):
    answer = post(hers, f"/asks/{ask.key}/answer", given, headers=headers)
    assert (answer.status_code, state()) == (422, AskState.WAITING)
    assert "Answer yes or not this time." in answer.text


@KINDS
def test_a_no_can_be_taken_back_and_is_then_a_yes_if_one_likes(ask, hers, headers):
    post(hers, f"/asks/{ask.key}/answer", {"answer": "no"})
    assert f'action="/asks/{ask.key}/take-back" method="post"' in hers.get("/asks").text
    answer = post(hers, f"/asks/{ask.key}/take-back", headers=headers)
    assert state() is AskState.WAITING
    page = answer if headers else hers.get("/asks")
    assert f'action="/asks/{ask.key}/answer"' in page.text
    post(hers, f"/asks/{ask.key}/answer", {"answer": "yes"}, headers=headers)
    assert state() is AskState.ACCEPTED


@KINDS
@pytest.mark.parametrize("declined", [True, False])
def test_whoever_asked_takes_it_back_and_the_other_is_not_told(ask, hers, his, headers, declined):
    if declined:
        post(hers, f"/asks/{ask.key}/answer", {"answer": "no"})
    answer = post(his, f"/asks/{ask.key}/withdraw", headers=headers)
    assert (answer.status_code, state()) == (204 if headers else 303, AskState.WITHDRAWN)
    page = his.get("/asks").text
    assert "Taken back. They are not told." in page
    assert "You took it back." in page
    assert f'data-ask="{ask.key}"' not in hers.get("/asks").text


VERBS = ("answer", "take-back", "withdraw")


@KINDS
@pytest.mark.parametrize("verb", VERBS)
def test_inv_18_only_ones_own_side_is_there(ask, hers, his, make_member, sign_in, headers, verb):
    theirs = sign_in(make_member("dara"))
    wrong = [theirs, his if verb != "withdraw" else hers]
    data = {"answer": "yes"}
    for client in wrong:
        unknown = post(client, f"/asks/no-such-key/{verb}", data, headers=headers)
        answer = post(client, f"/asks/{ask.key}/{verb}", data, headers=headers)
        assert (answer.status_code, plain(answer)) == (404, plain(unknown))
    assert state() is AskState.WAITING
    with reading() as db:
        assert db.scalar(select(func.count(Event.id)).where(Event.kind.like("asks:%"))) == 1


@KINDS
@pytest.mark.parametrize("verb", ["answer", "take-back"])
@pytest.mark.parametrize("over", ["lapsed", "declined and lapsed", "withdrawn"])
def test_what_is_over_cannot_be_answered(ama, rui, hers, now, headers, verb, over):
    ask = sent(rui, ama, now - timedelta(days=29 if over == "withdrawn" else 30))
    with transaction() as db:
        row = db.get_one(Ask, ask.id)
        if over == "withdrawn":
            services.withdraw(db, row, actor=row_of(db, rui), now=now)
        elif over == "declined and lapsed":
            row.state, row.ended_at = AskState.DECLINED, now
    before = state()
    answer = post(hers, f"/asks/{ask.key}/{verb}", {"answer": "yes"}, headers=headers)
    done = over == "lapsed" and verb == "take-back"  # it waits already: there is nothing to undo
    assert (answer.status_code in {200, 303}) == done
    assert ("This was already answered." in answer.text) != done
    assert state() is before
    with reading() as db:
        assert db.scalar(select(func.count(Connection.id))) == 0


def row_of(db, member):
    return db.get_one(Member, member.id)


@pytest.mark.parametrize("days", [0, 15, 30, 31, 90, 95])
def test_inv_14_the_askers_inbox_never_tells_a_no(ama, rui, his, now, days):
    ask = sent(rui, ama, now - timedelta(days=days))
    told = [plain(his.get(path)) for path in ("/asks", "/", "/people/ama")]
    assert REASON in told[0]
    with transaction() as db:
        row = db.get_one(Ask, ask.id)
        row.state, row.ended_at = AskState.DECLINED, row.sent_at
    assert [plain(his.get(path)) for path in ("/asks", "/", "/people/ama")] == told


@pytest.mark.parametrize(
    ("then", "days", "says"),
    [
        ("yes", 1, "Ama Lindgren said yes on 21 November."),
        ("no", 1, "Sent on 20 November, open until 20 December."),
        ("", 1, "Sent on 20 November, open until 20 December."),
        ("", 30, "It lapsed on 21 November."),
    ],
)
def test_the_asker_reads_how_it_stands(ama, rui, hers, his, now, then, days, says):
    ask = sent(rui, ama, now - timedelta(days=days))
    if then:
        post(hers, f"/asks/{ask.key}/answer", {"answer": then})
    assert says in his.get("/asks").text


@pytest.mark.parametrize("path", ["/", "/people"])
@pytest.mark.parametrize("then", ["waits", "answered", "lapsed", "shielded", "asker paused"])
def test_a_ribbon_says_on_every_page_that_something_waits(ama, rui, hers, his, now, path, then):
    ask = sent(rui, ama, now - timedelta(days=30 if then == "lapsed" else 29))
    if then == "answered":
        post(hers, f"/asks/{ask.key}/answer", {"answer": "no"})
    with transaction() as db:
        if then == "shielded":
            boundaries.raise_shield(db, row_of(db, rui), against="ama.example", now=now)
        if then == "asker paused":
            participation.pause(db, row_of(db, rui), until=None, now=now)
    page = hers.get(path)
    assert page.status_code == 200
    assert (RIBBON in page.text) == (then == "waits")
    assert RIBBON not in his.get(path).text


def test_while_the_lamp_is_out_the_inbox_says_so_and_goes_on_waiting(ask, ama, hers, now):
    with transaction() as db:
        participation.pause(db, db.get_one(Member, ama.id), until=None, now=now)
    page = hers.get("/asks").text
    assert "Your lamp is out. Nobody can ask you anything new; what waits here goes on" in page
    assert f'data-ask="{ask.key}"' in page
    assert post(hers, f"/asks/{ask.key}/answer", {"answer": "yes"}).status_code == 303
    assert state() is AskState.ACCEPTED


def test_words_of_the_asker_are_shown_as_text_in_their_paragraphs(ama, rui, hers, now):
    with transaction() as db:
        services.send(
            db,
            CONNECTION,
            asker=db.get_one(Member, rui.id),
            addressee=db.get_one(Member, ama.id),
            reason="<b>One</b> & only.\n\nAnd another.",
            submission="one",
            now=now,
        )
    page = hers.get("/asks").text
    assert "<p>&lt;b&gt;One&lt;/b&gt; &amp; only.</p><p>And another.</p>" in page


@pytest.mark.parametrize("verb", VERBS)
def test_signed_out_there_is_only_the_door(ask, client, verb):
    assert client.get("/asks").location == "/signin"
    answer = post(client, f"/asks/{ask.key}/{verb}", {"answer": "yes"})
    assert (answer.location, state()) == ("/signin", AskState.WAITING)
