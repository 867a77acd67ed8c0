from __future__ import annotations

import re
from datetime import timedelta
from threading import Barrier, Thread

import pytest
import time_machine
from sqlalchemy import select

from network.conversations import services as conversations
from network.conversations.models import Conversation, Message
from network.db import reading, transaction
from network.events.models import Delivery, Event
from network.members.models import Connection, Member
from network.members.services import boundaries
from network.relationships.services import connections
from network.stewardship import services_reports as services
from network.stewardship.models import Report
from tests.conftest import post

BODY = "You **people** never learn."
WRONG = "It speaks of us as if we were nobody."
MASKED = re.compile(r'(X-CSRFToken": |csrf_token" value=|submission" value=)"[^"]*"')


@pytest.fixture(autouse=True)
def at_noon(now):
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def people(make_member, now):
    made = {handle: make_member(handle) for handle in ("ama", "rui", "dara", "eli")}
    for other in ("rui", "dara"):
        low, high = sorted((made["ama"].id, made[other].id))
        with transaction() as db:
            db.add(Connection(low_id=low, high_id=high, asker_id=low, reason="Tea.", since=now))
    return made


@pytest.fixture
def message(people, now):
    """What Rui wrote to Ama."""
    return say(people["rui"], people["ama"], BODY, now)


def say(author, other, body, now):
    with transaction() as db:
        one, two = db.get_one(Member, author.id), db.get_one(Member, other.id)
        sent = {"body": body, "submission": body[:40], "now": now}
        conversations.start_direct(db, actor=one, other=two, **sent)
    with reading() as db:
        return db.scalars(select(Message).order_by(Message.id.desc())).first()


def address(message):
    with reading() as db:
        key = db.get_one(Conversation, message.conversation_id).key
    return f"/conversations/{key}/messages/{message.key}/report"


def reports():
    with reading() as db:
        return db.scalars(select(Report).order_by(Report.id)).all()


def filed():
    with reading() as db:
        return db.scalars(select(Event).where(Event.kind == "stewardship:report:filed")).all()


def in_db(do, *members, **values):
    with transaction() as db:
        return do(db, *[db.get_one(Member, member.id) for member in members], **values)


def test_a_message_is_kept_for_the_stewards_as_its_words_stand(people, message, sign_in, now):
    hers, page = sign_in(people["ama"]), address(message)
    shown = hers.get(page).text
    assert "<strong>people</strong>" in shown
    assert "Nothing else of the conversation is." in shown
    answer = post(hers, page, {"words": WRONG})
    assert answer.status_code == 303
    assert answer.location.endswith(f"#m-{message.key}")
    (report,) = reports()
    assert (report.reporter_id, report.author_id) == (people["ama"].id, people["rui"].id)
    assert (report.quoted, report.words, report.at) == (BODY, WRONG, now)
    assert "You gave this message to the stewards on 21 November" in hers.get(page).text


def test_the_log_says_that_it_was_filed_and_nothing_of_what_it_says(people, message, sign_in):
    post(sign_in(people["ama"]), address(message), {"words": WRONG})
    (event,) = filed()
    assert (event.actor_id, event.subject_id) == (people["ama"].id, reports()[0].id)
    assert event.data == {}
    with reading() as db:
        assert db.scalar(select(Delivery.id).where(Delivery.event_id == event.id)) is None


def test_inv_20_the_same_message_twice_is_once_and_two_people_are_two(people, now, sign_in):
    with transaction() as db:
        everybody = {name: db.get_one(Member, each.id) for name, each in people.items()}
        conversations.start_group(
            db,
            actor=everybody["ama"],
            title="Three",
            people=[everybody["rui"], everybody["dara"]],
            body=BODY,
            submission="three",
            now=now,
        )
    with reading() as db:
        message = db.scalars(select(Message)).one()
    for who in ("rui", "rui", "dara"):
        assert post(sign_in(people[who]), address(message), {"words": WRONG}).status_code == 303
    assert [each.reporter_id for each in reports()] == [people["rui"].id, people["dara"].id]
    assert len(filed()) == 2


def test_two_at_once_are_one(app, people, message, now):
    start = Barrier(2)

    def run():
        with app.app_context():
            start.wait()
            with transaction() as db:
                reporter = db.get_one(Member, people["ama"].id)
                found = db.get_one(Message, message.id)
                services.file(db, found, reporter=reporter, words=WRONG, now=now)

    both = [Thread(target=run) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert (len(reports()), len(filed())) == (1, 1)


@pytest.mark.parametrize(
    ("who", "reads"), [("ama", True), ("rui", False), ("dara", False), ("eli", False)]
)
def test_only_who_can_read_somebody_elses_message_reports_it(people, message, sign_in, who, reads):
    client, page = sign_in(people[who]), address(message)
    got, sent = client.get(page), post(client, page, {"words": WRONG})
    assert (got.status_code, sent.status_code) == ((200, 303) if reads else (404, 404))
    assert len(reports()) == reads
    unknown = client.get("/conversations/no-such/messages/no-such/report")
    assert reads or MASKED.sub("", got.text) == MASKED.sub("", unknown.text)


def test_a_message_is_found_in_its_own_conversation_only(people, message, sign_in, now):
    other = say(people["dara"], people["ama"], "Good morning.", now)
    crossed = address(other).replace(other.key, message.key)
    assert sign_in(people["ama"]).get(crossed).status_code == 404


def shield(one, other, now):
    in_db(boundaries.raise_shield, one, against=f"{other.handle}.example", now=now)


def block(one, other, now):
    with transaction() as db:
        connections.block(db, db.get_one(Member, one.id), db.get_one(Member, other.id), now=now)


@pytest.mark.parametrize("do", [block, shield])
@pytest.mark.parametrize("author_does_it", [True, False])
def test_inv_09_10_what_one_read_before_a_block_can_be_reported_and_nothing_behind_a_shield(
    people, message, sign_in, now, do, author_does_it
):
    one, other = people["rui"], people["ama"]
    do(*((one, other) if author_does_it else (other, one)), now)
    page = sign_in(other).get(address(message))
    hidden = do is shield and author_does_it
    assert page.status_code == (404 if hidden else 200)
    assert ("Rui Example" in page.text) == (do is shield and not author_does_it)


def test_words_taken_back_later_stay_with_the_report(people, message, sign_in, now):
    hers, page = sign_in(people["ama"]), address(message)
    post(hers, page, {"words": WRONG})
    with transaction() as db:
        found, author = db.get_one(Message, message.id), db.get_one(Member, message.author_id)
        conversations.withdraw(db, found, actor=author, now=now)
    assert reports()[0].quoted == BODY
    assert hers.get(page).status_code == 404


@pytest.mark.parametrize("words", ["", "Bad.", "z" * 2001])
def test_a_report_says_what_is_wrong(people, message, sign_in, words):
    answer = post(sign_in(people["ama"]), address(message), {"words": words})
    assert (answer.status_code, words in answer.text) == (422, True)
    assert (reports(), filed()) == ([], [])


def test_whoever_wrote_it_sees_no_difference(people, message, sign_in, now):
    his = sign_in(people["rui"])
    paths = ["/", "/asks", "/conversations", address(message).partition("/messages")[0]]
    with time_machine.travel(now + timedelta(minutes=1), tick=False):
        before = [MASKED.sub("", his.get(path).text) for path in paths]
        post(sign_in(people["ama"]), address(message), {"words": WRONG})
        assert [MASKED.sub("", his.get(path).text) for path in paths] == before


def test_one_has_to_be_signed_in(message, client):
    assert client.get(address(message)).status_code == 303
