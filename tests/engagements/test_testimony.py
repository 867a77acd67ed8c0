from __future__ import annotations

import html
import re

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from network.composition import LETTERS, channels
from network.db import reading, transaction
from network.engagements import models
from network.engagements.kinds import EngagementState
from network.engagements.models import SEALED, Engagement
from network.engagements.services import testimony as services
from network.errors import Conflict, NotAllowed, NotFound, Refusal
from network.events.models import Delivery, Event
from network.events.worker import run_once
from network.mail import Context
from network.members.kinds import State
from network.members.services import boundaries, participation
from tests.conftest import NOON, post
from tests.engagements import afterwards
from tests.engagements.afterwards import NAMES, lived, member, move
from tests.engagements.lives import DAY
from tests.engagements.test_negotiating import at_once

HERS, HIS = "Ama asked what we would stop doing first.", "Bea read the budget aloud, twice."
REPLY = "It took both of us."
RANDOM = re.compile(r'(X-CSRFToken": |csrf_token" value=|submission" value=)"[^"]*"')


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def people(make_member):
    return {name: make_member(name) for name in (*NAMES, "dov")}


@pytest.fixture
def work(db, people):
    """Work of Ama, Bea and Cai that is over."""
    engagement = lived(db, [people[name] for name in NAMES])
    db.commit()
    return engagement


def do(verb, work, *given, now=NOON):
    with transaction() as db:
        it = db.get_one(Engagement, work.id)
        return getattr(afterwards, verb)(db, it, *given, now)


def refused(verb, work, *given, now=NOON):
    try:
        do(verb, work, *given, now=now)
    except Refusal as refusal:
        return type(refusal)
    return None


@pytest.fixture
def both(work):
    """Ama and Bea have written about each other."""
    do("write", work, "bea", "ama", HERS)
    do("write", work, "ama", "bea", HIS)
    return work


def told(who, work, now=NOON):
    with reading() as db:
        it = db.get_one(Engagement, work.id)
        found = afterwards.read(db, it, who, NAMES, now)
        return {author for author, about in found if about == who}


def there(reader="dov", subject="ama", now=NOON):
    with reading() as db:
        return afterwards.on_page(db, reader, subject, now)


def kinds():
    with reading() as db:
        found = select(Event.kind).where(Event.kind.like("engagements:testimony:%"))
        return [each.rpartition(":")[2] for each in db.scalars(found.order_by(Event.id))]


# Writing

WHEN = {
    (EngagementState.AGREED, 0): NotAllowed,
    (EngagementState.ACTIVE, 0): NotAllowed,
    (EngagementState.PAUSED, 0): NotAllowed,
    (EngagementState.CANCELLED, 0): NotAllowed,
    (EngagementState.COMPLETED, 0): None,
    (EngagementState.ENDED_EARLY, 0): None,
    (EngagementState.ENDED_EARLY, 14): None,
    (EngagementState.ENDED_EARLY, 15): NotAllowed,
}


@pytest.mark.parametrize(("state", "days"), WHEN)
def test_words_are_for_the_end_of_the_work(work, state, days):
    with transaction() as db:
        move(db, db.get_one(Engagement, work.id), state, NOON + days * DAY)
    assert refused("write", work, "bea", "ama", HERS) is WHEN[state, days]


@pytest.mark.parametrize(
    ("who", "about", "refusal"),
    [
        ("bea", "ama", None),
        ("bea", "bea", NotFound),
        ("bea", "dov", NotFound),
        ("dov", "ama", NotFound),
    ],
)
def test_inv_18_who_writes_about_whom(work, who, about, refusal):
    assert refused("write", work, who, about, HERS) is refusal
    assert kinds() == ([] if refusal else ["written"])


@pytest.mark.parametrize(("days", "reads"), [(0, set()), (13, set()), (14, {"bea"})])
def test_inv_44_words_are_sealed_for_fourteen_days(work, days, reads):
    do("write", work, "bea", "ama", HERS)
    assert told("ama", work, NOON + days * DAY) == reads


def test_inv_44_the_second_of_two_opens_both_and_nobody_elses(work):
    do("write", work, "bea", "ama", HERS)
    do("write", work, "cai", "ama", HERS)
    do("write", work, "ama", "bea", HIS)
    assert (told("ama", work), told("bea", work)) == ({"bea"}, {"ama"})
    assert kinds() == ["written", "written", "written", "opened", "opened"]


def test_inv_44_sealed_words_are_changed_and_open_words_are_not(work):
    do("write", work, "bea", "ama", HERS)
    do("write", work, "bea", "ama", HIS, now=NOON + 13 * DAY)
    assert refused("write", work, "bea", "ama", HERS, now=NOON + SEALED) is Conflict
    assert refused("write", work, "bea", "ama", HIS, now=NOON + SEALED) is None
    assert kinds() == ["written", "changed"]


