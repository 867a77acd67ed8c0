"""Lives terms and agreed work: found, agreed, lived, ended; and what was written when some were
apart.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.conversations.models import About, Conversation
from network.engagements.access import engagement_for
from network.engagements.kinds import Cash, Clause, Kind, LeftFor, Period, Rhythm, Welcome
from network.engagements.models import (
    Engagement,
    Negotiation,
    Party,
    Showing,
    Testimony,
    Version,
)
from network.engagements.money import Money
from network.engagements.services import (
    beginning,
    checking_in,
    drafting,
    leaving_behind,
    living,
    negotiating,
    outside_work,
    showing,
    testimony,
    welcoming,
)
from network.engagements.terms import CashLine, OtherLine, Share, Terms, TimeLine
from network.members.kinds import Work
from network.members.models import Member
from network.organisations.models import Approach
from tests.sweep import canaries_terms as canaries
from tests.sweep.town import LATELY, LONG_AGO, NOW, YESTERDAY, Town

if TYPE_CHECKING:
    from tests.sweep.seed import World

HOUR = timedelta(hours=1)
BEGUN = LONG_AGO + 6 * HOUR
CHECKED_IN = {1: NOW - timedelta(days=30), 2: NOW - timedelta(days=16), 3: YESTERDAY}
NOTICE = 7


def terms_and_work(db: Session, world: World) -> None:
    """Let people look for terms, agree to some, and live them."""
    town = _town(db, world)
    for told in world.story.deals:
        _finds(town, told)
        for work in world.story.works:
            if work.label == told.label:
                _Lived.of(town, work).live()
    for label in canaries.OUTSIDE:
        words = {what: f"It is {canaries.elsewhere(label, what)}." for what in canaries.ELSEWHERE}
        work = outside_work.Outside(**words, half_days=4, minor=9_123_400, currency="EUR")
        person = town.people[label]
        outside_work.write_outside(db, person, work, now=LATELY, submission=label)


def after_parting(db: Session, world: World) -> None:
    """Let those write on in shared work from whom some are apart since just now."""
    town = _town(db, world)
    for told in world.story.works:
        for label in told.late:
            _Lived.of(town, told).write_late(label)


def _town(db: Session, world: World) -> Town:
    people = {label: db.get_one(Member, each) for label, each in world.ids.items()}
    return Town(db, people, world.things, world.app.config["SECRET_KEY"])


def _finds(town: Town, told: canaries.Deal) -> None:
    db, first = town.db, town.people[told.versions[0]]
    negotiation = _begins(town, told, first)
    db.flush()  # its parties have keys then
    town.things[f"terms {told.label}"] = negotiation.key
    for number, label in enumerate(told.versions, start=1):
        now = (LATELY if told.amends else LONG_AGO) + number * HOUR
        here = {each.member_id: each for each in negotiating.parties_of(db, negotiation)}
        keys = {e: here[town.people[e].id].key for e in told.signs if town.people[e].id in here}
        negotiating.put(
            db,
            negotiation,
            actor=town.people[label],
            terms=terms(told, number, keys),
            over=number - 1,
            why=f"We write it so for {told.own(f'v{number} why')}.",
            now=now,
            submission=f"{told.label} {number}",
        )
        for gone in (each for each, last in told.left.items() if last == number):
            words = f"I go, for {told.own(f'leaves {gone}')}."
            person = town.people[gone]
            negotiating.leave(db, negotiation, actor=person, words=words, now=now + HOUR / 2)
    for label in told.drafts:
        _drafts(town, told, negotiation, town.people[label])
    if told.agreed or told.accepted:
        _agree(town, told, negotiation)


def _begins(town: Town, told: canaries.Deal, first: Member) -> Negotiation:
    db, sent = town.db, {"now": LONG_AGO, "submission": f"terms {told.label}"}
    if told.amends:
        key = town.things[f"work {told.amends}"]
        work = engagement_for(db, first, key, now=LONG_AGO)
        return beginning.amend(db, work, actor=first, now=LATELY, submission=told.label)
    signs = {
        town.people[label].id: town.organisation(side).id if side else None
        for label, side in told.signs.items()
    }
    return beginning.begin(db, _talk(town, told), actor=first, signs=signs, **sent)


def _talk(town: Town, told: canaries.Deal) -> Conversation:
    """Return the conversation between these people, or what began with an approach."""
    found = select(Conversation)
    key = town.things.get(f"approach {' '.join(told.talk)}")
    if key is None:
        return town.db.scalars(found.where(Conversation.submission == " ".join(told.talk))).one()
    letter = town.db.scalars(select(Approach).where(Approach.key == key)).one()
    of_it = Conversation.about == About.APPROACH, Conversation.thing_id == letter.id
    return town.db.scalars(found.where(*of_it)).one()


def terms(told: canaries.Deal, number: int, keys: dict[str, str]) -> Terms:
    """Return one version: every part of it has a word of its own."""
    giver, receiver, *_others = keys.values()

    def own(what: str) -> str:
        return f"It is {told.own(f'v{number} {what}')}."

    def line(kind: str) -> dict[str, str]:
        said = {name: own(f"{kind} {name}") for name in canaries.LINES}
        return {"key": kind, "giver": giver, "receiver": receiver, **said}

    amount = Money("EUR", 9_000_000 + 1_000 * len(told.label) + 100 * number)
    shares = [each for each in keys.values() if each != giver] if told.split else []
    split = [amount.minor // len(shares)] * len(shares) if shares else []
    if split:
        split[0] += amount.minor - sum(split)
    parts = tuple(Share(e, Money("EUR", m)) for e, m in zip(shares, split, strict=True))
    time = {"half_days": 2, "period": Period.MONTH, "notice_days": NOTICE}
    return Terms(
        told.own(f"v{number} title"),
        Work.PROJECT,
        {Clause(which): own(which) for which in canaries.CLAUSES},
        times=tuple(TimeLine(f"t{n}", party, **time) for n, party in enumerate(keys.values())),
        cash=(
            CashLine(
                **line("cash"), sort=Cash.RETAINER, amount=amount, period=Period.MONTH, split=parts
            ),
        ),
        others=(OtherLine(**line("other"), sort=Kind.LEARNING),),
        rhythm=Rhythm.FORTNIGHTLY,
    )


def _party(town: Town, negotiation: Negotiation, member: Member) -> Party:
    mine = Party.negotiation_id == negotiation.id, Party.member_id == member.id
    return town.db.scalars(select(Party).where(*mine)).one()


def _drafts(town: Town, told: canaries.Deal, negotiation: Negotiation, author: Member) -> None:
    party = _party(town, negotiation, author)
    fields = {name: f"It is {told.own(f'draft {name}')}." for name in ("title", "why")}
    fields |= {which: f"It is {told.own(f'draft {which}')}." for which in canaries.CLAUSES}
    sent = {"actor": author, "fields": fields, "over": negotiation.last, "now": LATELY}
    drafting.keep(town.db, party, **sent)


def _agree(town: Town, told: canaries.Deal, negotiation: Negotiation) -> None:
    db, number = town.db, len(told.versions)
    version = db.get_one(Version, (negotiation.id, number))
    for label in told.accepted or told.signs:
        yes = {
            "number": number,
            "shown": version.digest,
            "now": (LATELY if told.amends else LONG_AGO) + 5 * HOUR,
        }
        negotiating.accept(db, negotiation, actor=town.people[label], **yes)
    if told.amends:
        return
    engagement = db.get_one(Engagement, negotiation.engagement_id)
    town.things[f"work {told.label}"] = engagement.key


@dataclass
class _Lived:
    """Agreed work, and what the story tells of it."""

    town: Town
    told: canaries.Work
    engagement: Engagement

    @classmethod
    def of(cls, town: Town, told: canaries.Work) -> _Lived:
        mine = Engagement.key == town.things[f"work {told.label}"]
        return cls(town, told, town.db.scalars(select(Engagement).where(mine)).one())

    def do(self, deed: Callable[..., Any], label: str, *args: object, **words: object) -> Any:
        words.setdefault("now", LATELY)
        return deed(self.town.db, self.engagement, *args, actor=self.town.people[label], **words)

    def live(self) -> None:
        told = self.told
        for label in told.welcome:
            self.welcome(label, f"welcome {label}")
        if told.state == "cancelled":
            self.do(living.cancel, told.by, words=f"It is off, for {told.own('last words')}.")
        if told.state in {"agreed", "cancelled"}:
            return
        first, *_others = self.people()
        self.do(living.begin, first, now=BEGUN)
        for number, labels in told.check_ins.items():
            for label in labels:
                self.check_in(label, number, CHECKED_IN[number])
        for sort, label in told.left:
            self.leave_behind(sort, label, f"left {sort} {label}", now=LATELY)
        self._stops()
        self._looks_back()

    def _looks_back(self) -> None:
        told = self.told
        for label, others in told.showings.items():
            shown = self.shows(label)
            for other in others:
                person = self.town.people[other]
                yes = {"actor": person, "wording": shown.wording, "now": LATELY}
                showing.consent(self.town.db, shown, self.engagement, **yes)
        for said, written in [(said, self._testify(said)) for said in told.said]:
            self._answers(said, written)

    def people(self) -> list[str]:
        deals = canaries.DEALS
        return next(list(each.signs) for each in deals if each.label == self.told.label)

    def _stops(self) -> None:
        told = self.told
        words = f"It is enough, for {told.own('last words')}."
        if told.state == "paused":
            self.do(living.pause, told.by, words=words, submission="p")
        if told.state == "ended":
            self.do(living.end, told.by, words=words)
        for label in self.people() if told.state.startswith("completed") else told.complete:
            now = NOW - timedelta(days=40) if told.state == "completed long ago" else LATELY
            self.do(living.complete, label, now=now)

    def welcome(self, label: str, what: str, **when: object) -> None:
        words = f"A key for {self.told.own(what)}."
        self.do(welcoming.add, label, sort=Welcome.ACCESS, words=words, **when)

    def check_in(self, label: str, number: int, now: datetime) -> None:
        own, questions = self.told.own, canaries.QUESTIONS
        said = {each: f"It is {own(f'check-in {number} {label} {each}')}." for each in questions}
        self.do(checking_in.answer, label, number, checking_in.Answers(**said), now=now)

    def leave_behind(self, sort: str, label: str, what: str, **when: object) -> None:
        words = {each: f"It is {self.told.own(f'{what} {each}')}." for each in canaries.LEFT}
        sent = {"sort": LeftFor(sort), "submission": what, **words}
        self.do(leaving_behind.leave_behind, label, **sent, **when)

    def shows(self, label: str) -> Showing:
        words = f"We did {self.told.own(f'shows {label}')}."
        return self.do(showing.write, label, words=words)

    def _testify(self, said: canaries.Said) -> Testimony:
        about, own = self.town.people[said.about], f"{said.author} about {said.about}"
        then = NOW - timedelta(days=30) if self.told.state == "completed long ago" else LATELY
        words = f"They are {self.told.own(own)}."
        written = self.do(testimony.write, said.author, about=about.id, words=words, now=then)
        self.town.things[f"testimony {self.told.label} {own}"] = written.key
        return written

    def _answers(self, said: canaries.Said, written: Testimony) -> None:
        db, about = self.town.db, self.town.people[said.about]
        if said.answered:
            words = f"Thank you, for {self.told.own(f'{said.about} answers {said.author}')}."
            testimony.answer(db, written, actor=about, words=words, now=YESTERDAY)
        if said.shown:
            testimony.show(db, written, actor=about, now=YESTERDAY)

    def write_late(self, label: str) -> None:
        """Write more of all that can be written, as somebody who is apart from another by now."""
        for sort in LeftFor:
            self.leave_behind(sort.value, label, f"late {sort.value} {label}", now=NOW)
        self.welcome(label, f"late welcome {label}", now=NOW)
        if self.told.state == "active":
            self.check_in(label, 3, NOW)
            words = f"It rests, for {self.told.own(f'late last words {label}')}."
            self.do(living.pause, label, words=words, submission="p", now=NOW)
