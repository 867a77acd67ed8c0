# ruff: noqa: F811  # fixtures of other files are named again where they are wanted
from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from network.asks.models import Ask
from network.circles.kinds import OpeningRule
from network.circles.models import Circle
from network.db import reading
from network.members.kinds import WhoMayAsk, Work
from network.members.models import Membership, Participation
from network.members.services import boundaries, participation
from network.organisations.kinds import ApproachState
from network.organisations.models import Approach, Organisation
from network.organisations.queries.approaches import desk
from network.organisations.services.ending_approaches import withdraw
from network.relationships.services import connections
from tests.conftest import TOKEN, names, post
from tests.notices.conftest import deliver, letters, settings, time  # noqa: F401
from tests.organisations.approaching import FORM, NEED, a_team, ask_to, opens_up, says, write
from tests.organisations.conftest import ANSWERS, MERROW, act, here
from tests.organisations.needs import write as write_need

DAY = timedelta(days=1)
WORDS = "I promised this spring to my mother."
BUDGET = 12


@pytest.fixture
def folk(merrow, now):
    """Ama is open to a project and to advice; Bo and Eli are a team."""
    act(lambda db, it: opens_up(db, it.ama, now, Work.PROJECT, Work.ADVISORY))
    act(lambda db, it: a_team(db, [it.bo, it.eli], now, slug="the-slow-boats-abcdefgh"))
    return merrow


@pytest.fixture
def sent(folk, now):
    """Oskar has written to Ama; return the key of it."""
    return act(lambda db, it: write(db, it.oskar, it.organisation, it.ama, now).key)


def the(db, key):
    return db.scalars(select(Approach).where(Approach.key == key)).one()


def answer(sign_in, person, given):
    with reading() as db:
        ask = db.scalars(select(Ask).where(Ask.addressee_id == person.id)).one()
    return post(sign_in(person), f"/asks/{ask.key}/answer", {"answer": given, "read": ask.mark})


def test_the_form_offers_what_the_person_shows_and_says_what_each_side_sees(folk, sign_in):
    page = sign_in(folk.oskar).get(f"/people/ama/approach?for={MERROW}").text
    assert re.findall(r'name="work" value="(\w+)"', page) == ["project", "advisory"]
    for words in ("the five answers of Merrow Ferries", "12 December", "None is open now."):
        assert words in page
    own = sign_in(folk.bo).get("/people/ama/approach").text
    assert "five answers of" not in own
    assert "Send to Ama Example" in own


def test_whoever_changes_sides_takes_along_what_they_have_typed(folk, sign_in):
    client, side = sign_in(folk.oskar), f"/people/ama/approach?for={MERROW}"
    page = client.get("/people/ama/approach").text
    assert f'form="letter" formaction="{side}" name="side"' in page
    answer = post(client, side, {"need": "A timetable for the tide.", "side": "other"})
    assert answer.status_code == 200
    assert "You write for Merrow Ferries." in answer.text
    assert "A timetable for the tide." in answer.text
    answer = post(client, f"/needs/new?for={MERROW}", {"words": "The tide.", "side": "other"})
    assert (answer.status_code, "The tide." in answer.text) == (200, True)
    with reading() as db:
        assert db.scalar(select(Approach)) is None


@pytest.mark.parametrize(
    ("address", "status"),
    [
        (f"/people/ama/approach?for={MERROW}", 404),
        ("/people/ama/approach?for=no-such-thing", 404),
        ("/people/nobody/approach", 404),
        ("/people/bo/approach", 403),
        ("/circles/no-such-circle/approach", 404),
        ("/people/ama/approach", 200),
    ],
)
def test_whoever_does_not_speak_for_it_writes_for_themselves_alone(folk, sign_in, address, status):
    assert sign_in(folk.bo).get(address).status_code == status
    assert post(sign_in(folk.bo), address, FORM).status_code == (303 if status == 200 else status)


def unverified(db, it, now):
    it.organisation.verified_by = it.organisation.verified_at = None


def unanswered(db, it, now):
    it.organisation.readiness_version = 0


def wrote(db, it, now):
    write(db, it.siun, it.organisation, it.ama, now - 10 * DAY)


def closed(db, it, now):
    participation.set_who_may_approach(db, it.ama, WhoMayAsk.NOBODY, now=now)


@pytest.mark.parametrize(
    ("guard", "said"),
    [
        (unverified, "the network has to know that this is its page"),
        (unanswered, "its answers to the five questions have to be there"),
        (wrote, "You can write again from 9 February 2027."),
        (closed, "is not open to this just now. That is about how they take part"),
    ],
    ids=lambda each: getattr(each, "__name__", ""),
)
def test_what_holds_back_is_said_before_anybody_writes(folk, sign_in, now, guard, said):
    act(lambda db, it: guard(db, it, now))
    page = sign_in(folk.oskar).get(f"/people/ama/approach?for={MERROW}").text
    assert said in page
    assert "<textarea" not in page
    address = f"/people/ama/approach?for={MERROW}"
    assert post(sign_in(folk.oskar), address, FORM).status_code in {403, 409}


