"""Who is found, and in which band: only the viewer's layer of each document has a say."""

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from heapq import merge
from itertools import accumulate, chain, dropwhile, islice
from typing import overload

from network.search.bitmaps import at_least, numbers
from network.search.port import Hit
from network.search.query import Query
from network.search.whoosh_files import Segment
from network.search.whoosh_language import edits_between

_MOST_COMPARED = 64  # stems
_FEWEST_SHARED = 2  # stems
_LONG = 6  # letters, from which on two may be wrong


@dataclass(frozen=True, slots=True)
class Part:
    """A segment, and the set of its documents that are not deleted."""

    segment: Segment
    live: int


Snapshot = Mapping[str, Part]  # the index at one moment, by the files of its segments
Found = list[tuple[Segment, int]]  # documents, by segment


class Hits(Sequence[Hit]):
    """Hits in order; the order is made as far as somebody looks."""

    def __init__(self, bands: Sequence[Found], *, day: int) -> None:
        counts = (sum(bits.bit_count() for _, bits in band) for band in bands)
        self._ends = list(accumulate(counts, initial=0))[1:]
        self._seen: list[int] = []
        self._unseen = chain.from_iterable(_in_turn(band, day) for band in bands)

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    @overload
    def __getitem__(self, place: int) -> Hit: ...
    @overload
    def __getitem__(self, place: slice) -> list[Hit]: ...
    def __getitem__(self, place: int | slice) -> Hit | list[Hit]:
        if isinstance(place, slice):
            return [self[each] for each in range(len(self))[place]]
        place = range(len(self))[place]
        self._seen.extend(islice(self._unseen, max(0, place + 1 - len(self._seen))))
        return Hit(self._seen[place], bisect_right(self._ends, place))


class _View:
    """What one viewer can find in a segment: of connections more than of others."""

    def __init__(
        self, part: Part, *, connected: AbstractSet[int], without: AbstractSet[int]
    ) -> None:
        self.segment = part.segment
        self._connected = self._those(connected)
        self.everyone = part.live & ~self._those(without)

    def holding(self, field: str, term: str, *, unfinished: bool = False) -> int:
        bits = self.segment.holding(field, term, unfinished=unfinished)
        if self._connected:
            more = self.segment.holding(f"more_{field}", term, unfinished=unfinished)
            bits |= more & self._connected
        return bits

    def matching(self, field: str, query: Query) -> list[int]:
        """Return for each stem of the query the documents that have it."""
        found = [self.holding(field, stem) for stem in query.stems]
        if query.prefix:
            found[-1] |= self.holding(field, query.prefix, unfinished=True)
        return found

    def marked(self, marks: Collection[str]) -> int:
        """Return the documents with one of the marks of every name."""
        alternatives: dict[str, int] = {}
        for mark in marks:
            name = mark.partition("=")[0]
            alternatives[name] = alternatives.get(name, 0) | self.holding("marks", mark)
        bits = self.everyone
        for found in alternatives.values():
            bits &= found
        return bits

    def saying(self, field: str, phrases: Collection[Sequence[str]], *, among: int) -> int:
        """Return those among the documents whose field has all the phrases, word by word."""
        for phrase in phrases:
            for stem in set(phrase):
                among &= self.holding(field, stem)
            words = f" {' '.join(phrase)} "
            some = numbers(among, len(self.segment.ids))
            among = self.segment.set_of(n for n in some if self._says(field, n, words))
        return among

    def _says(self, field: str, number: int, words: str) -> bool:
        if words in f" {self.segment.text(field, number)} ":
            return True
        if not self._connected >> number & 1:
            return False
        return words in f" {self.segment.text(f'more_{field}', number)} "

    def _those(self, ids: AbstractSet[int]) -> int:
        return self.segment.set_of(self.segment.numbers_of(ids))


def find(
    snapshot: Snapshot,
    query: Query,
    *,
    marks: Collection[str],
    connected: Collection[int],
    without: Collection[int],
    day: int,
) -> Hits:
    """Return what the query finds, as Index.find says."""
    views = _views(snapshot, connected, without)
    return Hits(_banded(views, lambda view: _bands(view, query, marks)), day=day)


def resembling(
    snapshot: Snapshot,
    stems: Collection[str],
    *,
    connected: Collection[int],
    without: Collection[int],
    day: int,
) -> Hits:
    """Return whose purpose shares the most of the stems, as Index.resembling says."""
    compared = sorted(set(stems))[:_MOST_COMPARED]
    views = _views(snapshot, connected, without)
    bands = _banded(views, lambda view: _sharing(view, compared))
    return Hits(list(dropwhile(lambda band: not any(bits for _, bits in band), bands)), day=day)


def near(snapshot: Snapshot, stem: str) -> list[str]:
    """Return stems of words that any member may find, spelt nearly so, the nearest first."""
    most = 2 if len(stem) >= _LONG else 1
    every = (part.segment.terms("words", stem[:1]) for part in snapshot.values())
    alike = {term for term in chain.from_iterable(every) if _may_be_near(term, stem, most)}
    edits = {term: edits_between(term, stem) for term in alike}
    found = [term for term in edits if 0 < edits[term] <= most and _is_live(snapshot, term)]
    return sorted(found, key=lambda term: (edits[term], term))


def _views(snapshot: Snapshot, connected: Collection[int], without: Collection[int]) -> list[_View]:
    near_by, hidden = set(connected), set(without)
    return [_View(part, connected=near_by, without=hidden) for part in snapshot.values()]


def _bands(view: _View, query: Query, marks: Collection[str]) -> list[int]:
    allowed = view.marked(marks)
    if not query:
        return [allowed]
    stems = len(query.stems)
    fewest = stems - stems // 2
    purposes = at_least(view.matching("purpose", query), allowed)
    words = at_least(view.matching("words", query), allowed)
    said = view.saying("words", query.phrases, among=words[fewest])
    best = view.saying("purpose", query.phrases, among=purposes[stems])
    themed = 0
    for bits in view.matching("themes", query):
        themed |= bits
    return [best & themed, best, *(said & words[shared] for shared in range(stems, fewest - 1, -1))]


def _sharing(view: _View, stems: Sequence[str]) -> list[int]:
    levels = at_least([view.holding("purpose", stem) for stem in stems], view.everyone)
    return levels[: _FEWEST_SHARED - 1 : -1]


def _banded(views: Sequence[_View], bands_of: Callable[[_View], list[int]]) -> list[Found]:
    """Return the bands of all segments together, each document in its first."""
    by_segment = []
    for view in views:
        bands, seen = [], 0
        for bits in bands_of(view):
            bands.append((view.segment, bits & ~seen))
            seen |= bits
        by_segment.append(bands)
    return [list(band) for band in zip(*by_segment, strict=True)]


def _in_turn(band: Found, day: int) -> Iterator[int]:
    runs = (segment.in_turn(bits, day) for segment, bits in band if bits)
    return (each for _, each in merge(*runs))


def _may_be_near(term: str, stem: str, most: int) -> bool:
    """Tell at little cost whether the two can be so near to each other."""
    return abs(len(term) - len(stem)) <= most and len(set(term) ^ set(stem)) <= 2 * most


def _is_live(snapshot: Snapshot, term: str) -> bool:
    return any(part.segment.holding("words", term) & part.live for part in snapshot.values())
