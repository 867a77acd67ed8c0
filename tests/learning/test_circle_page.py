# fixtures of other files are named again where they are wanted
from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from network.circles.kinds import Life
from network.circles.models import Agreements, Circle
from network.db import transaction
from network.learning.kinds import Readers
from network.learning.models import LearningSession
from network.learning.services import sessions
from network.members.kinds import MembershipState
from tests.conftest import post
from tests.learning.conftest import draft, gathering, kinds, leaves, schedule, takes
from tests.learning.gathered import act, people
from tests.things import keep_circle, keep_entry, place_in

__all__ = ("people",)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def says(answer):
    text = re.sub(r"<[^>]+>", " ", answer.text)
    return " ".join(text.split())


def with_words(circle, now):
    """Let a circle that was kept as a row have agreements, as its page reads them."""
    with transaction() as db:
        db.add(Agreements(circle_id=circle.id, version=1, words="One.", put_at=now))
    return f"/circles/{circle.slug}"


@pytest.fixture
def circle(people):
    """The Herons: dara and ama are in it, bea rests, cai waits in line, dov is outside."""
    kept = keep_circle("The Herons", people=[people.dara, people.ama])
    place_in(kept, people.bea, MembershipState.RESTING)
    place_in(kept, people.cai, MembershipState.QUEUED)
    return kept


@pytest.fixture
def address(circle, now):
    return with_words(circle, now)


def meets(circle, now, *, title="The river", ahead=7 * DAY, **values):
    """Return the key of a meeting of the circle, hosted by dara."""

    def begin(db, it):
        made = gathering(
            db, it.dara, now, circle=db.get(Circle, circle.id), title=title, ahead=ahead, **values
        )
        return made.key

    return act(begin)


@pytest.mark.parametrize("who", ["dara", "ama", "bea"])
def test_a_circle_without_a_meeting_says_so_and_how_to_plan_one(people, address, sign_in, who):
    client = sign_in(getattr(people, who))
    page = client.get(address)
    assert "No meeting is planned." in page.text
    (link,) = re.findall(r'href="(/learning/sessions/new\?circle=[^"]+)"', page.text)
    assert re.search(r'value="circle-\d+" selected', client.get(link).text)


def test_the_next_meetings_stand_soonest_first_and_three_of_them(
    people, circle, address, sign_in, now
):
    for days in (9, 2, 30, 5):
        meets(circle, now, title=f"In {days} days", ahead=days * DAY)
    text = says(sign_in(people.ama).get(address))
    found = re.findall(r"In \d+ days", text)
    assert found == ["In 2 days", "In 5 days", "In 9 days"]


def test_inv_57_meetings_are_read_by_those_inside_alone(people, circle, address, sign_in, now):
    meets(circle, now)
    for who, reads in (("ama", True), ("bea", True), ("cai", False), ("dov", False)):
        page = sign_in(getattr(people, who)).get(address)
        assert page.status_code == 200
        assert ("The river" in page.text) is reads, who


def test_inv_52_a_meeting_stands_on_the_clocks_of_the_reader(people, circle, address, sign_in, now):
    def begin(db, it):
        session = draft(db, it.dara, now, circle=db.get(Circle, circle.id))
        at = (now + 7 * DAY).replace(tzinfo=None, hour=20)
        schedule(db, session, it.dara, now, zone="Europe/Stockholm", begins=at)

    act(begin)
    text = says(sign_in(people.ama).get(address))
    assert "Sunday, 29 November 2026, 04:00" in text
    assert "Stockholm" in text
    assert "Tokyo" not in says(sign_in(people.dara).get(address))


def goes(db, it, now):
    takes(db, it.session, it.ama, now)


def stands_in_line(db, it, now):
    (kind,) = kinds(db, it.session)
    kind.capacity = 1
    takes(db, it.session, it.bea, now)
    takes(db, it.session, it.ama, now)


def is_offered(db, it, now):
    stands_in_line(db, it, now)
    leaves(db, it.session, it.bea, now)


@pytest.mark.parametrize(
    ("given", "days", "said"),
    [
        (lambda *_what: None, 0, "You have not said whether you come."),
        (goes, 0, "You said you are coming."),
        (stands_in_line, 0, "You are in line."),
        (is_offered, 0, "A place is held for you. It waits for your answer."),
        (is_offered, 1, "You have not said whether you come."),
    ],
)
def test_each_reads_how_they_stand_with_the_next_meeting(
    people, circle, address, sign_in, now, given, days, said
):
    meets(circle, now)
    act(lambda db, it: given(db, it, now))
    with time_machine.travel(now + days * DAY, tick=False):
        assert said in says(sign_in(people.ama).get(address))


def test_whoever_hosts_reads_that_they_do(people, circle, address, sign_in, now):
    meets(circle, now)
    assert "You host it." in says(sign_in(people.dara).get(address))


@pytest.mark.parametrize(("hours", "shown"), [(0, True), (1, True), (2, False)])
def test_a_meeting_stands_there_until_it_is_over(
    people, circle, address, sign_in, now, hours, shown
):
    meets(circle, now, ahead=DAY)
    with time_machine.travel(now + DAY + hours * HOUR, tick=False):
        assert ("The river" in sign_in(people.ama).get(address).text) is shown


def test_what_was_called_off_or_is_a_draft_stands_there_no_more(
    people, circle, address, sign_in, now
):
    meets(circle, now)
    act(
        lambda db, it: draft(
            db, it.ama, now, circle=db.get(Circle, circle.id), title="Not yet planned"
        )
    )
    act(lambda db, it: sessions.cancel(db, it.session, actor=it.dara, words="", now=now))
    text = says(sign_in(people.ama).get(address))
    assert "No meeting is planned." in text
    assert "Not yet planned" not in text


def test_a_circle_that_closes_gathers_what_was_learned(people, circle, address, sign_in, now):
    ama, dov = sign_in(people.ama), sign_in(people.dov)
    with transaction() as db:
        db.get_one(Circle, circle.id).life = Life.CLOSING
    keep_entry(people.dara, circle=circle, words="Say the price first.")
    assert "Say the price first." in ama.get(address).text
    assert "Say the price first." not in dov.get(address).text
    form = {
        "words": "Ask before you advise.",
        "readers": str(int(Readers.THERE)),
        "named": "y",
        "submission": "x",
    }
    assert post(ama, f"{address}/harvest", form).status_code == 303
    assert "Ask before you advise." in ama.get(address).text
    assert post(dov, f"{address}/harvest", form).status_code == 404


@pytest.mark.parametrize("who", ["dara", "ama", "bea"])
def test_the_page_is_at_most_twelve_statements_with_many_meetings(
    people, circle, address, sign_in, ran, now, who
):
    client = sign_in(getattr(people, who))
    meets(circle, now, title="Last time", ahead=HOUR)
    with time_machine.travel(now + DAY, tick=False):
        meets(circle, now + DAY)
        client.get(address)
        small = len(ran(lambda: client.get(address)))
        for n in range(12):
            key = meets(circle, now + DAY, title=f"Meeting {n}", ahead=(n + 2) * DAY)
            find = select(LearningSession).where(LearningSession.key == key)
            act(lambda db, it, find=find: takes(db, db.scalars(find).one(), it.ama, now + DAY))
        large = len(ran(lambda: client.get(address)))
    assert small == large <= 12
