from __future__ import annotations

from datetime import timedelta
from itertools import chain

import pytest

from network.asks.models import Ask
from network.db import transaction
from network.members.finding import PAGE
from network.members.kinds import Audience, Part
from network.members.models import Connection
from network.members.services import participation, profiles
from tests.members.searching import (
    FACTS,
    HIDINGS,
    VOLUNTEERS,
    change,
    connect,
    hide_by_pause,
    keep_rui,
    marked,
    nearly,
)


@pytest.fixture
def ama(make_member):
    return make_member("ama", purpose="I count the hours of rosters.")


def test_the_persons_own_sentence_is_shown_with_the_words_marked(make_member, ama, learn, search):
    make_member("rui", purpose=VOLUNTEERS)
    learn()
    (rui,) = search(ama, "grieve at nights").people
    assert marked(rui.quote) == "We keep the [night] telephone staffed for [grieving] parents."
    assert [(reason.part, reason.matched) for reason in rui.reasons] == [
        ("purpose", ("night", "grieving"))
    ]


def test_why_names_each_part_that_adds_a_word_and_quotes_its_sentence(
    make_member, ama, learn, search
):
    make_member(
        "rui",
        purpose=VOLUNTEERS,
        offers="I cook. Rotas for wards that never close. I sing.",
        themes="hospice",
        story="Once there was a night like every other.",
    )
    learn()
    (rui,) = search(ama, "night wards hospice").people
    assert [reason.part for reason in rui.reasons] == ["purpose", "themes", "offers"]
    assert marked(rui.reasons[2].runs) == "Rotas for [wards] that never close."


def test_the_closest_words_come_first(make_member, ama, learn, search):
    make_member("half", purpose="I mend gardens with schools.")
    make_member("anywhere", purpose="I teach.", offers="Gardens in a prison yard.")
    make_member("purpose", purpose="I plant gardens in prisons.")
    make_member("theme", purpose="I plant gardens in prisons.", themes="gardens")
    make_member("nothing", purpose="I count money.")
    learn()
    people = search(ama, "prison gardens ").people
    assert [(p.member.handle, p.band) for p in people] == [
        ("theme", 0),
        ("purpose", 1),
        ("anywhere", 2),
        ("half", 3),
    ]


def test_of_three_words_two_are_needed(make_member, ama, learn, found):
    make_member("two", purpose="Gardens in prisons.")
    make_member("one", purpose="Gardens.")
    learn()
    assert found(ama, "prison gardens orchestra ") == ["two"]


@pytest.fixture
def crowd(make_people):
    return make_people(8, purpose="I tend gardens.")


def test_inv_07_the_order_within_a_band_turns_from_day_to_day(crowd, ama, learn, found):
    learn()
    days = [tuple(found(ama, "gardens", days=day)) for day in range(60)]
    assert {day[0] for day in days} == {member.handle for member in crowd}
    assert {frozenset(day) for day in days} == {frozenset(days[0])}
    assert len(set(days)) > 50
    assert tuple(found(ama, "gardens", days=0)) == days[0]


def test_inv_07_the_order_does_not_know_how_many_somebody_knows_or_hears_from(
    crowd, ama, learn, found, make_member, now, sign_in
):
    learn()
    before = [found(ama, "gardens", days=day) for day in range(5)]
    last = next(member for member in crowd if member.handle == before[0][-1])
    for number in range(6):
        connect(last, make_member(f"friend{number}", purpose=""), now)
        sign_in(last)
    ask(crowd[0], last, now)
    learn()
    assert [found(ama, "gardens", days=day) for day in range(5)] == before


def ask(asker, addressee, now):
    low, high = sorted((asker.id, addressee.id))
    with transaction() as db:
        values = {"asker_id": asker.id, "addressee_id": addressee.id, "low_id": low}
        values |= {"high_id": high, "sent_at": now, "expires_at": now + timedelta(days=30)}
        db.add(Ask(kind="connection", reason="Gardens.", submission="one", **values))


def test_inv_07_the_order_is_the_same_for_everybody_who_reads_the_same(
    crowd, ama, learn, found, make_member, now
):
    rui = make_member("rui", purpose="")
    connect(rui, crowd[3], now)
    learn()
    assert found(rui, "gardens") == found(ama, "gardens")


def test_phrases_endings_and_accents(make_member, ama, learn, found):
    make_member("rui", purpose=VOLUNTEERS)
    make_member("eloise", purpose="A naive café for every élève.")
    learn()
    expected = {
        '"night telephone"': ["rui"],
        "“telephone night”": [],
        '"night parents"': [],
        "telephone night": ["rui"],
        "night telephones": ["rui"],
        "staffing": ["rui"],
        "GRIEVED": ["rui"],
        "cafe": ["eloise"],
        "CAFÉS": ["eloise"],
        "naïve": ["eloise"],
        "eleve": ["eloise"],
    }
    assert {words: found(ama, f"{words} ") for words in expected} == expected


