from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from network.circles.kinds import Door, Life
from network.circles.models import Agreements, Circle, CircleNote
from network.columns import Base
from network.db import reading, transaction
from network.members.kinds import MembershipState
from network.members.models import Member
from network.members.services.participation import pause
from network.relationships.services.connections import block
from tests.circles.conftest import INSIDE, NAME, SLUG, a_place, act
from tests.circles.moving import REASON, WORDS, answer, apply, invite, put_in, waiting
from tests.conftest import plain, post

PAGE = f"/circles/{SLUG}"
NAMES = tuple(f"{name.capitalize()} Example" for name in INSIDE)
UNASKED = "People come in when somebody who facilitates asks them."


def does(what, now):
    """Do something for all to see, with the instant that services want."""

    def do(db, it):
        it.now = now
        return what(db, it)

    return act(do)


def sets(now, **values):
    """Set columns of the circle."""

    def do(_db, it):
        for key, value in values.items():
            setattr(it.circle, key, value)

    does(do, now)


def kept(*, but=("sign_in",)):
    """Return every row there is."""
    with reading() as db:
        return {
            table.name: db.execute(select(table).order_by(*table.primary_key)).all()
            for table in Base.metadata.sorted_tables
            if table.name not in but
        }


# Who reads what


@pytest.mark.parametrize(
    ("door", "said"),
    [
        (Door.OPEN, "The door is open. Come in when you like."),
        (Door.REQUEST, "Why would you like to come in?"),
        (Door.INVITATION, UNASKED),
    ],
)
def test_whoever_is_outside_reads_the_purpose_and_the_door_and_no_name(
    people, sign_in, now, door, said
):
    sets(now, door=door, about="We begin on time.")
    page = sign_in(people.eli).get(PAGE)
    assert page.status_code == 200
    assert all(words in page.text for words in (NAME, "We help one another lead well.", said))
    assert "We begin on time." in page.text
    assert "We ask before we advise." in page.text
    assert not any(name in page.text for name in NAMES)
    assert "Who sits here" not in page.text


def test_inv_57_a_hidden_circle_is_the_same_as_none(people, sign_in, now):
    sets(now, door=Door.HIDDEN)
    for who in ("eli", "max"):
        client = sign_in(getattr(people, who))
        hidden, unknown = client.get(PAGE), client.get("/circles/the-second-chair-zzzzzzzz")
        assert (hidden.status_code, unknown.status_code) == (404, 404)
        assert plain(hidden) == plain(unknown)
        assert NAME not in hidden.text


def is_invited(db, it):
    invite(db, it, "eli")


def has_applied(db, it):
    apply(db, it, "eli")


def is_in_line(db, it):
    it.circle.most = 5
    apply(db, it, "eli")
    answer(db, it, "dara")


def is_released(db, it):
    db.add(a_place(it.circle, it.eli, MembershipState.RELEASED, it.now))


def has_left(db, it):
    db.add(a_place(it.circle, it.eli, MembershipState.LEFT, it.now))


def is_removed(db, it):
    db.add(a_place(it.circle, it.eli, MembershipState.REMOVED, it.now))


def has_not_agreed(db, it):
    put_in(db, it, "eli", agreed_version=1)
    it.circle.agreements_version, it.circle.grace_from = 2, 2
    db.add(Agreements(circle_id=it.circle.id, version=2, words="Two.", put_at=it.now))


def rests(db, it):
    put_in(db, it, "eli", state=MembershipState.RESTING)


def is_here(db, it):
    put_in(db, it, "eli")


