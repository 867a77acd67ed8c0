"""What tests live in: the people and things of a story, by what it calls them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.asks import services as asks
from network.asks.kinds import Kind
from network.asks.models import Ask
from network.circles.models import Circle
from network.conversations.models import About, Conversation
from network.conversations.services import post
from network.members.models import Member
from network.organisations.models import Organisation

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=45)
LATELY = NOW - timedelta(days=3)
YESTERDAY = NOW - timedelta(days=1)
People = dict[str, Member]


@dataclass
class Town:
    """What is lived in: the people, and each thing by what the story calls it."""

    db: Session
    people: People
    things: dict[str, str]
    secret: str

    def organisation(self, label: str) -> Organisation | None:
        slug = self.things.get(f"organisation {label}", "")
        return self.db.scalar(select(Organisation).where(Organisation.slug == slug))

    def circle(self, label: str) -> Circle:
        slug = self.things[f"circle {label}"]
        return self.db.scalars(select(Circle).where(Circle.slug == slug)).one()

    def ask(self, kind: Kind, thing_id: int, addressee: Member | None = None) -> Ask:
        found = select(Ask).where(Ask.kind == kind.name, Ask.thing_id == thing_id)
        if addressee is not None:
            found = found.where(Ask.addressee_id == addressee.id)
        return self.db.scalars(found.order_by(Ask.id.desc())).first()

    def yes(self, kind: Kind, ask: Ask, now: datetime = LATELY) -> None:
        person = self.db.get_one(Member, ask.addressee_id)
        read = kind.read(self.db, ask) if kind.read else ask.mark
        asks.accept(self.db, ask, kind, actor=person, now=now, read=read)

    def no(self, kind: Kind, ask: Ask, now: datetime = LATELY) -> None:
        person = self.db.get_one(Member, ask.addressee_id)
        asks.decline(self.db, ask, kind, actor=person, now=now)

    def say(self, about: About, thing_id: int, said: dict[str, str]) -> None:
        mine = Conversation.about == about, Conversation.thing_id == thing_id
        talk = self.db.scalars(select(Conversation).where(*mine)).one()
        for label, words in said.items():
            sent = {"submission": label, "now": LATELY, "body": f"It is {words}."}
            post(self.db, talk, actor=self.people[label], **sent)
