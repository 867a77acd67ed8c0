"""Who could share what somebody wants to learn: people whose own words under “Can share” hold words
of the wish. The index proposes, SQL decides, and each is explained by their own marked sentence.

Nothing is sent to anybody: it stands on the page of the wish, for whoever reads it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import chain

from sqlalchemy import BindParameter, bindparam, select

from network.members.finding import Finder
from network.members.kinds import Part
from network.members.models import Member, Section
from network.members.visibility import BOUND, NOW, findable, readable
from network.search.port import IndexUnavailable
from network.search.query import MOST_STEMS, Query
from network.search.terms import mark, sentence_around

MOST_SHOWN = 4
# How many that the index proposes are looked at.
MOST_LOOKED_AT = 400

_IDS: BindParameter[int] = bindparam("ids", expanding=True)
_SHARING = (
    select(Member, Section.body)
    .join(Section, Section.member_id == Member.id)
    .where(
        Member.id.in_(_IDS),
        Section.part == Part.SHARING,
        Section.body != "",
        findable(BOUND, NOW),
        readable(BOUND),
    )
)

Runs = list[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class Sharer:
    """Somebody who could share it, with their own sentence and the shared words marked."""

    member: Member
    runs: Runs


def who_could_share(
    finder: Finder, words: str, *, without: int, limit: int = MOST_SHOWN
) -> list[Sharer]:
    """Return people whose readable words under “Can share” hold a telling word of these; those with
    the most of them first, and among equals another every day. `without` is whose wish it is.
    """
    stems = _telling(finder, words)
    ids = [each for each in _proposed(finder, stems) if each != without][:MOST_LOOKED_AT]
    rows = finder.db.execute(_SHARING, {**finder.viewer.at(finder.now), "ids": ids})
    found = {member.id: (member, body) for member, body in rows}
    held = {
        each: stems.intersection(finder.analyzer.stems(body)) for each, (_m, body) in found.items()
    }
    # A stable sort: among equals the order of the index stays, which turns every day.
    order = sorted((each for each in ids if held.get(each)), key=lambda each: -len(held[each]))
    return [_explained(finder, *found[each], held[each]) for each in order[:limit]]


def _telling(finder: Finder, words: str) -> set[str]:
    """Return a few stems of a wish that are worth sharing, the earliest."""
    telling = finder.telling(words)
    in_order = [stem for stem in finder.analyzer.stems(words) if stem in telling]
    return set(list(dict.fromkeys(in_order))[:MOST_STEMS])


def _proposed(finder: Finder, stems: set[str]) -> list[int]:
    """Return the ids of those who share anything and wrote one of the stems, the most first."""
    try:
        hits = [
            finder.index.find(
                Query(stems=(stem,), words=(stem,)),
                marks={f"has={Part.SHARING.value}"},
                connected=finder.connected,
                without=(finder.viewer.member_id or 0,),
                day=finder.day,
            )
            for stem in sorted(stems)
        ]
    except IndexUnavailable:
        return []
    times = Counter(hit.id for hit in chain(*hits))
    return sorted(times, key=lambda each: -times[each])


def _explained(finder: Finder, member: Member, body: str, stems: set[str]) -> Sharer:
    sentence = sentence_around(body, stems, finder.analyzer)
    return Sharer(member, mark(sentence, stems, finder.analyzer))
