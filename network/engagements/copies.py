"""Copies of terms to keep: what was agreed, or every version, as data that anybody can check.

A version's text is kept as it was accepted: its digest is the SHA-256 of these very bytes (UTF-8).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from network.engagements.access import Seen
from network.engagements.queries.table import Put, Table
from network.engagements.reading_table import left_before, person

ABOUT = (
    "Each version has its text as it was accepted. The digest is the SHA-256 of that text in UTF-8."
)


def copy_of(table: Table, texts: Mapping[int, str], *, house: str) -> str:
    """Return versions of terms as JSON: those whose text is given, with who signs and who accepted
    what and when.
    """
    seen = table.seen
    data = {
        "about": ABOUT,
        "network": house,
        "negotiation": seen.negotiation.key,
        "engagement": table.beside.work if seen.mine.left_at is None else None,
        "begun_at": _instant(seen.negotiation.begun_at),
        "agreed_at": _agreed_at(seen),
        "parties": _parties(seen),
        "versions": [
            _version(table, put, texts[put.number]) for put in table.puts if put.number in texts
        ],
    }
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _parties(seen: Seen) -> list[dict[str, Any]]:
    gone = {party.id: party.left_at for party in left_before(seen)}
    return [
        {
            "key": party.key,
            "name": person(seen, party).name,
            "left_at": _instant(gone.get(party.id)),
        }
        for party in seen.everyone
    ]


def _version(table: Table, put: Put, text: str) -> dict[str, Any]:
    keys = {party.id: party.key for party in table.seen.everyone}
    return {
        "number": put.number,
        "put_by": keys.get(put.author_id),
        "put_at": _instant(put.at),
        "why": put.why,
        "valid_until": _instant(put.valid_until),
        "digest": put.digest,
        "text": text,
        "accepted": [
            {
                "party": keys.get(yes.party_id),
                "at": _instant(yes.at),
                "taken_back_at": _instant(yes.until),
            }
            for yes in table.yeses
            if yes.number == put.number
        ],
    }


def _agreed_at(seen: Seen) -> str | None:
    is_agreed = seen.negotiation.state == "agreed" and seen.mine.left_at is None
    return _instant(seen.negotiation.ended_at) if is_agreed else None


def _instant(when: datetime | None) -> str | None:
    return when.isoformat() if when else None
