from __future__ import annotations

from collections import Counter
from statistics import median

import pytest
from sqlalchemy import delete, func, select

from network.composition import PEOPLE
from network.db import db as database
from network.db import reading, transaction
from network.demo.large import (
    Statement,
    read_statements,
    sentence_case,
    write_acquaintances,
    write_large,
)
from network.members.kinds import Part
from network.members.models import Connection, Member, Network, Participation, Section
from network.members.services.joining import add_member
from network.search import backend, indexer

ROWS = [
    ("Ama Lind", "We keep gardens. We share tools.", "Porto", "Gardens"),
    ("Rui Costa", "WE REPAIR BOATS. ALL WINTER.", "Lagos", "Boats"),
    ("Kai", "One long sentence without an end", "Oslo", "Kilns"),
]


@pytest.fixture
def statements(tmp_path):
    return read_statements(write(tmp_path, "name,purpose,place,theme", *map(joined, ROWS)))


def joined(row):
    return ",".join(f'"{value}"' for value in row)


def write(folder, *lines):
    path = folder / "purposes.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def members():
    with reading() as db:
        return db.scalars(select(Member).order_by(Member.id)).all()


def bodies(part):
    with reading() as db:
        rows = select(Section.body).where(Section.part == part).order_by(Section.member_id)
        return list(db.scalars(rows))


def test_columns_come_in_any_order_and_others_are_left_out(tmp_path):
    path = write(tmp_path, "\ufefftheme,extra,place,name,purpose", "Care,x,Porto,Ama,We care.")
    assert read_statements(path) == [Statement("Ama", "We care.", "Porto", "care")]


@pytest.mark.parametrize("column", ["name", "purpose", "place", "theme"])
def test_a_column_that_is_missing_is_said(tmp_path, column):
    header = ",".join(name for name in ("name", "purpose", "place", "theme") if name != column)
    with pytest.raises(ValueError, match=f"purposes.csv has no column {column}"):
        read_statements(write(tmp_path, header, "a,b,c"))


@pytest.mark.parametrize("lines", [[], ["name,purpose,place,theme"]])
def test_a_file_without_statements_is_said(tmp_path, lines):
    with pytest.raises(ValueError, match=r"purposes\.csv has no"):
        read_statements(write(tmp_path, *lines))


def test_rows_without_a_name_or_a_purpose_are_left_out(tmp_path):
    rows = ["Ama,We care.,Porto,Care", ",We care.,,", "Rui,,,", " , ,,", "Kai,Short row."]
    told = read_statements(write(tmp_path, "name,purpose,place,theme", *rows))
    assert [(each.name, each.place) for each in told] == [("Ama", "Porto"), ("Kai", "")]


def test_what_is_too_long_is_cut_to_what_is_kept(empty, tmp_path, now):
    row = joined(("N" * 200, "word. " * 400, "P" * 300, "T" * 300))
    told = read_statements(write(tmp_path, "name,purpose,place,theme", row))
    assert sum(write_large(database.engine, told, 5, now=now)) == 5
    assert {len(member.name) for member in members()} == {80}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("WE CARE. WE ACT", "We care. We act"),
        ("We care.", "We care."),
        ("NASA and us", "NASA and us"),
        ("", ""),
    ],
)
def test_words_in_capitals_become_sentences(words, expected):
    assert sentence_case(words) == expected


@pytest.mark.parametrize("count", [1, 2, 3, 10])
def test_as_many_people_as_wanted_are_written(empty, statements, now, count):
    assert sum(write_large(database.engine, statements, count, now=now)) == count
    people = members()
    assert [member.handle for member in people] == [f"m{n}" for n in range(1, count + 1)]
    assert bodies(Part.PURPOSE)[:3] == [each.purpose for each in statements][:count]
    known = {word for each in statements for word in each.purpose.replace(".", "").split()}
    for purpose in bodies(Part.PURPOSE):
        assert set(purpose.replace(".", "").split()) <= known
    with reading() as db:
        assert db.scalar(select(func.count(Participation.member_id))) == count


def test_the_same_file_gives_the_same_network(empty, statements, now):
    assert sum(write_large(database.engine, statements, 40, now=now)) == 40
    first = bodies(Part.PURPOSE), bodies(Part.LANGUAGES)
    with transaction() as db:
        db.execute(delete(Member))
        db.execute(delete(Network))
    assert sum(write_large(database.engine, statements, 40, now=now)) == 40
    assert (bodies(Part.PURPOSE), bodies(Part.LANGUAGES)) == first


@pytest.fixture
def large(empty, statements, now):
    steps = list(write_large(database.engine, statements, 2000, now=now))
    assert steps == [1000, 1000]
    with reading() as db:
        return db.execute(select(Connection.low_id, Connection.high_id, Connection.asker_id)).all()


def test_two_thousand_know_each_other_as_people_do(large, statements):
    known = Counter(number for low, high, _asker in large for number in (low, high))
    counts = [known[number] for number in range(1, 2001)]
    assert 15 <= median(counts) <= 25
    assert max(counts) <= 800
    assert len({(low, high) for low, high, _asker in large}) == len(large)
    assert all(0 < low < high <= 2000 and asker in {low, high} for low, high, asker in large)


def test_a_large_network_can_be_joined_and_searched(empty, statements, now):
    assert sum(write_large(database.engine, statements, 30, now=now)) == 30
    with transaction() as db:
        member = Member(handle="new", name="New", email="new@new.example", joined_at=now)
        add_member(db, member, now=now)
        assert member.id == 31
    indexer.rebuild(backend.index(empty), PEOPLE)
    assert backend.index(empty).state().documents == 31


def test_acquaintances_know_each_other_as_people_do(empty, now):
    written = sum(write_acquaintances(database.engine, 3000, now=now, most=400))
    with reading() as db:
        ties = db.execute(select(Connection.low_id, Connection.high_id)).all()
        ways = db.scalar(select(func.count()).where(Participation.shown_as_way))
        assert db.scalar(select(func.count(Member.id))) == 3000
    known = Counter(number for pair in ties for number in pair)
    assert written == len(ties) == len({tuple(pair) for pair in ties})
    assert 17 <= median(known[number] for number in range(1, 3001)) <= 22
    assert 300 <= max(known.values()) <= 400
    assert 1900 <= ways <= 2300
