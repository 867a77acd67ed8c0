from __future__ import annotations

import re
import threading
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from network.composition import PEOPLE
from network.db import reading, transaction
from network.errors import Conflict, NotAllowed, NotFound, Refusal
from network.events.models import Delivery, Event
from network.members.kinds import State
from network.members.models import Connection, Member
from network.members.services import boundaries, participation
from network.members.visibility import THE_WEB, Viewer
from network.relationships.models import Grounds, Standing, Vouch
from network.relationships.queries import vouches as queries
from network.relationships.services import connections
from network.relationships.services import vouches as services
from network.search import backend, indexer
from tests.conftest import post

CONTEXT = "after two winters in the same repair workshop"
WORDS = "Rui asked what we would stop doing first, and then waited."
RANDOM = re.compile(r'(X-CSRFToken": |csrf_token" value=|submission" value=)"[^"]*"')


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
def rui(people, now):
    connect(people["ama"], people["rui"], now - timedelta(days=60))
    return people["rui"]


def connect(one, other, since):
    low, high = sorted((one.id, other.id))
    with transaction() as db:
        db.add(Connection(low_id=low, high_id=high, asker_id=low, reason="Tea.", since=since))


def in_db(do, *members, **values):
    """Do something with members as a session of its own knows them."""
    with transaction() as db:
        return do(db, *[db.get_one(Member, member.id) for member in members], **values)


def write(author, subject, now, *, words=WORDS, context=CONTEXT):
    return in_db(services.write, author, subject, context=context, words=words, now=now)


def stand(vouch, to, now):
    with transaction() as db:
        found = db.get_one(Vouch, vouch.id)
        do = {"shown": services.show, "kept": services.keep, "taken back": services.take_back}[to]
        who = found.author_id if to == "taken back" else found.subject_id
        do(db, found, actor=db.get_one(Member, who), now=now)


def kinds():
    with reading() as db:
        found = db.scalars(select(Event.kind).where(Event.kind.like("relationships:vouch:%")))
        return [kind.rpartition(":")[2] for kind in found]


def live():
    with reading() as db:
        return db.scalar(select(func.count(Vouch.id)).where(Vouch.taken_back_at.is_(None)))


def read(viewer, subject, now):
    """Return whose words a viewer reads about somebody, the newest first."""
    with reading() as db:
        eyes = THE_WEB if viewer is None else Viewer.of(db.get_one(Member, viewer.id))
        found = queries.about(db, eyes, db.get_one(Member, subject.id), now)
        return [said.author.handle for said in found.read]


def end(one, other, now):
    with transaction() as db:
        tie = connections.live_connection(db, one.id, other.id)
        connections.end(db, tie, actor=db.get_one(Member, one.id), now=now)


def block(one, other, now):
    in_db(boundaries.block, one, blocked_id=other.id, now=now)


def shield(one, other, now):
    in_db(boundaries.raise_shield, one, against=f"{other.handle}.example", now=now)


def put(member, state):
    in_db(lambda _db, found: setattr(found, "state", state), member)


# Writing


def test_inv_45_words_are_grounded_in_the_connection_and_wait(ama, rui, now):
    vouch = write(ama, rui, now)
    assert (vouch.author_id, vouch.subject_id, vouch.written_at) == (ama.id, rui.id, now)
    assert (vouch.context, vouch.words, vouch.standing) == (CONTEXT, WORDS, Standing.WAITING)
    with reading() as db:
        tie = connections.live_connection(db, ama.id, rui.id)
        (event,) = db.scalars(select(Event).where(Event.kind == "relationships:vouch:written"))
        assert (vouch.grounds, vouch.grounds_id) == (Grounds.CONNECTION, tie.id)
        assert (event.actor_id, event.subject_id) == (ama.id, vouch.id)
        assert event.data == {"about": rui.id, "grounds": "connection", "grounds_id": tie.id}


BEFORE = {
    "nothing": (None, None),
    "paused, and a connection": (None, lambda a, r, n: put(r, State.PAUSED)),
    "oneself": (NotAllowed, None),
    "no connection": (NotAllowed, None),
    "a connection of 29 days": (NotAllowed, None),
    "a connection that ended": (NotAllowed, end),
    "blocked by them": (NotFound, lambda a, r, n: block(r, a, n)),
    "having blocked them": (NotFound, block),
    "shielded from": (NotFound, lambda a, r, n: shield(r, a, n)),
    "suspended": (NotFound, lambda a, r, n: put(r, State.SUSPENDED)),
    "departed": (NotFound, lambda a, r, n: put(r, State.DEPARTED)),
    "written already": (Conflict, lambda a, r, n: write(a, r, n, words="Other words, before.")),
}


