"""Terms: what parties agree on, as one value that never changes, with the digest of its very bytes.

Parties and lines are named by keys, so that a line is the same line in the next version whatever
was changed of it. Amounts are `Money`; times are half days in a period; days are dates.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from network.engagements.kinds import Cash, Clause, Kind, Period, Rhythm
from network.engagements.money import Money
from network.members.kinds import Work


@dataclass(frozen=True, slots=True)
class Share:
    """What one party has of a line that a team is given."""

    party: str
    amount: Money


@dataclass(frozen=True, slots=True)
class TimeLine:
    """How much time one party gives, and from when to when.

    Without an end it goes on until somebody says so `notice_days` before.
    """

    key: str
    party: str
    half_days: int
    period: Period
    starts: date | None = None
    ends: date | None = None
    notice_days: int = 0


@dataclass(frozen=True, slots=True)
class CashLine:
    """Money from one party to another. A `split` says how a team parts it."""

    key: str
    sort: Cash
    giver: str
    receiver: str
    amount: Money
    period: Period
    what: str = ""
    when: str = ""
    known_by: str = ""
    split: tuple[Share, ...] = ()


@dataclass(frozen=True, slots=True)
class OtherLine:
    """Value that is not money, from one party to another."""

    key: str
    sort: Kind
    giver: str
    receiver: str
    what: str
    when: str = ""
    known_by: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """One version of what is agreed. An empty clause is not there."""

    title: str
    work: Work
    clauses: Mapping[Clause, str] = field(default_factory=dict)
    times: tuple[TimeLine, ...] = ()
    cash: tuple[CashLine, ...] = ()
    others: tuple[OtherLine, ...] = ()
    rhythm: Rhythm = Rhythm.NONE

    def clause(self, which: Clause) -> str:
        """Return the words of a clause, or nothing."""
        return self.clauses.get(which, "")


def as_data(terms: Terms) -> dict[str, Any]:
    """Return terms as JSON holds them: every field, in one way only."""
    return {
        "title": terms.title,
        "work": terms.work.value,
        "clauses": {which.value: terms.clause(which) for which in Clause if terms.clause(which)},
        "times": [
            {
                "key": each.key,
                "party": each.party,
                "half_days": each.half_days,
                "period": each.period.value,
                "starts": each.starts.isoformat() if each.starts else None,
                "ends": each.ends.isoformat() if each.ends else None,
                "notice_days": each.notice_days,
            }
            for each in terms.times
        ],
        "cash": [
            {
                **_line(each),
                **_money(each.amount),
                "period": each.period.value,
                "split": [{"party": share.party, **_money(share.amount)} for share in each.split],
            }
            for each in terms.cash
        ],
        "others": [_line(each) for each in terms.others],
        "rhythm": terms.rhythm.value,
    }


def from_data(data: Mapping[str, Any]) -> Terms:
    """Return the terms that `as_data` made this of; raise `KeyError`, `TypeError` or `ValueError`
    for what it cannot have made.
    """
    return Terms(
        title=data["title"],
        work=Work(data["work"]),
        clauses=MappingProxyType({Clause(each): words for each, words in data["clauses"].items()}),
        times=tuple(
            TimeLine(
                key=each["key"],
                party=each["party"],
                half_days=each["half_days"],
                period=Period(each["period"]),
                starts=date.fromisoformat(each["starts"]) if each["starts"] else None,
                ends=date.fromisoformat(each["ends"]) if each["ends"] else None,
                notice_days=each["notice_days"],
            )
            for each in data["times"]
        ),
        cash=tuple(
            CashLine(
                **_words(each),
                sort=Cash(each["sort"]),
                amount=Money(each["currency"], each["minor"]),
                period=Period(each["period"]),
                split=tuple(
                    Share(share["party"], Money(share["currency"], share["minor"]))
                    for share in each["split"]
                ),
            )
            for each in data["cash"]
        ),
        others=tuple(OtherLine(**_words(each), sort=Kind(each["sort"])) for each in data["others"]),
        rhythm=Rhythm(data["rhythm"]),
    )


def canonical(terms: Terms, parties: Iterable[str]) -> bytes:
    """Return the bytes that are accepted: the terms, and whose terms they are."""
    whole = {"parties": sorted(parties), "terms": as_data(terms)}
    text = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


@lru_cache(maxsize=256)
def from_text(text: str) -> Terms:
    """Return the terms in the text of a version, which `canonical` made: the same text is always
    the same terms, and a page with sixty agreements asks for each of them several times.
    """
    return from_data(json.loads(text)["terms"])


def digest(terms: Terms, parties: Iterable[str]) -> str:
    """Return the SHA-256 of the bytes that are accepted, in hexadecimal letters."""
    return hashlib.sha256(canonical(terms, parties)).hexdigest()


_WORDS = ("key", "giver", "receiver", "what", "when", "known_by")


def _line(line: CashLine | OtherLine) -> dict[str, Any]:
    return {name: getattr(line, name) for name in _WORDS} | {"sort": line.sort.value}


def _words(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: data[name] for name in _WORDS}


def _money(amount: Money) -> dict[str, Any]:
    return {"currency": amount.currency, "minor": amount.minor}