def test_inv_44_what_was_opened_stays_open_though_the_other_takes_theirs_back(both):
    do("take_back", both, "ama", "bea")
    assert (told("ama", both), told("bea", both)) == ({"bea"}, set())
    assert refused("write", both, "bea", "ama", HIS) is Conflict
    assert refused("write", both, "ama", "bea", HIS) is Conflict


def test_words_that_were_taken_back_unread_open_nothing(work):
    do("write", work, "bea", "ama", HERS)
    do("take_back", work, "bea", "ama")
    do("write", work, "ama", "bea", HIS)
    assert (told("ama", work), told("bea", work)) == (set(), set())


def test_inv_44_two_who_write_at_one_instant_open_both(app, work):
    at_once(
        app,
        {
            "bea": lambda: do("write", work, "bea", "ama", HERS),
            "ama": lambda: do("write", work, "ama", "bea", HIS),
        },
    )
    assert (told("ama", work), told("bea", work)) == ({"bea"}, {"ama"})
    assert sorted(kinds()) == ["opened", "opened", "written", "written"]


# Answering, showing, taking back


def test_inv_44_one_answer_and_the_same_twice_is_once(both):
    for _twice in range(2):
        do("answer", both, "ama", "bea", REPLY)
    assert refused("answer", both, "ama", "bea", "And more.") is Conflict
    assert kinds().count("answered") == 1


@pytest.mark.parametrize("verb", ["answer", "stand"])
@pytest.mark.parametrize("who", ["bea", "cai", "dov"])
def test_inv_18_open_words_are_for_whom_they_are_about(both, verb, who):
    given = {"words": REPLY} if verb == "answer" else {}
    with transaction() as db:
        found = db.scalars(select(models.Testimony).order_by(models.Testimony.id)).first()
        actor = member(db, who)
        do_it = services.answer if verb == "answer" else services.show
        with pytest.raises(NotFound):
            do_it(db, found, actor=actor, now=NOON, **given)


def test_inv_44_sealed_words_are_neither_answered_nor_shown(work):
    do("write", work, "bea", "ama", HERS)
    assert refused("answer", work, "ama", "bea", REPLY) is NotFound
    assert refused("stand", work, "ama", "bea", True) is NotFound
    with transaction() as db:
        found = db.scalars(select(models.Testimony)).one()
        with pytest.raises(NotFound):
            services.show(db, found, actor=member(db, "ama"), now=NOON)


def test_the_subject_shows_and_keeps_words_as_often_as_they_like(both):
    for shown in (True, True, False, False, True):
        do("stand", both, "ama", "bea", shown)
        assert there() == ({"bea": (HERS, "")} if shown else {})
    assert kinds()[-3:] == ["shown", "kept", "shown"]


def test_what_is_taken_back_is_gone_everywhere_and_twice_is_once(both):
    do("answer", both, "ama", "bea", REPLY)
    do("stand", both, "ama", "bea", True)
    for _twice in range(2):
        do("take_back", both, "bea", "ama")
    assert (told("ama", both), there(), there("ama")) == (set(), {}, {})
    with reading() as db:
        rows = select(models.Testimony).where(models.Testimony.taken_back_at.is_not(None))
        found = db.scalars(rows).one()
        assert (found.words, found.reply, found.shown_at) == ("", "", None)
        assert HERS not in str(db.scalars(select(Event.data)).all())
    assert kinds().count("taken_back") == 1


# Who is here for whom


def block(one, other):
    with transaction() as db:
        boundaries.block(db, member(db, one), blocked_id=member(db, other).id, now=NOON)


def shield(one, other):
    with transaction() as db:
        boundaries.raise_shield(db, member(db, one), against=f"{other}.example", now=NOON)


def put(handle, state):
    with transaction() as db:
        member(db, handle).state = state


def pause(handle):
    with transaction() as db:
        participation.pause(db, member(db, handle), until=None, now=NOON)


APART = {
    "the author blocks": lambda: block("bea", "ama"),
    "the subject blocks": lambda: block("ama", "bea"),
    "the author is suspended": lambda: put("bea", State.SUSPENDED),
    "the author is gone": lambda: put("bea", State.DEPARTED),
}
FROM_THE_READER = {
    "the author pauses": lambda: pause("bea"),
    "the author blocks the reader": lambda: block("bea", "dov"),
    "the reader blocks the author": lambda: block("dov", "bea"),
    "a shield of the author meets the reader": lambda: shield("bea", "dov"),
}


