# fixtures of other files are named again where they are wanted
from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from network.conversations.models import Message, Participant
from network.learning.kinds import Readers
from network.learning.models import LearningSession, SeatKind, SessionHost
from network.members.models import Connection
from network.relationships.services.connections import block
from tests.conftest import post
from tests.learning.conftest import draft, kinds
from tests.learning.gathered import PLACE, act, address, kind, people, read, seat_of, state_of

__all__ = ("address", "kind", "people")
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
TIME = {"day": "2026-12-05", "at": "09:30", "minutes": "90", "zone": "Europe/Stockholm"}
ROOM = {"name_one": "To learn", "room_one": "12", "place": PLACE, "how": "No steps."}


def says(answer):
    return " ".join(answer.text.split())


def session_now():
    return read(lambda db, it: it.session)


def hosts_now():
    found = select(SessionHost.member_id).order_by(SessionHost.since, SessionHost.member_id)
    return read(lambda db, _it: list(db.scalars(found)))


@pytest.fixture
def begun(people, now):
    """The address of a draft of dara's."""
    return f"/learning/sessions/{act(lambda db, it: draft(db, it.dara, now).key)}"


# Setting the time


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"day": ""}, "Choose a day."),
        ({"day": "yesterday"}, "Not a valid date value."),
        ({"at": ""}, "Choose a time."),
        ({"minutes": "4"}, "Between five minutes and seven days."),
        ({"minutes": "long"}, "Not a valid integer value."),
        ({"zone": "Atlantis/Centre"}, "zone"),
        ({"day": "2026-11-20"}, "over"),
        ({"day": "2027-03-28", "at": "02:30"}, "02:30 does not exist."),
        ({"room_one": "0"}, "Write a whole number."),
        ({"name_one": "", "name_two": ""}, "Give each kind of place a short name of its own."),
        ({"name_two": "To learn", "room_two": "3"}, "a short name of its own."),
        ({"repeats": "week", "times": "99"}, "Between 2 and 26."),
        ({"place": "y" * 601}, "This has 601 letters"),
    ],
)
def test_a_time_that_cannot_be_is_refused_in_words_and_the_form_is_kept(
    people, begun, sign_in, wrong, said
):
    dara = sign_in(people.dara)
    assert "When and where?" in dara.get(f"{begun}/time").text
    form = {**TIME, **ROOM, **wrong}
    answered = post(dara, f"{begun}/time", form)
    assert answered.status_code == 422
    assert said in says(answered)
    assert "No steps." in answered.text
    assert form["place"] in answered.text
    assert str(session_now().state) == "draft"


def test_inv_52_a_time_is_kept_as_the_clocks_of_its_zone_show_it(people, begun, sign_in):
    dara = sign_in(people.dara)
    for _twice in (1, 2):
        sent = post(dara, f"{begun}/time", {**TIME, **ROOM})
        assert "It stands." in dara.get(sent.location).text
    session = session_now()
    assert (session.zone, session.starts_at.isoformat()) == (
        "Europe/Stockholm",
        "2026-12-05T08:30:00+00:00",
    )
    assert session.ends_at - session.starts_at == timedelta(minutes=90)


def test_two_kinds_of_places_and_five_weeks_are_five_sessions(people, begun, sign_in):
    form = {**TIME, **ROOM, "name_two": "To listen", "room_two": "3", "repeats": "week"}
    assert post(sign_in(people.dara), f"{begun}/time", {**form, "times": "5"}).status_code == 303
    made = read(lambda db, _it: db.scalars(select(LearningSession)).all())
    assert len(made) == 5
    rooms = read(lambda db, _it: db.scalars(select(SeatKind)).all())
    assert sorted({(each.name, each.capacity) for each in rooms}) == [
        ("To learn", 12),
        ("To listen", 3),
    ]


def test_inv_48_52_another_time_asks_everyone_again(people, address, sign_in):
    dara, ama = sign_in(people.dara), sign_in(people.ama)
    assert "Everyone who has a place is asked again" in dara.get(f"{address}/time").text
    sent = post(dara, f"{address}/time", TIME)
    assert "Everyone who has a place is asked again." in dara.get(sent.location).text
    assert [state_of(who) for who in ("ama", "bea", "cai")] == ["offered", "offered", "waitlisted"]
    page = says(ama.get(address))
    assert "A place is held for you until" in page
    assert PLACE not in page
    assert "17:30" in page
    assert session_now().sequence == 1
    post(ama, f"{address}/place/answer", {"answer": "yes"})
    post(sign_in(people.bea), f"{address}/place/answer", {"answer": "no"})
    assert [state_of(who) for who in ("ama", "bea", "cai")] == ["going", "passed", "offered"]


