"""What the invented people write about each other: for others to read, and for themselves."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from network.demo.talk import People, Told, moment, read_told
from network.relationships.models import Rhythm
from network.relationships.services import notes, vouches


def tell_memory(db: Session, people: People, now: datetime) -> None:
    """Let people vouch for each other, and keep notes to themselves."""
    told = read_told("memory.json")
    for each in told["vouches"]:
        _vouch(db, people, each, now)
    for each in told["notes"]:
        _note(db, people, each, now)


def _vouch(db: Session, people: People, told: Told, now: datetime) -> None:
    author, subject = people[told["by"]], people[told["about"]]
    at = moment(told, author, now)
    vouch = vouches.write(db, author, subject, context=told["context"], words=told["words"], now=at)
    decided = min(at + timedelta(hours=20), now)
    if told["standing"] == "shown":
        vouches.show(db, vouch, actor=subject, now=decided)
    elif told["standing"] == "kept":
        vouches.keep(db, vouch, actor=subject, now=decided)


def _note(db: Session, people: People, told: Told, now: datetime) -> None:
    owner, about = people[told["by"]], people[told["about"]]
    notes.save(
        db,
        owner,
        about,
        note=told["note"],
        how_met=told["how_met"],
        rhythm=Rhythm(told["rhythm"]),
        now=moment(told, owner, now),
    )
    if "spoke_days" in told:
        notes.spoke(db, owner, about, now=now - timedelta(days=told["spoke_days"]))