def test_a_letter_is_sent_once_and_stands_with_those_of_its_side(folk, sign_in):
    form = {**FORM, "submission": "once"}
    for _twice in range(2):
        sent = post(sign_in(folk.oskar), f"/people/ama/approach?for={MERROW}", form)
        assert sent.status_code == 303
    with reading() as db:
        approach = db.scalars(select(Approach)).one()
        assert (approach.work, approach.need) == (Work.PROJECT, NEED)
    for person in (folk.oskar, folk.siun):
        page = sign_in(person).get("/approaches").text
        assert "To Ama Example" in page
        assert "It waits. It is open until 12 December." in page
    assert "To Ama Example" not in sign_in(folk.bo).get("/approaches").text


def test_it_names_the_need_that_it_grew_from_to_its_side_and_to_nobody_else(folk, sign_in):
    need = act(lambda db, it: write_need(db, it, title="Our night crews leave").key)
    address = f"/people/ama/approach?for={MERROW}"
    assert "Our night crews leave" in sign_in(folk.oskar).get(address).text
    assert "Our night crews leave" not in sign_in(folk.oskar).get("/people/ama/approach").text
    post(sign_in(folk.oskar), address, {**FORM, "grew_from": need})
    with reading() as db:
        key = db.scalars(select(Approach)).one().key
    assert f"/needs/{need}" in sign_in(folk.siun).get(f"/approaches/{key}").text
    assert "Our night crews leave" not in sign_in(folk.ama).get(f"/approaches/{key}").text


def test_it_grows_from_no_need_of_another_side(folk, sign_in):
    need = act(lambda db, it: write_need(db, it, title="Our night crews leave").key)
    for person, side in ((folk.oskar, ""), (folk.bo, "")):
        sent = post(sign_in(person), f"/people/ama/approach{side}", {**FORM, "grew_from": need})
        assert sent.status_code == 404
    with reading() as db:
        assert db.scalars(select(Approach)).all() == []


@pytest.mark.parametrize(
    ("field", "value"), [("fits", "Great profile!"), ("work", "board"), ("work", ""), ("value", "")]
)
def test_a_form_that_is_not_taken_keeps_its_words(folk, sign_in, field, value):
    address = f"/people/ama/approach?for={MERROW}"
    page = post(sign_in(folk.oskar), address, {**FORM, field: value})
    assert page.status_code == 422
    assert NEED in page.text
    assert f'href="#{field}"' in page.text


def test_a_team_is_written_to_from_its_own_page(folk, sign_in):
    assert "/circles/the-slow-boats-abcdefgh/approach" in (
        sign_in(folk.oskar).get("/circles/the-slow-boats-abcdefgh").text
    )
    assert "/approach" not in sign_in(folk.bo).get("/circles/the-slow-boats-abcdefgh").text
    address = f"/circles/the-slow-boats-abcdefgh/approach?for={MERROW}"
    assert "opens it by its own rule" in sign_in(folk.oskar).get(address).text
    assert post(sign_in(folk.oskar), address, FORM).status_code == 303
    for person in (folk.bo, folk.eli):
        assert (
            "Oskar Example writes to The Slow Boats about work" in sign_in(person).get("/asks").text
        )
    answer(sign_in, folk.bo, "yes")
    page = sign_in(folk.bo).get("/asks").text
    assert "The conversation opens when each of you has" in page
    assert "It waits." in sign_in(folk.oskar).get("/approaches").text
    answer(sign_in, folk.eli, "yes")
    assert "The Slow Boats opened a conversation" in sign_in(folk.oskar).get("/approaches").text


def test_the_reader_has_the_five_answers_of_then_above_the_words(folk, sent, sign_in):
    page = sign_in(folk.ama).get(f"/approaches/{sent}").text
    assert page.index("<details") < page.index(ANSWERS[0]) < page.index(NEED)
    for words in (
        FORM["value"],
        FORM["next"],
        "Tell them no",
        "Pass it on",
        "Not now, ask me again",
    ):
        assert words in page
    assert ANSWERS[0] not in sign_in(folk.oskar).get(f"/approaches/{sent}").text


@pytest.mark.parametrize(
    ("who", "status"), [("oskar", 200), ("siun", 200), ("ama", 200), ("bo", 404), ("eli", 404)]
)
def test_only_the_two_sides_read_an_approach(folk, sent, sign_in, who, status):
    person = sign_in(getattr(folk, who))
    assert person.get(f"/approaches/{sent}").status_code == status
    assert person.get(f"/approaches/{sent}x").status_code == 404


