"""No market: nothing on the organisations' side lists people beside money, takes several people at
once, or counts or grades anybody (INV-08, INV-64).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import inspect
from wtforms import SelectMultipleField

from network.columns import Base
from network.organisations.forms_needs import WorkNeedForm
from tests.test_house_style import ROOT, TEMPLATES, modules

PACKAGES = ("organisations", "referrals")
# Words that would make a market or a ranking of people, as a part of any name.
NOT_NAMED = {
    *("star", "stars", "score", "scores", "rank", "ranks", "ranking", "level", "levels"),
    *("rate", "rates", "rating", "ratings", "views", "viewed", "bid", "bids", "price", "prices"),
    *("salary", "salaries", "budget", "fee_amount", "cost", "amount", "currency", "shortlist"),
    *("tally", "popularity", "responses", "likes"),
}
# A route that takes several of something.
SEVERAL = {"bulk", "batch", "export", "csv", "all", "selection", "handles", "members", "many"}
MONEY = re.compile(
    r"[€£$]|\b(?:EUR|USD|GBP|per hour|per day|day rate|salary|price|fee|budget)\b", re.IGNORECASE
)
PERSON_ROWS = re.compile(
    r"{% for (?:person|member|each|found)\b.*?{% endfor %}", re.DOTALL | re.IGNORECASE
)
TICKS = re.compile(r"<input[^>]*type=\"checkbox\"[^>]*>")
# What is ticked on these pages, and that it is no person.
MAY_BE_TICKED = re.compile(r"name=\"(?:shown|named|agreed|leavers_keep|open_to_work|understood)\"")
COUNTED = re.compile(r"\|\s*(?:length|count|sum)\b(?!\s*(?:>|==|!=|<))|\bcount\(")
FROM_A_LIST = re.compile(r"<form.*\bname=\"(?:to|handle|people)\"", re.DOTALL)
NUMBERED = re.compile(r"loop\.(?:index|length)\b")
SOMEBODY = re.compile(r"data-(?:member|ask|need)\b")
VALUES = re.compile(r"\b(?:approach|it|thing)\.value\b")


def sources() -> dict[str, str]:
    """Return the templates of the organisations' side, by name."""
    return {
        str(path.relative_to(TEMPLATES)): path.read_text()
        for package in PACKAGES
        for path in sorted((TEMPLATES / package).rglob("*.html"))
    }


def amiss(source: str) -> Iterator[str]:
    """Say what makes a template into a market."""
    plain = re.sub(r"{#.*?#}", "", source, flags=re.DOTALL)
    for rows in PERSON_ROWS.findall(plain):
        if "data-member" in rows and (MONEY.search(rows) or VALUES.search(rows)):
            yield "people beside money"
    for tick in TICKS.findall(plain):
        if not MAY_BE_TICKED.search(tick):
            yield f"something to tick: {tick}"
    for count in COUNTED.findall(plain):
        yield f"a count: {count}"
    if SOMEBODY.search(plain) and NUMBERED.search(plain):
        yield "people or answers that are numbered"
    for name in re.findall(r"name=\"(\w+)\"", plain):
        if words_of(name) & NOT_NAMED:
            yield f"a field named {name}"
    if (
        "data-member" in plain
        and "<form" in plain
        and re.search(r"\bname=\"(?:to|handle|people)\"", plain)
    ):
        yield "a form that takes people from a list"


def words_of(name: str) -> set[str]:
    """Return the words of a name, and all of it."""
    return {name.lower(), *re.split(r"[_\W]+", name.lower())}


@pytest.mark.parametrize("name", sorted(sources()))
def test_inv_08_no_template_makes_a_market_of_people(name: str) -> None:
    assert list(amiss(sources()[name])) == []


@pytest.mark.parametrize(
    "bad",
    [
        '{% for person in people %}<article data-member="a">€ 900 a day</article>{% endfor %}',
        '{% for each in found %}<a data-member="a">{{ approach.value }}</a>{% endfor %}',
        '<input type="checkbox" name="people" value="{{ person.handle }}">',
        "<p>{{ answers|length }}</p>",
        "<p>{{ asks|count }} people answered</p>",
        '<article data-ask="a">{{ loop.index }}.</article>',
        '<input name="day_rate">',
        '<input name="price">',
        '<article data-member="a"></article><form><input type="hidden" name="to"></form>',
    ],
)
def test_a_template_that_makes_a_market_is_found_out(bad: str) -> None:
    assert list(amiss(bad))