@pytest.mark.parametrize(
    ("given", "reads", "not_reads"),
    [
        (is_invited, ["Would you like to come into", WORDS, "Yes, come in"], ["Dara Example, "]),
        (has_applied, ["It is open until 21 December", "Take it back"], ["Dara"]),
        (is_in_line, ["You are in line", "Leave the line"], ["Dara", "Rui"]),
        (is_released, ["You were here", "Come in when you like.", "The notes from"], ["Rui"]),
        (has_left, ["You were here", "The notes from that time", "Why would you like"], ["Rui"]),
        (is_removed, ["You were here", UNASKED], ["The notes from that time", "Dara"]),
        (has_not_agreed, ["your yes to them is missing", "Leave the circle"], ["Dara", "Rui"]),
        (rests, ["Who sits here", "Come back", "Rui Example"], ["Rest for a while</a>"]),
        (is_here, ["Who sits here", "Rest for a while", "Dara Example"], ["At the door"]),
    ],
)
def test_each_reads_how_they_stand_with_the_circle(people, sign_in, now, given, reads, not_reads):
    does(given, now)
    page = sign_in(people.eli).get(PAGE)
    assert page.status_code == 200
    text = " ".join(page.text.split())
    assert [words for words in reads if words not in text] == []
    assert [words for words in not_reads if words in text] == []


def test_inv_09_two_who_are_apart_sit_in_one_circle_and_read_of_the_others(people, sign_in):
    ama, bo = sign_in(people.ama).get(PAGE).text, sign_in(people.bo).get(PAGE).text
    assert "Bo Example" not in ama
    assert "Ama Example" not in bo
    assert all("Rui Example" in page for page in (ama, bo))


def test_who_is_at_the_door_is_read_by_those_alone_who_facilitate(people, sign_in, now):
    does(is_invited, now)
    assert "Eli Example" in sign_in(people.dara).get(PAGE).text
    for who in ("rui", "tess", "lee", "ivy"):
        assert "Eli Example" not in sign_in(getattr(people, who)).get(PAGE).text


def test_inv_09_somebody_at_the_door_who_is_apart_is_not_there(people, sign_in, now):
    does(lambda db, it: put_in(db, it, "rui", facilitates=True), now)
    does(lambda db, it: block(db, it.eli, it.dara, now=now), now)
    does(has_applied, now)
    assert "Eli Example" not in sign_in(people.dara).get(PAGE).text
    assert "Eli Example" in sign_in(people.rui).get(PAGE).text


def test_whoever_is_asked_in_by_somebody_who_pauses_then_may_still_answer(people, sign_in, now):
    does(is_invited, now)
    does(lambda db, it: pause(db, it.dara, until=None, now=now), now)
    assert "Would you like to come into" in sign_in(people.eli).get(PAGE).text


# A no is silence


def test_inv_14_the_page_of_those_who_facilitate_is_the_same_after_a_no(people, sign_in, now):
    does(is_invited, now)
    dara = sign_in(people.dara)
    before = plain(dara.get(PAGE))
    does(lambda db, it: answer(db, it, "eli", yes=False), now)
    assert plain(dara.get(PAGE)) == before
    assert "Eli Example" in before


def test_inv_14_the_page_of_whoever_applied_is_the_same_after_a_no(people, sign_in, now):
    does(has_applied, now)
    eli = sign_in(people.eli)
    before = plain(eli.get(PAGE))
    does(lambda db, it: answer(db, it, "dara", yes=False), now)
    assert plain(eli.get(PAGE)) == before


@pytest.mark.parametrize("who", ["eli", "dara"])
def test_inv_14_17_after_its_day_a_no_is_a_lapse(people, sign_in, now, who):
    does(has_applied if who == "eli" else is_invited, now)
    pages = []
    with time_machine.travel(now + timedelta(days=31), tick=False):
        client = sign_in(getattr(people, who))
        pages.append(plain(client.get(PAGE)))
        answering = "dara" if who == "eli" else "eli"
        does(lambda db, it: decline_late(db, it, answering), now)
        pages.append(plain(client.get(PAGE)))
    assert pages[0] == pages[1]
    assert NAME in pages[0]
    assert ("You asked not long ago." in pages[0]) is (who == "eli")


def decline_late(db, it, who):
    ask = waiting(db, it, who)[0]
    ask.state, ask.ended_at = "declined", it.now


# Coming and going, in the browser


