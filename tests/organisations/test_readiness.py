from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from network.db import reading
from network.errors import Invalid, NotFound, Refusal
from network.events.models import Event
from network.members.kinds import Audience, Part
from network.members.models import Section
from network.members.services import boundaries
from network.members.visibility import THE_WEB, Viewer
from network.organisations.access import organisation_for
from network.organisations.kinds import Speaks
from network.organisations.models import Readiness
from network.organisations.queries.readiness import history_of, standing
from network.organisations.questions import LONGEST_ANSWER, QUESTIONS
from network.organisations.services.readiness import Overtaken, write_answers
from tests.conftest import NOON, post
from tests.organisations.conftest import ANSWERS, MERROW, act, place_of

YEAR = timedelta(days=366)
DAY = timedelta(days=1)
OTHERS = [
    "Whoever waits at the quay.",
    "Equal since May.",
    "A key and a peg.",
    "Slowly.",
    "One can.",
]
PAGE = f"/organisations/{MERROW}/answers"
WRITE = f"{PAGE}/write"


def write(db, it, *, by="oskar", answers=OTHERS, version=1, now=None):
    return write_answers(
        db,
        it.organisation,
        actor=getattr(it, by),
        answers=answers,
        version=version,
        now=now or NOON,
    )


def versions(db):
    found = select(Readiness).order_by(Readiness.version)
    return [(each.version, each.answers) for each in db.scalars(found)]


def at_once(app, *what):
    """Do things at the same time, each as a request would; return the refusals there were."""
    gate, refusals = threading.Barrier(len(what)), []

    def do(one):
        with app.app_context():
            gate.wait()
            try:
                act(one)
            except Refusal as refusal:
                refusals.append(refusal)

    threads = [threading.Thread(target=do, args=(each,)) for each in what]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return refusals


def form(answers=OTHERS, version=1):
    fields = {f"answer_{number}": words for number, words in enumerate(answers, start=1)}
    return {**fields, "version": str(version)}


def spoke_until_today(db, it):
    place = place_of(db, it.oskar)
    place.state, place.ended_at = Speaks.ENDED, it.now


@pytest.mark.parametrize(
    ("given", "who", "refusal"),
    [
        (None, "oskar", None),
        (None, "siun", None),
        (None, "ama", NotFound),
        (spoke_until_today, "oskar", NotFound),
        (spoke_until_today, "siun", None),
    ],
)
def test_inv_18_whoever_speaks_for_it_answers_and_nobody_else(db, it, given, who, refusal):
    if given is not None:
        given(db, it)
        db.flush()
    if refusal is None:
        assert write(db, it, by=who).version == 2
        assert versions(db) == [(1, ANSWERS), (2, OTHERS)]
        return
    with pytest.raises(refusal):
        write(db, it, by=who)
    assert versions(db) == [(1, ANSWERS)]


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ([*OTHERS[:4], ""], "answer_5"),
        (["", *OTHERS[1:]], "answer_1"),
        ([OTHERS[0], " \u200b \n", *OTHERS[2:]], "answer_2"),
        ([*OTHERS[:2], "x" * (LONGEST_ANSWER + 1), *OTHERS[3:]], "answer_3"),
        (OTHERS[:4], ""),
        ([*OTHERS, "A sixth."], ""),
        ([*OTHERS[:2], "x" * LONGEST_ANSWER, *OTHERS[3:]], None),
    ],
)
def test_there_are_five_answers_none_empty_and_none_too_long(db, it, answers, field):
    if field is None:
        assert write(db, it, answers=answers).version == 2
        return
    with pytest.raises(Invalid) as refused:
        write(db, it, answers=answers)
    assert (refused.value.field, versions(db)) == (field, [(1, ANSWERS)])


def test_the_first_answers_are_version_one(db, it):
    db.delete(db.get_one(Readiness, (it.organisation.id, 1)))
    it.organisation.readiness_version = 0
    db.flush()
    assert standing(db, it.organisation, it.now) is None
    write(db, it, version=0)
    assert standing(db, it.organisation, it.now).readiness.answers == OTHERS


def test_the_log_names_the_version_and_none_of_the_words(db, it):
    write(db, it)
    kind = Event.kind == "organisations:answers:written"
    event = db.scalars(select(Event).where(kind)).one()
    assert (event.actor_id, event.data) == (it.oskar.id, {"version": 2})


