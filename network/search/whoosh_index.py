"""An index in a folder: whatever is wrong with its files, it is unavailable and can be rebuilt.

A small file, the pointer, names the folder of the live index and the sum of each of its files.
It is replaced in one step, so readers see the whole of a change or nothing, and files that a
power cut or a failing disk spoilt are noticed before they are read.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import chain, islice
from pathlib import Path
from secrets import token_hex
from shutil import rmtree
from threading import Lock
from zlib import crc32

from network.search import matching
from network.search.documents import Document
from network.search.entries import document_of, entry_of
from network.search.matching import Part, Snapshot
from network.search.port import Condition, Hit, Index, IndexUnavailable, State
from network.search.query import Query
from network.search.terms import Analyzer
from network.search.whoosh_files import (
    FULL,
    Segment,
    Toc,
    delete_other_files,
    locked,
    new_toc,
    read_toc,
    save_toc,
    segment_file,
    toc_file,
    write,
)

_FORMAT = 1  # counted up when this program would misread what an older one wrote
_LOCK_SECONDS = 10.0
_FOLDERS = "index-*"


@dataclass(frozen=True)
class _Pointer:
    folder: str
    made_for: str
    generation: int  # of the index, however often it is rebuilt
    toc: int  # generation of the table of contents in the folder
    sums: Mapping[str, int]  # by the name of the file


@dataclass(frozen=True)
class _Live:
    written: bytes  # the pointer's file
    pointer: _Pointer
    snapshot: Snapshot


class WhooshIndex(Index):
    """Threads share one instance; one process at a time writes, any number read."""

    def __init__(self, folder: Path, analyzer: Analyzer) -> None:
        self._folder = folder
        self._analyzer = analyzer
        self._made_for = f"{_FORMAT} {analyzer.language}"
        self._opening = Lock()
        self._live: _Live | None = None

    def update(self, documents: Iterable[Document], gone: Iterable[int] = ()) -> None:
        entries = {each.id: entry_of(each, self._analyzer) for each in documents}
        leaving = set(gone)
        entering = [entry for each, entry in entries.items() if each not in leaving]
        with _or_unavailable(), self._writing():
            live = self._open()
            stale = _places(live.snapshot, leaving | entries.keys())
            if not entering and not stale:
                return
            folder = self._folder / live.pointer.folder
            toc = self._read_toc(live.pointer)
            delete_other_files(folder, toc)
            segments = {name: part.segment for name, part in live.snapshot.items()}
            toc = write(folder, toc, entries=entering, segments=segments, stale=stale)
            self._publish(folder, toc, known=live.pointer.sums)

    def rebuild(self, documents: Iterable[Document]) -> None:
        with self._writing():
            folder = self._folder / _FOLDERS.replace("*", token_hex(8))
            try:
                toc = self._write_all(folder, documents)
                with _or_unavailable():
                    self._publish(folder, toc, known={})
            except BaseException:
                rmtree(folder, ignore_errors=True)
                raise
            for other in set(self._folder.glob(_FOLDERS)) - {folder}:
                rmtree(other, ignore_errors=True)

    def find(
        self,
        query: Query,
        *,
        marks: Collection[str],
        connected: Collection[int],
        without: Collection[int] = (),
        day: int,
    ) -> Sequence[Hit]:
        with _or_unavailable():
            return matching.find(
                self._open().snapshot,
                query,
                marks=marks,
                connected=connected,
                without=without,
                day=day,
            )

    def resembling(
        self,
        stems: Collection[str],
        *,
        connected: Collection[int],
        without: Collection[int],
        day: int,
        limit: int,
    ) -> list[Hit]:
        with _or_unavailable():
            snapshot = self._open().snapshot
            found = matching.resembling(
                snapshot, stems, connected=connected, without=without, day=day
            )
            return found[:limit]

    def near(self, stem: str, limit: int = 5) -> list[str]:
        with _or_unavailable():
            return matching.near(self._open().snapshot, stem)[:limit]

    def state(self) -> State:
        if not self._pointer_file.exists():
            return State(Condition.MISSING)
        try:
            with _or_unavailable():
                pointer = self._read_pointer(self._pointer_file.read_bytes())
                toc = self._read_toc(pointer)
                for name in pointer.sums:
                    self._read(pointer, name)
        except IndexUnavailable:
            return State(Condition.BROKEN)
        documents = sum(described.doc_count() for described in toc.segments)
        return State(Condition.OK, documents, pointer.generation)

    def contents(self) -> dict[int, Document]:
        """Return what is kept of each document, to compare: stems for text.

        Its connections layer has only what the members layer lacks.
        """
        with _or_unavailable():
            parts = self._open().snapshot.values()
            entries = chain.from_iterable(part.segment.entries(part.live) for part in parts)
            return {document.id: document for document in map(document_of, entries)}

    def _write_all(self, folder: Path, documents: Iterable[Document]) -> Toc:
        folder.mkdir()
        toc = new_toc()
        remaining = iter(documents)
        # What reading the documents raises is the caller's own and passes unchanged.
        while chunk := list(islice(remaining, FULL)):
            entries = [entry_of(document, self._analyzer) for document in chunk]
            with _or_unavailable():
                toc = write(folder, toc, entries=entries, segments={}, stale={})
        return toc

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with _or_unavailable():
            self._folder.mkdir(parents=True, exist_ok=True)
            lock = locked(self._folder / "lock", seconds=_LOCK_SECONDS)
        if lock is None:
            raise IndexUnavailable("Another process is writing the index.")
        try:
            yield
        finally:
            lock.release()

    def _publish(self, folder: Path, toc: Toc, *, known: Mapping[str, int]) -> None:
        """Make the table of contents in the folder the live one."""
        names = save_toc(folder, toc)
        sums = {name: known.get(name) or crc32((folder / name).read_bytes()) for name in names}
        generation = self._generation() + 1
        pointer = _Pointer(folder.name, self._made_for, generation, toc.generation, sums)
        new = self._folder / "pointer.new"
        new.write_text(json.dumps(asdict(pointer)))
        new.replace(self._pointer_file)

    def _open(self) -> _Live:
        """Return the live index, read again if the pointer has changed."""
        with self._opening:
            written = self._pointer_file.read_bytes()
            while self._live is None or self._live.written != written:
                try:
                    self._live = self._load(written)
                except FileNotFoundError:
                    # A writer may have replaced the pointer and deleted the files meanwhile.
                    earlier, written = written, self._pointer_file.read_bytes()
                    if written == earlier:
                        raise
            return self._live

    def _load(self, written: bytes) -> _Live:
        pointer = self._read_pointer(written)
        known = self._live.snapshot if self._live else {}
        snapshot = {}
        for described in self._read_toc(pointer).segments:
            name = segment_file(described)
            if name in known:
                segment = known[name].segment
            else:
                segment = Segment(described, self._read(pointer, name))
            snapshot[name] = Part(segment, segment.remaining(described))
        return _Live(written, pointer, snapshot)

    def _read_pointer(self, written: bytes) -> _Pointer:
        pointer = _Pointer(**json.loads(written))
        if pointer.made_for != self._made_for:
            raise IndexUnavailable(f"The index was made for {pointer.made_for}.")
        return pointer

    def _read_toc(self, pointer: _Pointer) -> Toc:
        return read_toc(self._read(pointer, toc_file(pointer.toc)), pointer.toc)

    def _read(self, pointer: _Pointer, name: str) -> bytes:
        data = (self._folder / pointer.folder / name).read_bytes()
        if crc32(data) != pointer.sums[name]:
            raise IndexUnavailable(f"{name} is not as it was written.")
        return data

    def _generation(self) -> int:
        """Return the generation of the live index, 0 if that cannot be read."""
        try:
            return _Pointer(**json.loads(self._pointer_file.read_bytes())).generation
        except (OSError, ValueError, TypeError):
            return 0

    @property
    def _pointer_file(self) -> Path:
        return self._folder / "pointer"


def _places(snapshot: Snapshot, ids: AbstractSet[int]) -> dict[str, list[int]]:
    """Return the numbers of the documents with these ids, by the files of their segments."""
    places = {name: part.segment.numbers_of(ids) for name, part in snapshot.items()}
    return {name: numbers for name, numbers in places.items() if numbers}


@contextmanager
def _or_unavailable() -> Iterator[None]:
    try:
        yield
    except IndexUnavailable:
        raise
    except Exception as error:
        raise IndexUnavailable(f"The index cannot be used: {error!r}") from error
