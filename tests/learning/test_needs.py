from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from network.composition import PEOPLE
from network.db import reading, transaction
from network.errors import Conflict, NotAllowed, NotFound
from network.events.models import Delivery, Event
from network.learning.access_needs import need_for, need_of_mine
from network.learning.kinds import Format, NeedState, SessionState
from network.learning.models import LearningInterest, LearningNeed, LearningSession, SessionHost
from network.learning.queries import needs as queries
from network.learning.resonance import who_could_share
from network.learning.services import needs as services
from network.members.finding import Finder
from network.members.kinds import Audience, Part, State
from network.members.models import Connection, Member
from network.members.services import boundaries, profiles
from network.members.visibility import Viewer
from network.search import backend, indexer
from network.search.port import IndexUnavailable
from tests.conftest import post
from tests.things import keep_need, keep_session

WORDS = "to price work that has no price"


@pytest.fixture(autouse=True)
def at_noon(now):
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def people(make_member):
    return {handle: make_member(handle) for handle in ("ama", "rui", "dara", "eli")}


@pytest.fixture
def ama(people):
    return people["ama"]


@pytest.fixture
def rui(people):
    return people["rui"]


@pytest.fixture
def need(ama):
    return keep_need(ama, WORDS)


def doing(do, thing, actor, now, **values):
    """Do something with a wish, as a session of its own knows it."""
    with transaction() as db:
        found = db.get_one(LearningNeed, thing.id)
        return do(db, found, actor=db.get_one(Member, actor.id), now=now, **values)


def write(actor, now, *, words=WORDS, why="", submission="one"):
    with transaction() as db:
        me = db.get_one(Member, actor.id)
        return services.write_need(db, me, words=words, why=why, submission=submission, now=now)


def host(need, actor, now, *, title="Work without a price", submission="two"):
    return doing(
        services.offer_to_host,
        need,
        actor,
        now,
        title=title,
        submission=submission,
        domain="saltmarsh.example",
    )


def seen_by(viewer, need, now):
    with reading() as db:
        return need_for(db, db.get_one(Member, viewer.id), need.key, now=now)


def knows(viewer, need, now):
    try:
        seen_by(viewer, need, now)
    except NotFound:
        return False
    return True


def named(viewer, need, now):
    with reading() as db:
        me, found = db.get_one(Member, viewer.id), db.get_one(LearningNeed, need.id)
        return [each.handle for each in queries.interested(db, me, found, now)]


def interests():
    with reading() as db:
        return [each.member_id for each in db.scalars(select(LearningInterest))]


def kinds():
    with reading() as db:
        found = db.scalars(select(Event.kind).where(Event.kind.like("learning:%")))
        return [kind.removeprefix("learning:") for kind in found]


def put(member, state):
    with transaction() as db:
        db.get_one(Member, member.id).state = state


def block(one, other, now):
    with transaction() as db:
        boundaries.block(db, db.get_one(Member, one.id), blocked_id=other.id, now=now)


def shield(one, other, now):
    with transaction() as db:
        against = f"{other.handle}.example"
        boundaries.raise_shield(db, db.get_one(Member, one.id), against=against, now=now)


# Writing and letting go


def test_what_somebody_wants_to_learn_is_written_once(ama, now):
    first, again = write(ama, now), write(ama, now)
    assert (first.id, first.state, first.written_at) == (again.id, NeedState.OPEN, now)
    assert kinds() == ["need:written"]
    with reading() as db:
        channels = [each.channel for each in db.scalars(select(Delivery).join(Delivery.event))]
        assert "things" in channels


def test_other_words_from_the_same_form_are_not_lost(ama, now):
    assert write(ama, now).id != write(ama, now, words="to keep bees").id


def test_what_is_let_go_is_its_writers_alone(need, ama, rui, now):
    for _twice in range(2):
        doing(services.let_go, need, ama, now)
    assert (knows(ama, need, now), knows(rui, need, now)) == (True, False)
    assert kinds() == ["need:let_go"]


