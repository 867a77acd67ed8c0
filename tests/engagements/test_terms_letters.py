from __future__ import annotations

from datetime import timedelta

import pytest

from network.db import transaction
from network.engagements.notices import LETTERS
from network.members.services.boundaries import block
from tests.conftest import NOON, names
from tests.engagements.pages import member
from tests.notices.conftest import deliver, letters, settings, time  # noqa: F401

HAPPENS = {
    "engagements:terms:put": (
        lambda table: None,
        "ama has put a version of your terms on the table.",
        "Terms wait for your answer at Saltmarsh",
    ),
    "engagements:terms:withdrawn": (
        lambda table: table.do("withdraw", "ama", number=1),
        "ama has taken a version of your terms off the table.",
        "A version of terms was taken back at Saltmarsh",
    ),
    "engagements:terms:left": (
        lambda table: table.do("leave", "ama", words="Farewell."),
        "ama has left terms that you were looking for together.",
        "Somebody has left terms of yours at Saltmarsh",
    ),
    "engagements:terms:closed": (
        lambda table: table.do("close", "ama"),
        "ama has closed terms that you were looking for together.",
        "Terms of yours were closed at Saltmarsh",
    ),
}


@pytest.fixture
def read(letters):  # noqa: F811
    """Who reads what: the subject and the words of each letter, by whom it is for."""

    def all_letters():
        return {
            str(each["To"]).partition("@")[0]: (
                each["Subject"],
                " ".join(each.get_body().get_content().split()),
            )
            for each in letters()
        }

    return all_letters


def test_every_letter_of_terms_is_tried_here():
    assert {*HAPPENS, "engagements:terms:agreed"} == set(LETTERS)


@pytest.mark.parametrize("kind", HAPPENS)
def test_a_letter_goes_to_every_other_party_and_its_subject_says_nothing(table, read, kind):
    deed, words, subject = HAPPENS[kind]
    table.put("ama", 0, "A purpose that is ours.")
    deed(table)
    found = read()
    assert set(found) == {"bea", "cai"}
    for each in found.values():
        assert each[0] == subject
        assert words.replace("ama", "Ama Example") in each[1]
        assert "A purpose that is ours." not in each[1]
        assert "A first director" not in each[1]
        assert "Farewell" not in each[1]


def test_the_last_yes_is_told_to_the_others(table, read):
    table.put("ama", 0)
    table.accept("bea", 1)
    table.accept("cai", 1)
    found = read()
    assert set(found) == {"ama", "bea"}
    assert found["ama"][0] == "An agreement of yours was made at Saltmarsh"
    assert "Everybody has accepted the same words" in found["ama"][1]


def test_inv_58_of_what_is_not_on_the_table_any_more_there_is_no_letter(table, read):
    table.put("ama", 0)
    table.put("bea", 1)
    found = read()
    assert set(found) == {"ama", "cai"}
    assert "Bea Example has put a version" in found["cai"][1]


@pytest.mark.parametrize(
    "since",
    [lambda table: table.put("bea", 1), lambda table: table.do("close", "ama")],
    ids=["there is another", "it is over"],
)
def test_inv_58_a_withdrawal_is_not_told_when_more_has_happened(table, read, since):
    table.put("ama", 0)
    table.do("withdraw", "ama", number=1)
    since(table)
    assert all("taken back" not in subject for subject, _words in read().values())


def test_a_leaving_that_ends_the_terms_says_so(table, read):
    table.do("leave", "cai")
    table.now = NOON + timedelta(minutes=1)
    table.do("leave", "ama")
    assert "So these terms have ended. Nobody is blamed." in read()["bea"][1]


def test_inv_09_a_letter_names_nobody_who_is_apart_from_its_reader(table, read):
    table.put("ama", 0)
    with transaction() as session:
        block(session, member("cai"), blocked_id=member("ama").id, now=NOON)
    table.put("bea", 1)
    found = read()
    assert set(found) == {"ama", "bea"}
    assert not names(found["ama"][1], "Cai")
    assert "Ama" in found["bea"][1] or "Cai" in found["bea"][1]


def test_whoever_is_gone_reads_no_letter(table, read):
    with transaction() as session:
        session.merge(member("cai")).state = "suspended"
    table.put("ama", 0)
    assert "cai" not in read()
