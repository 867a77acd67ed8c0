"""Work elsewhere that the invented people count in their own balance."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from network.demo.talk import People, Told
from network.engagements.kinds import Period
from network.engagements.money import read
from network.engagements.services import outside_work
from network.members.services import participation


def tell_full(db: Session, people: People, told: Mapping[str, int]) -> None:
    """Let people say how many days a month are full for them."""
    for handle, days in told.items():
        participation.set_full_month(db, people[handle], half_days=days * 2)


def tell_outside(db: Session, people: People, told: list[Told], now: datetime) -> None:
    """Let people count work elsewhere in their own balance."""
    for number, each in enumerate(told):
        amount = read(each["amount"], each["currency"]) if each["amount"] else None
        outside_work.write_outside(
            db,
            people[each["who"]],
            outside_work.Outside(
                whom=each["whom"],
                title=each["title"],
                half_days=each["days"] * 2,
                time_period=Period(each["period"]),
                minor=amount.minor if amount else 0,
                currency=amount.currency if amount else "",
                others=each["others"],
                promise=each["promise"],
                starts=_day(each["from_day"], now),
                ends=_day(each["to_day"], now),
            ),
            now=now - timedelta(days=20),
            submission=f"demo-outside-{number}",
        )


def _day(days: int | None, now: datetime) -> date | None:
    return None if days is None else now.date() + timedelta(days=days)
