from __future__ import annotations

import csv
from pathlib import Path

import pytest

from network.members.roster import read_roster

LONG = "x" * 601


@pytest.fixture
def roster(tmp_path):
    def read(text: str | bytes):
        path = tmp_path / "roster.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_roster(path)

    return read


def people(found):
    return [(entry.name, entry.email) for entry in found.entries]


@pytest.mark.parametrize(
    "header",
    [
        "name,email,purpose,looking for",
        "looking for,purpose,email,name",
        "purpose,Name,EMAIL, looking_for ",
    ],
)
def test_columns_come_in_any_order(roster, tmp_path, header):
    said = {"name": "Ama Lind", "email": "ama@lind.example", "purpose": "Kilns."}
    said["looking for"] = "Clay, and time."
    columns = [name.strip().lower().replace("_", " ") for name in header.split(",")]
    with (tmp_path / "written.csv").open("w", newline="") as file:
        csv.writer(file).writerows([header.split(","), [said[name] for name in columns]])
    found = roster((tmp_path / "written.csv").read_bytes())
    assert (found.wrong, found.ignored) == ([], [])
    assert people(found) == [("Ama Lind", "ama@lind.example")]
    assert found.entries[0].draft == {"purpose": "Kilns.", "looking_for": "Clay, and time."}


def test_columns_that_mean_nothing_are_named_and_left_out(roster):
    found = roster("name,Shoe size,email,password\nAma,38,ama@lind.example,secret\n")
    assert found.ignored == ["Shoe size", "password"]
    assert (people(found), found.wrong) == ([("Ama", "ama@lind.example")], [])
    assert found.entries[0].draft == {}


def test_lists_are_parted_by_commas_or_semicolons(roster):
    found = roster(
        'name,email,themes,languages\nAma,a@a.example,"care; night , care",Twi;English\n'
    )
    assert found.entries[0].draft == {"themes": "care\nnight", "languages": "Twi\nEnglish"}


@pytest.mark.parametrize("start", ["\ufeff", ""])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_spreadsheets_write_it_in_their_own_ways(roster, start, end):
    lines = ["name,email,purpose", '"Lind, Ama",AMA@Lind.Example ,"Kilns.', 'And clay."', ""]
    found = roster(start + end.join(lines))
    assert (people(found), found.wrong) == ([("Lind, Ama", "ama@lind.example")], [])
    assert found.entries[0].draft == {"purpose": "Kilns.\nAnd clay."}


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (",b@b.example,,", "there is no name"),
        ("  ,b@b.example,,", "there is no name"),
        ("Bo,,,", "nothing is not an email address"),
        ("Bo,bo at home,,", "bo at home is not an email address"),
        ("Bo,b@b.example,,1;2;3;4;5;6", "themes: 5 is the most here"),
        (f"Bo,b@b.example,{LONG},", "purpose: This has 601 letters; 600 is the most"),
        (f"{'x' * 81},b@b.example,,", "the name has more than 80 letters"),
        ("Bo,A@a.example,,", "a@a.example stands on line 2 already"),
        ("Bo,b@b.example,,,spilt", "there are more fields than columns"),
        ("Bo", "nothing is not an email address"),
        ('Bo,"b@b.example"x,,', "cannot be read"),
        ('Bo,"b@b.example', "cannot be read"),
    ],
)
def test_a_row_that_cannot_be_taken_is_named_with_its_reason(roster, row, fault):
    found = roster(f"name,email,purpose,themes\nAma,a@a.example,,\n{row}\n")
    ((line, reason),) = found.wrong
    assert line in {3, 4}
    assert reason.startswith(fault)
    assert not reason.endswith(".")


def test_every_wrong_row_is_named_not_only_the_first(roster):
    found = roster("name,email\n,a@a.example\nBo,b\nCem,c@c.example\n,d\n")
    assert [line for line, _reason in found.wrong] == [2, 3, 5, 5]
    assert people(found) == [("Cem", "c@c.example")]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "there is no column email or name"),
        ("name,purpose\nAma,Kilns.\n", "there is no column email"),
        ("Ama,ama@lind.example\n", "there is no column email or name"),
        ("name,email\nÅsa,a@a.example\n".encode("latin-1"), "cannot be read"),
        ("name,email\nÅsa,a@a.example\n".encode("utf-16"), "cannot be read"),
        ('name,"email\nAma,a@a.example\n', "cannot be read"),
        ('"name"x,email\nAma,a@a.example\n', "cannot be read"),
        (b"name,email\nAma,a@a.example\n" + b"x" * 9000 + b"\xff\n", "cannot be read"),
    ],
)
def test_a_file_that_is_no_roster_is_said_to_be_none(roster, text, fault):
    reasons = [reason for _line, reason in roster(text).wrong]
    assert any(reason.startswith(fault) for reason in reasons), reasons


@pytest.mark.parametrize("twice", ["email", "E-mail", "Email"])
def test_a_column_that_stands_twice_is_said(roster, twice):
    found = roster(f"name,email,{twice}\nAma,a@a.example,b@b.example\n")
    if twice == "E-mail":
        assert (found.ignored, found.wrong) == (["E-mail"], [])
    else:
        assert [reason for _line, reason in found.wrong] == ["the column email stands there twice"]


def test_blank_lines_are_nobody(roster):
    found = roster("name,email\n\nAma,a@a.example\n\n\n")
    assert (people(found), found.wrong) == ([("Ama", "a@a.example")], [])


def test_only_visible_letters_come_in(roster):
    found = roster("name,email,purpose\nA\u200bma\u202e,a@a.example,Ki\u0000lns\u2069.\n")
    assert found.wrong == [] or "cannot be read" in found.wrong[0][1]
    for entry in found.entries:
        assert (entry.name, entry.draft["purpose"]) == ("Ama", "Kilns.")


def test_a_file_of_the_house_is_read_to_its_end(tmp_path: Path):
    path = tmp_path / "roster.csv"
    rows = (f"Person {n},p{n}@p.example,Purpose {n}." for n in range(3000))
    path.write_text("name,email,purpose\n" + "\n".join(rows))
    found = read_roster(path)
    assert (len(found.entries), found.wrong) == (3000, [])
