"""Finding things: the index proposes, the shelf of each package decides, the words come from it.

A hit that the viewer may not know of, or whose words no longer hold what was searched, is dropped
before it is shown or counted. Order and pages depend on nothing that is hidden from the viewer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any, Protocol

from network.search.fitting import has_marks, matching, say
from network.search.port import Hit, Index, IndexUnavailable
from network.search.query import Query, parse
from network.search.terms import Analyzer, mark, sentence_around
from network.search.things import Thing, Words, thing_of
from network.search.turns import turns

PAGE = 10
# How many hits each round looks at beyond a page: nearly all are shown, so the first fills it.
ROUNDS = (5, 120, 400)
# How many of a kind a shelf looks through while the index is away.
PLAIN_MOST = 400

Runs = list[tuple[str, bool]]


@dataclass(slots=True)
class Found:
    """A thing found: what its package needs to show it, and the viewer's words marked in its own.

    `said` is the sentence of what else it says that adds a word, or nothing.
    """

    number: int
    row: Any
    words: Words
    band: int = 0
    title: Runs = field(default_factory=list)
    purpose: Runs = field(default_factory=list)
    said: Runs = field(default_factory=list)

    @property
    def thing(self) -> Thing:
        """What kind of thing it is."""
        return thing_of(self.number)


@dataclass(frozen=True, slots=True)
class Results:
    """One page of things. `next_from` is where the next page begins, or None at the end."""

    things: list[Found] = field(default_factory=list)
    next_from: int | None = None
    start: int = 0
    index_away: bool = False


class Shelf(Protocol):
    """What a package knows of its things for one viewer at one time."""

    def inside(self) -> Collection[int]:
        """Return the numbers of things of which the viewer finds what others do not."""

    def load(self, numbers: Sequence[int]) -> Iterable[Found]:
        """Return those of these things that the viewer may come upon, in any order."""

    def plain(self, query: Query, marks: Collection[str]) -> Collection[int]:
        """Return numbers by a look through the database: rougher and slower, but always there.

        None of them is of a thing that the viewer may not come upon.
        """


@dataclass(frozen=True)
class Finder:
    """Who searches a shelf, on which day: the order within a band turns with it."""

    index: Index
    analyzer: Analyzer
    shelf: Shelf
    day: int

    def look(
        self,
        typed: str,
        marks: Collection[str],
        *,
        without: Collection[int] = (),
        start: int = 0,
    ) -> tuple[Query, Results]:
        """Return what a person typed as a query, and a page of what it finds: all where nothing is
        typed, nothing where there are signs alone.
        """
        query = parse(typed, self.analyzer)
        if not query and typed.strip():
            return query, Results()
        return query, self.search(query, marks, without=without, start=start)

    def search(
        self,
        query: Query,
        marks: Collection[str],
        *,
        without: Collection[int] = (),
        start: int = 0,
    ) -> Results:
        """Return a page of the things whose words fit, the closest first.

        `marks` name the kinds of thing at least, so that nothing hidden is even proposed. The last
        word counts as the beginning of a longer one only where nobody wrote it as it stands.
        """
        ask = partial(self._search, marks=marks, without=without, start=start)
        whole = ask(replace(query, prefix=""))
        if whole.things or not query.prefix:
            return whole
        return ask(query)

    @cached_property
    def inside(self) -> Collection[int]:
        """Return the numbers of things of which the viewer finds what others do not."""
        return self.shelf.inside()

    def _search(
        self, query: Query, *, marks: Collection[str], without: Collection[int], start: int
    ) -> Results:
        try:
            hits = self.index.find(
                query, marks=marks, connected=self.inside, without=without, day=self.day
            )
        except IndexUnavailable:
            found = self._page(self._plain_hits(query, marks, without), query, marks, start=start)
            return replace(found, index_away=True)
        return self._page(hits, query, marks, start=start)

    def _plain_hits(
        self, query: Query, marks: Collection[str], without: Collection[int]
    ) -> list[Hit]:
        numbers = list(set(self.shelf.plain(query, marks)) - set(without))
        turn = dict(zip(numbers, turns(numbers, self.day), strict=True))
        return [Hit(id=each, band=0) for each in sorted(numbers, key=turn.__getitem__)]

    def _page(
        self, hits: Sequence[Hit], query: Query, marks: Collection[str], *, start: int
    ) -> Results:
        """Return the page after the first `start` things; beyond the last of them, the first page.

        Counted from the first each time, those found alone: where a page begins tells nothing of
        how many are hidden before it.
        """
        found: list[Found] = []
        at = 0
        for size in (start + PAGE + ROUNDS[0], *ROUNDS[1:]):
            chunk = hits[at : at + size]
            found.extend(self._checked(chunk, query, marks))
            if len(found) > start + PAGE or len(chunk) < size:
                break
            at += size
        start = start if start < len(found) else 0
        further = start + PAGE if len(found) > start + PAGE else None
        shown = sorted(found[start : start + PAGE], key=lambda each: each.band)
        for each in shown:
            explain(each, query, self.analyzer)
        return Results(shown, further, start)

    def _checked(
        self, hits: Sequence[Hit], query: Query, marks: Collection[str]
    ) -> Iterator[Found]:
        loaded = {}
        if hits:
            loaded = {each.number: each for each in self.shelf.load([hit.id for hit in hits])}
        for hit in hits:
            found = loaded.get(hit.id)
            if (
                found is not None
                and has_marks(marks, found.words.marks)
                and fits(found, query, self.analyzer)
            ):
                yield found


def fits(found: Found, query: Query, analyzer: Analyzer) -> bool:
    """Whether the words that the viewer may read fit, and how closely: the band is written down."""
    words = found.words
    wanted = set(query.stems)
    first = set(matching(words.first, query, analyzer).values())
    everywhere = first.union(*(matching(each, query, analyzer).values() for each in words.more))
    missing = len(wanted - everywhere)
    texts = (words.title, words.purpose, *words.more)
    if missing > len(wanted) // 2 or not say(texts, query.phrases, analyzer):
        return False
    named = bool(words.purpose and matching(words.title, query, analyzer))
    found.band = (0 if named else 1) if wanted <= first else 2 + missing
    return True


def explain(found: Found, query: Query, analyzer: Analyzer) -> None:
    """Mark what matched in the thing's own words; quote one sentence more where it adds a word."""
    words = found.words
    first = matching(words.first, query, analyzer)
    found.title = mark(words.title, set(first), analyzer)
    found.purpose = mark(words.purpose, set(first), analyzer)
    told = set(first.values())
    for text in words.more:
        held = matching(text, query, analyzer)
        adds = {stem for stem, wanted in held.items() if wanted not in told}
        if adds:
            found.said = mark(sentence_around(text, adds, analyzer), adds, analyzer)
            return


def literal(word: str) -> str:
    """Return the pattern of a database for texts that hold this word, whatever signs are in it."""
    plain = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{plain}%"