def test_one_letter_and_signs_are_skills(make_member, ama, learn, found):
    skills = {"c": "C", "r": "R", "cpp": "C++", "csharp": "C#", "net": ".NET", "node": "node.js"}
    for handle, skill in skills.items():
        make_member(handle, purpose=f"I write {skill} for clinics.")
    learn()
    for handle, skill in skills.items():
        assert (found(ama, skill), found(ama, skill.swapcase())) == ([handle], [handle])


def test_an_unfinished_word_counts_only_where_nobody_wrote_it_as_it_stands(
    make_member, ama, learn, found
):
    make_member("boat", purpose="I mend a boat.")
    make_member("boathouse", purpose="I keep a quiet boathouse.")
    learn()
    expected = {
        "boat": ["boat"],
        "boath": ["boathouse"],
        "boath ": [],
        '"boath"': [],
        "bo": [],
        "boathouse quiet": ["boathouse"],
        "quiet boath": ["boathouse"],
    }
    assert {words: found(ama, words) for words in expected} == expected


def test_a_long_word_is_found_while_it_is_typed(make_member, ama, learn, found):
    words = ["organisation", "gardening", "community", "volunteers"]
    for number, word in enumerate(words):
        make_member(f"p{number}", purpose=f"I care for {word}.")
    learn()
    for number, word in enumerate(words):
        typed = [word[:length] for length in range(3, len(word) + 1)]
        assert [part for part in typed if found(ama, part) != [f"p{number}"]] == []


def test_inv_02_a_hidden_word_does_not_keep_an_unfinished_one_from_counting(
    make_member, ama, learn, found, now
):
    make_member("open", purpose="I keep a boathouse.")
    hidden = make_member("hidden", purpose="I write about boath.")
    change(hidden, profiles.set_audience, part=Part.PURPOSE, audience=Audience.ME, now=now)
    learn()
    assert found(ama, "boath") == ["open"]


def test_a_word_that_nobody_wrote_finds_those_who_wrote_it_nearly_so(
    app, make_member, ama, learn, now
):
    make_member("rui", purpose="Hospital wards at night.")
    learn()
    expected = {
        "hopsital ": (["rui"], ("hospital",)),
        "hospitl wards ": (["rui"], ("hospital",)),
        "nigth hospital ": (["rui"], ("night",)),
        "wads ": ([], ()),
        "zeppelin ": ([], ()),
    }
    assert {words: nearly(app, ama, words, now) for words in expected} == expected


@pytest.mark.parametrize("hides", ["audience", "pause", "block"])
def test_inv_02_a_word_of_somebody_hidden_is_not_suggested(
    app, make_member, ama, learn, now, hides
):
    rui = make_member("rui", purpose="Hospital wards at night.")
    learn()
    HIDINGS[hides](rui, ama, now)
    assert nearly(app, ama, "hopsital ", now) == ([], ())


def test_inv_02_the_hidden_take_no_place_of_a_word_spelt_nearly_so(
    app, make_member, make_people, ama, learn, now
):
    for member in make_people(9, purpose="Hospital wards."):
        hide_by_pause(member, ama, now)
    make_member("rui", purpose="Hospital wards.")
    learn()
    days = [nearly(app, ama, "hopsital ", now + timedelta(days=day))[0] for day in range(5)]
    assert days == [["rui"]] * 5


@pytest.fixture
def rui(make_member, now):
    return keep_rui(make_member, now)


@pytest.mark.parametrize("fact", FACTS)
@pytest.mark.parametrize("words", ["", "rosters "])
def test_a_fact_that_somebody_shows_narrows_to_them(
    rui, make_member, ama, learn, found, fact, words
):
    make_member("other", purpose="I mend rosters.")
    learn()
    assert "other" in found(ama, words)
    assert found(ama, words, **{fact: FACTS[fact]}) == ["rui"]
    assert found(ama, words, **FACTS) == ["rui"]


def test_one_of_the_values_of_each_fact_is_needed(rui, ama, learn, found):
    learn()
    assert found(ama, work=("interim", "peer")) == ["rui"]
    assert found(ama, work=("peer",)) == []
    assert found(ama, has=("offers", "learning")) == ["rui"]
    assert found(ama, has=("learning",)) == []
    assert found(ama, language="English", place="Lagos") == []
    assert found(ama, place="portugal") == ["rui"]
    assert found(ama, language="PORTUGUES") == ["rui"]


@pytest.mark.parametrize(
    ("fact", "part"),
    [
        ("work", Part.AVAILABILITY),
        ("language", Part.LANGUAGES),
        ("place", Part.PLACE),
        ("theme", Part.THEMES),
        ("has", Part.OFFERS),
    ],
)
@pytest.mark.parametrize("index", ["heard", "lags"])
def test_inv_02_a_fact_for_connections_narrows_for_them_alone(
    rui, make_member, ama, learn, found, now, fact, part, index
):
    friend = make_member("friend")
    connect(friend, rui, now)
    learn()
    change(rui, profiles.set_audience, part=part, audience=Audience.CONNECTIONS, now=now)
    if index == "heard":
        learn()
    assert found(friend, **{fact: FACTS[fact]}) == ["rui"]
    assert found(ama, **{fact: FACTS[fact]}) == []
    assert "rui" in found(ama)


