"""The files of a Whoosh index, read from memory only.

Whoosh is no longer maintained and never makes sure that its files reach the disk. So a segment
is read once, as bytes whose sum the caller has checked, and is not looked for again.
"""

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from copy import copy
from dataclasses import dataclass
from itertools import chain, compress, count, groupby
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

from whoosh.columns import NumericColumn, VarBytesColumn
from whoosh.fields import COLUMN, FieldType, Schema
from whoosh.filedb.compound import CompoundStorage
from whoosh.filedb.filestore import FileStorage, RamStorage
from whoosh.filedb.structfile import BufferFile
from whoosh.formats import Existence
from whoosh.index import TOC, clean_files
from whoosh.reading import SegmentReader, TermNotFound
from whoosh.util.filelock import FileLock, try_for
from whoosh.writing import SegmentWriter

from network.search.bitmaps import bitmap, flags, numbers
from network.search.prefixes import common_beginning, completes
from network.search.turns import turns

Entry = Mapping[str, str | int]  # an id, and a text for each field
NAMES = ("purpose", "themes", "words", "marks")
FIELDS = (*NAMES, *(f"more_{name}" for name in NAMES))
FULL = 4_096  # documents of the largest new segment
_SMALL = 512  # documents: segments with fewer are merged
_CROWD = 3  # when there are so many of like size
_POSTINGS_MB = 256
_MOST_KEPT = 1_000  # sets of documents, for each segment
_NAME = "MAIN"


def locked(path: Path, *, seconds: float) -> FileLock | None:
    """Return the file lock, or None if another process or thread held it all the while."""
    lock = FileLock(str(path))
    return lock if try_for(lock.acquire, timeout=seconds, delay=0.02) else None


class Described(Protocol):
    """A segment as a table of contents tells of it."""

    def doc_count(self) -> int: ...
    def deleted_docs(self) -> Iterable[int]: ...
    def delete_document(self, number: int) -> None: ...
    def make_filename(self, extension: str) -> str: ...


class Toc(Protocol):
    """A table of contents: the segments that make up the index after a commit."""

    generation: int
    segments: list[Described]

    def write(self, storage: FileStorage, name: str) -> None: ...


class _Terms(FieldType):  # type: ignore[misc]
    """A field of terms written one after another; it keeps the text beside its terms."""

    def __init__(self, separator: str | None = None) -> None:
        super().__init__(Existence(), analyzer=None, sortable=VarBytesColumn())
        self.separator = separator

    def index(self, value: str, **_: object) -> Iterator[tuple[bytes, int, float, bytes]]:
        terms = set(value.split(self.separator))
        return ((term.encode(), 1, 1.0, b"") for term in terms if term)


_SCHEMA = Schema(
    id=COLUMN(NumericColumn("q")),
    **{field: _Terms("\n" if field.endswith("marks") else None) for field in FIELDS},
)


class _Memory(RamStorage):  # type: ignore[misc]
    """Files in memory, read without a copy."""

    def __init__(self, files: dict[str, bytes]) -> None:
        super().__init__()
        self.files = files

    def open_file(self, name: str, **_: object) -> BufferFile:
        return BufferFile(self.files[name], name=name)


def _unpacked(data: bytes) -> dict[str, bytes]:
    """Return the files of which Whoosh made one."""
    packed = CompoundStorage(BufferFile(data), use_mmap=False)
    names: list[str] = packed.list()
    return {name: packed.open_file(name).get(0, packed.file_length(name)) for name in names}


