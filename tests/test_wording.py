from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.wording import MOST_PAIRS, How, compared

SOME_WORDS = st.lists(
    st.sampled_from(("the", "quay", "at", "six", "\n", "\n\n", "  ")), max_size=30
)


def said(old, new):
    return [(run.how.value, " / ".join(run.lines)) for run in compared(old, new)]


@pytest.mark.parametrize(
    ("old", "new", "runs"),
    [
        ("", "", []),
        ("", "the quay", [("added", "the quay")]),
        ("the quay", "", [("taken out", "the quay")]),
        ("the  quay", "the quay", [("stayed", "the quay")]),
        (
            "the quay at six",
            "the pier at six",
            [("stayed", "the"), ("taken out", "quay"), ("added", "pier"), ("stayed", "at six")],
        ),
        ("the quay", "the\n\nquay", [("stayed", "the"), ("added", " / "), ("stayed", "quay")]),
        ("a\nb", "a\nb c", [("stayed", "a / b"), ("added", "c")]),
    ],
)
def test_words_that_changed_stand_beside_those_that_stayed(old, new, runs):
    assert said(old, new) == runs


@given(SOME_WORDS, SOME_WORDS)
def test_both_texts_can_be_read_out_of_the_runs(old, new):
    one, other = " ".join(old), " ".join(new)
    runs = compared(one, other)
    for text, gone in ((one, How.ADDED), (other, How.TAKEN_OUT)):
        kept = [word for run in runs if run.how is not gone for word in " ".join(run.lines).split()]
        assert kept == text.split()


def test_long_texts_without_a_word_in_common_are_not_compared_for_minutes():
    size = int(MOST_PAIRS**0.5) + 1
    old, new = " ".join(map(str, range(size))), " ".join(f"w{n}" for n in range(size))
    assert [run.how for run in compared(old, new)] == [How.TAKEN_OUT, How.ADDED]
