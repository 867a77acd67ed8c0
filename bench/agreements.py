"""Terms and a portfolio measured: a long negotiation, a yes, a balance of sixty agreements."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from bench.figures import opened, percentile, times_ms
from bench.server import Client
from network.clock import utc_now
from network.conversations import services as conversations
from network.db import transaction
from network.engagements.kinds import Cash, Clause, Kind, Period, Rhythm
from network.engagements.models import Engagement, Negotiation, Party, Version
from network.engagements.money import Money
from network.engagements.services import beginning, living, negotiating
from network.engagements.terms import CashLine, OtherLine, Terms, TimeLine
from network.members.kinds import WhoMayWrite, Work
from network.members.models import Member, Participation

VERSIONS, LINES, AGREED = 20, 40, 60
WHO = "m7"
SIGNERS = [f"m{number}" for number in range(220, 230)]
# Somebody sends at most sixty forms an hour.
EACH_ACCEPTS = 25
SENTENCES = (
    "To help nine people who own a bakery choose their first director, and let go of the founder. ",
    "Two mornings a week in the house, the rest where it is quiet; the crews are asked first. ",
    "What was learned stays with those who stay: in their words, on one sheet, by the end. ",
)
CURRENCIES = ("EUR", "JPY", "KWD")
# The clauses that are hardly ever short.
LONG = (Clause.PURPOSE, Clause.SCOPE, Clause.AUTHORITY, Clause.ENDING, Clause.HANDOVER)


@dataclass(frozen=True, slots=True)
class There:
    """Where the long negotiation is, and by whom which text can be accepted where."""

    negotiation: str
    accepts: dict[str, Sequence[tuple[str, str]]]


def write(instance: Path) -> There:
    """Write a negotiation of twenty versions of forty lines, sixty agreements of one member, and
    small negotiations that wait for one yes.
    """
    now = utc_now()
    with opened(instance), transaction() as db:
        people = {each.handle: each for each in db.scalars(select(Member).where(_NAMED))}
        me = people[WHO]
        long = _long(db, me, people["m8"], now)
        for number in range(AGREED):
            _agreed(db, me, people[f"m{20 + number}"], number, now)
        accepts = {
            signer: [_waiting(db, people["m9"], people[signer], now) for _ in range(EACH_ACCEPTS)]
            for signer in SIGNERS
        }
    return There(f"/negotiations/{long}", accepts)


def page_p95_ms(port: int, path: str, count: int = 300) -> float:
    """Ask for a page of somebody who agreed on much."""
    client = Client(port)
    client.enter(WHO)
    return percentile(times_ms(client, [path], count), 0.95)


def accept_p95_ms(port: int, there: There) -> float:
    """Let some who have just signed in accept what they were shown, which makes it agreed."""
    taken = []
    for signer, texts in there.accepts.items():
        client = Client(port)
        client.enter(signer)
        for path, digest in texts:
            began = time.perf_counter()
            status = client.post(path, {"digest": digest})
            taken.append((time.perf_counter() - began) * 1000)
            if status != 303:  # noqa: PLR2004
                raise RuntimeError(f"a yes was answered with {status}")
    return percentile(taken, 0.95)


def not_agreed(instance: Path, there: There) -> int:
    """Return how many of the small negotiations are not agreed, each of one engagement."""
    small = [path.split("/")[2] for texts in there.accepts.values() for path, _digest in texts]
    agreed = (
        select(Engagement.id)
        .join(Negotiation, Negotiation.engagement_id == Engagement.id)
        .where(Negotiation.key.in_(small), Negotiation.state == "agreed")
    )
    with opened(instance), transaction() as db:
        return len(small) - len(set(db.scalars(agreed)))


_NAMED = Member.handle.in_([WHO, "m8", "m9", *SIGNERS, *(f"m{20 + n}" for n in range(AGREED))])


def _begun(db: Session, one: Member, other: Member, now: datetime) -> tuple[Negotiation, list[str]]:
    """Begin terms between two who talk; return the keys under which terms name them."""
    db.get_one(Participation, other.id).who_may_write = WhoMayWrite.ANYONE
    conversation = conversations.start_direct(
        db, actor=one, other=other, body=SENTENCES[0], submission=uuid4().hex, now=now
    )
    negotiation = beginning.begin(
        db,
        conversation,
        actor=one,
        signs={one.id: None, other.id: None},
        now=now,
        submission=uuid4().hex,
    )
    db.flush()  # its parties are read next
    mine = select(Party.member_id, Party.key).where(Party.negotiation_id == negotiation.id)
    keys = dict(db.execute(mine).tuples().all())
    return negotiation, [keys[one.id], keys[other.id]]


def _put(
    db: Session, negotiation: Negotiation, actor: Member, terms: Terms, now: datetime
) -> Version:
    return negotiating.put(
        db,
        negotiation,
        actor=actor,
        terms=terms,
        over=negotiation.last,
        why=SENTENCES[1],
        submission=uuid4().hex,
        now=now,
    )


def _long(db: Session, one: Member, other: Member, now: datetime) -> str:
    began = now - timedelta(days=VERSIONS)
    negotiation, keys = _begun(db, one, other, began)
    terms = _terms(keys, LINES)
    for number in range(VERSIONS):
        at = began + timedelta(days=number)
        _put(db, negotiation, (one, other)[number % 2], _changed(terms, number), at)
    return negotiation.key


def _agreed(db: Session, one: Member, other: Member, number: int, now: datetime) -> None:
    began = now - timedelta(days=30 + number % 25)
    negotiation, keys = _begun(db, one, other, began)
    version = _put(db, negotiation, one, _changed(_terms(keys[::-1], 6), number), began)
    said = {"number": version.number, "shown": version.digest, "now": began}
    negotiating.accept(db, negotiation, actor=other, **said)
    if number % 3:
        work = db.get_one(Engagement, negotiation.engagement_id)
        living.begin(db, work, actor=one, now=began)


def _waiting(db: Session, one: Member, other: Member, now: datetime) -> tuple[str, str]:
    negotiation, keys = _begun(db, one, other, now)
    version = _put(db, negotiation, one, _terms(keys, 4), now)
    return f"/negotiations/{negotiation.key}/versions/{version.number}/accept", version.digest


def _terms(keys: Sequence[str], lines: int) -> Terms:
    """Return terms with so many lines: time, money, and what else is given."""
    giver, receiver = keys
    today = utc_now().date()
    thirds = [range(part, lines, 3) for part in range(3)]
    return Terms(
        "A first director for nine bakers",
        Work.FRACTIONAL,
        {which: "".join(SENTENCES) * (4 if which in LONG else 1) for which in Clause},
        times=tuple(
            TimeLine(f"t{n}", receiver, 1 + n % 3, Period.MONTH, starts=today, notice_days=30)
            for n in thirds[0]
        ),
        cash=tuple(
            CashLine(
                f"c{n}",
                Cash.FIXED if n % 2 else Cash.RETAINER,
                giver,
                receiver,
                Money(CURRENCIES[n % 3], 100_000 + n),
                Period.IN_ALL if n % 2 else Period.MONTH,
                what=SENTENCES[2].strip(),
                when="On the first of the month.",
            )
            for n in thirds[1]
        ),
        others=tuple(
            OtherLine(f"o{n}", Kind.LEARNING, giver, receiver, SENTENCES[n % 3].strip())
            for n in thirds[2]
        ),
        rhythm=Rhythm.MONTHLY,
    )


def _changed(terms: Terms, number: int) -> Terms:
    """Return the terms with a word, an amount, a time and a line's place other than before."""
    words = {**terms.clauses}
    for which in LONG:
        words[which] = words[which].replace("mornings", f"mornings and {number} evenings", 1)
    turn = number % len(terms.others)
    return replace(
        terms,
        clauses=words,
        times=tuple(replace(each, half_days=1 + number % 4) for each in terms.times),
        cash=tuple(
            replace(each, amount=Money(each.amount.currency, each.amount.minor + number * 100))
            for each in terms.cash
        ),
        others=terms.others[turn:] + terms.others[:turn],
    )