def test_words_for_connections_are_found_by_connections_alone(
    make_member, ama, learn, search, found, now
):
    rui, friend = make_member("rui", offers="Kilns."), make_member("friend")
    connect(friend, rui, now)
    change(rui, profiles.set_audience, part=Part.OFFERS, audience=Audience.CONNECTIONS, now=now)
    learn()
    (person,) = search(friend, "kilns").people
    assert (person.member.handle, person.is_connection) == ("rui", True)
    assert found(ama, "kilns") == []
    change(rui, end_all, now=now)
    assert found(friend, "kilns") == []


def end_all(db, member, now):
    for tie in db.query(Connection):
        tie.ended_at = now


@pytest.mark.parametrize("hides", HIDINGS)
def test_inv_03_06_hiding_counts_at_once_though_the_index_lags(
    make_member, ama, learn, found, now, hides
):
    rui = make_member("rui", purpose=VOLUNTEERS)
    learn()
    assert found(ama, "grieving") == ["rui"]
    HIDINGS[hides](rui, ama, now)
    assert found(ama, "grieving") == []
    assert "rui" not in found(ama, "grieving", work=()) + found(ama)


def test_inv_03_a_pause_that_has_run_out_hides_nobody_though_no_job_ran(
    make_member, ama, learn, found, now
):
    rui = make_member("rui", purpose=VOLUNTEERS)
    change(rui, participation.pause, until=now + timedelta(days=3), now=now)
    learn()
    assert [found(ama, "grieving", days=days) for days in (0, 2, 3)] == [[], [], ["rui"]]


def test_words_that_were_let_go_are_not_found_though_the_index_lags(
    make_member, ama, learn, found, now
):
    rui = make_member("rui", purpose=VOLUNTEERS)
    learn()
    change(rui, profiles.change_purpose, body="I rest.", now=now)
    assert found(ama, "grieving") == []


GARBAGE = (
    *("", " \t ", "!?…", '""', "( AND", "*", "the of and", "a" * 10_000, "a b " * 2_500),
    *("NOT (gardens OR", "gard*", "~gardens^9", "🙂", "東京", "\x00\u202e", '"gardens', "'; --"),
)


@pytest.mark.parametrize("index", ["there", "away"])
def test_no_text_whatever_breaks_a_search(make_member, ama, learn, found, index):
    make_member("rui", purpose="I tend gardens or not.")
    if index == "there":
        learn()
    for words in GARBAGE:
        assert found(ama, words) in ([], ["rui"])


@pytest.mark.parametrize("words", ["gardens OR rockets", "NOT gardens", "+gardens -roses"])
def test_operators_are_plain_words(make_member, ama, learn, search, words):
    make_member("rui", purpose="I tend gardens.")
    learn()
    (rui,) = search(ama, f"{words} ").people
    assert marked(rui.quote) == "I tend [gardens]."


def test_nothing_typed_shows_everybody_with_a_purpose_but_oneself(make_member, ama, learn, found):
    make_member("rui", purpose=VOLUNTEERS)
    make_member("silent", purpose="", offers="Gardens.")
    learn()
    assert found(ama) == ["rui"]


@pytest.fixture
def many(make_people):
    return make_people(2 * PAGE + 3, purpose="I tend gardens.")


def pages(search, viewer, words):
    start, seen = 0, []
    while start is not None:
        results = search(viewer, words, start=start)
        seen.append([person.member.handle for person in results.people])
        start = results.next_from
    return seen


@pytest.mark.parametrize("words", ["", "gardens"])
def test_turning_pages_shows_everybody_once(many, ama, learn, search, words):
    learn()
    seen = pages(search, ama, words)
    assert [len(page) for page in seen] == [PAGE, PAGE, 3]
    assert sorted(chain(*seen)) == sorted(member.handle for member in many)


def test_a_full_page_comes_although_many_hits_are_hidden(many, ama, learn, search, now):
    learn()
    for member in many[::2]:
        hide_by_pause(member, ama, now)
    seen = pages(search, ama, "gardens")
    assert [len(page) for page in seen] == [PAGE, 1]


@pytest.mark.parametrize("hides", ["pause", "shield", "block"])
def test_inv_02_10_where_the_next_page_begins_tells_nothing_of_the_hidden(
    many, ama, learn, search, now, hides
):
    learn()
    order = list(chain(*pages(search, ama, "gardens")))
    for handle in order[:4]:
        HIDINGS[hides](next(m for m in many if m.handle == handle), ama, now)
    results = search(ama, "gardens")
    assert [p.member.handle for p in results.people] == order[4 : 4 + PAGE]
    assert results.next_from == PAGE
    later = search(ama, "gardens", start=results.next_from).people
    assert [p.member.handle for p in later] == order[4 + PAGE :]


@pytest.mark.parametrize("words", ["", "gardens", "garde"])
def test_far_beyond_the_end_it_begins_again(many, ama, learn, search, words):
    learn()
    results = search(ama, words, start=5000)
    assert (len(results.people), results.start, results.next_from) == (PAGE, 0, PAGE)