class Segment:
    """Documents written at once, numbered from 0; never changed, so what is read is kept."""

    def __init__(self, described: Described, data: bytes) -> None:
        whole: Any = copy(described)
        whole._deleted = None  # noqa: SLF001  # segments last, deletions change
        whole.compound = False
        self._reader = SegmentReader(_Memory(_unpacked(data)), _SCHEMA, whole)
        self._texts = {field: self._reader.column_reader(field) for field in FIELDS}
        self._lock = Lock()  # a reader has one place in its files
        self._kept: dict[tuple[str, str, bool], int] = {}
        self._order: tuple[int | None, list[tuple[int, int]], list[int]] = (None, [], [])
        self.ids: list[int] = list(self._reader.column_reader("id"))
        self._numbers = {each: number for number, each in enumerate(self.ids)}

    def holding(self, field: str, term: str, *, unfinished: bool = False) -> int:
        """Return the set of documents whose field has the term, or one that completes it."""
        key = (field, term, unfinished)
        with self._lock:
            if key not in self._kept:
                if len(self._kept) >= _MOST_KEPT:
                    self._kept.clear()
                terms = self._completing(field, term) if unfinished else [term.encode()]
                found = chain.from_iterable(self._postings(field, each) for each in terms)
                self._kept[key] = self.set_of(found)
            return self._kept[key]

    def terms(self, field: str, beginning: str) -> list[str]:
        """Return the field's terms that begin so."""
        with self._lock:
            return [term.decode() for term in self._beginning(field, beginning)]

    def text(self, field: str, number: int) -> str:
        """Return what was written into one document's field."""
        with self._lock:
            text: str = self._texts[field][number]
        return text

    def entries(self, documents: int) -> Iterator[Entry]:
        """Return what was written of each document of the set."""
        for number in numbers(documents, len(self.ids)):
            yield {field: self.text(field, number) for field in FIELDS} | {"id": self.ids[number]}

    def set_of(self, members: Iterable[int]) -> int:
        return bitmap(members, len(self.ids))

    def remaining(self, described: Described) -> int:
        """Return the set of documents that are not described as deleted."""
        return self.set_of(range(len(self.ids))) ^ self.set_of(described.deleted_docs())

    def numbers_of(self, ids: AbstractSet[int]) -> list[int]:
        """Return the numbers of the documents that have these ids."""
        return [self._numbers[each] for each in ids & self._numbers.keys()]

    def in_turn(self, documents: int, day: int) -> Iterator[tuple[int, int]]:
        """Return place and id of the documents of the set, in the day's order."""
        order = self._order
        if order[0] != day:
            rows = sorted(zip(turns(self.ids, day), self.ids, count(), strict=False))
            order = self._order = (day, [row[:2] for row in rows], [row[2] for row in rows])
        _, places, in_order = order
        return compress(places, map(flags(documents, len(self.ids)).__getitem__, in_order))

    def _completing(self, field: str, prefix: str) -> list[bytes]:
        terms = self._beginning(field, common_beginning(prefix))
        return [term for term in terms if completes(term.decode(), prefix)]

    def _beginning(self, field: str, beginning: str) -> Iterator[bytes]:
        start = beginning.encode()
        for name, term in self._reader.terms_from(field, start):
            if name != field or not term.startswith(start):
                break
            yield term

    def _postings(self, field: str, term: bytes) -> list[int]:
        try:
            matcher = self._reader.postings(field, term)
        except TermNotFound:
            return []
        found: list[int] = []
        # all_ids() steps through the numbers one by one, which takes ten times as long.
        while matcher.is_active():
            matcher.id()
            found += matcher._ids  # noqa: SLF001
            matcher._next_block()  # noqa: SLF001
        return found


class _Writer(SegmentWriter):  # type: ignore[misc]
    """Writes a segment, and leaves the table of contents and old files to the caller."""

    def _commit_toc(self, segments: list[Described]) -> None:
        self.toc: Toc = TOC(self.schema, segments, self.generation)


@dataclass(frozen=True)
class _Place:
    """What a writer asks of an index."""

    storage: FileStorage
    toc: Toc
    indexname: str = _NAME

    def _read_toc(self) -> Toc:
        return self.toc


def write(
    folder: Path,
    toc: Toc,
    *,
    entries: Iterable[Entry],
    segments: Mapping[str, Segment],
    stale: Mapping[str, Iterable[int]],
) -> Toc:
    """Write a segment with the entries; return the table of contents with it, not yet saved.

    Stale are the numbers of documents to leave out from now on, by the file of their segment.
    """
    for described in toc.segments:
        for number in stale.get(segment_file(described), ()):
            described.delete_document(number)
    crowded = {segment_file(each): each for each in _crowded(toc.segments)}
    staying = [
        each for each in toc.segments if each.doc_count() and segment_file(each) not in crowded
    ]
    moved = (segments[name].entries(segments[name].remaining(crowded[name])) for name in crowded)
    writer = _Writer(_Place(FileStorage(str(folder)), toc), _lk=False, limitmb=_POSTINGS_MB)
    try:
        for entry in chain(entries, *moved):
            writer.add_document(**entry)
        writer.commit(mergetype=lambda _writer, _segments: staying)
    except BaseException:
        writer.cancel()
        raise
    written: Toc = writer.toc
    return written


def _crowded(described: Iterable[Described]) -> list[Described]:
    """Return the segments to merge: small ones of which there are several of like size.

    So few are ever small, a document is rewritten a few times only, and no commit takes long.
    """

    def size(each: Described) -> int:
        return (each.doc_count().bit_length() - 1) // 2

    small = sorted((each for each in described if 0 < each.doc_count() < _SMALL), key=size)
    groups = [list(group) for _, group in groupby(small, key=size)]
    return [each for group in groups if len(group) >= _CROWD for each in group]


def new_toc() -> Toc:
    toc: Toc = TOC(_SCHEMA, [], 0)
    return toc


def read_toc(data: bytes, generation: int) -> Toc:
    """Return the table of contents that the bytes hold."""
    files = _Memory({toc_file(generation): data})
    toc: Toc = TOC.read(files, _NAME, gen=generation, schema=_SCHEMA)
    return toc


def save_toc(folder: Path, toc: Toc) -> list[str]:
    """Write the table of contents and return the names of all files that make up the index."""
    toc.write(FileStorage(str(folder)), _NAME)
    return [toc_file(toc.generation), *map(segment_file, toc.segments)]


def toc_file(generation: int) -> str:
    name: str = TOC._filename(_NAME, generation)  # noqa: SLF001
    return name


def segment_file(described: Described) -> str:
    return described.make_filename(".seg")


def delete_other_files(folder: Path, toc: Toc) -> None:
    clean_files(FileStorage(str(folder)), _NAME, toc.generation, toc.segments)
