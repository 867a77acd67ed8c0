from __future__ import annotations

import os
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from network.conversations.models import About, Conversation, Participant
from network.db import reading, transaction
from network.engagements.kinds import Clause, Kind
from network.engagements.models import Negotiation, Party, Version
from network.engagements.services import beginning, negotiating
from network.engagements.terms import OtherLine, Terms
from network.errors import Refusal
from network.members.kinds import Work
from network.members.models import Member
from tests.conftest import NOON
from tests.engagements.pages import member


def conversation_of(db, people):
    conversation = Conversation(
        about=About.GROUP,
        opener_id=people[0].id,
        submission=os.urandom(8).hex(),
        opened_at=NOON,
        moved_at=NOON,
    )
    db.add(conversation)
    db.flush()
    for each in people:
        db.add(Participant(conversation_id=conversation.id, member_id=each.id, joined_at=NOON))
    db.flush()
    return conversation


def begun(db, people, organisations=()):
    """Terms between people who talk; the first begins them. `organisations` sign through them."""
    signs = dict.fromkeys([each.id for each in people]) | dict(organisations)
    return beginning.begin(
        db,
        conversation_of(db, people),
        actor=people[0],
        signs=signs,
        now=NOON,
        submission=os.urandom(8).hex(),
    )


@dataclass
class Table:
    """A negotiation by id, moved by handles; each step is a transaction of its own."""

    id: int
    now: object = NOON

    def keys(self):
        with reading() as db:
            rows = db.execute(
                select(Member.handle, Party.key)
                .join(Party, Party.member_id == Member.id)
                .where(Party.negotiation_id == self.id, Party.left_at.is_(None))
            )
            return dict(rows.all())

    def words(self, who="ama", what="An evening."):
        keys = self.keys()
        other = next(key for handle, key in keys.items() if handle != who)
        line = OtherLine("p", Kind.OTHER, keys.get(who, "nobody"), other, what)
        return Terms("A first director", Work.PROJECT, {Clause.PURPOSE: what}, others=(line,))

    def do(self, verb, who, **words):
        """Do it and return None, or the refusal."""
        try:
            with transaction() as db:
                it = db.get_one(Negotiation, self.id)
                actor = db.scalars(select(Member).where(Member.handle == who)).one()
                words.setdefault("now", self.now)
                getattr(negotiating, verb)(db, it, actor=actor, **words)
        except Refusal as refusal:
            return refusal
        return None

    def put(self, who, over, what="An evening.", **words):
        words.setdefault("terms", self.words(who, what))
        words.setdefault("submission", os.urandom(8).hex())
        return self.do("put", who, over=over, **words)

    def accept(self, who, number, shown=None):
        return self.do("accept", who, number=number, shown=shown or self.digest(number))

    def digest(self, number):
        with reading() as db:
            return db.get_one(Version, (self.id, number)).digest

    def stands(self):
        with reading() as db:
            it = db.get_one(Negotiation, self.id)
            return it.state.value, it.last, it.on_table


@pytest.fixture
def table(db, make_member):
    """Terms between Ama, Bea and Cai, with nothing on the table."""
    people = [make_member(name) for name in ("ama", "bea", "cai")]
    negotiation = begun(db, people)
    db.commit()
    return Table(negotiation.id)


@pytest.fixture
def as_(sign_in):
    """A browser of somebody, by handle; the same one each time."""
    clients = {}

    def browser(handle):
        if handle not in clients:
            clients[handle] = sign_in(member(handle))
        return clients[handle]

    return browser


@pytest.fixture
def visit(as_):
    def read(handle, path):
        return as_(handle).get(path)

    return read