@pytest.mark.parametrize(
    ("who", "what", "status"),
    [
        ("ama", "withdraw", 404),
        ("bo", "withdraw", 404),
        ("siun", "withdraw", 303),
        ("bo", "no", 404),
        ("oskar", "no", 404),
        ("ama", "no", 303),
    ],
)
def test_each_side_ends_it_in_its_own_way(folk, sent, sign_in, who, what, status):
    found = post(sign_in(getattr(folk, who)), f"/approaches/{sent}/{what}", {"words": WORDS})
    assert found.status_code == status
    with reading() as db:
        approach = the(db, sent)
    over = approach.state is ApproachState.WITHDRAWN or approach.told_no_at is not None
    assert over == (status == 303)


@pytest.mark.parametrize("words", [WORDS, ""])
def test_inv_28_a_told_no_is_read_by_its_side_with_the_words_that_were_given(
    folk,
    sent,
    sign_in,
    letters,
    words,
):
    post(sign_in(folk.ama), f"/approaches/{sent}/no", {"words": words})
    for person in (folk.oskar, folk.siun):
        page = sign_in(person).get(f"/approaches/{sent}").text
        assert "Ama Example told you no on 21 November." in page
        assert ("With these words" in page) == (WORDS in page) == bool(words)
    [letter] = [each for each in letters() if each["To"] == folk.oskar.email]
    assert (WORDS in letter.get_content()) == bool(words)


def test_a_yes_opens_a_conversation_that_bears_the_need_and_is_told(folk, sent, sign_in, letters):
    answer(sign_in, folk.ama, "yes")
    page = sign_in(folk.oskar).get(f"/approaches/{sent}").text
    [address] = set(re.findall(r'href="(/conversations/[\w-]+)"', page.split("<main")[1]))
    thread = sign_in(folk.ama).get(address).text
    assert NEED in thread
    assert f"/approaches/{sent}" in thread
    [letter] = [each for each in letters() if each["To"] == folk.oskar.email]
    assert "a conversation is open" in letter.get_content()


@pytest.mark.parametrize("what", ["no", "nothing", "withdrawn", "blocked"])
def test_inv_14_of_anything_else_no_letter_goes_to_the_side_that_wrote(
    folk, sent, sign_in, letters, now, what
):
    if what == "no":
        answer(sign_in, folk.ama, "no")
    elif what == "withdrawn":
        act(lambda db, it: withdraw(db, the(db, sent), actor=it.oskar, now=now))
    elif what == "blocked":
        act(lambda db, it: connections.block(db, it.ama, it.oskar, now=now))
    assert [each["To"] for each in letters() if each["To"] != folk.ama.email] == []


def test_not_now_is_shown_again_to_its_reader_alone_and_looks_like_silence(
    folk, sent, sign_in, now
):
    answer(sign_in, folk.ama, "month")
    assert "It waits." in sign_in(folk.oskar).get("/approaches").text
    assert "You are shown it again on 21 December" in sign_in(folk.ama).get("/asks").text
    with time_machine.travel(now + 30 * DAY, tick=False):
        page = sign_in(folk.ama).get("/").text
        assert "What Oskar Example wrote to you" in page
        assert NEED in page
        assert "wrote to you" not in sign_in(folk.oskar).get("/").text


def test_the_way_to_write_is_on_a_page_where_the_guards_hold(folk, sign_in, now):
    assert "/people/ama/approach" in sign_in(folk.bo).get("/people/ama").text
    assert "/people/bo/approach" not in sign_in(folk.ama).get("/people/bo").text
    act(lambda db, it: closed(db, it, now))
    assert "/people/ama/approach" not in sign_in(folk.bo).get("/people/ama").text


def test_who_may_come_with_work_is_kept_and_older_pages_change_nothing(folk, sign_in):
    ama = sign_in(folk.ama)
    post(ama, "/me/participation/who", {"who": "anyone", "invite": "anyone", "approach": "shared"})
    post(ama, "/me/participation/who", {"who": "nobody", "invite": "anyone"})
    with reading() as db:
        kept = db.get_one(Participation, folk.ama.id)
    assert (kept.who_may_approach, kept.who_may_connect) == (WhoMayAsk.SHARED, WhoMayAsk.NOBODY)
    assert "Who may come to me with work" in ama.get("/me/participation").text


def let_facilitate(db, person):
    db.scalars(select(Membership).where(Membership.member_id == person.id)).one().facilitates = True


def test_a_team_says_whether_it_may_be_approached_and_when_it_opens(folk, sign_in, now):
    bo = sign_in(folk.bo)

    act(lambda db, it: let_facilitate(db, it.bo))
    page = bo.get("/circles/the-slow-boats-abcdefgh/change").text
    assert re.search(r'name="open_to_work" value="y" checked', page)
    form = {"name": "The Slow Boats", "purpose": "We mend timetables together.", "most": "8"}
    form |= {"door": "invitation", "opens_when": "anyone"}
    post(bo, "/circles/the-slow-boats-abcdefgh/change", form)
    with reading() as db:
        circle = db.scalars(select(Circle)).one()
    assert (circle.open_to_work, circle.opens_when) == (False, OpeningRule.ANYONE)


