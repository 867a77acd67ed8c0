from __future__ import annotations

import pytest
import time_machine
from sqlalchemy import select

from network.circles.access import circle_for
from network.circles.kinds import Door, Life
from network.circles.models import Circle
from network.db import reading, transaction
from network.errors import Conflict, Invalid, NotAllowed, NotFound
from network.events.models import Event
from network.learning import beside
from network.learning.access_keeping import entry_to_agree, entry_to_take_back
from network.learning.kinds import Readers
from network.learning.models import HarvestEntry, LearningSession, SessionHost
from network.learning.queries import harvest as queries
from network.learning.services import harvest as services
from network.learning.services.harvest import Entry
from network.members.kinds import MembershipState
from network.members.models import Member, Membership
from tests.conftest import post
from tests.learning.keeping import (
    DAY,
    answers,
    block,
    depart,
    doing,
    fresh,
    held,
    is_blocked_by,
    pause,
    seen,
    set_time,
    shield,
)
from tests.things import HOUR, keep_circle, take_seat

WORDS = "The page for the next person came out of one silence."


@pytest.fixture
def clock(now):
    with time_machine.travel(now, tick=False) as travel:
        yield travel


@pytest.fixture(autouse=True)
def at_noon(clock):
    return clock


@pytest.fixture
def people(make_member):
    return {each: make_member(each) for each in ("ama", "rui", "dara", "finn", "eli", "greta")}


@pytest.fixture
def session(people, now):
    return held(people, now)


def write(session, actor, now, *, author=None, readers=Readers.THERE, named=True, **more):
    return doing(
        services.write_at_session,
        session,
        Entry(more.get("words", WORDS), readers, named),
        actor=actor,
        author=author,
        submission=more.get("submission", f"{actor.handle} one"),
        now=now,
    )


def read(viewer, session, now):
    """Return the words that somebody reads at a session, with the handle of who is named."""
    with reading() as db:
        me, at = fresh(db, viewer), db.get_one(LearningSession, session.id)
        words, _open = queries.of_session(db, me, at, now)
        return [(each.entry.words, each.author.handle if each.author else None) for each in words]


def readers_of(entry, people, now):
    """Return who reads an entry, by the one predicate."""
    with reading() as db:
        found = set()
        for handle, member in people.items():
            me = fresh(db, member)
            rows = db.execute(
                queries._ENTRIES.where(HarvestEntry.id == entry.id),
                queries.Viewer.of(me).at(now),
            ).all()
            found |= {handle} if rows else set()
    return found


def kinds():
    with reading() as db:
        found = db.scalars(select(Event.kind).where(Event.kind.like("learning:harvest:%")))
        return [kind.rpartition(":")[2] for kind in found]


# Writing

WRITES = {
    "ama": None,
    "rui": None,
    "finn": NotAllowed,  # who missed it
    "eli": NotAllowed,  # who had no place
}


@pytest.mark.parametrize("who", WRITES)
def test_those_who_were_there_write_the_harvest(session, people, now, who):
    entry = Entry(WORDS, Readers.THERE, named=True)
    got = answers(
        services.write_at_session,
        session,
        entry,
        actor=people[who],
        submission="one",
        now=now,
    )
    assert got is WRITES[who]


WHEN = {
    "before it begins": (-2 * HOUR, Conflict),
    "as it begins": (-HOUR, None),
    "a week later": (7 * DAY, None),
}


@pytest.mark.parametrize("when", WHEN)
def test_the_harvest_is_gathered_once_it_has_begun(session, people, now, when):
    after, refusal = WHEN[when]
    entry = Entry(WORDS, Readers.THERE, named=True)
    got = answers(
        services.write_at_session,
        session,
        entry,
        actor=people["rui"],
        submission="one",
        now=now + after,
    )
    assert got is refusal


def test_no_words_are_no_harvest(session, people, now):
    with pytest.raises(Invalid):
        write(session, people["rui"], now, words="")


def test_inv_20_the_same_form_writes_once_and_other_words_are_not_lost(session, people, now):
    rui = people["rui"]
    first, again = write(session, rui, now), write(session, rui, now)
    other = write(session, rui, now, words="Also this.")
    assert first.id == again.id != other.id
    assert kinds() == ["written", "written"]


