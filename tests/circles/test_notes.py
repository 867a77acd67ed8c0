from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from network.circles.kinds import Life
from network.circles.models import CircleNote, CircleNoteVersion
from network.circles.services import notes as services
from network.db import transaction
from network.errors import NotAllowed, NotFound
from network.members.kinds import MembershipState
from tests.circles.conftest import HTMX, SLUG, a_circle, a_place, act, here, place_of
from tests.conftest import post

TITLE, BODY = "A yes in the room", "It is a *no* outside it."
NOTES = f"/circles/{SLUG}/notes"


def write(db, circle, actor, now, body=BODY, title=TITLE, submission="x"):
    sent = {"title": title, "body": body, "submission": submission}
    return services.write(db, circle, actor=actor, now=now, **sent)


def change(db, note, actor, now, body, version=1, title=TITLE):
    sent = {"title": title, "body": body, "version": version}
    services.change(db, note, actor=actor, now=now, **sent)


@pytest.fixture
def note(people, now):
    """A note by Rui, from when Lee was still here; its key."""
    written = now - timedelta(days=40)
    return act(lambda db, it: write(db, it.circle, it.rui, written)).key


def row(db):
    return db.scalars(select(CircleNote)).one()


@pytest.mark.parametrize(
    ("who", "reads", "writes"),
    [
        ("dara", 200, 200),
        ("ama", 200, 200),
        ("tess", 200, 200),
        ("bo", 200, 200),
        ("lee", 200, 404),
        ("max", 404, 404),
        ("ivy", 404, 404),
        ("eli", 404, 404),
    ],
)
def test_inv_56_notes_are_read_inside_and_by_whoever_keeps_them(
    people, sign_in, note, who, reads, writes
):
    client = sign_in(getattr(people, who))
    read = [client.get(each) for each in (NOTES, f"{NOTES}/{note}", f"{NOTES}/{note}/history")]
    assert [each.status_code for each in read] == [reads] * 3
    assert all((TITLE in each.text) == (reads == 200) for each in read)
    written = [client.get(each).status_code for each in (f"{NOTES}/new", f"{NOTES}/{note}/edit")]
    form = {"title": TITLE, "body": "Other words.", "version": "1", "submission": "y"}
    sent = [post(client, each, form).status_code for each in (NOTES, f"{NOTES}/{note}")]
    assert written == [writes] * 2
    assert sent == [303 if writes == 200 else 404] * 2
    with transaction() as db:
        assert db.scalar(select(func.count(CircleNote.id))) == (2 if writes == 200 else 1)


def test_a_note_is_written_read_and_changed_in_the_browser(people, sign_in):
    ama = sign_in(people.ama)
    assert "Nothing is written down here." in ama.get(NOTES).text
    sent = post(ama, NOTES, {"title": TITLE, "body": BODY, "submission": "x"})
    assert sent.status_code == 303
    page = ama.get(sent.location).text
    assert "It is a <em>no</em> outside it." in page
    assert "Last words by you" in page
    changed = {"title": TITLE, "body": "It is a maybe outside it.", "version": "1"}
    assert post(ama, sent.location, changed).status_code == 303
    history = ama.get(f"{sent.location}/history").text
    assert '<ins><span class="vh">added: </span>maybe</ins>' in history
    assert '<del><span class="vh">taken out: </span>*no*</del>' in history


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_words_are_read_over_before_they_are_saved(people, sign_in, note, headers):
    ama = sign_in(people.ama)
    form = {"title": TITLE, "body": "Bring *bread*.", "version": "1", "look": "yes"}
    for path in (NOTES, f"{NOTES}/{note}"):
        shown = post(ama, path, form, headers=headers)
        assert shown.status_code == 200
        assert "Bring <em>bread</em>." in shown.text
        assert "Bring *bread*.</textarea>" in shown.text
        assert ("<html" in shown.text) == (not headers)
    with transaction() as db:
        assert (row(db).version, row(db).body) == (1, BODY)


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_of_two_who_change_at_once_the_second_reads_both_and_loses_nothing(
    people, sign_in, note, headers
):
    ama, rui = sign_in(people.ama), sign_in(people.rui)
    path = f"{NOTES}/{note}"
    form = {"title": TITLE, "version": "1"}
    assert post(rui, path, {**form, "body": "Rui was first."}).status_code == 303
    second = post(ama, path, {**form, "body": "Ama was second."}, headers=headers)
    assert second.status_code == 409
    assert "Somebody changed this note while you were writing." in second.text
    assert "Rui was first." in second.text
    assert "Ama was second.</textarea>" in second.text
    assert 'name="version" value="2"' in second.text
    assert ("<html" in second.text) == (not headers)
    both = {"title": TITLE, "version": "2", "body": "Both of us."}
    assert post(ama, path, both).status_code == 303
    with transaction() as db:
        kept = db.scalars(select(CircleNoteVersion.body).order_by(CircleNoteVersion.version))
        assert kept.all() == [BODY, "Rui was first.", "Both of us."]