def test_somebody_asks_to_come_in_and_is_let_in(people, sign_in):
    eli, dara = sign_in(people.eli), sign_in(people.dara)
    form = {"reason": REASON, "agreed": "1", "submission": "x"}
    assert post(eli, f"{PAGE}/apply", form).location == PAGE
    assert post(eli, f"{PAGE}/apply", form).status_code == 303
    assert "You asked on" in eli.get(PAGE).text
    inbox = dara.get("/asks").text
    (key,) = set(re.findall(r'data-ask="([^"]+)"', inbox))
    (read,) = set(re.findall(r'name="read" value="([^"]+)"', inbox))
    stale = {"answer": "yes", "read": read[:-1] + "9"}
    assert post(dara, f"/asks/{key}/answer", stale).status_code == 409
    assert post(dara, f"/asks/{key}/answer", {"answer": "yes", "read": read}).status_code == 303
    assert "Who sits here" in eli.get(PAGE).text


def test_somebody_is_asked_in_and_says_yes_on_the_page_of_the_circle(people, sign_in):
    dara, eli = sign_in(people.dara), sign_in(people.eli)
    assert "Whom would you like to have here?" in dara.get(f"{PAGE}/invite").text
    form = {"handle": "/people/eli/", "words": WORDS, "submission": "x"}
    assert post(dara, f"{PAGE}/invite", form).location == f"{PAGE}#people"
    page = eli.get(PAGE).text
    (key,) = set(re.findall(r'data-ask="([^"]+)"', page))
    (read,) = set(re.findall(r'name="read" value="([^"]+)"', page))
    post(eli, f"/asks/{key}/answer", {"answer": "yes", "read": read})
    assert "Who sits here" in eli.get(PAGE).text


def test_an_invitation_is_taken_back_and_the_door_says_nothing_of_it(people, sign_in, now):
    does(is_invited, now)
    dara, eli = sign_in(people.dara), sign_in(people.eli)
    assert post(dara, f"{PAGE}/people/eli/take-back").status_code == 303
    page = eli.get(PAGE).text
    assert "Would you like to come into" not in page
    assert "Why would you like to come in?" in page
    assert post(dara, f"{PAGE}/people/eli/take-back").status_code == 404


@pytest.mark.parametrize(
    ("who", "path", "form", "said"),
    [
        ("rui", "rest", {"months": "3"}, "Resting until February 2027"),
        ("rui", "rest", {"months": ""}, "Come back"),
        ("tess", "come-back", {}, "Rest for a while"),
        ("rui", "does", {"does": "Keeps us to time"}, "Keeps us to time."),
        ("dara", "people/tess/release", {"words": ""}, "They can come back within half a year."),
        ("dara", "people/rui/remove", {"words": "You spoke of us."}, "They are not in the circle"),
        ("dara", "people/rui/turn", {"words": "It is your turn."}, "Rui Example is asked."),
        ("dara", "resting", {}, "It rests just now."),
        ("dara", "closing", {}, "It is closing."),
        ("dara", "change", {"name": "The Third Chair"}, "The Third Chair"),
    ],
)
def test_what_is_done_in_a_circle_stands_on_its_page(people, sign_in, who, path, form, said):
    client = sign_in(getattr(people, who))
    if path == "change":
        form = {"purpose": "We help one another.", "door": "open", "most": "8", **form}
        form["opens_when"] = "everyone"
    sent = post(client, f"{PAGE}/{path}", form)
    assert sent.status_code == 303
    assert said in client.get(sent.location.partition("#")[0]).text


def test_a_circle_goes_to_its_end_in_the_browser(people, sign_in, now):
    sets(now, life=Life.FORMING, began_at=None)
    dara, ama = sign_in(people.dara), sign_in(people.ama)
    for path, said in (
        ("begun", "Who sits here"),
        ("resting", "It rests just now."),
        ("awake", "Who sits here"),
        ("closing", "It is closing."),
        ("archived", "It ended on 21 November."),
    ):
        assert post(dara, f"{PAGE}/{path}").status_code == 303
        assert said in ama.get(PAGE).text, path
    assert post(dara, f"{PAGE}/change").status_code == 403
    assert post(ama, f"{PAGE}/rest", {"months": ""}).status_code == 403


