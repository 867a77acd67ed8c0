"""A table of terms as it is told of: a first text, and what each version changed of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from network.demo.talk import Told
from network.engagements.kinds import Cash, Clause, Kind, Period, Rhythm
from network.engagements.models import Negotiation
from network.engagements.money import read
from network.engagements.terms import CashLine, OtherLine, Share, Terms, TimeLine
from network.members.kinds import Work

LISTS = ("times", "cash", "others")


@dataclass
class Table:
    """A negotiation as it is told of; what was said of its terms so far is kept in `told`."""

    db: Session
    negotiation: Negotiation
    keys: Mapping[str, str]
    today: date
    told: dict[str, Any]

    def terms(self, more: Told) -> Terms:
        """Return the terms with what somebody changed: a clause, a line by its key."""
        for name, value in more.items():
            if name in LISTS:
                lines = {each["key"]: each for each in self.told.get(name, ())}
                self.told[name] = [*(lines | {each["key"]: each for each in value}).values()]
            elif name == "clauses":
                self.told[name] = {**self.told.get(name, {}), **value}
            else:
                self.told[name] = value
        return Terms(
            title=self.told["title"],
            work=Work(self.told["work"]),
            clauses={Clause(which): words for which, words in self.told["clauses"].items()},
            times=tuple(self._time(each) for each in self.told.get("times", ())),
            cash=tuple(self._cash(each) for each in self.told.get("cash", ())),
            others=tuple(
                OtherLine(**self._line(each), sort=Kind(each["sort"]))
                for each in self.told.get("others", ())
            ),
            rhythm=Rhythm(self.told["rhythm"]),
        )

    def _time(self, told: Told) -> TimeLine:
        return TimeLine(
            key=told["key"],
            party=self.keys[told["who"]],
            half_days=round(told["days"] * 2),
            period=Period(told["period"]),
            starts=self._day(told, "from_day"),
            ends=self._day(told, "to_day"),
            notice_days=told.get("notice", 0),
        )

    def _cash(self, told: Told) -> CashLine:
        split = told.get("split", {})
        return CashLine(
            **self._line(told),
            sort=Cash(told["sort"]),
            amount=read(told["amount"], told["currency"]),
            period=Period(told["period"]),
            split=tuple(
                Share(self.keys[who], read(amount, told["currency"]))
                for who, amount in split.items()
            ),
        )

    def _line(self, told: Told) -> dict[str, str]:
        words = {name: told.get(name, "") for name in ("what", "when", "known_by")}
        giver, receiver = self.keys[told["from"]], self.keys[told["to"]]
        return {"key": told["key"], "giver": giver, "receiver": receiver, **words}

    def _day(self, told: Told, name: str) -> date | None:
        return self.today + timedelta(days=told[name]) if name in told else None