def test_of_changes_that_race_one_is_taken_and_each_wording_is_kept_once(app, people, note, now):
    for turn in range(1, 5):
        ready, said = threading.Barrier(2), []

        def run(handle, turn=turn, ready=ready, said=said):
            with app.app_context():
                ready.wait()
                try:
                    with transaction() as db:
                        found, who = row(db), getattr(here(db), handle)
                        change(db, found, who, now, f"{handle} {turn}", version=turn)
                except services.Overtaken:
                    said.append("overtaken")
                else:
                    said.append("taken")

        threads = [threading.Thread(target=run, args=(each,)) for each in ("ama", "rui")]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        assert sorted(said) == ["overtaken", "taken"]
        with transaction() as db:
            versions = db.scalars(select(CircleNoteVersion.version)).all()
            assert (row(db).version, sorted(versions)) == (turn + 1, list(range(1, turn + 2)))


def test_inv_20_the_same_form_twice_is_one_note_and_other_words_are_another(people, now):
    def twice(db, it):
        one, again = (write(db, it.circle, it.ama, now) for _each in range(2))
        change(db, one, it.rui, now, "Changed since.")
        assert write(db, it.circle, it.ama, now) is one is again
        assert write(db, it.circle, it.ama, now, body="Other words.") is not one
        assert write(db, it.circle, it.rui, now) is not one
        change(db, one, it.rui, now, "Changed since.")  # a double click comes late
        assert one.version == 2

    act(twice)


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"title": "", "body": BODY}, "Give the note a title"),
        ({"title": TITLE, "body": " "}, "There is nothing to keep yet."),
        ({"title": "t" * 121, "body": BODY}, "120 is the most"),
        ({"title": TITLE, "body": "b" * 20_001}, "20000 is the most"),
    ],
)
def test_what_cannot_be_kept_stays_in_the_form(people, sign_in, note, form, said):
    ama = sign_in(people.ama)
    for path in (NOTES, f"{NOTES}/{note}"):
        answer = post(ama, path, {**form, "version": "1"})
        assert answer.status_code == 422
        assert said in answer.text
        assert form["title"] in answer.text
        assert form["body"].strip() in answer.text


# Whoever left


def test_inv_56_whoever_left_reads_the_words_of_then(people, sign_in, note, now):
    act(lambda db, it: change(db, row(db), it.ama, now - timedelta(days=30), "While Lee was here."))
    act(lambda db, it: change(db, row(db), it.ama, now, "Since.", version=2, title="New title"))
    act(lambda db, it: write(db, it.circle, it.ama, now, title="Only ours", submission="z"))
    lee, ama = sign_in(people.lee), sign_in(people.ama)
    page, history = lee.get(f"{NOTES}/{note}").text, lee.get(f"{NOTES}/{note}/history").text
    assert "While Lee was here." in page
    assert "Change the words" not in page
    assert "<ins>" in history
    assert not any(new in page + history for new in ("Since.", "New title"))
    mine = lee.get(NOTES).text
    assert (TITLE in mine, "New title" in mine, "Only ours" in mine) == (True, False, False)
    theirs = ama.get(NOTES).text
    assert (TITLE in theirs, "New title" in theirs, "Only ours" in theirs) == (False, True, True)