def test_whoever_leaves_reads_the_door_with_the_time_they_were_here(people, sign_in):
    rui = sign_in(people.rui)
    assert "Those who facilitate read them in a letter." in rui.get(f"{PAGE}/leave").text
    assert post(rui, f"{PAGE}/leave", {"goodbye": "Thank you."}).location == "/circles"
    page = rui.get(PAGE).text
    assert "From 22 September to 21 November." in page
    assert not any(name in page for name in NAMES if not name.startswith("Rui"))


def test_a_circle_is_begun_in_two_steps(people, sign_in):
    eli = sign_in(people.eli)
    assert "Action learning set" in eli.get("/circles/new").text
    plan = eli.get("/circles/new/mastermind").text
    assert "What is said here stays here." in plan
    assert eli.get("/circles/new/banquet").status_code == 404
    form = {
        "name": "The Long Table",
        "purpose": "We think each next step through.",
        "door": "hidden",
        "most": "6",
        "opens_when": "everyone",
        "leavers_keep": "y",
        "agreements": "One.",
        "submission": "x",
    }
    sent = [post(eli, "/circles/new/mastermind", form) for _twice in (1, 2)]
    assert sent[0].location == sent[1].location
    page = eli.get(sent[0].location).text
    assert "The Long Table" in page
    assert "It is forming." in page
    assert sign_in(people.ama).get(sent[0].location).status_code == 404


# What cannot be taken


PLAN = {
    "name": "The Long Table",
    "purpose": "We think each next step through.",
    "door": "open",
    "most": "6",
    "opens_when": "everyone",
    "agreements": "One.",
    "submission": "x",
}


@pytest.mark.parametrize(
    ("who", "path", "form", "keeps"),
    [
        ("eli", "/circles/new/mastermind", PLAN | {"name": ""}, "We think each next step"),
        ("eli", "/circles/new/mastermind", PLAN | {"most": "many"}, "The Long Table"),
        ("eli", "/circles/new/mastermind", PLAN | {"most": "9"}, "The Long Table"),
        ("eli", "/circles/new/mastermind", PLAN | {"door": "ajar"}, "The Long Table"),
        ("eli", "/circles/new/mastermind", PLAN | {"agreements": ""}, "The Long Table"),
        ("eli", "/circles/new/mastermind", PLAN | {"about": "y" * 2001}, "y" * 2001),
        ("dara", f"{PAGE}/change", PLAN | {"most": "4"}, "The Long Table"),
        ("dara", f"{PAGE}/change", PLAN | {"purpose": "Short."}, "Short."),
        ("eli", f"{PAGE}/apply", {"reason": "Hm.", "agreed": "1"}, "Hm."),
        ("eli", f"{PAGE}/apply", {"reason": "y" * 2001, "agreed": "1"}, "y" * 2001),
        ("dara", f"{PAGE}/invite", {"handle": "eli", "words": "Hm."}, "Hm."),
        ("dara", f"{PAGE}/invite", {"handle": "nobody", "words": WORDS}, WORDS),
        ("dara", f"{PAGE}/invite", {"words": WORDS}, WORDS),
        ("dara", f"{PAGE}/invite", {"handle": "dara", "words": WORDS}, "You are in it already."),
        ("dara", f"{PAGE}/people/rui/turn", {"words": "Hm."}, "Hm."),
        ("dara", f"{PAGE}/people/rui/release", {"words": "y" * 601}, "y" * 601),
        ("dara", f"{PAGE}/people/rui/remove", {"words": " "}, "Say why, in a sentence."),
        ("rui", f"{PAGE}/leave", {"goodbye": "y" * 601}, "y" * 601),
        ("rui", f"{PAGE}/rest", {"months": "7"}, "Not a valid choice"),
        ("rui", f"{PAGE}/does", {"does": "y" * 121}, "120"),
    ],
)
def test_inv_18_a_form_that_cannot_be_taken_comes_back_with_its_words(
    people, sign_in, who, path, form, keeps
):
    client = sign_in(getattr(people, who))
    client.get(PAGE)
    before = kept()
    answered = post(client, path, {"submission": "x", **form})
    assert answered.status_code == 422
    assert keeps in answered.text
    assert kept() == before


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("join", {"agreed": "1"}),
        ("join", {"agreed": "0"}),
        ("take-back", {}),
        ("invite", {"handle": "lee", "words": WORDS}),
        ("people/ivy/take-back", {}),
        ("people/rui/turn", {"words": WORDS}),
        ("people/rui/release", {}),
        ("people/rui/remove", {"words": "No."}),
        ("change", PLAN),
        ("begun", {}),
        ("resting", {}),
        ("closing", {}),
        ("archived", {}),
        ("awake", {}),
        ("rest", {"months": ""}),
        ("come-back", {}),
        ("sit-down", {}),
        ("leave", {}),
        ("does", {"does": "Nothing."}),
        ("step-down", {}),
    ],
)
@pytest.mark.parametrize("who", ["eli", "max"])
def test_inv_18_whoever_is_outside_changes_nothing(people, sign_in, path, form, who):
    client = sign_in(getattr(people, who))
    client.get(PAGE)
    before = kept()
    answered = post(client, f"{PAGE}/{path}", form)
    assert answered.status_code in {403, 404, 409}
    assert kept() == before