def test_words_taken_back_do_not_come_again_from_the_same_form(session, people, now):
    rui = people["rui"]
    entry = write(session, rui, now)
    doing(services.take_back, entry, actor=rui, now=now)
    assert write(session, rui, now).id == entry.id
    assert read(rui, session, now) == []


# Who reads it

AT = {"ama", "rui", "dara"}
ALL = {"ama", "rui", "dara", "finn", "eli", "greta"}


@pytest.mark.parametrize(("readers", "who"), [(Readers.THERE, AT), (Readers.MEMBERS, ALL)])
@pytest.mark.parametrize("named", [True, False])
def test_each_chooses_who_reads_their_words(session, people, now, readers, who, named):
    entry = write(session, people["rui"], now, readers=readers, named=named)
    assert readers_of(entry, people, now) == who


def test_the_unsigned_are_named_to_nobody_but_themselves(session, people, now):
    write(session, people["rui"], now, readers=Readers.MEMBERS, named=False)
    named = {
        handle for handle, each in people.items() if read(each, session, now)[0][1] is not None
    }
    assert named == {"rui"}


APART = {
    "nothing": (True, True, None),
    "paused": (True, True, pause),
    "blocked by them": (False, True, block),
    "having blocked them": (False, True, is_blocked_by),
    "a shield": (False, False, shield),
    "departed": (False, True, depart),
}


@pytest.mark.parametrize("why", APART)
@pytest.mark.parametrize("named", [True, False])
def test_inv_09_10_signed_words_go_with_their_author_and_unsigned_tell_nothing(
    session, people, now, why, named
):
    signed, unsigned, do = APART[why]
    write(session, people["rui"], now, named=named)
    if do is not None:
        do(people["rui"], people["dara"], now)
    assert bool(read(people["dara"], session, now)) is (signed if named else unsigned)


def test_inv_03_a_pause_takes_signed_words_from_members_who_were_not_there(session, people, now):
    write(session, people["rui"], now, readers=Readers.MEMBERS)
    pause(people["rui"], None, now)
    assert read(people["eli"], session, now) == []
    assert read(people["dara"], session, now) != []


def test_inv_01_whoever_may_not_know_of_the_session_reads_nothing_of_it(session, people, now):
    entry = write(session, people["rui"], now, readers=Readers.MEMBERS)
    block(people["ama"], people["eli"], now)
    block(people["ama"], people["dara"], now)
    assert readers_of(entry, people, now) == ALL - {"eli", "dara"}


# Somebody else's learning


def test_what_a_host_writes_down_is_read_by_the_two_until_the_yes(session, people, now):
    entry = write(
        session, people["ama"], now, author=people["rui"], readers=Readers.MEMBERS, named=True
    )
    assert entry.agreed_at is None
    assert readers_of(entry, people, now) == {"ama", "rui"}
    agree(entry, people["rui"], now, readers=Readers.MEMBERS)
    assert readers_of(entry, people, now) == ALL


def agree(entry, actor, now, *, readers=Readers.THERE, named=True):
    doing(services.agree, entry, actor=actor, readers=readers, named=named, now=now)


ABOUT = {"rui": None, "finn": NotFound, "eli": NotFound}


@pytest.mark.parametrize("whose", ABOUT)
def test_a_host_writes_for_those_who_were_there(session, people, now, whose):
    entry = Entry(WORDS, Readers.THERE, named=True)
    got = answers(
        services.write_at_session,
        session,
        entry,
        actor=people["ama"],
        author=people[whose],
        submission="one",
        now=now,
    )
    assert got is ABOUT[whose]


def test_others_than_hosts_write_for_themselves(session, people, now):
    with pytest.raises(NotAllowed):
        write(session, people["dara"], now, author=people["rui"])


def test_the_yes_says_who_reads_it_and_whether_it_is_signed(session, people, now):
    entry = write(session, people["ama"], now, author=people["rui"])
    for _twice in range(2):
        agree(entry, people["rui"], now, named=False)
    assert readers_of(entry, people, now) == AT
    # Whoever wrote it down knows whose it is; another who was there does not.
    assert read(people["ama"], session, now) == [(WORDS, "rui")]
    assert read(people["dara"], session, now) == [(WORDS, None)]
    assert kinds() == ["written", "agreed"]