def test_inv_52_the_same_time_again_asks_nobody(people, address, sign_in):
    dara = sign_in(people.dara)
    post(dara, f"{address}/time", TIME)
    post(sign_in(people.ama), f"{address}/place/answer", {"answer": "yes"})
    post(dara, f"{address}/time", TIME)
    assert (state_of("ama"), session_now().sequence) == ("going", 1)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"day": "2027-03-28", "at": "02:30"}, "02:30 does not exist."),
        ({"day": "2026-11-20"}, "over"),
        ({"minutes": ""}, "Write a whole number."),
    ],
)
def test_a_move_to_no_time_moves_nothing_and_asks_nobody(people, address, sign_in, wrong, said):
    answered = post(sign_in(people.dara), f"{address}/time", {**TIME, **wrong})
    assert answered.status_code == 422
    assert said in says(answered)
    assert "Ask everyone again" in answered.text
    assert (state_of("ama"), session_now().sequence) == ("going", 0)


def test_what_has_begun_is_not_moved(people, address, sign_in, now):
    with time_machine.travel(now + 7 * DAY, tick=False):
        dara = sign_in(people.dara)
        assert post(dara, f"{address}/time", {**TIME, "day": "2026-12-20"}).status_code == 409


# Changing its words and its room


def changes(kind, **values):
    said = {"title": "Leaving well", "words": "Bring a price.", "place": PLACE, "how": "No steps."}
    return {**said, "name_one": "To learn", "room_one": "2", "key_one": kind, **values}


def test_inv_47_50_more_room_is_offered_to_the_first_in_line(people, address, kind, sign_in):
    dara = sign_in(people.dara)
    page = dara.get(f"{address}/change").text
    assert f'value="{kind}"' in page
    assert post(dara, f"{address}/change", changes(kind, room_one="3")).status_code == 303
    assert [state_of(who) for who in ("ama", "bea", "cai")] == ["going", "going", "offered"]


@pytest.mark.parametrize(
    ("wrong", "status", "said"),
    [
        ({"room_one": "1"}, 422, "2 places of “To learn” are taken, so it cannot have fewer."),
        ({"title": ""}, 422, "Give it a name, in a few words."),
        ({"words": "y" * 4001}, 422, "This has 4001 letters"),
        ({"key_one": "", "name_one": "To teach"}, 422, "Somebody has asked for “To learn”"),
        ({"key_one": "zzz"}, 409, "The places changed while you were reading."),
        ({"room_one": "many"}, 422, "Not a valid integer value."),
    ],
)
def test_inv_18_47_what_cannot_be_changed_stays_and_the_form_is_kept(
    people, address, kind, sign_in, wrong, status, said
):
    form = changes(kind, **wrong)
    answered = post(sign_in(people.dara), f"{address}/change", form)
    assert answered.status_code == status
    assert said in says(answered)
    assert status == 409 or form["words"] in answered.text
    assert read(lambda db, it: [each.capacity for each in kinds(db, it.session)]) == [2]
    assert session_now().words == "Bring one price you are afraid of."


def test_another_place_is_material_and_other_words_are_not(people, address, kind, sign_in):
    dara = sign_in(people.dara)
    post(dara, f"{address}/change", changes(kind))
    assert session_now().sequence == 0
    post(dara, f"{address}/change", changes(kind, place="The old mill"))
    assert session_now().sequence == 1
    assert "The old mill" in sign_in(people.ama).get(address).text
    assert "The old mill" not in sign_in(people.cai).get(address).text


# Words to those who come


def test_a_message_goes_to_those_who_are_going_and_to_no_one_else(people, address, sign_in):
    dara = sign_in(people.dara)
    form = {"body": "Bring a pencil.", "submission": "x"}
    for _twice in (1, 2):
        assert post(dara, f"{address}/message", form).location == f"{address}#host"
    said = read(lambda db, _it: db.scalars(select(Message)).all())
    assert [each.body for each in said] == ["Bring a pencil."]
    sit = read(lambda db, _it: set(db.scalars(select(Participant.member_id))))
    assert sit == {people.dara.id, people.ama.id, people.bea.id}
    assert "Go to its conversation" in dara.get(address).text


@pytest.mark.parametrize("body", ["", "y" * 8001])
def test_a_message_that_cannot_be_said_comes_back(people, address, sign_in, body):
    answered = post(sign_in(people.dara), f"{address}/message", {"body": body, "submission": "x"})
    assert answered.status_code == 422
    assert body in answered.text
    assert read(lambda db, _it: db.scalars(select(Message)).all()) == []


# The list, who came


def test_the_list_of_hosts_is_ticked_and_not_yet_again(people, address, sign_in):
    dara = sign_in(people.dara)
    for done, prepared in (("yes", ["promise"]), ("yes", ["promise"]), ("no", [])):
        form = {"item": "promise", "done": done}
        assert post(dara, f"{address}/prepared", form).location == f"{address}#host"
        assert session_now().prepared == prepared
    assert post(dara, f"{address}/prepared", {"item": "cake", "done": "yes"}).status_code == 404


