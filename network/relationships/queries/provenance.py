"""How a connection, a conversation and an introduction came about, told from the log to those whose
it is. Whoever is apart from the viewer now is somebody without a name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BindParameter, Select, and_, bindparam, exists, literal_column, or_, select
from sqlalchemy.orm import Session, aliased

from network.columns import BigId, UtcDateTime
from network.conversations.models import Conversation, Participant
from network.events.models import Event
from network.members.models import Connection, Member
from network.members.visibility import BOUND, Viewer, not_apart
from network.relationships.models import Introduction, IntroductionState


class How(StrEnum):
    """What happened, at one step of how something came about."""

    ASKED = "asked"
    ASKED_TOO = "asked too"
    CONNECTED = "connected"
    ASKED_FOR = "asked for"
    BEGUN = "begun"
    INTRODUCED = "introduced"
    OPENED = "opened"


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody whom the viewer may know."""

    id: int
    handle: str
    name: str


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened and who did it: the viewer, somebody named, or `who` is None."""

    how: How
    at: datetime
    who: Named | None = None
    mine: bool = False
    words: str = ""


@dataclass(frozen=True, slots=True)
class _Trace:
    """A step before it is known whom the viewer may name."""

    how: How
    at: datetime
    who: int | None
    words: str = ""


def of_connection(db: Session, viewer: Member, connection: Connection) -> tuple[Step, ...]:
    """Return how two people became connected, for one of them: who introduced them, who asked and
    why, since when.
    """
    rows = db.execute(
        _OF_CONNECTION,
        {
            "thing": connection.id,
            "low": connection.low_id,
            "high": connection.high_id,
            "since": connection.since,
        },
    )
    traces = [_of_connection(row, connection) for row in rows]
    return _told(db, viewer, sorted(traces, key=lambda trace: trace.at))


def of_conversation(db: Session, viewer: Member, conversation: Conversation) -> tuple[Step, ...]:
    """Return how a conversation came about, for one who reads it: an introduction, or who opened it
    if they were there together.
    """
    rows = db.execute(
        _OF_CONVERSATION,
        {"thing": conversation.id, "about": conversation.thing_id, "viewer_id": viewer.id},
    ).all()
    made = [row for row in rows if row.kind == INTRODUCED]
    if made:
        return _told(db, viewer, map(_introduced, made))
    return _told(
        db,
        viewer,
        (_Trace(How.OPENED, row.at, row.actor_id if row.together else None) for row in rows),
    )


def of_introduction(db: Session, viewer: Member, introduction: Introduction) -> tuple[Step, ...]:
    """Return how an introduction came about, for the introducer; for one of the two once it is
    made. That somebody asked for it is told to them and to the introducer alone.
    """
    carries = viewer.id == introduction.introducer_id
    if not carries and introduction.state is not IntroductionState.MADE:
        return ()
    traces = []
    for row in db.execute(_OF_INTRODUCTION, {"thing": introduction.id}):
        if row.kind == INTRODUCED:
            traces.append(_introduced(row))
            continue
        asked_by = row.data.get("asked_by")
        if asked_by is not None and (carries or asked_by == viewer.id):
            traces.append(_Trace(How.ASKED_FOR, row.at, asked_by))
        traces.append(_Trace(How.BEGUN, row.at, row.actor_id))
    return _told(db, viewer, traces)


CONNECTED = "relationships:connection:made"
INTRODUCED = "relationships:introduction:made"
_BEGUN = "relationships:introduction:begun"
_THING: BindParameter[int] = bindparam("thing", type_=BigId)


def _of(subject: str, thing: Any, *kinds: str) -> Any:  # noqa: ANN401  # an id or a query for it
    return and_(Event.subject_kind == subject, Event.subject_id == thing, Event.kind.in_(kinds))


def _events(*conditions: Any, extra: tuple[Any, ...] = ()) -> Select[Any]:  # noqa: ANN401
    columns = (Event.kind, Event.actor_id, Event.at, Event.data, *extra)
    return select(*columns).where(or_(*conditions)).order_by(Event.id)


_MADE = aliased(Event, name="made")
_ASK = (
    select(_MADE.data["ask"].as_integer())
    .where(_MADE.subject_kind == "connection", _MADE.subject_id == _THING, _MADE.kind == CONNECTED)
    .scalar_subquery()
)
_BEFORE = (
    select(Introduction.id)
    .where(
        Introduction.low_id == bindparam("low", type_=BigId),
        Introduction.high_id == bindparam("high", type_=BigId),
        Introduction.state == IntroductionState.MADE,
        Introduction.ended_at <= bindparam("since", type_=UtcDateTime()),
    )
    .order_by(Introduction.ended_at.desc())
    .limit(literal_column("1"))  # a limit that is filled in is planned anew each time
    .scalar_subquery()
)
_OF_CONNECTION = _events(
    _of("connection", _THING, CONNECTED),
    _of("ask", _ASK, "asks:sent", "asks:crossed"),
    _of("introduction", _BEFORE, INTRODUCED),
)
_OF_INTRODUCTION = _events(_of("introduction", _THING, _BEGUN, INTRODUCED))
_MINE, _THEIRS = aliased(Participant, name="my_stay"), aliased(Participant, name="their_stay")
# Who came later does not learn who had left by then.
_TOGETHER = exists().where(
    _MINE.conversation_id == _THING,
    _MINE.member_id == BOUND.member_id,
    _THEIRS.conversation_id == _THING,
    _THEIRS.member_id == Event.actor_id,
    or_(_THEIRS.until_turn.is_(None), _THEIRS.until_turn > _MINE.after_turn),
)
_OF_CONVERSATION = _events(
    _of("conversation", _THING, "conversations:opened"),
    _of("introduction", bindparam("about", type_=BigId), INTRODUCED),
    extra=(_TOGETHER.label("together"),),
)
_NAMES = select(Member.id, Member.handle, Member.name).where(
    Member.id.in_(bindparam("ids", expanding=True)), not_apart(BOUND)
)


def _of_connection(row: Any, connection: Connection) -> _Trace:  # noqa: ANN401  # a row
    if row.kind == INTRODUCED:
        return _introduced(row)
    if row.kind == CONNECTED:
        return _Trace(How.CONNECTED, row.at, row.actor_id)
    if row.kind == "asks:crossed":
        return _Trace(How.ASKED_TOO, row.at, row.actor_id, row.data.get("reason", ""))
    return _Trace(How.ASKED, row.at, connection.asker_id, connection.reason)


def _introduced(row: Any) -> _Trace:  # noqa: ANN401  # a row
    return _Trace(How.INTRODUCED, row.at, row.data["introducer"])


def _told(db: Session, viewer: Member, traces: Iterable[_Trace]) -> tuple[Step, ...]:
    """Return the steps, with the names of those whom the viewer may know."""
    kept = list(traces)
    known = _named(db, viewer, {trace.who for trace in kept} - {None, viewer.id})
    return tuple(
        Step(
            trace.how,
            trace.at,
            who=known.get(trace.who),
            mine=trace.who == viewer.id,
            words=trace.words,
        )
        for trace in kept
    )


def _named(db: Session, viewer: Member, ids: set[int | None]) -> Mapping[int | None, Named]:
    if not ids:
        return {}
    eyes = Viewer.of(viewer)
    filled = {"ids": ids, "viewer_id": eyes.member_id, "viewer_belongs": eyes.belongs}
    return {row.id: Named(*row) for row in db.execute(_NAMES, filled)}