def test_another_host_is_not_told_whose_unsigned_words_these_are(session, people, now):
    with transaction() as db:
        db.add(SessionHost(session_id=session.id, member_id=people["greta"].id, since=now))
    write(session, people["rui"], now, named=False)
    assert read(people["greta"], session, now) == [(WORDS, None)]


@pytest.mark.parametrize("who", ["ama", "dara"])
def test_only_whose_learning_it_is_says_yes(session, people, now, who):
    entry = write(session, people["ama"], now, author=people["rui"])
    assert (
        answers(
            services.agree,
            entry,
            actor=people[who],
            readers=Readers.THERE,
            named=True,
            now=now,
        )
        is NotFound
    )
    with reading() as db, pytest.raises(NotFound):
        entry_to_agree(db, fresh(db, people[who]), entry.key, now=now)


def to_agree(member, now):
    with reading() as db:
        found = queries.to_agree(db, fresh(db, member), now)
        return [(each.entry.words, each.writer.handle, each.session.title) for each in found]


def test_what_waits_for_a_yes_stands_on_ones_own_list(session, people, now):
    entry = write(session, people["ama"], now, author=people["rui"])
    assert to_agree(people["rui"], now) == [(WORDS, "ama", "Leaving well")]
    assert all(to_agree(people[each], now) == [] for each in ("ama", "dara", "eli"))
    agree(entry, people["rui"], now)
    assert to_agree(people["rui"], now) == []


@pytest.mark.parametrize("do", [block, is_blocked_by, shield])
def test_inv_09_10_nothing_waits_from_somebody_who_is_apart(session, people, now, do):
    entry = write(session, people["ama"], now, author=people["rui"])
    do(people["ama"], people["rui"], now)
    assert to_agree(people["rui"], now) == []
    assert "rui" not in readers_of(entry, people, now)


# Taking back


@pytest.mark.parametrize("agreed", [True, False])
def test_whoever_learned_it_takes_it_back_and_the_words_are_gone(session, people, now, agreed):
    entry = write(session, people["ama"], now, author=people["rui"])
    if agreed:
        agree(entry, people["rui"], now)
    for _twice in range(2):
        doing(services.take_back, entry, actor=people["rui"], now=now)
    with reading() as db:
        found = db.get_one(HarvestEntry, entry.id)
        assert (found.words, found.withdrawn_at) == ("", now)
    assert readers_of(entry, people, now) == set()
    assert kinds().count("taken_back") == 1


@pytest.mark.parametrize(("agreed", "refusal"), [(False, None), (True, NotFound)])
def test_whoever_wrote_it_down_takes_it_back_until_the_yes(session, people, now, agreed, refusal):
    entry = write(session, people["ama"], now, author=people["rui"])
    if agreed:
        agree(entry, people["rui"], now)
    with reading() as db:
        entry = fresh(db, entry)
    assert answers(services.take_back, entry, actor=people["ama"], now=now) is refusal


def test_no_yes_brings_words_back(session, people, now):
    entry = write(session, people["ama"], now, author=people["rui"])
    doing(services.take_back, entry, actor=people["ama"], now=now)
    with pytest.raises(Conflict):
        agree(entry, people["rui"], now)


@pytest.mark.parametrize("who", ["dara", "eli"])
def test_nobody_else_is_let_to_it(session, people, now, who):
    entry = write(session, people["ama"], now, author=people["rui"])
    with reading() as db, pytest.raises(NotFound):
        entry_to_take_back(db, fresh(db, people[who]), entry.key, now=now)


# Closing

CLOSES = {
    "a host, after it": ("ama", 2 * HOUR, None),
    "a host, while it goes on": ("ama", 0 * HOUR, Conflict),
    "somebody who came": ("rui", 2 * HOUR, NotAllowed),
    "a stranger": ("eli", 2 * HOUR, NotAllowed),
}


@pytest.mark.parametrize("case", CLOSES)
def test_a_host_closes_the_harvest_of_what_is_over(session, people, now, case):
    who, after, refusal = CLOSES[case]
    at = now + after
    assert answers(services.close_harvest, session, actor=people[who], now=at) is refusal
    with reading() as db:
        closed = db.get_one(LearningSession, session.id).harvested_at
        assert closed == (None if refusal else at)