@pytest.mark.parametrize(
    "path",
    [
        "invite",
        "people/ivy/take-back",
        "people/ama/turn",
        "people/ama/release",
        "people/ama/remove",
        "change",
        "begun",
        "resting",
        "closing",
        "archived",
    ],
)
def test_inv_18_what_those_do_who_facilitate_no_one_else_inside_does(people, sign_in, path):
    client = sign_in(people.rui)
    client.get(PAGE)
    before = kept()
    form = {**PLAN, "handle": "lee", "words": WORDS}
    assert post(client, f"{PAGE}/{path}", form).status_code == 403
    assert kept() == before


def test_inv_55_coming_in_with_agreements_that_changed_is_refused_in_words(people, sign_in, now):
    sets(now, door=Door.OPEN)
    eli = sign_in(people.eli)
    answered = post(eli, f"{PAGE}/join", {"agreed": "7"})
    assert answered.status_code == 409
    assert "The agreements changed while you were reading." in answered.text
    assert post(eli, f"{PAGE}/join", {"agreed": "1"}).status_code == 303


def test_the_only_one_who_facilitates_reads_what_to_do_first(people, sign_in):
    dara = sign_in(people.dara)
    for path, form in (("step-down", {}), ("rest", {"months": ""}), ("leave", {})):
        answered = post(dara, f"{PAGE}/{path}", form)
        assert answered.status_code == 409
        assert "Ask somebody to take a turn first, or put the circle to rest." in answered.text


# As many statements at any size


def grow(now):
    with transaction() as db:
        circle = db.scalars(select(Circle)).one()
        circle.most = 100
        for n in range(60):
            who = Member(
                handle=f"more{n}",
                name=f"More {n}",
                email=f"more{n}@more.example",
                password_hash="x",
                joined_at=now,
            )
            db.add(who)
            db.flush()  # the place names it
            state = (MembershipState.MEMBER, MembershipState.INVITED, MembershipState.QUEUED)[n % 3]
            since = None if state is not MembershipState.MEMBER else now
            db.add(a_place(circle, who, state, now, since=since))
        for n in range(40):
            author = db.scalars(select(Member).where(Member.handle == f"more{n}")).one()
            db.add(
                CircleNote(
                    circle_id=circle.id,
                    title=f"Note {n}",
                    body="Words.",
                    author_id=author.id,
                    written_at=now,
                    changed_at=now,
                    submission=f"note-{n}",
                )
            )


@pytest.mark.parametrize("who", ["dara", "rui", "eli", "ivy", "lee"])
def test_the_page_is_at_most_twelve_statements_at_any_size(people, sign_in, ran, now, who):
    client = sign_in(getattr(people, who))
    client.get(PAGE)
    small = len(ran(lambda: client.get(PAGE)))
    grow(now)
    large = len(ran(lambda: client.get(PAGE)))
    assert small == large <= 12