def blueprints() -> set[str]:
    """Return the names of the blueprints that these packages make."""
    return {
        found[1]
        for name in modules()
        if name.split(".")[1:2] in ([package] for package in PACKAGES)
        for found in re.finditer(r"(\w+) = Blueprint\(", source_of(name))
    }


def source_of(name: str) -> str:
    path = ROOT.parent / name.replace(".", "/")
    return (path / "__init__.py" if path.is_dir() else path.with_suffix(".py")).read_text()


def bulky(rule: str, arguments: set[str]) -> bool:
    """Whether an address speaks of several people or things at once."""
    return bool(words_of(rule) & SEVERAL) or len(arguments & {"handle", "member"}) > 1


def test_no_address_takes_several_people_or_takes_them_away(app: Flask) -> None:
    mine = blueprints()
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.split(".")[0] in mine]
    assert {"organisations", "organisations_people", "work_needs", "approaches"} <= mine
    assert len(rules) > 30
    assert [rule.rule for rule in rules if bulky(rule.rule, rule.arguments)] == []
    assert bulky("/organisations/<organisation>/people/export", {"organisation"})


def test_what_finds_people_changes_nothing_and_answers_with_a_page_alone(app: Flask) -> None:
    rules = [
        rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("organisations_people.")
    ]
    assert [rule.methods - {"HEAD", "OPTIONS"} for rule in rules] == [{"GET"}]


def test_no_view_reads_a_list_of_people_from_what_is_sent() -> None:
    reading = re.compile(r"getlist\(|request\.get_json|request\.files")
    assert [
        name
        for name in modules()
        if name.split(".")[1:2] in ([package] for package in PACKAGES)
        and reading.search(source_of(name))
    ] == []


def named_amiss(names: Iterator[str] | list[str]) -> list[str]:
    return sorted(name for name in names if words_of(name) & NOT_NAMED)


def columns() -> list[str]:
    return [
        f"{mapper.class_.__name__}.{column.key}"
        for mapper in Base.registry.mappers
        if mapper.class_.__module__.split(".")[1] in PACKAGES
        for column in inspect(mapper.class_).column_attrs
    ]


def test_inv_64_no_column_holds_a_grade_a_count_of_answers_or_a_price() -> None:
    found = columns()
    assert "WorkNeed.words" in found
    assert "Referral.words" in found
    assert named_amiss([each.partition(".")[2] for each in found]) == []
    assert named_amiss(["day_rate", "score", "asked_at"]) == ["day_rate", "score"]


def test_inv_64_no_form_asks_for_any_of_it_or_for_several_people() -> None:
    field = re.compile(r"^    (\w+)(?:: \w+)? = (\w+Field)\(", re.MULTILINE)
    found = [
        (name, *pair)
        for name in modules()
        if name.split(".")[1:2] in ([package] for package in PACKAGES)
        and name.split(".")[2:3]
        and name.split(".")[2].startswith("forms")
        for pair in field.findall(source_of(name))
    ]
    assert ("network.organisations.forms_needs", "words", "WordsField") in found
    assert named_amiss([each[1] for each in found]) == []
    several = {each[1] for each in found if "Multiple" in each[2]}
    assert several <= {"readers"}


def test_what_may_be_chosen_more_than_once_are_readers_by_kind_never_by_name() -> None:
    form = WorkNeedForm()
    form.offer(["alumni", "connections", "everybody"])
    assert isinstance(form.readers, SelectMultipleField)
    assert {choice[0] for choice in form.readers.choices} == {"alumni", "connections", "everybody"}


def test_nothing_counts_answers() -> None:
    counting = re.compile(r"func\.(?:count|sum|avg)\(")
    allowed = {
        # How many of one's own are open, for the five that may be; and how many letters went out.
        "network.organisations.services.verifying",
        "network.referrals.services.outside",
        "network.organisations.services.approach_guards",
        "network.organisations.queries.approaches",
    }
    assert {
        name
        for name in modules()
        if name.split(".")[1:2] in ([package] for package in PACKAGES)
        and counting.search(source_of(name))
    } <= allowed