@pytest.mark.parametrize("hides", APART | FROM_THE_READER)
def test_inv_01_09_10_words_are_absent_where_author_or_pair_are_hidden(both, hides):
    do("stand", both, "ama", "bea", True)
    (APART | FROM_THE_READER)[hides]()
    assert there() == {}
    assert told("ama", both) == (set() if hides in APART else {"bea"})
    assert there("ama") == ({} if hides in APART else {"bea": (HERS, "")})


def test_inv_10_a_shield_hides_its_owners_words_from_whoever_meets_it(both):
    do("stand", both, "ama", "bea", True)
    shield("bea", "ama")
    assert (there("ama"), told("ama", both), there()) == ({}, set(), {})
    assert there("bea") == {"bea": (HERS, "")}


def test_a_shield_of_ones_own_tells_nobody_where_another_works(both):
    do("stand", both, "ama", "bea", True)
    shield("ama", "bea")
    assert there("ama") == there() == {"bea": (HERS, "")}
    assert told("ama", both) == {"bea"}


@pytest.mark.parametrize("pair", [("ama", "bea"), ("bea", "ama")])
def test_inv_09_after_a_block_it_is_as_if_the_other_had_not_written(work, people, sign_in, pair):
    url = f"/engagements/{work.key}"
    do("write", work, "ama", "bea", HIS)
    alone = RANDOM.sub("", sign_in(people["ama"]).get(url).text)
    block(*pair)
    do("write", work, "bea", "ama", HERS)
    assert RANDOM.sub("", sign_in(people["ama"]).get(url).text) == alone
    assert kinds() == ["written", "written"]


# Letters


def letters_of(what):
    with reading() as db:
        found = select(Delivery).join(Delivery.event).where(Event.kind == what)
        found = found.options(contains_eager(Delivery.event)).order_by(Delivery.id)
        context = Context("Saltmarsh", "en", "x" * 40, lambda *_a, **_k: "", NOON, "a@b.example")
        return [
            letter
            for each in db.scalars(found).all()
            for letter in LETTERS[what](db, each, context)
        ]


def test_inv_44_59_a_letter_comes_when_both_are_open_and_not_before(app, work):
    do("write", work, "bea", "ama", HERS)
    assert letters_of("engagements:testimony:opened") == []
    do("write", work, "ama", "bea", HIS)
    letters = letters_of("engagements:testimony:opened")
    assert sorted(each.to for each in letters) == ["ama@ama.example", "bea@bea.example"]
    assert {str(each.subject) for each in letters} == {"There are words for you at Saltmarsh"}
    assert HERS not in str(letters)


def test_inv_17_44_the_worker_opens_what_nobody_answers_once(app, work, at_noon):
    do("write", work, "bea", "ama", HERS)
    terms = channels(app)["terms"]
    for days, opened in ((13, 0), (15, 1), (16, 1)):
        at_noon.move_to(NOON + days * DAY)
        terms.tend()
        assert kinds().count("opened") == opened
    assert not run_once({"terms": terms})


@pytest.mark.parametrize("hides", [*APART, "the subject pauses", "taken back"])
def test_inv_59_no_letter_comes_where_the_words_are_not_there(both, hides):
    more = {
        "the subject pauses": lambda: pause("ama"),
        "taken back": lambda: do("take_back", both, "bea", "ama"),
    }
    (APART | more)[hides]()
    assert "ama@ama.example" not in {each.to for each in letters_of("engagements:testimony:opened")}


def test_the_others_are_asked_by_letter_for_a_yes_to_the_words_as_they_are(work):
    do("word", work, "ama", HERS)
    do("consent", work, "cai", "ama", 1)
    assert [each.to for each in letters_of("engagements:showing:worded")] == ["bea@bea.example"]
    do("word", work, "ama", HIS)
    letters = letters_of("engagements:showing:worded")
    assert [each.to for each in letters] == ["bea@bea.example", "cai@cai.example"]
    assert all(HIS in map(str, each.paragraphs) for each in letters)
    block("bea", "ama")
    assert [each.to for each in letters_of("engagements:showing:worded")] == ["cai@cai.example"]


# Pages


def key(author="bea", about="ama"):
    with reading() as db:
        found = select(models.Testimony.key).where(
            models.Testimony.author_id == member(db, author).id,
            models.Testimony.about_id == member(db, about).id,
        )
        return db.scalars(found).one()