def test_inv_20_the_same_form_twice_is_once(db, it):
    first = write(db, it)
    assert write(db, it, by="siun") is first
    assert versions(db) == [(1, ANSWERS), (2, OTHERS)]


def test_the_same_words_said_again_are_a_version_and_count_from_then(db, it):
    later = it.now + 100 * DAY
    write(db, it, answers=ANSWERS, now=later)
    found = standing(db, it.organisation, later)
    assert (found.readiness.version, found.counts_until) == (2, later + YEAR)


@pytest.mark.parametrize("version", [0, 1, 3])
def test_whoever_wrote_to_an_older_version_is_told_and_loses_nothing(db, it, version):
    write(db, it, by="siun")
    with pytest.raises(Overtaken):
        write(db, it, answers=[*OTHERS[:4], "Nobody can."], version=version)
    assert versions(db) == [(1, ANSWERS), (2, OTHERS)]


def test_the_words_of_two_versions_ago_are_not_taken_for_a_double_click(db, it):
    write(db, it)
    write(db, it, answers=ANSWERS, version=2)
    with pytest.raises(Overtaken):
        write(db, it, answers=OTHERS, version=1)


def test_of_two_who_write_at_once_one_is_told_of_the_other(app, merrow):
    refused = at_once(
        app,
        lambda db, it: write(db, it, by="oskar", answers=["The quay.", *OTHERS[1:]]),
        lambda db, it: write(db, it, by="siun", answers=["The boat.", *OTHERS[1:]]),
    )
    assert [type(each) for each in refused] == [Overtaken]
    with reading() as db:
        assert [version for version, _words in versions(db)] == [1, 2]


@pytest.mark.parametrize(
    ("age", "counts", "ends_soon"),
    [
        (timedelta(0), True, False),
        (YEAR - 31 * DAY, True, False),
        (YEAR - 30 * DAY, True, True),
        (YEAR - timedelta(seconds=1), True, True),
        (YEAR, False, False),
        (YEAR + 100 * DAY, False, False),
    ],
)
def test_answers_count_for_a_year_and_agree_with_the_guard(db, it, age, counts, ends_soon):
    db.get_one(Readiness, (it.organisation.id, 1)).written_at = it.now - age
    db.flush()
    found = standing(db, it.organisation, it.now)
    assert (found.counts, found.ends_soon) == (counts, ends_soon)
    seen = organisation_for(db, it.ama, MERROW, now=it.now)
    assert seen.answers_count is counts


def test_an_approach_goes_on_showing_the_version_it_was_sent_with(db, it):
    write(db, it)
    assert standing(db, it.organisation, it.now, version=1).readiness.answers == ANSWERS
    assert standing(db, it.organisation, it.now).readiness.answers == OTHERS
    assert standing(db, it.organisation, it.now, version=9) is None


def shields(db, it):
    boundaries.raise_shield(db, it.oskar, against="@ama.example", now=it.now)


def shows_a_purpose_to_anyone(db, it):
    purpose = db.get_one(Section, (it.oskar.id, Part.PURPOSE))
    purpose.audience = purpose.shown_to = Audience.WEB


@pytest.mark.parametrize(
    ("given", "who", "named"),
    [
        (None, "ama", True),
        (None, "siun", True),
        (shields, "ama", False),
        (shields, "siun", True),
        (None, "", False),
        (shows_a_purpose_to_anyone, "", True),
    ],
)
def test_inv_10_who_answered_is_named_to_whom_they_are_visible(db, it, given, who, named):
    write(db, it)
    if given is not None:
        given(db, it)
    db.flush()
    viewer = Viewer.of(getattr(it, who)) if who else THE_WEB
    found = standing(db, it.organisation, it.now, viewer=viewer)
    history = history_of(db, it.organisation, viewer, it.now)
    signed = [found.author, history.changes[0].standing.author]
    assert [each is not None for each in signed] == [named, named]
    assert standing(db, it.organisation, it.now).author is None


def test_what_changed_is_shown_question_by_question(db, it):
    write(db, it, answers=[*ANSWERS[:1], "Not yet for all.", *ANSWERS[2:]])
    write(db, it, answers=versions(db)[1][1], version=2)
    changes = history_of(db, it.organisation, Viewer.of(it.ama), it.now).changes
    assert [(len(each.changed), each.is_first) for each in changes] == [
        (0, False),
        (1, False),
        (0, True),
    ]
    question, runs = changes[1].changed[0]
    assert question is QUESTIONS[1]
    assert [(run.how, run.lines) for run in runs if run.how != "stayed"] == [
        ("taken out", ("everyone.",)),
        ("added", ("all.",)),
    ]