def test_inv_56_whoever_left_keeps_the_words_of_then_though_they_are_in_another_circle(
    people, sign_in, note, now
):
    def in_another(db, it):
        there = a_circle(db, it.lee, now, slug="the-third-chair-abcdefgh")
        db.add(a_place(there, it.lee, MembershipState.MEMBER, now))
        write(db, there, it.lee, now)

    act(lambda db, it: change(db, row(db), it.ama, now, "Since."))
    act(in_another)
    lee = sign_in(people.lee)
    page = lee.get(f"{NOTES}/{note}")
    assert (page.status_code, "outside it" in page.text, "Since." in page.text) == (
        200,
        True,
        False,
    )


def test_inv_56_a_note_from_after_one_left_is_not_there(people, sign_in, note, now):
    late = act(lambda db, it: write(db, it.circle, it.ama, now, submission="z")).key
    lee = sign_in(people.lee)
    unknown = lee.get(f"{NOTES}/nothing-here")
    for path in (f"{NOTES}/{late}", f"{NOTES}/{late}/history"):
        assert lee.get(path).status_code == 404
        assert lee.get(path).data == unknown.data


def test_inv_56_a_note_from_before_one_came_is_not_kept_though_it_changed_since(
    people, sign_in, now
):
    long_ago = now - timedelta(days=70)
    key = act(lambda db, it: write(db, it.circle, it.rui, long_ago)).key
    act(lambda db, it: change(db, row(db), it.rui, now - timedelta(days=30), "While Lee was here."))
    lee = sign_in(people.lee)
    assert [lee.get(each).status_code for each in (NOTES, f"{NOTES}/{key}")] == [404, 404]


@pytest.mark.parametrize("why", ["the circle keeps nothing", "released", "removed", "never there"])
def test_inv_56_what_is_kept_is_what_the_circle_says(people, sign_in, note, why):
    def end(db, it):
        place = place_of(db, it.lee)
        if why == "the circle keeps nothing":
            it.circle.leavers_keep = False
        if why == "released":
            place.state = MembershipState.RELEASED
        if why == "removed":
            place.state = MembershipState.REMOVED
        if why == "never there":
            place.since = place.ended_at

    act(end)
    lee, expected = sign_in(people.lee), 200 if why == "released" else 404
    assert [lee.get(each).status_code for each in (NOTES, f"{NOTES}/{note}")] == [expected] * 2


def test_inv_56_whoever_leaves_is_outside_at_once_and_back_in_reads_everything(
    people, sign_in, note, now
):
    rui = sign_in(people.rui)

    def leave(db, it):
        place = place_of(db, it.rui)
        place.state, place.ended_at = MembershipState.LEFT, now
        change(db, row(db), it.ama, now + timedelta(hours=1), "After Rui left.")

    def return_(db, it):
        db.add(a_place(it.circle, it.rui, MembershipState.MEMBER, now, since=now))

    act(leave)
    assert "outside it." in rui.get(f"{NOTES}/{note}").text
    assert "After Rui left." not in rui.get(f"{NOTES}/{note}").text
    assert rui.get(f"{NOTES}/{note}/edit").status_code == 404
    act(return_)
    with time_machine.travel(now + timedelta(hours=2), tick=False):
        assert "After Rui left." in rui.get(f"{NOTES}/{note}").text