def test_two_write_read_answer_and_show_on_pages(work, people, sign_in):
    ama, bea = sign_in(people["ama"]), sign_in(people["bea"])
    url = f"/engagements/{work.key}"
    assert f'href="{url}/testimony?about=ama"' in html.unescape(bea.get(url).text)
    post(bea, f"{url}/testimony?about=ama", {"words": HERS})
    assert HERS in bea.get(f"{url}/testimony?about=ama").text
    assert HERS not in ama.get(url).text
    got = post(ama, f"{url}/testimony?about=bea", {"words": HIS})
    assert (got.status_code, got.location) == (303, f"{url}#testimony")
    assert HERS in ama.get(url).text
    post(ama, f"/testimony/{key()}/reply", {"words": REPLY})
    post(ama, f"/testimony/{key()}/show", {"answer": "show"})
    page = sign_in(people["dov"]).get("/people/ama").text
    assert (HERS in page, REPLY in page, REPLY in bea.get(url).text) == (True, True, True)


@pytest.mark.parametrize(
    ("who", "about", "status"),
    [
        ("bea", "ama", 200),
        ("bea", "bea", 404),
        ("bea", "dov", 404),
        ("bea", "", 404),
        ("dov", "ama", 404),
    ],
)
def test_the_form_is_there_for_those_who_did_the_work(work, people, sign_in, who, about, status):
    client = sign_in(people[who])
    url = f"/engagements/{work.key}/testimony?about={about}"
    assert client.get(url).status_code == status
    assert post(client, url, {"words": HERS}).status_code == (303 if status == 200 else 404)


@pytest.mark.parametrize("words", ["Good.", "z" * 2001])
def test_a_form_that_is_not_taken_keeps_the_words(work, people, sign_in, words):
    got = post(
        sign_in(people["bea"]), f"/engagements/{work.key}/testimony?about=ama", {"words": words}
    )
    assert (got.status_code, words in got.text) == (422, True)
    assert kinds() == []


def test_inv_44_a_change_that_comes_too_late_is_not_taken_and_not_lost(both, people, sign_in):
    bea = sign_in(people["bea"])
    got = post(bea, f"/engagements/{both.key}/testimony?about=ama", {"words": "Other words."})
    assert (got.status_code, "Other words." in got.text) == (409, True)
    assert "<textarea" not in got.text


@pytest.mark.parametrize(
    ("path", "data", "who", "status"),
    [
        ("reply", {"words": REPLY}, "ama", 303),
        ("reply", {"words": ""}, "ama", 422),
        ("reply", {"words": "z" * 1001}, "ama", 422),
        ("reply", {"words": REPLY}, "bea", 404),
        ("show", {"answer": "show"}, "ama", 303),
        ("show", {"answer": "keep"}, "ama", 303),
        ("show", {"answer": "other"}, "ama", 422),
        ("show", {"answer": "show"}, "dov", 404),
        ("take-back", {}, "bea", 303),
        ("take-back", {}, "ama", 404),
        ("take-back", {}, "dov", 404),
    ],
)
def test_who_does_what_with_open_words(both, people, sign_in, path, data, who, status):
    got = post(sign_in(people[who]), f"/testimony/{key()}/{path}", data)
    assert got.status_code == status


def test_a_second_answer_is_not_taken_and_not_lost(both, people, sign_in):
    ama = sign_in(people["ama"])
    page = ama.get(f"/testimony/{key()}/reply").text
    assert "<textarea" in page
    assert "Bea Example wrote about you:" in page
    post(ama, f"/testimony/{key()}/reply", {"words": REPLY})
    got = post(ama, f"/testimony/{key()}/reply", {"words": "Another answer."})
    assert (got.status_code, "Another answer." in got.text) == (409, True)
    assert "<textarea" not in ama.get(f"/testimony/{key()}/reply").text


def test_inv_44_sealed_words_are_to_their_subject_as_if_they_were_not(work, people, sign_in):
    ama, url = sign_in(people["ama"]), f"/engagements/{work.key}"
    before = RANDOM.sub("", ama.get(url).text)
    do("write", work, "bea", "ama", HERS)
    assert RANDOM.sub("", ama.get(url).text) == before
    for path in ("reply", "show", "take-back"):
        got, unknown = (
            post(ama, f"/testimony/{each}/{path}", {"words": REPLY, "answer": "show"})
            for each in (key(), "no-such-key")
        )
        assert (got.status_code, RANDOM.sub("", got.text)) == (404, RANDOM.sub("", unknown.text))


def test_while_the_work_goes_on_there_is_no_word_of_it(work, people, sign_in):
    with transaction() as db:
        move(db, db.get_one(Engagement, work.id), EngagementState.ACTIVE)
    ama = sign_in(people["ama"])
    assert 'id="testimony"' not in ama.get(f"/engagements/{work.key}").text
    assert ama.get(f"/engagements/{work.key}/testimony?about=bea").status_code == 403