def test_the_history_is_read_leaf_by_leaf(db, it):
    for version in range(1, 12):
        write(db, it, answers=[f"Wording {version}.", *ANSWERS[1:]], version=version)
    first = history_of(db, it.organisation, Viewer.of(it.ama), it.now)
    assert (len(first.changes), first.earlier) == (10, 3)
    rest = history_of(db, it.organisation, Viewer.of(it.ama), it.now, before=first.earlier)
    assert [each.is_first for each in rest.changes] == [False, True]
    assert rest.earlier is None


# Its pages


def unverified(db, it):
    it.organisation.verified_by = it.organisation.verified_at = None


def not_answered(db, it):
    db.delete(db.get_one(Readiness, (it.organisation.id, 1)))
    it.organisation.readiness_version = 0


@pytest.mark.parametrize(
    ("given", "who", "status"),
    [
        (None, "", 200),
        (None, "ama", 200),
        (unverified, "", 404),
        (unverified, "ama", 200),
        (not_answered, "", 404),
        (not_answered, "ama", 200),
    ],
)
def test_the_answers_are_read_by_whoever_reads_the_page(
    merrow, client, sign_in, given, who, status
):
    if given is not None:
        act(given)
    reader = sign_in(getattr(merrow, who)) if who else client
    got = reader.get(PAGE)
    assert got.status_code == status
    if status == 200 and given is not not_answered:
        assert all(words in got.text for words in ANSWERS)
    if given is not_answered and who:
        assert "has not answered them" in got.text


@pytest.mark.parametrize(("who", "status"), [("oskar", 200), ("ama", 404)])
def test_the_form_is_for_those_who_speak_for_it_with_what_stands(merrow, sign_in, who, status):
    reader = sign_in(getattr(merrow, who))
    got = reader.get(WRITE)
    assert got.status_code == status
    assert post(reader, WRITE, form()).status_code == {200: 303, 404: 404}[status]
    if status == 200:
        assert all(words in got.text for words in ANSWERS)
        assert all(str(each.not_yet)[:20] in got.text for each in QUESTIONS)
        assert "Whoever waits at the quay." in reader.get(PAGE).text


def test_a_form_with_an_empty_answer_comes_back_with_all_its_words(merrow, sign_in):
    got = post(sign_in(merrow.oskar), WRITE, form([*OTHERS[:4], ""]))
    assert got.status_code == 422
    assert all(words in got.text for words in OTHERS[:4])
    assert 'href="#answer_5"' in got.text


def test_a_form_that_was_overtaken_shows_both_wordings_and_saves_the_next_time(merrow, sign_in):
    act(lambda db, it: write(db, it, by="siun"))
    mine = [*ANSWERS[:4], "Five of seven would."]
    oskar = sign_in(merrow.oskar)
    got = post(oskar, WRITE, form(mine), headers={"HX-Request": "true"})
    assert got.status_code == 409
    assert all(words in got.text for words in (mine[4], OTHERS[0], "Siun Example"))
    assert 'name="version" value="2"' in got.text
    assert post(oskar, WRITE, form(mine, version=2)).status_code == 303
    with reading() as db:
        assert versions(db)[-1] == (3, mine)


@pytest.mark.parametrize(("who", "said"), [("oskar", True), ("ama", False), ("", False)])
def test_a_gentle_line_is_for_those_who_speak_for_it(merrow, client, sign_in, now, who, said):
    def nearly_a_year_old(db, it):
        db.get_one(Readiness, (it.organisation.id, 1)).written_at = now - YEAR + 20 * DAY

    reader = sign_in(getattr(merrow, who)) if who else client
    assert "Read and answer again" not in reader.get(PAGE).text
    act(nearly_a_year_old)
    assert ("Read and answer again" in reader.get(PAGE).text) is said


def test_the_page_asks_the_same_of_the_database_however_often_it_was_answered(merrow, sign_in, ran):
    reader = sign_in(merrow.ama)
    reader.get(PAGE)
    few = ran(lambda: reader.get(PAGE))

    def often(db, it):
        for version in range(1, 30):
            write(db, it, answers=[f"Wording {version}.", *ANSWERS[1:]], version=version)

    act(often)
    assert len(ran(lambda: reader.get(PAGE))) == len(few) <= 12