@pytest.mark.parametrize(
    ("who", "refusal"),
    [("ama", None), ("tess", None), ("lee", NotFound), ("ivy", NotFound), ("eli", NotFound)],
)
def test_whoever_is_not_inside_writes_nothing(db, people, note, now, who, refusal):
    it = here(db)
    actor, found = getattr(it, who), row(db)
    if refusal is None:
        write(db, it.circle, actor, now, submission="z")
        change(db, found, actor, now, "Other words.")
        return
    with pytest.raises(refusal):
        write(db, it.circle, actor, now, submission="z")
    with pytest.raises(refusal):
        change(db, found, actor, now, "Other words.")


def test_in_a_circle_that_was_notes_are_read_and_not_changed(db, people, sign_in, note, now):
    def end(db, it):
        it.circle.life, it.circle.ended_at = Life.ARCHIVED, now

    act(end)
    ama, it = sign_in(people.ama), here(db)
    page = ama.get(f"{NOTES}/{note}")
    assert page.status_code == 200
    assert "Change the words" not in page.text
    assert ama.get(f"{NOTES}/{note}/edit").status_code == 403
    with pytest.raises(NotAllowed):
        change(db, row(db), it.ama, now, "Other words.")


# Who is named


@pytest.mark.parametrize(("who", "named"), [("rui", True), ("ama", False)])
def test_inv_09_who_wrote_is_named_to_those_who_may_know_them(people, sign_in, now, who, named):
    key = act(lambda db, it: write(db, it.circle, it.bo, now)).key
    client = sign_in(getattr(people, who))
    pages = [client.get(each).text for each in (NOTES, f"{NOTES}/{key}", f"{NOTES}/{key}/history")]
    assert [("Bo Example" in each) for each in pages] == [named] * 3
    assert all(TITLE in each for each in pages)


def test_inv_09_the_blocked_and_the_gone_look_the_same(people, sign_in, now):
    act(lambda db, it: write(db, it.circle, it.bo, now))
    ama = sign_in(people.ama)
    blocked = ama.get(NOTES).text

    def forget(db, it):
        row(db).author_id = None
        for version in db.scalars(select(CircleNoteVersion)):
            version.author_id = None

    act(forget)
    assert ama.get(NOTES).text == blocked


# Many


def test_pages_of_notes_ask_as_often_at_three_as_at_sixty(people, sign_in, ran, now, note):
    ama = sign_in(people.ama)
    ama.get(NOTES)
    few = [len(ran(lambda p=p: ama.get(p))) for p in (NOTES, f"{NOTES}/{note}/history")]

    def many(db, it):
        for number in range(60):
            write(db, it.circle, it.rui, now, title=f"Note {number}", submission=f"s{number}")
            change(db, db.get_one(CircleNote, 1), it.rui, now, f"Words {number}", number + 1)

    act(many)
    more = [len(ran(lambda p=p: ama.get(p))) for p in (NOTES, f"{NOTES}/{note}/history")]
    assert few == more
    assert max(more) <= 12


def test_earlier_notes_and_earlier_words_are_a_link_away(people, sign_in, now):
    def many(db, it):
        for number in range(35):
            write(db, it.circle, it.rui, now, title=f"Note {number}.", submission=f"s{number}")
        for number in range(12):
            change(db, db.get_one(CircleNote, 35), it.rui, now, f"Words {number}.", number + 1)
        return db.get_one(CircleNote, 35).key, db.get_one(CircleNote, 6).key

    newest, last = act(many)
    ama = sign_in(people.ama)
    first, rest = ama.get(NOTES).text, ama.get(f"{NOTES}?before={last}").text
    assert ("Note 5." in first, "Note 4." in first, "Note 4." in rest) == (True, False, True)
    assert f"before={last}" in first
    assert "Earlier notes" not in rest
    history = ama.get(f"{NOTES}/{newest}/history").text
    assert ("before=4" in history, "It is a" in history) == (True, False)
    assert "It is a <em>no</em>" in ama.get(f"{NOTES}/{newest}/history?before=4").text
