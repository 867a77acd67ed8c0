"""Drafts of terms: one for each party, theirs alone, until they put it on the table or set it
aside.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from network.changes import changed
from network.engagements.models import Draft, Negotiation, Party, Version
from network.engagements.services import negotiating
from network.engagements.terms import Terms
from network.errors import Invalid, NotFound
from network.members.models import Member
from network.translation import _

LONGEST = 200_000
TOO_MUCH = _("This is more than terms can hold. Keep it elsewhere, and say it shorter.")


def keep(
    db: Session,
    party: Party,
    *,
    actor: Member,
    fields: Mapping[str, str],
    over: int,
    now: datetime,
    submission: str = "",
) -> None:
    """Keep what a party has typed so far, in the place of what was kept before.

    What comes late is left: a form that was put on the table meanwhile. Raises `Invalid` for more
    than terms can hold, `NotFound` for another's draft.
    """
    if party.member_id != actor.id:
        raise NotFound
    text = json.dumps(dict(fields), ensure_ascii=False)
    if len(text) > LONGEST:
        raise Invalid(TOO_MUCH)
    # One at a time, so that two tabs that save at one instant do not both make the first draft.
    db.execute(select(Party.id).where(Party.id == party.id).with_for_update())
    if _is_put(db, party, submission):
        return
    values = {"over": over, "fields": text, "saved_at": now}
    if not changed(db, update(Draft).where(Draft.party_id == party.id).values(values)):
        db.add(Draft(party_id=party.id, **values))


def set_aside(db: Session, party: Party, *, actor: Member) -> None:
    """Delete a draft for good. Twice is once; raises `NotFound` for another's."""
    if party.member_id != actor.id:
        raise NotFound
    db.execute(delete(Draft).where(Draft.party_id == party.id))


def put(
    db: Session,
    negotiation: Negotiation,
    party: Party,
    *,
    actor: Member,
    terms: Terms,
    over: int,
    why: str,
    valid_until: datetime | None,
    now: datetime,
    submission: str,
) -> Version:
    """Put what was drafted on the table, and the draft away; a form that comes once more takes no
    newer draft away. Raises as `negotiating.put` does.
    """
    was_put = _is_put(db, party, submission)
    version = negotiating.put(
        db,
        negotiation,
        actor=actor,
        terms=terms,
        over=over,
        why=why,
        valid_until=valid_until,
        now=now,
        submission=submission,
    )
    if not was_put:
        set_aside(db, party, actor=actor)
    return version


def _is_put(db: Session, party: Party, submission: str) -> bool:
    was_put = exists().where(
        Version.negotiation_id == party.negotiation_id,
        Version.author_id == party.id,
        Version.submission == submission,
    )
    return bool(submission) and bool(db.scalar(select(was_put)))