def came(address, who):
    key = read(lambda db, it: seat_of(db, it.session, getattr(it, who)).key)
    return f"{address}/places/{key}/came"


@pytest.mark.parametrize(
    ("who", "hours", "said", "status"),
    [
        ("ama", 0, "attended", 303),
        ("ama", 0, "missed", 303),
        ("ama", 0, "", 422),
        ("ama", 0, "perhaps", 422),
        ("ama", -1, "attended", 409),
        ("cai", 0, "attended", 404),
    ],
)
def test_who_came_is_noted_once_it_has_begun(
    people, address, sign_in, now, who, hours, said, status
):
    where = came(address, who)
    with time_machine.travel(now + 7 * DAY + hours * HOUR, tick=False):
        dara = sign_in(people.dara)
        assert post(dara, where, {"came": said}).status_code == status
    noted = read(lambda db, it: seat_of(db, it.session, getattr(it, who)).attended)
    assert noted == (said if status == 303 else None)


def test_who_came_is_read_by_hosts_and_by_each_their_own(people, address, sign_in, now):
    where = came(address, "ama")
    with time_machine.travel(now + 8 * DAY, tick=False):
        dara, ama, bea = (sign_in(getattr(people, who)) for who in ("dara", "ama", "bea"))
        post(dara, where, {"came": "missed"})
        assert "Did not make it." in dara.get(address).text
        assert "did not make it. Nobody but you and the hosts reads this." in says(ama.get(address))
        assert "not make it" not in says(bea.get(address))


def test_who_came_is_not_noted_by_others(people, address, sign_in, now):
    where = came(address, "ama")
    with time_machine.travel(now + 8 * DAY, tick=False):
        for who in ("ama", "bea", "dov"):
            answered = post(sign_in(getattr(people, who)), where, {"came": "missed"})
            assert answered.status_code == 403


def test_inv_09_a_host_notes_nothing_of_somebody_who_is_apart(people, address, sign_in, now):
    where = came(address, "ama")
    with_dov = {"member_id": people.dov.id, "since": now}
    act(lambda db, it: db.add(SessionHost(session_id=it.session.id, **with_dov)))
    act(lambda db, it: block(db, it.ama, it.dov, now=now))
    with time_machine.travel(now + 8 * DAY, tick=False):
        assert post(sign_in(people.dov), where, {"came": "missed"}).status_code == 404


# Who hosts it


def connect(db, it):
    low, high = sorted((it.dara.id, it.dov.id))
    since = it.session.proposed_at
    db.add(Connection(low_id=low, high_id=high, asker_id=low, reason="Tea.", since=since))


@pytest.mark.parametrize(
    ("handle", "known", "status"),
    [("dov", True, 303), ("ama", False, 303), ("dov", False, 403), ("nobody", False, 404)],
)
def test_somebody_hosts_as_well_who_said_a_yes_that_it_stands_on(
    people, address, sign_in, handle, known, status
):
    if known:
        act(connect)
    answered = post(sign_in(people.dara), f"{address}/hosts", {"handle": handle})
    assert answered.status_code == status
    assert len(hosts_now()) == (2 if status == 303 else 1)


def test_the_last_host_hands_over_and_then_steps_down(people, address, sign_in):
    dara = sign_in(people.dara)
    answered = post(dara, f"{address}/hosts/step-down")
    assert answered.status_code == 409
    assert "Nobody else hosts it." in answered.text
    post(dara, f"{address}/hosts", {"handle": "ama"})
    assert (state_of("ama"), state_of("cai")) == ("left", "offered")
    assert post(dara, f"{address}/hosts/step-down").location == "/learning"
    assert hosts_now() == [people.ama.id]
    assert post(dara, f"{address}/hosts/step-down").status_code == 403


def test_a_draft_that_nobody_hosts_waits_for_somebody_again(people, begun, sign_in):
    assert post(sign_in(people.dara), f"{begun}/hosts/step-down").status_code == 303
    assert str(session_now().state) == "proposed"
    assert "Would you host it?" in sign_in(people.dov).get(begun).text


# What stays of it


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("harvest", {"words": "y" * 4001, "readers": str(int(Readers.THERE)), "submission": "x"}),
        ("commitments", {"words": "y" * 4001, "submission": "x"}),
    ],
)
def test_what_a_host_wrote_comes_back(people, address, sign_in, now, path, form):
    with time_machine.travel(now + 8 * DAY, tick=False):
        answered = post(sign_in(people.dara), f"{address}/{path}", form)
        assert answered.status_code == 422
        assert form["words"] in answered.text