@pytest.mark.parametrize("before", BEFORE)
def test_inv_45_09_10_who_may_write_about_whom(people, now, before):
    ama, rui = people["ama"], people["rui"]
    refusal, do = BEFORE[before]
    if before != "no connection":
        days = 29 if before == "a connection of 29 days" else 30
        connect(ama, rui, now - timedelta(days=days))
    if do is not None:
        do(ama, rui, now)
    known, told = live(), kinds()
    subject = ama if before == "oneself" else rui
    if refusal is None:
        assert write(ama, subject, now).subject_id == rui.id
        return
    with pytest.raises(refusal):
        write(ama, subject, now)
    assert (live(), kinds()) == (known, told)


def test_ones_own_shield_holds_nothing_back_and_the_words_are_nowhere(ama, rui, people, now):
    shield(ama, rui, now)
    stand(write(ama, rui, now), "shown", now)
    assert [read(who, rui, now) for who in (rui, people["dara"], None)] == [[], [], []]


def test_inv_45_one_live_vouch_for_each_ordered_pair(ama, rui, db, now):
    write(ama, rui, now)
    write(rui, ama, now)
    assert live() == 2
    with pytest.raises(Conflict):
        write(ama, rui, now, words="Something else this time.")
    values = {"author_id": ama.id, "subject_id": rui.id, "context": "", "words": "Twice."}
    db.add(Vouch(**values, grounds=Grounds.CONNECTION, grounds_id=1, written_at=now))
    with pytest.raises(IntegrityError):
        db.flush()


def test_inv_20_the_same_words_sent_twice_are_once(ama, rui, now):
    first = write(ama, rui, now)
    assert write(ama, rui, now + timedelta(minutes=1)).id == first.id
    stand(first, "kept", now)
    assert write(ama, rui, now).id == first.id
    assert kinds() == ["written", "kept"]


def written_before(make_member, author, now, days_ago):
    """Let an author have written about one person on each of these days."""
    for number, days in enumerate(days_ago):
        other = make_member(f"p{number}", purpose="")
        connect(author, other, now - timedelta(days=900))
        write(author, other, now - timedelta(days=days))


@pytest.mark.parametrize(
    ("days_ago", "room"),
    [([1] * 11, True), ([1] * 12, False), ([*[1] * 11, 364], False), ([*[1] * 11, 365], True)],
)
def test_inv_45_at_most_twelve_live_within_a_year(ama, rui, make_member, now, days_ago, room):
    written_before(make_member, ama, now, days_ago)
    if room:
        assert write(ama, rui, now).id
        return
    with pytest.raises(services.NoRoom) as refused:
        write(ama, rui, now)
    again = refused.value.again_from
    assert again == now - timedelta(days=max(days_ago)) + timedelta(days=365)
    assert write(ama, rui, again).id


def test_inv_45_what_was_taken_back_makes_room(ama, rui, make_member, now):
    written_before(make_member, ama, now, [1] * 12)
    with reading() as db:
        one = db.scalars(select(Vouch)).first()
    stand(one, "taken back", now)
    assert write(ama, rui, now).id
    with pytest.raises(Refusal):
        write(ama, make_member("late"), now)


def test_inv_45_two_at_once_cannot_make_thirteen(ama, rui, people, app, make_member, now):
    connect(ama, people["dara"], now - timedelta(days=60))
    written_before(make_member, ama, now, [1] * 11)
    start, refused = threading.Barrier(2), []

    def run(subject):
        with app.app_context():
            start.wait()
            try:
                write(ama, subject, now)
            except services.NoRoom as refusal:
                refused.append(refusal)

    both = [threading.Thread(target=run, args=(who,)) for who in (rui, people["dara"])]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert (live(), len(refused)) == (12, 1)


# Deciding, and taking back


