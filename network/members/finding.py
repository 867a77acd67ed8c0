"""Finding people: the index proposes, SQL decides, every word shown is one the viewer may read.

A hit that the viewer may not find, or whose visible words no longer hold what was searched, is
dropped before it is shown or counted. Order and reasons depend on nothing hidden from the viewer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property, lru_cache
from itertools import chain

from sqlalchemy import BindParameter, bindparam, or_, select, union_all
from sqlalchemy.orm import Session

from network.members.documents import marks as marks_of
from network.members.explaining import Found, explain, fits
from network.members.kinds import SEARCHED, Audience, Part
from network.members.models import Connection, Member, Participation, Section
from network.members.visibility import BOUND, NOW, Viewer, findable, level, readable
from network.search.fitting import has_marks
from network.search.port import Hit, Index, IndexUnavailable
from network.search.query import Query
from network.search.terms import Analyzer, mark
from network.search.turns import turns
from network.text import fold

PAGE = 10
# How many hits each round looks at beyond a page. Few are hidden by blocks, shields or pauses: the
# first round nearly always fills it.
ROUNDS = (5, 120, 400)
# Words that most purposes hold: sharing them says nothing. The list is fixed, so that no count over
# what others wrote, hidden words included, decides what is telling.
EVERYBODYS = (
    "help people person work works working make making made life live lives world community"
    " communities support provide want like need good better best new way ways thing things time"
    " year years day days without within through together keep take give get find use one two first"
    " many mission organization organisation program programs service services"
)
# How many the plain search of the database looks through while the index is away.
PLAIN_MOST = 400
SHORTEST_SPELLING = 4
# How many words spelt nearly so are looked up.
NEAREST = 40
# How many are looked at for a suggestion before the rest is.
NEAR_FIRST = 24
# How many are read for each one shown, where words may have changed since they were indexed.
SPARE = 3

_IDS: BindParameter[int] = bindparam("ids", expanding=True)
_LIVE = Connection.ended_at.is_(None)
_CONNECTED = union_all(
    select(Connection.high_id).where(Connection.low_id == BOUND.member_id, _LIVE),
    select(Connection.low_id).where(Connection.high_id == BOUND.member_id, _LIVE),
)
_FINDABLE = select(Member, level(BOUND, Member.id)).where(Member.id.in_(_IDS), findable(BOUND, NOW))
_FINDABLE_IDS = select(Member.id).where(Member.id.in_(_IDS), findable(BOUND, NOW))
_READABLE = select(Section).where(Section.member_id.in_(_IDS), readable(BOUND))
# What a suggestion shows: the purpose that is near, and the place.
_NEAR = (
    select(Member, level(BOUND, Member.id), Section)
    .join(Section, Section.member_id == Member.id)
    .where(
        Member.id.in_(_IDS),
        Section.part.in_((Part.PURPOSE, Part.PLACE)),
        findable(BOUND, NOW),
        readable(BOUND),
    )
)
_WORDS = (
    select(Section.member_id, Section.body)
    .join(Member, Member.id == Section.member_id)
    .where(Member.id.in_(_IDS), findable(BOUND, NOW), readable(BOUND))
)
_WORK = select(Participation.member_id, Participation.work).where(Participation.member_id.in_(_IDS))


@dataclass(frozen=True, slots=True)
class Narrowing:
    """By what a search is narrowed; each is an exact fact that the person chose to show."""

    work: tuple[str, ...] = ()
    language: str = ""
    place: str = ""
    theme: str = ""
    has: tuple[str, ...] = ()

    def marks(self) -> set[str]:
        """Return the facts as the index holds them."""
        found = {f"work={kind}" for kind in self.work} | {f"has={part}" for part in self.has}
        found |= {f"language={fold(self.language)}"} if self.language else set()
        found |= {f"theme={fold(self.theme)}"} if self.theme else set()
        found |= {f"place={word}" for word in fold(self.place).split()[:1]} if self.place else set()
        return found


@dataclass(frozen=True, slots=True)
class Results:
    """One page of people. `next_from` is where the next page begins, or None at the end."""

    people: list[Found]
    next_from: int | None = None
    start: int = 0
    index_away: bool = False
    spelt: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finder:
    """Who searches, with what, at what time."""

    db: Session
    index: Index
    analyzer: Analyzer
    viewer: Viewer
    now: datetime

    @property
    def day(self) -> int:
        """Return the number of the day, by which the order within a band turns."""
        return self.now.toordinal()

    def search(self, query: Query, narrowing: Narrowing, *, start: int = 0) -> Results:
        """Return a page of the people whose words fit, the closest first.

        The last word counts as the beginning of a longer one only where nobody wrote it as it
        stands.
        """
        whole = self._search(replace(query, prefix=""), narrowing, start=start)
        if whole.people or not query.prefix:
            return whole
        return self._search(query, narrowing, start=start)

    def _search(self, query: Query, narrowing: Narrowing, *, start: int) -> Results:
        try:
            hits = self._hits(query, narrowing.marks())
            return self._page(hits, query, narrowing, start=start)
        except IndexUnavailable:
            hits = self._plain_hits(query)
            found = self._page(hits, query, narrowing, start=start)
            return replace(found, index_away=True)

    def spelt_nearly(self, query: Query, narrowing: Narrowing, found: Results) -> Results:
        """Return people whose visible words are spelt nearly like a word that nobody `found` wrote,
        where they come closer than those found.
        """
        written = {stem for person in found.people for stem in person.matched}
        for stem in query.stems:
            if len(stem) < SHORTEST_SPELLING or stem in written:
                continue
            close = self._nearest_of_somebody(stem)
            if not close:
                continue
            others = [each for each in query.stems if each != stem]
            tried = self.search(Query(stems=(*others, close), words=(*others, close)), narrowing)
            if tried.people and (not found.people or tried.people[0].band < found.people[0].band):
                return Results(tried.people, spelt=(self._as_written(tried, close),))
        return Results([])

    def _nearest_of_somebody(self, stem: str) -> str:
        """Return the stem spelt most like this one in words that the viewer may read, or nothing.

        All of them are asked for, and looked up together: a word of somebody hidden neither
        takes the place of another nor costs a statement more.
        """
        try:
            holders = {
                close: self._hits(Query(stems=(close,), words=(close,)))[: ROUNDS[1]]
                for close in self.index.near(stem, limit=NEAREST)
            }
        except IndexUnavailable:
            return ""
        seen = self._findable(chain(*holders.values()))
        some = {
            close: [hit.id for hit in hits if hit.id in seen][:SPARE]
            for close, hits in holders.items()
        }
        filled = {**self.viewer.at(self.now), "ids": list(set(chain(*some.values())))}
        texts: dict[int, set[str]] = defaultdict(set)
        for member_id, body in self.db.execute(_WORDS, filled):
            texts[member_id].update(self.analyzer.stems(body))
        for close, ids in some.items():
            if any(close in texts[each] for each in ids):
                return close
        return ""

    def resembling(self, text: str, *, limit: int = 3) -> list[Found]:
        """Return people whose purpose shares words with this one, marked; the most shared first."""
        stems = self.telling(text)
        try:
            hits = self.index.resembling(
                stems,
                connected=self.connected,
                without=(self.viewer.member_id or 0,),
                day=self.day,
                limit=ROUNDS[1],
            )
        except IndexUnavailable:
            return []
        people: list[Found] = []
        for first, size in ((0, NEAR_FIRST), (NEAR_FIRST, ROUNDS[1])):
            # The hidden take nobody's place: where many are, the next are looked at.
            if len(people) < limit and len(hits) > first:
                self._add_near(people, hits[first : first + size], stems, limit)
        return people

    def _add_near(
        self, people: list[Found], hits: Sequence[Hit], stems: set[str], limit: int
    ) -> None:
        for found in self._near([hit.id for hit in hits]):
            shared = stems.intersection(self.analyzer.stems(found.words(Part.PURPOSE)))
            if len(shared) > 1 and len(people) < limit:
                found.quote = mark(found.words(Part.PURPOSE), shared, self.analyzer)
                people.append(found)

    def _near(self, ids: Sequence[int]) -> list[Found]:
        """Return these members in this order, with the little that a suggestion shows."""
        people: dict[int, Found] = {}
        for member, seen, section in self.db.execute(
            _NEAR, {**self.viewer.at(self.now), "ids": ids}
        ):
            found = people.setdefault(
                member.id,
                Found(member=member, is_connection=seen == Audience.CONNECTIONS, sections={}),
            )
            found.sections[section.part.value] = section
        return [people[each] for each in ids if each in people]

    def _findable(self, hits: Iterable[Hit]) -> set[int]:
        """Return which of these the viewer may find: the hidden take nobody's place."""
        ids = self.among(list({hit.id for hit in hits}))
        return set(self.db.scalars(_FINDABLE_IDS, {**self.viewer.at(self.now), "ids": ids}))

    def _hits(self, query: Query, marks: Collection[str] = ()) -> Sequence[Hit]:
        return self.index.find(
            query,
            marks=marks,
            connected=self.connected,
            without=(self.viewer.member_id or 0,),
            day=self.day,
        )

    def telling(self, text: str) -> set[str]:
        """Return the stems of a purpose that are worth sharing."""
        idle = _idle(self.analyzer)
        return {
            s for s in self.analyzer.stems(text) if s not in idle and not self.analyzer.is_common(s)
        }

    def among(self, ids: Sequence[int]) -> Sequence[int]:
        """Return which of these may be found at all, in this order: all, unless it is narrower."""
        return ids

    @cached_property
    def connected(self) -> list[int]:
        """Return the ids of the viewer's connections."""
        return list(self.db.scalars(_CONNECTED, self.viewer.at(self.now)))

    def _page(
        self,
        hits: Sequence[Hit],
        query: Query,
        narrowing: Narrowing,
        *,
        start: int,
    ) -> Results:
        """Return the page after the first `start` people; beyond the last of them, the first page.

        Counted from the first each time, those found alone: where a page begins tells nothing of
        how many are hidden before it.
        """
        people: list[Found] = []
        at = 0
        for size in (start + PAGE + ROUNDS[0], *ROUNDS[1:]):
            chunk = hits[at : at + size]
            people.extend(self._checked(chunk, query, narrowing))
            if len(people) > start + PAGE or len(chunk) < size:
                break
            at += size
        start = start if start < len(people) else 0
        further = start + PAGE if len(people) > start + PAGE else None
        shown = _by_band(people[start : start + PAGE])
        for each in shown:
            explain(each, self.analyzer)
        return Results(shown, further, start=start)

    def _checked(self, hits: Sequence[Hit], query: Query, narrowing: Narrowing) -> Iterator[Found]:
        loaded = {found.member.id: found for found in self._load([hit.id for hit in hits])}
        wanted = narrowing.marks()
        for hit in hits:
            found = loaded.get(hit.id)
            if (
                found is not None
                and (not wanted or has_marks(wanted, self._marks(found)))
                and fits(found, query, self.analyzer)
            ):
                yield found

    def _load(self, ids: Sequence[int]) -> list[Found]:
        """Return those of these members whom the viewer may find, in this order, with what they may
        read.
        """
        ids = self.among(ids) if ids else ids
        if not ids:
            return []
        filled = {**self.viewer.at(self.now), "ids": ids}
        members = {m.id: (m, seen) for m, seen in self.db.execute(_FINDABLE, filled)}
        sections: dict[int, dict[str, Section]] = defaultdict(dict)
        filled["ids"] = list(members)
        for section in self.db.scalars(_READABLE, filled):
            sections[section.member_id][section.part.value] = section
        filled["ids"] = [each for each in members if Part.AVAILABILITY in sections[each]]
        work = dict(self.db.execute(_WORK, filled).all())
        return [
            Found(
                member=members[each][0],
                is_connection=members[each][1] == Audience.CONNECTIONS,
                sections=sections[each],
                work=work.get(each, ()),
            )
            for each in ids
            if each in members
        ]

    def _marks(self, found: Found) -> frozenset[str]:
        return marks_of(
            {Part(part): each.body for part, each in found.sections.items()}, found.work
        )

    def _as_written(self, results: Results, stem: str) -> str:
        for found in results.people:
            for runs in (found.quote, *(reason.runs for reason in found.reasons)):
                for piece, hit in runs:
                    for term in self.analyzer.terms(piece) if hit else ():
                        if term.stem == stem:
                            return piece[term.start : term.end].lower()
        return stem

    def _plain_hits(self, query: Query) -> list[Hit]:
        """Return ids by a plain look through the database: slower and rougher, but always there."""
        wanted = (
            select(Section.member_id)
            .join(Member, Member.id == Section.member_id)
            .where(
                Section.part.in_(SEARCHED),
                readable(self.viewer),
                findable(self.viewer, self.now),
            )
        )
        if query:
            wanted = wanted.where(
                or_(
                    *(
                        Section.body.ilike(f"%{_literal(word)}%", escape="\\")
                        for word in query.words
                    )
                )
            )
        ids = list(
            self.db.scalars(wanted.distinct().order_by(Section.member_id.desc()).limit(PLAIN_MOST))
        )
        turn = dict(zip(ids, turns(ids, self.day), strict=True))
        return [Hit(id=each, band=0) for each in sorted(ids, key=turn.__getitem__)]


@lru_cache(maxsize=8)
def _idle(analyzer: Analyzer) -> frozenset[str]:
    return frozenset(analyzer.stems(EVERYBODYS))


def _by_band(people: Iterable[Found]) -> list[Found]:
    return sorted(people, key=lambda found: found.band)


def _literal(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