def test_an_empty_page_teaches_and_no_page_runs_more_statements_than_it_may(
    folk, sent, sign_in, ran
):
    assert "Nothing is written yet." in sign_in(folk.bo).get("/approaches").text
    oskar, ama = sign_in(folk.oskar), sign_in(folk.ama)
    for client, address in (
        (oskar, "/approaches"),
        (oskar, f"/approaches/{sent}"),
        (ama, f"/approaches/{sent}"),
        (oskar, "/people/ama/approach"),
        (sign_in(folk.siun), f"/circles/the-slow-boats-abcdefgh/approach?for={MERROW}"),
        (sign_in(folk.bo), "/people/ama"),
    ):
        statements = ran(lambda c=client, a=address: c.get(a))
        assert len([each for each in statements if each.startswith("SELECT")]) <= BUDGET, address


def as_seen(sign_in, person, key):
    """Return all that the side that wrote can see of what it wrote."""
    client = sign_in(person)
    pages = [client.get(address) for address in ("/approaches", f"/approaches/{key}", "/asks", "/")]
    return [(page.status_code, without_token(page.text)) for page in pages]


def without_token(text):
    found = TOKEN.search(text)
    return text if found is None else text.replace(found[1], "")


@pytest.mark.parametrize("what", ["no", "month", "blocked"])
def test_inv_14_to_the_side_that_wrote_no_silence_and_a_block_are_the_same(
    folk, sent, sign_in, now, what
):
    days = (1, 29, 31, 89, 91)
    seen = {}
    for done in (False, True):
        if done and what == "blocked":
            act(lambda db, it: connections.block(db, it.ama, it.oskar, now=now))
        elif done:
            answer(sign_in, folk.ama, what)
        for day in days:
            with time_machine.travel(now + day * DAY, tick=False):
                for person in (folk.oskar, folk.siun):
                    seen[done, day, person.handle] = as_seen(sign_in, person, sent)
                with reading() as db:
                    it, at = here(db), now + day * DAY
                    seen[done, day, "open"] = desk(db, it.oskar, it.organisation, at).open_now
    for (done, *rest), found in seen.items():
        assert found == seen[not done, *rest]


def test_inv_10_a_shield_raised_since_hides_the_person_from_all_who_speak_for_it(
    folk, sent, sign_in, now
):
    def hides(db, it):
        boundaries.raise_shield(db, it.ama, against="Merrow Ferries", now=now)

    act(hides)
    for person in (folk.oskar, folk.siun):
        client = sign_in(person)
        assert not names(client.get("/approaches").text, "Ama")
        assert client.get(f"/approaches/{sent}").status_code == 404
    assert client.get("/people/ama/approach").status_code == 404
    with reading() as db:
        assert db.scalar(select(func.count()).select_from(Organisation)) == 1
        assert ask_to(db, folk.ama, the(db, sent)) is not None


def test_a_colleague_who_is_in_a_block_with_the_person_reads_nothing_of_it(
    folk, sent, sign_in, now
):
    act(lambda db, it: connections.block(db, it.ama, it.siun, now=now))
    assert sign_in(folk.siun).get(f"/approaches/{sent}").status_code == 404
    assert not names(sign_in(folk.siun).get("/approaches").text, "Ama")
    assert sign_in(folk.oskar).get(f"/approaches/{sent}").status_code == 200


def test_the_answers_of_htmx_stand_in_the_place_of_the_ask(folk, sent, sign_in):
    with reading() as db:
        ask = db.scalars(select(Ask)).one()
    client = sign_in(folk.ama)
    token = TOKEN.search(client.get("/rules").text)[1]
    data = {"csrf_token": token, "answer": "no", "read": ask.mark}
    headers = {"HX-Request": "true"}
    part = client.post(f"/asks/{ask.key}/answer", data=data, headers=headers).text
    assert part.lstrip().startswith("<article")
    assert "You said not this time." in part
    act(lambda db, it: says(db, it.ama, the(db, sent), "tell", it.ama.joined_at + 60 * DAY))
    assert "You told them no" in client.get(f"/approaches/{sent}").text


def test_what_was_taken_back_is_read_by_its_own_side_alone(folk, sent, sign_in):
    path = f"/approaches/{sent}"
    assert sign_in(folk.ama).get(path).status_code == 200
    post(sign_in(folk.oskar), f"{path}/withdraw", {})
    assert sign_in(folk.ama).get(path).status_code == 404
    assert sign_in(folk.oskar).get(path).status_code == 200