def test_the_subject_shows_and_keeps_words_as_often_as_they_like(ama, rui, people, now):
    vouch = write(ama, rui, now)
    for to, seen in (("shown", ["ama"]), ("kept", []), ("kept", []), ("shown", ["ama"])):
        stand(vouch, to, now)
        assert read(people["dara"], rui, now) == seen
        assert read(rui, rui, now) == ["ama"]
    assert kinds() == ["written", "shown", "kept", "shown"]


@pytest.mark.parametrize("do", [services.show, services.keep, services.take_back])
@pytest.mark.parametrize("who", ["ama", "rui", "dara"])
def test_inv_18_only_the_subject_decides_and_only_the_author_takes_back(
    ama, rui, people, now, do, who
):
    vouch = write(ama, rui, now)
    allowed = who == ("ama" if do is services.take_back else "rui")
    with transaction() as db:
        args = (db, db.get_one(Vouch, vouch.id))
        if allowed:
            do(*args, actor=db.get_one(Member, people[who].id), now=now)
        else:
            with pytest.raises(NotFound):
                do(*args, actor=db.get_one(Member, people[who].id), now=now)
    assert len(kinds()) == 1 + allowed


def test_words_taken_back_are_gone_and_twice_is_once(ama, rui, people, now):
    vouch = write(ama, rui, now)
    stand(vouch, "shown", now)
    for _twice in range(2):
        stand(vouch, "taken back", now)
    stand(vouch, "kept", now)
    with reading() as db:
        found = db.get_one(Vouch, vouch.id)
        assert (found.words, found.context, found.taken_back_at) == ("", "", now)
    assert [read(who, rui, now) for who in (rui, ama, people["dara"])] == [[], [], []]
    assert kinds() == ["written", "shown", "taken_back"]
    with pytest.raises(Conflict, match="write anew 90 days after"):
        write(ama, rui, now + timedelta(days=89))
    assert write(ama, rui, now + timedelta(days=90)).id != vouch.id


def test_inv_14_59_what_becomes_of_words_is_owed_to_nobody(ama, rui, now):
    vouch = write(ama, rui, now)
    for to in ("kept", "shown", "kept", "taken back"):
        stand(vouch, to, now)
    with reading() as db:
        owed = select(Event.kind).join(Delivery).where(Event.kind.like("relationships:vouch:%"))
        assert db.scalars(owed).all() == ["relationships:vouch:written"]
        data = db.scalars(select(Event.data).where(Event.kind.like("relationships:vouch:%"))).all()
    assert WORDS not in str(data)
    assert CONTEXT not in str(data)


# Reading

HIDINGS = {
    "the author pauses": lambda a, r, d, n: in_db(participation.pause, a, until=None, now=n),
    "the author blocks the reader": lambda a, r, d, n: block(a, d, n),
    "the reader blocks the author": lambda a, r, d, n: block(d, a, n),
    "a shield of the author meets the reader": lambda a, r, d, n: shield(a, d, n),
    "the author is suspended": lambda a, r, d, n: put(a, State.SUSPENDED),
    "the author is gone": lambda a, r, d, n: put(a, State.DEPARTED),
    "the two block": lambda a, r, d, n: block(r, a, n),
    "a shield of the author meets the subject": lambda a, r, d, n: shield(a, r, n),
}


@pytest.mark.parametrize("hides", HIDINGS)
def test_inv_01_09_10_words_are_absent_where_author_or_pair_are_hidden(
    ama, rui, people, now, hides
):
    stand(write(ama, rui, now), "shown", now)
    dara = people["dara"]
    assert read(dara, rui, now) == ["ama"]
    HIDINGS[hides](ama, rui, dara, now)
    assert read(dara, rui, now) == []


def test_a_shield_of_ones_own_tells_nobody_where_an_author_works(ama, rui, people, now):
    stand(write(ama, rui, now), "shown", now)
    shield(rui, ama, now)
    assert read(people["dara"], rui, now) == read(rui, rui, now) == ["ama"]


@pytest.mark.parametrize("standing", ["waiting", "shown", "kept"])
def test_words_are_read_by_members_where_shown_and_never_on_the_web(
    ama, rui, people, client, sign_in, now, standing
):
    vouch = write(ama, rui, now)
    if standing != "waiting":
        stand(vouch, standing, now)
    pages = {who: sign_in(people[who]).get("/people/rui").text for who in ("dara", "rui", "ama")}
    assert [WORDS in page for page in pages.values()] == [standing == "shown", True, True]
    assert WORDS not in client.get("/people/rui").text
    assert (WORDS in sign_in(people["dara"]).get("/people/rui/vouches").text) == (
        standing == "shown"
    )


