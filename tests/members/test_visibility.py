from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from network.db import transaction
from network.members import access
from network.members.kinds import Audience, Part, State
from network.members.models import Block, Connection, Member, Section, Shield
from network.members.services.joining import add_member
from network.members.visibility import (
    SOME_CONNECTION,
    SOME_MEMBER,
    THE_WEB,
    Viewer,
    findable,
    readable,
    visible,
)

RELATIONS = (
    "stranger",
    "connected",
    "once connected",
    "blocked by them",
    "blocked by me",
    "connected and blocked",
    "shielded by domain",
    "shielded by subdomain",
    "shielded by name",
    "connected and shielded",
    "nearly shielded",
)
LIVES = {
    "member": (State.MEMBER, None),
    "paused": (State.PAUSED, None),
    "paused until later": (State.PAUSED, timedelta(days=1)),
    "paused until earlier": (State.PAUSED, timedelta(days=-1)),
    "leaving": (State.LEAVING, None),
    "suspended": (State.SUSPENDED, None),
    "departed": (State.DEPARTED, None),
}
ADDRESSES = {
    "shielded by domain": "x@halvorsen.example",
    "shielded by subdomain": "x@north.halvorsen.example",
    "connected and shielded": "x@halvorsen.example",
    "nearly shielded": "x@nothalvorsen.example",
}
ROLES = {
    "shielded by name": "Head of Care, Nordanvik Ömsorg",
    "nearly shielded": "Head of Nordanvik",
}
PARTS = {
    Part.CONTACT: Audience.ME,
    Part.OFFERS: Audience.CONNECTIONS,
    Part.PROBLEMS: Audience.MEMBERS,
    Part.PURPOSE: Audience.WEB,
}


def keep(db, handle, now, *, email="", roles="", life=(State.MEMBER, None)):
    state, until = life
    member = Member(
        handle=handle, name=handle, email=email or f"{handle}@{handle}.example", joined_at=now
    )
    db.add(member)
    db.flush()
    if roles:
        db.add(section(member, Part.ROLES, Audience.ME, now, roles))
    add_member(db, member, now=now)
    member.state, member.paused_until = state, now + until if until else None
    return member


def section(member, part, level, now, body="words"):
    return Section(
        member_id=member.id,
        part=part,
        body=body,
        audience=level,
        shown_to=level,
        written_at=now,
        confirmed_at=now,
    )


def relate(db, relation, viewer, member, now):
    low, high = sorted((viewer.id, member.id))
    if "connected" in relation:
        ended = now if relation == "once connected" else None
        tie = {"low_id": low, "high_id": high, "asker_id": low, "reason": "why", "since": now}
        db.add(Connection(**tie, ended_at=ended))
    if relation in {"blocked by them", "connected and blocked"}:
        db.add(Block(blocker_id=member.id, blocked_id=viewer.id, at=now))
    if relation == "blocked by me":
        db.add(Block(blocker_id=viewer.id, blocked_id=member.id, at=now))


@pytest.fixture
def world(app, now):
    """For each relation a viewer, and for each way to live here somebody related to them so."""
    with transaction() as db:
        viewers, pairs = {}, {}
        for number, relation in enumerate(RELATIONS):
            viewers[relation] = keep(
                db,
                f"viewer{number}",
                now,
                email=ADDRESSES.get(relation, "").replace("x@", f"x{number}@"),
                roles=ROLES.get(relation, ""),
            )
            for life, state in LIVES.items():
                member = keep(db, f"m{number}{life.replace(' ', '')}", now, life=state)
                pairs[relation, life] = member
                for mark in ("@halvorsen.example", "nordanvik omsorg"):
                    db.add(Shield(member_id=member.id, label=mark, mark=mark, raised_at=now))
                db.add_all(section(member, part, level, now) for part, level in PARTS.items())
                relate(db, relation, viewers[relation], member, now)
    return viewers, pairs


def found(db, viewers, pairs, predicate):
    """For each pair, whether its viewer's predicate holds for its member."""
    answer = {}
    for (relation, life), member in pairs.items():
        where = predicate(Viewer.of(viewers[relation]), member)
        answer[relation, life] = db.scalar(select(Member.id).where(where)) is not None
    return answer


def apart(relation):
    return "blocked" in relation or ("shielded" in relation and relation != "nearly shielded")


def awake(life):
    return life in {"member", "paused until earlier"}


def seen_by(relation, life):
    if apart(relation) or life in {"suspended", "departed"}:
        return False
    return awake(life) or relation == "connected"


def test_inv_03_09_10_who_may_know_that_somebody_exists(world, db, now):
    got = found(db, *world, lambda eyes, m: (Member.id == m.id) & visible(eyes, now))
    assert got == {pair: seen_by(*pair) for pair in world[1]}


def test_inv_03_09_10_whom_one_may_come_upon(world, db, now):
    got = found(db, *world, lambda eyes, m: (Member.id == m.id) & findable(eyes, now))
    assert got == {(r, life): seen_by(r, life) and awake(life) for r, life in world[1]}


def test_inv_06_10_which_parts_one_may_read_of_those_one_may_see(world, db, now):
    viewers, pairs = world
    for (relation, life), member in pairs.items():
        eyes = Viewer.of(viewers[relation])
        parts = db.scalars(
            select(Section.part)
            .join(Member, Member.id == Section.member_id)
            .where(Member.id == member.id, Section.body != "")
            .where(visible(eyes, now), readable(eyes))
        ).all()
        needs = Audience.CONNECTIONS if relation == "connected" else Audience.MEMBERS
        readers = {part for part, level in PARTS.items() if level >= needs}
        assert set(parts) == (readers if seen_by(relation, life) else set()), (relation, life)


@pytest.mark.parametrize(
    ("eyes", "lives", "parts"),
    [
        (THE_WEB, {"member", "paused until earlier"}, {Part.PURPOSE}),
        (SOME_MEMBER, {"member", "paused until earlier"}, {Part.PURPOSE, Part.PROBLEMS}),
        (
            SOME_CONNECTION,
            set(LIVES) - {"suspended", "departed"},
            {Part.PURPOSE, Part.PROBLEMS, Part.OFFERS},
        ),
    ],
    ids=["the web", "some member", "some connection"],
)
def test_what_nobody_in_particular_sees(world, db, now, eyes, lives, parts):
    for (relation, life), member in world[1].items():
        profile = access.own_profile_as(db, eyes, db.merge(member), now=now)
        assert (profile is not None) == (life in lives), (relation, life)
        if profile is not None:
            shown = {Part(key) for key, one in profile.sections.items() if one.body}
            assert shown == parts


def test_nobody_signed_out_finds_anybody(world, db, now):
    assert db.scalars(select(Member).where(findable(THE_WEB, now))).all() == []


def test_a_member_always_sees_themselves_whole(world, db, now):
    for (_relation, life), member in world[1].items():
        if life in {"suspended", "departed"}:
            continue
        profile = access.profile_for(db, Viewer.of(member), member.handle, now=now)
        assert profile.is_own
        assert {Part(key) for key, one in profile.sections.items() if one.body} == set(PARTS)


def test_without_anything_for_the_web_a_member_is_not_there_for_the_web(make_member, db, now):
    ama = make_member("ama")
    assert access.own_profile_as(db, THE_WEB, ama, now=now) is None
