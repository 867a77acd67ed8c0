"""Who the invented people are: their pages, how they take part, and whom they hide from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from network.demo.talk import Told
from network.events.services import record
from network.members.kinds import DEFAULT_AUDIENCE, Audience, Part, State, WhoMayAsk
from network.members.models import Member, Participation, PastPurpose, Section
from network.members.services.accounts import remember_belongs
from network.members.services.boundaries import raise_shield
from network.members.services.joining import add_member
from network.text import clean

WORDS = ("problems", "offers", "looking_for", "learning", "sharing", "story", "contact", "stage")
LISTS = ("themes", "links", "languages")
MONTH_DAYS = 30.4


def tell_person(db: Session, told: Told, now: datetime) -> Member:
    """Let somebody join as they are told, with all that stands on their page."""
    joined_at = now - timedelta(days=told["joined_days_ago"], hours=3)
    member = Member(
        handle=told["handle"],
        name=told["name"],
        pronouns=told["pronouns"],
        email=told["email"],
        steward=told["steward"],
        time_zone=told["time_zone"],
        joined_at=joined_at,
        state=State.PAUSED if told["paused"] else State.MEMBER,
    )
    add_member(db, member, now=joined_at)
    participation = db.get_one(Participation, member.id)
    participation.half_days = int(told["days_a_month"] * 2)
    participation.from_month = told["from_month"]
    participation.when = told["when"]
    participation.work = list(told["kinds"])
    participation.pace = told["pace"]
    participation.who_may_connect = WhoMayAsk(told["who_may_ask"])
    participation.confirmed_at = now - timedelta(days=min(40, told["joined_days_ago"]))
    _sections(db, member, told, now)
    remember_belongs(db, member)  # shields of others are compared with the roles, too
    for against in told["shields"]:
        raise_shield(db, member, against=against, now=joined_at)
    record(db, "members:joined", actor=member.id, subject=("member", member.id), now=joined_at)
    return member


def _sections(db: Session, member: Member, told: Told, now: datetime) -> None:
    bodies = {part: told[part] for part in WORDS} | {part: "\n".join(told[part]) for part in LISTS}
    bodies["purpose"] = told["purpose"]
    bodies["place"] = told["headline_place"]
    bodies["roles"] = "\n".join(
        f"{role['title']}, {role['organisation']}" for role in told["roles"]
    )
    bodies["history"] = ""
    earlier: Sequence[Told] = told["earlier_purposes"]
    audiences = {"history": "members", **told["audiences"]} if earlier else told["audiences"]
    purpose_since = member.joined_at
    if earlier:
        purpose_since = now - timedelta(days=_months(earlier[0]["since_months_ago"]) / 2)
    for name, body in bodies.items():
        part = Part(name)
        if not body and name not in audiences:
            continue
        audience = (
            Audience[audiences[name].upper()] if name in audiences else DEFAULT_AUDIENCE[part]
        )
        db.add(
            Section(
                member_id=member.id,
                part=part,
                body=clean(body),
                audience=audience,
                shown_to=audience,
                written_at=purpose_since if part is Part.PURPOSE else member.joined_at,
                confirmed_at=now - timedelta(days=20),
            )
        )
    until = purpose_since
    for past in earlier:
        since = now - timedelta(days=_months(past["since_months_ago"]))
        db.add(
            PastPurpose(
                member_id=member.id,
                body=past["body"],
                what_changed=past["what_changed"],
                shown_to=Audience.MEMBERS,
                since=since,
                until=until,
            )
        )
        until = since


def _months(count: float) -> float:
    return count * MONTH_DAYS