def test_only_its_writer_lets_it_go(need, rui, now):
    with pytest.raises(NotAllowed):
        doing(services.let_go, need, rui, now)
    with reading() as db, pytest.raises(NotAllowed):
        need_of_mine(db, db.get_one(Member, rui.id), need.key, now=now)


def test_what_somebody_hosts_is_not_let_go(need, ama, rui, now):
    host(need, rui, now)
    with pytest.raises(Conflict):
        doing(services.let_go, need, ama, now)


# Who knows of it

HIDES = {
    "nothing": (True, None),
    "its writer paused": (False, lambda w, v, n: put(w, State.PAUSED)),
    "its writer suspended": (False, lambda w, v, n: put(w, State.SUSPENDED)),
    "its writer departed": (False, lambda w, v, n: put(w, State.DEPARTED)),
    "blocked by its writer": (False, block),
    "having blocked its writer": (False, lambda w, v, n: block(v, w, n)),
    "a shield of its writer": (False, shield),
}


@pytest.mark.parametrize("why", HIDES)
def test_inv_09_10_a_wish_is_there_for_whoever_may_know_of_its_writer(need, ama, rui, now, why):
    known, do = HIDES[why]
    if do is not None:
        do(ama, rui, now)
    assert knows(rui, need, now) is known


KEEPS = {"paused": (True, State.PAUSED), "departed": (False, State.DEPARTED)}


@pytest.mark.parametrize("state", KEEPS)
def test_whoever_is_interested_learns_of_no_pause(need, ama, rui, now, state):
    known, to = KEEPS[state]
    doing(services.take_interest, need, rui, now)
    put(ama, to)
    assert knows(rui, need, now) is known


# Interest


def test_interest_is_taken_once_and_taken_back(need, rui, now):
    for _twice in range(2):
        doing(services.take_interest, need, rui, now)
    assert interests() == [rui.id]
    for _twice in range(2):
        doing(services.take_interest_back, need, rui, now)
    assert interests() == []
    assert kinds() == ["interest:taken", "interest:taken_back"]


def test_nobody_is_interested_in_their_own_wish_beyond_writing_it(need, ama, now):
    with pytest.raises(NotAllowed):
        doing(services.take_interest, need, ama, now)


@pytest.mark.parametrize("over", ["hosted", "let go"])
def test_interest_comes_while_nobody_hosts(need, ama, rui, people, now, over):
    if over == "hosted":
        host(need, people["dara"], now)
    else:
        doing(services.let_go, need, ama, now)
    with pytest.raises(Conflict):
        doing(services.take_interest, need, rui, now)
    assert interests() == []


@pytest.mark.parametrize("why", HIDES)
def test_inv_09_10_the_interested_are_named_to_those_who_may_know_them(need, people, now, why):
    named_too, do = HIDES[why]
    dara, rui = people["dara"], people["rui"]
    doing(services.take_interest, need, dara, now)
    doing(services.take_interest, need, rui, now)
    if do is not None:
        do(dara, rui, now)
    assert named(rui, need, now) == (["rui", "dara"] if named_too else ["rui"])


# Hosting


def test_an_offer_to_host_drafts_a_session_once(need, rui, now):
    session, again = host(need, rui, now), host(need, rui, now)
    assert session.id == again.id
    assert (session.state, session.need_id, session.proposer_id) == (
        SessionState.DRAFT,
        need.id,
        rui.id,
    )
    assert session.format is Format.WORKSHOP
    with reading() as db:
        assert list(db.scalars(select(SessionHost.member_id))) == [rui.id]
        assert db.get_one(LearningNeed, need.id).state is NeedState.HOSTED
    assert kinds().count("need:hosted") == 1


def test_who_offers_second_is_told_so(need, rui, people, now):
    host(need, rui, now)
    with pytest.raises(Conflict):
        host(need, people["dara"], now)
    with reading() as db:
        assert len(db.scalars(select(LearningSession)).all()) == 1