def test_after_closing_nothing_is_added_and_what_is_there_stays(session, people, now):
    write(session, people["rui"], now)
    for _twice in range(2):
        doing(services.close_harvest, session, actor=people["ama"], now=now + 2 * HOUR)
    with reading() as db:
        session = fresh(db, session)
    with pytest.raises(Conflict):
        write(session, people["dara"], now + 3 * HOUR)
    assert read(people["dara"], session, now + 3 * HOUR) == [(WORDS, "rui")]
    assert kinds().count("closed") == 1


# Circles


@pytest.fixture
def circle(people):
    return keep_circle(people=[people["rui"], people["dara"], people["ama"]])


def open_up(circle, **values):
    with transaction() as db:
        found = db.get_one(Circle, circle.id)
        for name, value in values.items():
            setattr(found, name, value)
        db.flush()  # it is read as it is now
        db.refresh(found)
        db.expunge(found)
    return found


def write_in(circle, actor, now, *, readers=Readers.THERE, named=True):
    return doing(
        services.write_of_circle,
        circle,
        Entry(WORDS, readers, named),
        actor=actor,
        submission=f"{actor.handle} circle",
        now=now,
    )


def test_what_is_learned_in_an_open_circles_session_may_go_to_members(people, circle, now):
    session = held(people, now, circle=circle)
    entry = write(session, people["rui"], now, readers=Readers.MEMBERS)
    assert readers_of(entry, people, now) == ALL
    entry = write(session, people["dara"], now)
    assert readers_of(entry, people, now) == AT


def test_inv_57_nothing_of_a_hidden_circle_goes_to_members(people, circle, now):
    hidden = open_up(circle, door=Door.HIDDEN)
    session = held(people, now, circle=hidden)
    with pytest.raises(Invalid):
        write(session, people["rui"], now, readers=Readers.MEMBERS)
    waits = write(session, people["ama"], now, author=people["rui"])
    with pytest.raises(Invalid):
        agree(waits, people["rui"], now, readers=Readers.MEMBERS)


def test_inv_57_a_circle_that_becomes_hidden_takes_its_words_along(people, circle, now):
    session = held(people, now, circle=circle)
    of_session = write(session, people["rui"], now, readers=Readers.MEMBERS)
    closing = open_up(circle, life=Life.CLOSING)
    of_circle = write_in(closing, people["rui"], now, readers=Readers.MEMBERS)
    assert readers_of(of_session, people, now) == readers_of(of_circle, people, now) == ALL
    open_up(circle, door=Door.HIDDEN)
    assert readers_of(of_session, people, now) == AT
    assert readers_of(of_circle, people, now) == AT


GATHERS = {
    (Life.RUNNING, "rui"): Conflict,
    (Life.CLOSING, "rui"): None,
    (Life.CLOSING, "eli"): NotFound,
    (Life.ARCHIVED, "rui"): Conflict,
}


@pytest.mark.parametrize(("life", "who"), GATHERS)
def test_a_circle_that_closes_gathers_a_harvest(people, circle, now, life, who):
    ended = now if life is Life.ARCHIVED else None
    circle = open_up(circle, life=life, ended_at=ended)
    got = answers(
        services.write_of_circle,
        circle,
        Entry(WORDS, Readers.THERE, named=True),
        actor=people[who],
        submission="one",
        now=now,
    )
    assert got is GATHERS[life, who]


def test_inv_56_whoever_left_before_reads_no_harvest_of_the_circle(people, circle, now):
    circle = open_up(circle, life=Life.CLOSING)
    with transaction() as db:
        place = db.scalars(
            select(Membership).where(Membership.member_id == people["dara"].id)
        ).one()
        place.state, place.ended_at = MembershipState.LEFT, now - HOUR
    entry = write_in(circle, people["rui"], now)
    assert readers_of(entry, people, now) == {"rui", "ama"}


# Pages


def parts(people, viewer, session, now):
    with reading() as db:
        me = fresh(db, people[viewer])
        return beside.for_session(db, me, seen(db, me, session, now), now)["harvest"]


def test_the_part_of_the_page_offers_what_may_be_done(session, people, now):
    late = now + 2 * HOUR
    host, guest = parts(people, "ama", session, late), parts(people, "rui", session, late)
    stranger = parts(people, "eli", session, late)
    assert (host.may_write, host.may_close) == (True, True)
    assert [each.handle for each in host.people] == ["dara", "rui"]
    assert (guest.may_write, guest.may_close, guest.people) == (True, False, [])
    assert (stranger.may_write, stranger.words) == (False, [])


