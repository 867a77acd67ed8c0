"""Where terms stand and how they came about, person by person, in the names a reader may know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from network.engagements.access import Seen, signed
from network.engagements.kinds import NegotiationState
from network.engagements.models import Party
from network.engagements.queries.table import Put, Table, Yes
from network.engagements.reading import Reader, unnamed
from network.translation import _


class Stage(StrEnum):
    """Where a negotiation stands for one who reads it."""

    OPEN = "open"
    AGREED = "agreed"
    CLOSED = "closed"
    LAPSED = "lapsed"
    LEFT = "left"
    LATE = "late"


class Stand(StrEnum):
    """Where a party stands with the version on the table."""

    PUT = "put"
    ACCEPTED = "accepted"
    TAKEN_BACK = "taken back"
    WAITS = "waits"


class Fate(StrEnum):
    """What became of a version."""

    ON_TABLE = "on the table"
    PAST = "past"
    LAPSED = "lapsed"
    SET_ASIDE = "set aside"
    WITHDRAWN = "withdrawn"
    LEFT = "left"
    CLOSED = "closed"
    AGREED = "agreed"


@dataclass(frozen=True, slots=True)
class Person:
    """A party in a sentence: the reader, somebody by name, or one who may not be named."""

    name: str
    is_me: bool = False
    plain: str = ""  # without the organisation
    signs_for: str = ""

    @property
    def listed(self) -> str:
        """Return the name as it stands among others: “Veldhaven (Hanneke de Wal signs for it)”."""
        if not self.signs_for:
            return self.name
        return str(
            _(
                "%(organisation)s (%(name)s signs for it)",
                organisation=self.signs_for,
                name=self.plain,
            )
        )

    @property
    def opening(self) -> str:
        """Return the name as a sentence begins with it."""
        return self.name[:1].upper() + self.name[1:]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one party stands, and since when."""

    who: Person
    stand: Stand
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened: a version and its fate, a leaving, an end, the beginning."""

    what: str
    at: datetime
    who: Person | None = None
    put: Put | None = None
    fate: Fate | None = None
    ended_at: datetime | None = None
    accepted: list[Person] = field(default_factory=list)
    words: str = ""


def stage(seen: Seen) -> Stage:
    """Return where a negotiation stands for its reader."""
    if seen.mine.left_at is not None:
        return Stage.LEFT
    if seen.has_lapsed:
        return Stage.LAPSED
    if seen.is_late:
        return Stage.LATE
    return {
        NegotiationState.OPEN: Stage.OPEN,
        NegotiationState.AGREED: Stage.AGREED,
        NegotiationState.CLOSED: Stage.CLOSED,
    }[seen.negotiation.state]


def reader(seen: Seen, locale: str) -> Reader:
    """Return the reader of these terms. A line names an organisation rather than who signs for it,
    where that is plain: nobody reads that they pay themselves what their house does.
    """
    signs_for = Counter(party.organisation_name for party in seen.everyone)
    named = {party.key: party for party in seen.everyone if party.key in seen.names}
    names = {
        key: party.organisation_name
        if party.organisation_name and signs_for[party.organisation_name] == 1
        else signed(party)
        for key, party in named.items()
    }
    hidden = {party.key: unnamed() for party in seen.everyone if party.key not in named}
    is_house = names.get(seen.mine.key) == seen.mine.organisation_name != ""
    return Reader(names | hidden, "" if is_house else seen.mine.key, locale)


def to_keep(eyes: Reader) -> Reader:
    """Return the same names for a paper that others read too: nobody in it is “you”."""
    return replace(eyes, mine="")


def person(seen: Seen, party: Party | None) -> Person:
    """Return a party as the reader may know it."""
    if party is None or party.key not in seen.names:
        return Person(unnamed(), plain=unnamed())
    return Person(
        seen.names[party.key], party.id == seen.mine.id, party.name, party.organisation_name
    )


def signatories(seen: Seen) -> list[Person]:
    """Return who signs, the reader last; for whoever left, those who did then."""
    gone = {party.id for party in (*left_before(seen), seen.mine)}
    people = [person(seen, party) for party in seen.everyone if party.id not in gone]
    return [*people, person(seen, seen.mine)]


def standings(table: Table) -> list[Standing]:
    """Return where each party stands with the version on the table: its author first, the reader
    last.
    """
    put = table.on_table
    if put is None:
        return []
    parties = sorted(table.seen.parties, key=lambda party: _place(table, put, party))
    return [_standing(table, put, party) for party in parties]


def _place(table: Table, put: Put, party: Party) -> tuple[bool, bool]:
    return party.id != put.author_id, party.id == table.seen.mine.id


def _standing(table: Table, put: Put, party: Party) -> Standing:
    who = person(table.seen, party)
    yes = table.yes_of(party.id, put.number)
    if yes is not None:
        return Standing(who, Stand.PUT if party.id == put.author_id else Stand.ACCEPTED, yes.at)
    gone = [
        each.until for each in table.yeses if (each.party_id, each.number) == (party.id, put.number)
    ]
    return Standing(who, Stand.TAKEN_BACK, gone[-1]) if gone else Standing(who, Stand.WAITS)


def history(table: Table) -> list[Moment]:
    """Return what happened, the latest first."""
    moments = [*_versions(table), *_endings(table)]
    begun = table.seen.negotiation
    first = next(
        (each for each in table.seen.everyone if each.member_id == begun.begun_by_id), None
    )
    began = Moment(
        "begun", begun.begun_at, person(table.seen, first if begun.begun_by_id else None)
    )
    return [*sorted(moments, key=lambda moment: moment.at, reverse=True), began]


def left_before(seen: Seen) -> list[Party]:
    """Return who left, as far as the reader knows of it."""
    known = seen.mine.left_at or seen.now
    return [each for each in seen.everyone if each.left_at is not None and each.left_at <= known]


def _versions(table: Table) -> Iterator[Moment]:
    parties = {party.id: party for party in table.seen.everyone}
    for place, put in enumerate(table.puts):
        after = table.puts[place + 1] if place + 1 < len(table.puts) else None
        fate, ended_at = _fate(table, put, after)
        stood = [
            parties[yes.party_id]
            for yes in table.yeses
            if yes.number == put.number and _stood(yes, ended_at)
        ]
        yield Moment(
            "version",
            put.at,
            person(table.seen, parties.get(put.author_id)),
            put,
            fate,
            ended_at,
            [person(table.seen, each) for each in stood if each.id != put.author_id],
        )


def _stood(yes: Yes, ended_at: datetime | None) -> bool:
    """Whether nobody took a yes back but what ended its version."""
    return yes.until is None or (ended_at is not None and yes.until >= ended_at)


def _fate(table: Table, put: Put, after: Put | None) -> tuple[Fate, datetime | None]:
    seen = table.seen
    if put.number in table.withdrawn:
        return Fate.WITHDRAWN, table.withdrawn[put.number]
    until = seen.now if after is None else after.at
    for party in left_before(seen):
        if party.left_at is not None and put.at <= party.left_at <= until:
            return Fate.LEFT, party.left_at
    if after is not None:
        return Fate.SET_ASIDE, after.at
    over = {NegotiationState.CLOSED: Fate.CLOSED, NegotiationState.AGREED: Fate.AGREED}
    if seen.negotiation.state in over:
        return over[seen.negotiation.state], seen.negotiation.ended_at
    if seen.has_lapsed:
        return Fate.LAPSED, None
    return (Fate.PAST, None) if table.is_past(put) else (Fate.ON_TABLE, None)


def _endings(table: Table) -> Iterator[Moment]:
    seen = table.seen
    for party in left_before(seen):
        if party.left_at is not None:
            yield Moment("left", party.left_at, person(seen, party), words=party.left_words)
    ended_at = seen.negotiation.ended_at
    if ended_at is not None and seen.mine.left_at is None:
        yield Moment(seen.negotiation.state.value, ended_at)