def test_inv_14_the_author_cannot_tell_kept_from_waiting(ama, rui, sign_in, now):
    vouch, hers = write(ama, rui, now), sign_in(ama)
    waiting = RANDOM.sub("", hers.get("/people/rui").text)
    stand(vouch, "shown", now)
    assert RANDOM.sub("", hers.get("/people/rui").text) != waiting
    stand(vouch, "kept", now)
    assert RANDOM.sub("", hers.get("/people/rui").text) == waiting


def test_the_newest_words_come_first_and_the_rest_are_a_page_away(
    rui, make_member, sign_in, people, now
):
    for number in range(8):
        author = make_member(f"w{number}", name=f"Writer {number}", purpose="")
        connect(author, rui, now - timedelta(days=90))
        stand(write(author, rui, now - timedelta(days=number)), "shown", now)
    assert read(people["dara"], rui, now) == [f"w{number}" for number in range(6)]
    client = sign_in(people["dara"])
    assert 'href="/people/rui/vouches"' in client.get("/people/rui").text
    page = client.get("/people/rui/vouches").text
    assert re.findall(r"Words from Writer (\d)", page) == list("01234567")
    assert re.findall(r"Words from Writer (\d)", client.get("/people/rui/vouches?from=6").text) == [
        "6",
        "7",
    ]


def test_ones_own_words_are_on_the_page_however_old_they_are(ama, rui, make_member, sign_in, now):
    write(ama, rui, now - timedelta(days=20))
    for number in range(8):
        author = make_member(f"w{number}", purpose="")
        connect(author, rui, now - timedelta(days=90))
        stand(write(author, rui, now), "shown", now)
    page = sign_in(ama).get("/people/rui").text
    assert "You wrote this on 1 November. It appears here if Rui Example wants it to." in page


def test_inv_64_nothing_counts_words_about_a_person(ama, rui, people, sign_in, now):
    stand(write(ama, rui, now), "shown", now)
    page = sign_in(people["dara"]).get("/people/rui").text
    section = re.search(r'id="vouches".*?</section>', page, re.DOTALL)[0]
    words = re.sub(r"<[^>]+>", " ", section)
    assert re.findall(r"\d+", words.replace("2026", "")) == []


def test_inv_05_words_about_somebody_are_not_in_the_index(app, ama, rui, people, sign_in, now):
    stand(write(ama, rui, now, words="Zephyrine and patient."), "shown", now)
    indexer.rebuild(backend.index(app), PEOPLE)
    client = sign_in(people["dara"])
    assert "Zephyrine" in client.get("/people/rui").text
    assert 'data-member="rui"' in client.get("/people?q=quiet").text
    assert 'data-member="rui"' not in client.get("/people?q=zephyrine").text


# Pages


@pytest.mark.parametrize(
    ("state", "offered"),
    [("grounds", True), ("a fresh connection", False), ("none", False), ("written", False)],
)
def test_the_page_offers_to_write_where_there_are_grounds(people, sign_in, now, state, offered):
    ama, rui = people["ama"], people["rui"]
    if state != "none":
        connect(ama, rui, now - timedelta(days=3 if state == "a fresh connection" else 30))
    if state == "written":
        write(ama, rui, now)
    assert ('href="/people/rui/vouch"' in sign_in(ama).get("/people/rui").text) == offered


def test_words_are_written_on_a_form_and_wait_on_the_subjects_page(ama, rui, sign_in):
    hers, his = sign_in(ama), sign_in(rui)
    assert "decides whether members read it too" in hers.get("/people/rui/vouch").text
    answer = post(hers, "/people/rui/vouch", {"context": CONTEXT, "words": WORDS})
    assert (answer.status_code, answer.location) == (303, "/people/rui")
    page = hers.get("/people/rui").text
    assert "Your words are with Rui Example. They appear if Rui Example wants them to." in page
    page = his.get("/people/rui").text
    assert "Ama Example wrote a few words about you" in page
    show, keep = re.findall(r'<button class="([^"]+)" name="answer"', page)
    assert show == keep == "btn"


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"context": CONTEXT, "words": "Good."}, "Say a little more. A sentence is enough."),
        ({"context": "", "words": WORDS}, "Say what you did together; a few words are enough."),
        ({"context": "z" * 161, "words": WORDS}, "160 is the most"),
        ({"context": CONTEXT, "words": "z" * 1201}, "1200 is the most"),
    ],
)
def test_a_form_that_is_not_taken_keeps_the_words(ama, rui, sign_in, sent, says):
    answer = post(sign_in(ama), "/people/rui/vouch", sent)
    assert answer.status_code == 422
    assert says in answer.text
    assert all(value in answer.text for value in sent.values())
    assert live() == 0