def test_a_session_that_was_called_off_lets_the_wish_wait_again(need, rui, people, now):
    session = host(need, rui, now)
    assert not seen_by(people["eli"], need, now).waits
    with transaction() as db:
        found = db.get_one(LearningSession, session.id)
        found.state, found.cancelled_at = SessionState.CANCELLED, now
    assert seen_by(people["eli"], need, now).waits
    assert host(need, people["dara"], now, submission="three").id != session.id


def test_the_session_is_linked_for_whoever_may_know_of_it(need, rui, people, now):
    draft = host(need, rui, now)
    open_one = keep_session("Priced", host=rui, need_id=need.id)
    with reading() as db:
        found = {
            handle: [s.key for s in queries.sessions_for(db, db.get_one(Member, m.id), need, now)]
            for handle, m in people.items()
        }
    assert found["rui"] == [open_one.key, draft.key]
    assert found["eli"] == [open_one.key]


# Who could share it


def sharers(app, viewer, now, words=WORDS, without=0):
    with reading() as db:
        finder = Finder(
            db=db,
            index=backend.index(app),
            analyzer=backend.analyzer(app),
            viewer=Viewer.of(db.get_one(Member, viewer.id)),
            now=now,
        )
        found = who_could_share(finder, words, without=without)
        return {each.member.handle: [piece for piece, hit in each.runs if hit] for each in found}


def share(app, member, words, now, audience=Audience.MEMBERS):
    with transaction() as db:
        me = db.get_one(Member, member.id)
        profiles.set_audience(db, me, Part.SHARING, audience, now=now)
        profiles.write(db, me, Part.SHARING, words, now=now)
    indexer.rebuild(backend.index(app), PEOPLE)


def test_people_are_explained_by_the_shared_words_in_their_own_sentence(app, people, now):
    share(app, people["dara"], "I sing. I can show how I price things.", now)
    share(app, people["eli"], "Soup for twenty.", now)
    assert sharers(app, people["rui"], now) == {"dara": ["price"]}


def test_whoever_shares_more_of_the_words_stands_first(app, people, now):
    share(app, people["dara"], "A price for everything.", now)
    share(app, people["eli"], "The price of soup.", now)
    wish = "pricing soup for a harbour"
    for day in range(4):
        assert list(sharers(app, people["rui"], now + timedelta(days=day), wish)) == ["eli", "dara"]


def test_only_what_is_under_can_share_counts(app, people, now):
    with transaction() as db:
        dara = db.get_one(Member, people["dara"].id)
        profiles.write(db, dara, Part.OFFERS, "A price for work.", now=now)
    share(app, people["dara"], "Soup.", now)
    assert sharers(app, people["rui"], now) == {}


def test_the_one_who_wishes_is_not_told_to_themselves(app, people, now):
    share(app, people["ama"], "The price of work.", now)
    assert sharers(app, people["rui"], now, without=people["ama"].id) == {}
    assert sharers(app, people["ama"], now) == {}


@pytest.mark.parametrize("why", HIDES)
def test_inv_01_09_10_nobody_hidden_is_said_to_be_able_to_share(app, people, now, why):
    shown, do = HIDES[why]
    dara, rui = people["dara"], people["rui"]
    share(app, dara, "The price of work.", now)
    if do is not None:
        do(dara, rui, now)
    assert bool(sharers(app, rui, now)) is shown


@pytest.mark.parametrize("lags", [True, False])
def test_inv_02_06_words_for_connections_say_nothing_to_others(app, people, now, lags):
    dara, rui, eli = people["dara"], people["rui"], people["eli"]
    low, high = sorted((dara.id, eli.id))
    with transaction() as db:
        db.add(Connection(low_id=low, high_id=high, asker_id=low, reason="Tea.", since=now))
    share(app, dara, "The price of work.", now)
    with transaction() as db:
        me = db.get_one(Member, dara.id)
        profiles.set_audience(db, me, Part.SHARING, Audience.CONNECTIONS, now=now)
    if not lags:
        indexer.rebuild(backend.index(app), PEOPLE)
    assert sharers(app, rui, now) == {}
    assert list(sharers(app, eli, now)) == ["dara"]


