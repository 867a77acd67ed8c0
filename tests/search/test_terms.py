import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from network.search.terms import LONGEST, Analyzer, mark, sentence_around

ENGLISH = Analyzer("en")
ANY_TEXT = st.text(st.characters(exclude_categories=()))
WORDY_TEXT = (
    st.text(st.sampled_from("abCé ßøİ'’.+#-\n\"“夜勤ガ\u0301\u200b\u00ad\u3099าู19")) | ANY_TEXT
)


@pytest.mark.parametrize(
    ("text", "stems"),
    [
        ("Caring for carers", ["care", "for", "carer"]),
        ("C++, C# and F#, or R.", ["c++", "c#", "and", "f#", "or", "r"]),
        (".NET and node.js 2.0", [".net", "and", "node.js", "2.0"]),
        ("I work at night. We care", ["i", "work", "at", "night", "we", "care"]),
        ("at night.We care", ["at", "night", "we", "care"]),
        ("LGBTQ+ people of 50+", ["lgbtq", "peopl", "of", "50"]),
        ("the U.K. and the UK", ["the", "uk", "and", "the", "uk"]),
        ("night-shift", ["night", "shift"]),
        ("don't don’t dont", ["dont", "dont", "dont"]),
        ("women’s 'quoted'", ["women", "quot"]),
        ("夜勤 と ｶﾞ", ["夜", "勤", "と", "ガ"]),
        ("검색", ["검", "색"]),
        ("soft\u00adhyphen zero\u200bwidth", ["softhyphen", "zerowidth"]),
        ("… ! - +#.", []),
    ],
)
def test_words_are_cut_as_people_mean_them(text, stems):
    assert ENGLISH.stems(text) == stems


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("Ærøskøbing", "aeroskobing"),
        ("Straße", "STRASSE"),
        ("İstanbul", "istanbul"),
        ("Łódź", "lodz"),
        ("e\u0301tude", "étude"),
        ("ﬁne", "fine"),
        ("ｗｉｄｅ", "wide"),
    ],
)
def test_accents_and_case_make_no_difference(written, plain):
    assert ENGLISH.stems(written) == ENGLISH.stems(plain)


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "organisations", "organisation"),
        ("sv_SE", "förändringar", "forandring"),
        ("ru", "российский", "российская"),
        ("fr", "l’économie", "l economie"),
        ("nb", "skiftene", "skift"),
        ("tr", "yardım", "YARDIM"),
        ("xx", "words", "WORDS"),
    ],
)
def test_the_networks_language_decides_what_is_the_same_word(language, one, other):
    analyzer = Analyzer(language)
    assert analyzer.stems(one) == analyzer.stems(other)


def test_letters_that_only_look_accented_stay_different():
    assert ENGLISH.folded("мой") != ENGLISH.folded("мои")
    assert ENGLISH.folded("か") != ENGLISH.folded("が")


def test_a_long_word_is_cut_and_still_wholly_marked():
    (term,) = ENGLISH.terms("x" * 5_000)
    assert (len(term.stem), term.start, term.end) == (LONGEST, 0, 5_000)


def test_common_words_are_known_and_kept():
    assert ENGLISH.is_common("the")
    assert ENGLISH.is_common(ENGLISH.stems("don't")[0]) is ENGLISH.is_common("dont")
    assert not ENGLISH.is_common("night")
    assert ENGLISH.stems("the night") == ["the", "night"]


@settings(deadline=None)
@given(WORDY_TEXT)
def test_offsets_point_at_each_word_in_order(text):
    terms = ENGLISH.terms(text)
    borders = [border for term in terms for border in (term.start, term.end)]
    assert borders == sorted(borders)
    assert all(term.start < term.end <= len(text) for term in terms)
    assert [term.stem for term in terms] == ENGLISH.stems(text)
    assert all(0 < len(term.stem) <= LONGEST and not set(term.stem) & {" ", "\n"} for term in terms)


@settings(deadline=None)
@given(WORDY_TEXT, st.sets(st.integers(0, 9)))
def test_marked_pieces_together_are_the_text(text, chosen):
    stems = {stem for number, stem in enumerate(ENGLISH.stems(text)) if number in chosen}
    pieces = mark(text, stems, ENGLISH)
    assert "".join(piece for piece, _ in pieces) == text
    assert all(piece for piece, _ in pieces)
    assert any(matched for _, matched in pieces) is bool(stems)


def test_matched_words_side_by_side_are_one_run():
    pieces = mark("The Night  shift, nights.", {"night", "shift"}, ENGLISH)
    expected = [
        ("The ", False),
        ("Night  shift", True),
        (", ", False),
        ("nights", True),
        (".", False),
    ]
    assert pieces == expected


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("I plan. I care at night! I care.", "I care at night!"),
        ("I care. We care.", "I care."),
        ("One line\nnight line\nthird", "night line"),
        ("I sleep. I care.\nBy night I write node.js. Bye.", "I care.\nBy night I write node.js."),
        ("Some, e.g. carers, work at night. End.", "Some, e.g. carers, work at night."),
        ("夜。night です。終", "night です。"),
        ("Nothing of the kind.", ""),
    ],
)
def test_the_sentence_that_says_most_is_shown_whole(text, sentence):
    assert sentence_around(text, {"care", "night"}, ENGLISH) == sentence


def test_a_long_sentence_is_cut_around_its_first_match():
    text = "before " * 100 + "care " + "after " * 100
    shown = sentence_around(text, {"care"}, ENGLISH, limit=60)
    assert shown.startswith("… before")
    assert shown.endswith("after …")
    assert " care " in shown
    assert len(shown) <= 60


@settings(deadline=None)
@given(st.lists(st.sampled_from(["care ", "night. ", "x" * 70 + " ", "-" * 40, "\n", "“a "])))
def test_what_is_shown_is_within_the_limit_and_matched(parts):
    text = "".join(parts)
    shown = sentence_around(text, {"care"}, ENGLISH, limit=50)
    assert len(shown) <= 50
    assert ("care" in shown) is ("care" in ENGLISH.stems(text))
    assert shown.removeprefix("… ").removesuffix(" …") in text
