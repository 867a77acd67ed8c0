import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from network.search.prefixes import completes
from network.search.query import Query, parse
from network.search.terms import Analyzer

ENGLISH = Analyzer("en")
SIGNS = st.sampled_from(
    [*"ab \"“”'*?~^:[]{}()+-#.\x00\u202e\ud800夜", "the ", "care ", "AND ", "NOT "]
)
TYPED = st.text(st.characters(exclude_categories=())) | st.lists(SIGNS, max_size=60).map("".join)


@pytest.mark.parametrize(
    ("text", "stems"),
    [
        ("night shifts", ("night", "shift")),
        ("the night and the day", ("night", "day")),
        ("the", ("the",)),
        ("C++ R", ("c++", "r")),
        ("care AND (NOT owner:me) ~2 *", ("care", "owner", "2")),
        ('"the night" care', ("the", "night", "care")),
        ("care cares caring", ("care",)),
        ("a b c d e f g h i j k", ("b", "c", "d", "e", "f", "g", "h", "j")),
        ("ni\u200bght\x00 \u202eshift", ("night", "shift")),
        ("", ()),
        ('"" “”', ()),
    ],
)
def test_any_text_becomes_plain_stems(text, stems):
    assert parse(text, ENGLISH).stems == stems


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        ('care "night shift" “the day”', (("night", "shift"), ("the", "day"))),
        ('"night"', (("night",),)),
        ('night "shift', ()),
        ('"night shift" "Night Shifts"', (("night", "shift"),)),
        ('"a b c d e f g h i j"', (("a", "b", "c", "d", "e", "f", "g", "h"),)),
    ],
)
def test_quoted_words_become_phrases(text, phrases):
    assert parse(text, ENGLISH).phrases == phrases


@pytest.mark.parametrize(
    ("text", "prefix"),
    [
        ("night Commú", "commu"),
        ("night commu ", ""),
        ("night co", ""),
        ('"night shift"', ""),
        ('night "shif', "shif"),
        ("night the", ""),
        ("night shift night", ""),
        ("夜勤", ""),
    ],
)
def test_a_last_word_still_being_typed_is_a_prefix(text, prefix):
    assert parse(text, ENGLISH).prefix == prefix


@pytest.mark.parametrize(
    ("stem", "prefix", "fits"),
    [
        ("communiti", "comm", True),
        ("organis", "organisat", True),
        ("collabor", "collaborati", True),
        ("part", "partner", False),
        ("organis", "organisationally", False),
        ("night", "day", False),
    ],
)
def test_a_prefix_may_become_words_longer_than_their_stem(stem, prefix, fits):
    assert completes(stem, prefix) is fits


def test_words_are_kept_as_they_were_written():
    query = parse("Caring at NIGHT, for Médecins", ENGLISH)
    assert query.stems == ("care", "night", "medecin")
    assert query.words == ("Caring", "NIGHT", "Médecins")


def test_nothing_to_look_for_is_false():
    assert not parse(" \n*", ENGLISH)
    assert not Query()
    assert parse("a", ENGLISH)


@settings(deadline=None)
@given(TYPED)
def test_every_query_is_small_and_whole(text):
    query = parse(text, ENGLISH)
    assert len(query.stems) == len(query.words) == len(set(query.stems)) <= 8
    assert len(query.phrases) <= 8
    assert all(0 < len(phrase) <= 8 and {*phrase} <= {*query.stems} for phrase in query.phrases)
    assert all(0 < len(stem) <= 64 for stem in (*query.stems, query.prefix or "-"))
    assert bool(query.prefix) <= bool(query.stems)


@pytest.mark.parametrize("part", ["a", "a ", '"a" ', "e\u0301", "\ud800", "夜", "x.", "'", "\x00"])
def test_a_million_characters_are_read_no_further_than_the_first_thousand(part):
    assert parse(part * 1_000_000, ENGLISH) == parse((part * 1_000)[:1_000], ENGLISH)