def test_without_the_index_nobody_is_named(app, people, now, monkeypatch):
    share(app, people["dara"], "The price of work.", now)

    def away(*_args, **_values):
        raise IndexUnavailable

    monkeypatch.setattr(backend.index(app), "find", away)
    assert sharers(app, people["rui"], now) == {}


# Pages


def test_a_wish_is_written_on_its_page_and_read_by_others(people, sign_in):
    answer = post(
        sign_in(people["ama"]),
        "/learning/needs/new",
        {"words": WORDS, "why": "For *my* guild.", "submission": "one"},
        follow_redirects=True,
    )
    assert (answer.status_code, WORDS in answer.text) == (200, True)
    with reading() as db:
        need = db.scalars(select(LearningNeed)).one()
    page = sign_in(people["rui"]).get(f"/learning/needs/{need.key}").text
    assert WORDS in page
    assert "Ama Example wrote it" in page
    assert "I would like to learn this too" in page
    assert "Let it go" not in page


@pytest.mark.parametrize(
    ("field", "words"), [("words", ""), ("words", "x" * 301), ("why", "y" * 1001)]
)
def test_a_wish_that_cannot_be_kept_comes_back_with_its_words(people, sign_in, field, words):
    sent = {"words": WORDS, "why": "For my guild.", "submission": "one", field: words}
    answer = post(sign_in(people["ama"]), "/learning/needs/new", sent)
    assert answer.status_code == 422
    assert all(value in answer.text for value in (sent["words"], sent["why"]))


def test_interest_goes_over_the_page(need, people, sign_in):
    client = sign_in(people["rui"])
    page = post(client, f"/learning/needs/{need.key}/interest", follow_redirects=True).text
    assert "Take it back" in page
    assert "Rui Example" in sign_in(people["dara"]).get(f"/learning/needs/{need.key}").text
    post(client, f"/learning/needs/{need.key}/interest/take-back")
    assert interests() == []


def test_a_hidden_wish_is_as_absent_as_one_that_never_was(need, people, sign_in, now):
    block(people["ama"], people["rui"], now)
    client = sign_in(people["rui"])
    for way in ("", "/interest", "/interest/take-back", "/let-go", "/host"):
        ask = client.get if not way else lambda url, client=client: post(client, url)
        assert ask(f"/learning/needs/{need.key}{way}").status_code == 404
        assert ask(f"/learning/needs/nobodys{way}").status_code == 404


def test_letting_go_goes_over_the_page(need, people, sign_in, now):
    page = post(
        sign_in(people["ama"]), f"/learning/needs/{need.key}/let-go", follow_redirects=True
    ).text
    assert "Only you read it." in page
    assert sign_in(people["rui"]).get(f"/learning/needs/{need.key}").status_code == 404


def test_an_offer_over_the_page_leads_to_the_draft(need, people, sign_in):
    answer = post(
        sign_in(people["rui"]),
        f"/learning/needs/{need.key}/host",
        {"title": "Work without a price", "format": "talk", "submission": "two"},
    )
    with reading() as db:
        session = db.scalars(select(LearningSession)).one()
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith(f"/learning/sessions/{session.key}")
    assert session.format is Format.TALK


def test_an_offer_that_is_not_one_comes_back(need, people, sign_in):
    sent = {"title": "Work", "format": "circle_meeting", "submission": "two"}
    answer = post(sign_in(people["rui"]), f"/learning/needs/{need.key}/host", sent)
    assert (answer.status_code, 'value="Work"' in answer.text) == (422, True)


def test_the_page_of_a_wish_takes_the_same_statements_for_one_and_for_many(
    app, need, people, sign_in, make_member, ran, now
):
    client = sign_in(people["rui"])
    client.get(f"/learning/needs/{need.key}")
    few = ran(lambda: client.get(f"/learning/needs/{need.key}"))
    for number in range(12):
        other = make_member(f"other{number}", sharing="The price of work.")
        doing(services.take_interest, need, other, now + timedelta(seconds=number))
    indexer.rebuild(backend.index(app), PEOPLE)
    many = ran(lambda: client.get(f"/learning/needs/{need.key}"))
    assert len(few) == len(many) <= 12