def test_where_there_is_no_room_the_form_says_from_when_and_keeps_the_words(
    ama, rui, make_member, sign_in, now
):
    hers = sign_in(ama)
    written_before(make_member, ama, now, [10] * 12)
    page = hers.get("/people/rui/vouch").text
    assert "There is room again from 11 November 2027" in page
    assert "<textarea" not in page
    answer = post(hers, "/people/rui/vouch", {"context": CONTEXT, "words": WORDS})
    assert (answer.status_code, WORDS in answer.text) == (422, True)


def test_the_words_stay_on_a_page_that_gives_back_a_form(ama, rui, people, sign_in, now):
    stand(write(ama, rui, now), "shown", now)
    answer = post(sign_in(people["dara"]), "/people/rui/connect", {"reason": "Short."})
    assert (answer.status_code, WORDS in answer.text) == (422, True)


@pytest.mark.parametrize(("answer", "seen"), [("show", True), ("keep", False)])
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_the_subject_decides_on_the_page(ama, rui, people, sign_in, now, answer, seen, headers):
    vouch, his = write(ama, rui, now), sign_in(rui)
    got = post(his, f"/vouches/{vouch.key}/answer", {"answer": answer}, headers=headers)
    assert got.status_code == (200 if headers else 303)
    if headers:
        assert f'id="vouch-{vouch.key}"' in got.text
        assert "<html" not in got.text
    assert (read(people["dara"], rui, now) == ["ama"]) is seen
    assert post(his, f"/vouches/{vouch.key}/answer", {"answer": "other"}).status_code == 422


@pytest.mark.parametrize("path", ["answer", "take-back"])
@pytest.mark.parametrize("who", ["ama", "rui", "dara"])
def test_others_words_are_to_everybody_else_as_if_they_were_not(
    ama, rui, people, sign_in, now, path, who
):
    vouch, client = write(ama, rui, now), sign_in(people[who])
    got = post(client, f"/vouches/{vouch.key}/{path}", {"answer": "show"})
    if who == {"answer": "rui", "take-back": "ama"}[path]:
        assert got.status_code == 303
        return
    unknown = post(client, f"/vouches/no-such-key/{path}", {"answer": "show"})
    assert (got.status_code, RANDOM.sub("", got.text)) == (404, RANDOM.sub("", unknown.text))


@pytest.mark.parametrize("wall", [block, shield])
def test_inv_09_10_words_between_people_who_are_apart_cannot_be_reached(
    ama, rui, sign_in, now, wall
):
    vouch = write(ama, rui, now)
    wall(rui, ama, now)
    taken = post(sign_in(ama), f"/vouches/{vouch.key}/take-back")
    assert (taken.status_code, sign_in(ama).get("/people/rui/vouch").status_code) == (404, 404)
    his = sign_in(rui)
    assert (WORDS in his.get("/people/rui").text) is (wall is shield)
    shown = post(his, f"/vouches/{vouch.key}/answer", {"answer": "show"})
    assert shown.status_code == (303 if wall is shield else 404)


def test_the_page_of_a_person_asks_once_for_words_however_many_there_are(
    rui, people, make_member, sign_in, ran, now
):
    client = sign_in(people["dara"])
    client.get("/people/rui")
    few = ran(lambda: client.get("/people/rui"))
    for number in range(9):
        author = make_member(f"w{number}", purpose="")
        connect(author, rui, now - timedelta(days=90))
        stand(write(author, rui, now), "shown", now)
    many = ran(lambda: client.get("/people/rui"))
    assert len(many) == len(few)
    assert sum("FROM vouch" in statement for statement in many) == 1