def test_before_a_session_begins_there_is_no_harvest(session, people, now):
    later = set_time(session, now + HOUR, now + 2 * HOUR)
    assert parts(people, "rui", later, now) is None


def test_the_parts_of_a_session_take_four_statements_for_one_and_for_many(
    session, people, now, make_member, ran
):
    def load():
        with reading() as db:
            me = db.get_one(Member, people["ama"].id)
            at = seen(db, me, session, now)
            counts.append(len(ran(lambda: beside.for_session(db, me, at, now))))

    counts: list[int] = []
    load()
    for number in range(8):
        other = make_member(f"other{number}")
        take_seat(session, other)
        write(session, other, now)
    load()
    assert counts[0] == counts[1] == 4


def test_the_parts_of_a_circle_take_two_statements(people, circle, now, ran):
    circle = open_up(circle, life=Life.CLOSING)
    write_in(circle, people["rui"], now)
    with reading() as db:
        me = fresh(db, people["rui"])
        at = circle_for(db, me, circle.slug, now=now)
        found = ran(lambda: beside.for_circle(db, me, at, now))
        assert len(found) == 2
        assert len(beside.for_circle(db, me, at, now)["harvest"].words) == 1


def url(session, way=""):
    return f"/learning/sessions/{session.key}/harvest{way}"


def test_words_are_written_down_on_the_page(session, people, sign_in, now):
    client = sign_in(people["rui"])
    sent = {"words": WORDS, "readers": "3", "named": "y", "submission": "one"}
    answer = post(client, url(session), sent)
    assert (answer.status_code, "/learning/sessions/" in answer.location) == (303, True)
    page = sign_in(people["eli"]).get(url(session)).text
    assert WORDS in page
    assert "Rui Example" in page
    assert "Take these words back" not in page
    assert "Take these words back" in client.get(url(session)).text


def test_an_unsigned_word_bears_no_trace_of_its_author(session, people, sign_in, now):
    write(session, people["rui"], now, readers=Readers.MEMBERS, named=False)
    page = sign_in(people["eli"]).get(url(session)).text
    assert WORDS in page
    assert "someone who would rather not be named" in page
    assert not any(trace in page for trace in ("Rui", "/people/rui"))


@pytest.mark.parametrize(
    "wrong", [{"words": ""}, {"words": "x" * 2001}, {"readers": "1"}, {"author": "nobody"}]
)
def test_what_cannot_be_kept_comes_back_or_is_not_there(session, people, sign_in, wrong):
    sent = {"words": WORDS, "readers": "2", "submission": "one", **wrong}
    answer = post(sign_in(people["ama"]), url(session), sent)
    assert answer.status_code == (404 if "author" in wrong else 422)
    assert "author" in wrong or sent["words"] in answer.text


def test_yes_and_not_this_time_go_over_the_page(session, people, sign_in, now):
    client = sign_in(people["rui"])
    first = write(session, people["ama"], now, author=people["rui"])
    other = write(
        session, people["ama"], now, author=people["rui"], words="Other.", submission="two"
    )
    assert "Yes, keep it" in client.get(url(session)).text
    post(client, f"/learning/harvest/{first.key}/agree", {"readers": "2", "named": "y"})
    post(client, f"/learning/harvest/{other.key}/take-back")
    assert read(people["dara"], session, now) == [(WORDS, "rui")]


def test_a_host_closes_it_on_the_page(clock, session, people, sign_in, now):
    clock.move_to(now + 2 * HOUR)
    client = sign_in(people["ama"])
    assert "Close the harvest" in client.get(url(session)).text
    assert post(client, url(session, "/close")).status_code == 303
    assert post(sign_in(people["rui"]), url(session, "/close")).status_code == 403


def test_a_circle_gathers_on_its_page(people, circle, sign_in, now):
    open_up(circle, life=Life.CLOSING)
    sent = {"words": WORDS, "readers": "2", "submission": "one"}
    where = f"/circles/{circle.slug}/harvest"
    assert post(sign_in(people["rui"]), where, sent).status_code == 303
    assert post(sign_in(people["eli"]), where, sent).status_code == 404
    assert post(sign_in(people["rui"]), where, {**sent, "words": ""}).status_code == 422
