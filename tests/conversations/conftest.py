from __future__ import annotations

from uuid import uuid4

import pytest

from network.conversations import access, queries, services
from network.db import transaction
from network.members.kinds import WhoMayWrite
from network.members.models import Connection, Member, Participation


def tie(db, one, other, now):
    """Connect two people, whatever came before."""
    low, high = sorted((one.id, other.id))
    db.add(
        Connection(
            low_id=low, high_id=high, asker_id=one.id, reason="We met on the quay.", since=now
        )
    )
    db.flush()


def say(db, conversation, actor, body, now, submission=""):
    return services.post(
        db,
        conversation,
        actor=actor,
        body=body,
        submission=submission or uuid4().hex,
        now=now,
    )


def write_to(db, actor, other, body, now, submission=""):
    return services.start_direct(
        db,
        actor=actor,
        other=other,
        body=body,
        submission=submission or uuid4().hex,
        now=now,
    )


def group(db, actor, people, now, title="Quiet kitchens", submission=""):
    return services.start_group(
        db,
        actor=actor,
        title=title,
        people=people,
        body="Shall we?",
        submission=submission or uuid4().hex,
        now=now,
    )


def heard_by(db, member, conversation, now, **leaf):
    """Return what a member reads on the page of a conversation: words, and who wrote them."""
    db.expire_all()
    thread = access.conversation_for(db, member, conversation.key, now=now)
    people = queries.company(db, member, thread, now)
    shown = queries.leaf(db, member, thread, people, now, **leaf)
    return [(entry.message.body, entry.who) for entry in shown.entries if entry.message]


def words_of(found):
    return [words for words, _who in found]


def open_to(db, member, who=WhoMayWrite.ANYONE):
    db.get_one(Participation, member.id).who_may_write = who
    db.flush()


@pytest.fixture
def people(make_member, db, now):
    """Ama, rui and dara, connected with each other, and eli, a stranger."""
    members = [make_member(handle) for handle in ("ama", "rui", "dara", "eli")]
    made = [db.merge(member) for member in members]
    ama, rui, dara, _eli = made
    for pair in ((ama, rui), (ama, dara), (rui, dara)):
        tie(db, *pair, now)
    return made


@pytest.fixture
def kept(make_member, now):
    """Ama and rui, connected and in conversation, committed for requests; and its key."""
    ama, rui = make_member("ama"), make_member("rui")
    with transaction() as db:
        one, other = db.get_one(Member, ama.id), db.get_one(Member, rui.id)
        tie(db, one, other, now)
        conversation = write_to(db, one, other, "The *quay* at six.", now)
    return ama, rui, conversation
