"""A large network made of real statements of purpose, to measure with: many people, few words
invented.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, insert, text

from network.columns import random_key
from network.members.kinds import Audience, Part, State, WhoMayAsk, Work
from network.members.models import Connection, Member, Network, Participation, Section
from network.text import clean, clean_line

BATCH = 1000
MOST_ASKED = 400
# How many of those who know each other let themselves be shown as a way.
WAYS = 0.7
LONGEST_NAME = 80
LONGEST_PURPOSE = 600
LANGUAGES = ("English", "Spanish", "French", "Arabic", "Portuguese", "German", "Hindi", "Polish")


@dataclass(frozen=True, slots=True)
class Statement:
    """One row of the file."""

    name: str
    purpose: str
    place: str
    theme: str


def read_statements(path: Path) -> list[Statement]:
    """Read a CSV file with the columns name, purpose, place and theme; raise `ValueError` if one is
    missing, or if there is nothing in them.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = {"name", "purpose", "place", "theme"} - set(reader.fieldnames or ())
        if missing:
            raise ValueError(f"{path.name} has no column {', '.join(sorted(missing))}.")
        statements = [
            Statement(
                name=clean_line(row["name"])[:LONGEST_NAME],
                purpose=sentence_case(clean(row["purpose"]))[:LONGEST_PURPOSE],
                place=clean_line(row["place"])[:120],
                theme=clean_line(row["theme"]).lower()[:60],
            )
            for row in reader
            if clean(row["purpose"]) and clean(row["name"])
        ]
    if not statements:
        raise ValueError(f"{path.name} has no row with a name and a purpose.")
    return statements


def sentence_case(words: str) -> str:
    """Return words that were written in capitals as sentences."""
    if not words.isupper():
        return words
    return ". ".join(part[:1].upper() + part[1:] for part in words.lower().split(". "))


def write_large(
    engine: Engine, statements: Sequence[Statement], members: int, *, now: datetime
) -> Iterator[int]:
    """Write `members` people with random connections (median 20 each); yield how many each step
    wrote.
    """
    dice = random.Random(members)
    with engine.begin() as connection:
        connection.execute(
            insert(Network), [{"id": 1, "name": "Measured", "language": "en", "demo": True}]
        )
    numbers = count(1)
    while (first := next(numbers)) <= members:
        last = min(first + BATCH - 1, members)
        ids = range(first, last + 1)
        told = [_statement(statements, each, dice) for each in ids]
        with engine.begin() as connection:
            connection.execute(
                insert(Member), [_member(i, t, now) for i, t in zip(ids, told, strict=True)]
            )
            connection.execute(insert(Participation), [_participation(i, dice, now) for i in ids])
            connection.execute(
                insert(Section),
                [row for i, t in zip(ids, told, strict=True) for row in _sections(i, t, dice, now)],
            )
            ties = _ties(ids, dice, now)
            if ties:
                connection.execute(insert(Connection), ties)
        yield len(ids)
        numbers = count(last + 1)
    if engine.dialect.name == "postgresql":  # its counter has not seen the ids given here
        last_id = "SELECT setval(pg_get_serial_sequence('member', 'id'), max(id)) FROM member"
        with engine.begin() as connection:
            connection.execute(text(last_id))


def write_acquaintances(
    engine: Engine, members: int, *, now: datetime, most: int = 2000
) -> Iterator[int]:
    """Write people without words who know each other: half of them know 20 others, a few nearly
    `most`; most may be shown as a way. Yield how many connections each step wrote.
    """
    dice = random.Random(members)
    wanted = [max(1, min(most, int(dice.lognormvariate(3.0, 0.9)))) for _ in range(members)]
    wanted[::2500] = [most] * len(wanted[::2500])
    ends = [number for number, count in enumerate(wanted, start=1) for _ in range(count)]
    dice.shuffle(ends)
    pairs = zip(ends[::2], ends[1::2], strict=False)
    ties = sorted({(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]})
    with engine.begin() as connection:
        connection.execute(insert(Network), [{"id": 1, "name": "Measured", "demo": True}])
        for first in range(1, members + 1, BATCH):
            ids = range(first, min(first + BATCH, members + 1))
            nobody = [Statement(f"Person {each}", "", "", "") for each in ids]
            connection.execute(
                insert(Member), [_member(i, t, now) for i, t in zip(ids, nobody, strict=True)]
            )
            connection.execute(
                insert(Participation),
                [
                    _participation(i, dice, now) | {"shown_as_way": dice.random() < WAYS}
                    for i in ids
                ],
            )
    for start in range(0, len(ties), 10 * BATCH):
        some = ties[start : start + 10 * BATCH]
        with engine.begin() as connection:
            connection.execute(insert(Connection), [_tie(low, high, now) for low, high in some])
        yield len(some)


def _statement(statements: Sequence[Statement], number: int, dice: random.Random) -> Statement:
    """Return a row of the file; past its end, sentences of two rows put together."""
    if number <= len(statements):
        return statements[number - 1]
    one, other = dice.choice(statements), dice.choice(statements)
    halves = [text.split(". ") for text in (one.purpose, other.purpose)]
    purpose = ". ".join([halves[0][0], halves[1][-1]])[:LONGEST_PURPOSE]
    name = f"{one.name.split()[0]} {other.name.split()[-1]}"[:LONGEST_NAME]
    return Statement(name, purpose, other.place, one.theme)


def _member(number: int, told: Statement, now: datetime) -> dict[str, Any]:
    return {
        "id": number,
        "handle": f"m{number}",
        "name": told.name,
        "email": f"m{number}@m{number}.example",
        "state": State.MEMBER,
        "time_zone": "UTC",
        "joined_at": now - timedelta(minutes=7 * number),
        "belongs": f" @m{number}.example ",
    }


def _participation(number: int, dice: random.Random, now: datetime) -> dict[str, Any]:
    return {
        "member_id": number,
        "half_days": dice.choice((0, 1, 3, 8, 16)),
        "work": [kind.value for kind in dice.sample(list(Work), 3)],
        "who_may_connect": WhoMayAsk.ANYONE,
        "confirmed_at": now,
    }


def _sections(
    number: int, told: Statement, dice: random.Random, now: datetime
) -> Iterator[dict[str, Any]]:
    bodies = {
        Part.PURPOSE: told.purpose,
        Part.THEMES: told.theme,
        Part.PLACE: told.place,
        Part.LANGUAGES: "\n".join(dice.sample(LANGUAGES, 2)),
        Part.OFFERS: told.purpose.split(". ")[-1],
        Part.AVAILABILITY: "",
    }
    for part, body in bodies.items():
        audience = (
            Audience.CONNECTIONS if part is Part.OFFERS and number % 5 == 0 else Audience.MEMBERS
        )
        yield {
            "member_id": number,
            "part": part,
            "body": body,
            "audience": int(audience),
            "shown_to": int(audience),
            "written_at": now,
            "confirmed_at": now,
        }


def _ties(ids: Sequence[int], dice: random.Random, now: datetime) -> list[dict[str, Any]]:
    ties: list[dict[str, Any]] = []
    for number in ids:
        wanted = min(int(dice.lognormvariate(2.3, 0.8)), MOST_ASKED, number - 1)
        others = dice.sample(range(1, number), wanted) if wanted else ()
        ties.extend(_tie(other, number, now) for other in others)
    return ties


def _tie(low: int, high: int, now: datetime) -> dict[str, Any]:
    return {
        "key": random_key(),
        "low_id": low,
        "high_id": high,
        "asker_id": high,
        "reason": "We worked on the same street.",
        "since": now,
    }
