"""Reading a roster: a CSV file of people to invite, all of it right or none of it taken."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from email_validator import EmailNotValidError, validate_email

from network.errors import Invalid
from network.members.kinds import Part
from network.members.services.profiles import tidy
from network.text import clean, clean_line

NAME, EMAIL = "name", "email"
PARTS = {
    "purpose": Part.PURPOSE,
    "offers": Part.OFFERS,
    "looking for": Part.LOOKING_FOR,
    "place": Part.PLACE,
    "languages": Part.LANGUAGES,
    "themes": Part.THEMES,
}
LISTS = {Part.LANGUAGES, Part.THEMES}
LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Entry:
    """One person of a roster: `draft` is what only they will see when they come in."""

    line: int
    name: str
    email: str
    draft: Mapping[str, str]


@dataclass(slots=True)
class Roster:
    """What a file held: people, columns that mean nothing here, and what is wrong, by line."""

    entries: list[Entry] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    wrong: list[tuple[int, str]] = field(default_factory=list)


def read_roster(path: Path) -> Roster:
    """Read a roster in UTF-8; its columns may come in any order."""
    roster = Roster()
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, restkey="", strict=True)
        try:
            _read(roster, reader)
        except UnicodeDecodeError:
            roster.wrong.append((reader.line_num + 1, "cannot be read: it is not in UTF-8"))
        except csv.Error as error:
            roster.wrong.append((reader.line_num + 1, f"cannot be read: {error}"))
    return roster


def _read(roster: Roster, reader: csv.DictReader[str]) -> None:
    columns = {name: _folded(name) for name in reader.fieldnames or ()}
    roster.ignored = [n for n, folded in columns.items() if folded not in {NAME, EMAIL, *PARTS}]
    named = Counter(_folded(name) for name in reader.fieldnames or ())
    if missing := {NAME, EMAIL} - set(named):
        roster.wrong.append((1, f"there is no column {' or '.join(sorted(missing))}"))
    for twice in [name for name in (NAME, EMAIL, *PARTS) if named[name] > 1]:
        roster.wrong.append((1, f"the column {twice} stands there twice"))
    if roster.wrong:
        return
    seen: dict[str, int] = {}
    for row in reader:
        _read_row(roster, reader.line_num, row, columns, seen)


def _read_row(
    roster: Roster,
    line: int,
    row: Mapping[str, str | list[str] | None],
    columns: Mapping[str, str],
    seen: dict[str, int],
) -> None:
    values = {columns[n]: v for n, v in row.items() if n in columns and isinstance(v, str)}
    wrong = list(_faults(values, row))
    email = clean_line(values.get(EMAIL)).lower()
    if not wrong and email in seen:
        wrong.append(f"{email} stands on line {seen[email]} already")
    seen.setdefault(email, line)
    roster.wrong.extend((line, fault) for fault in wrong)
    if not wrong:
        roster.entries.append(
            Entry(
                line, clean_line(values[NAME]), email, {p.value: w for p, w in _draft(values) if w}
            )
        )


def _faults(values: Mapping[str, str], row: Mapping[str, str | list[str] | None]) -> Iterator[str]:
    if row.get("") and "" not in values:
        yield "there are more fields than columns"
    name = clean_line(values.get(NAME))
    if not name:
        yield "there is no name"
    elif len(name) > LONGEST_NAME:
        yield f"the name has more than {LONGEST_NAME} letters"
    try:
        validate_email(clean_line(values.get(EMAIL)), check_deliverability=False)
    except EmailNotValidError:
        yield f"{clean_line(values.get(EMAIL)) or 'nothing'} is not an email address"
    try:
        list(_draft(values))
    except Invalid as fault:
        yield f"{fault.field}: {str(fault.sentence).rstrip('.')}"


def _draft(values: Mapping[str, str]) -> Iterator[tuple[Part, str]]:
    for column, part in PARTS.items():
        body = clean(values.get(column))
        if part in LISTS:
            body = "\n".join(piece.strip() for piece in body.replace(";", ",").split(","))
        yield part, tidy(part, body)


def _folded(name: str) -> str:
    return " ".join(name.replace("_", " ").lower().split())
