"""Who reads what stays of a session or a circle: one predicate each for pages, search and lists.

Words that their author would rather not sign stay where they are when a block or a pause parts
the author from a reader: if they went, they would say whose they were. A shield takes them too.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, not_, or_
from sqlalchemy.orm import aliased

from network.circles.kinds import Door
from network.circles.models import Circle
from network.circles.visibility import inside, reads
from network.circles.visibility import known as circle_known
from network.learning.kinds import Attendance, Readers, SeatState
from network.learning.models import Commitment, HarvestEntry, LearningSession, Seat, SessionHost
from network.learning.visibility import known
from network.members.models import Member
from network.members.visibility import Viewer, not_apart, shielded, visible

# Aliases of their own, so that a predicate means the same in every statement it stands in.
_HOSTED = aliased(SessionHost, name="hosted_there")
_SAT = aliased(Seat, name="sat_there")
_SESSION = aliased(LearningSession, name="kept_of")
_CIRCLE = aliased(Circle, name="kept_of_circle")
_AUTHOR = aliased(Member, name="whose_learning")
_WRITER = aliased(Member, name="who_wrote_it")
_MAKER = aliased(Member, name="who_said_so")


def went(seat: Any) -> ColumnElement[bool]:  # noqa: ANN401  # Seat, or an alias of it
    """Hold for the seats of those who were at a session: whoever missed it was not."""
    return and_(
        seat.state == SeatState.GOING,
        or_(seat.attended.is_(None), seat.attended != Attendance.MISSED),
    )


def there(member_id: Any, session_id: Any) -> ColumnElement[bool]:  # noqa: ANN401  # ids or columns
    """Hold where somebody was at a session, as a host or with a place."""
    return or_(
        exists().where(_HOSTED.session_id == session_id, _HOSTED.member_id == member_id),
        exists().where(_SAT.session_id == session_id, _SAT.member_id == member_id, went(_SAT)),
    )


def reads_entry(viewer: Viewer, now: Any, entry: Any = HarvestEntry) -> ColumnElement[bool]:  # noqa: ANN401
    """Hold for the words of harvest that the viewer may read."""
    return and_(
        entry.withdrawn_at.is_(None),
        or_(
            _of_the_two(viewer, entry),
            and_(
                entry.agreed_at.is_not(None),
                or_(
                    and_(
                        _was_there(viewer, now, entry),
                        _said(viewer, entry, not_apart(viewer, _AUTHOR)),
                    ),
                    and_(
                        entry.readers == Readers.MEMBERS,
                        _open_to_members(viewer, now, entry),
                        _said(viewer, entry, visible(viewer, now, _AUTHOR)),
                    ),
                ),
            ),
        ),
    )


def reads_commitment(viewer: Viewer, now: Any, said: Any = Commitment) -> ColumnElement[bool]:  # noqa: ANN401
    """Hold for what people said they would do, where the viewer is of their circle or was there."""
    session, circle, maker = _SESSION, _CIRCLE, _MAKER
    return or_(
        said.member_id == viewer.member_id,
        and_(
            exists().where(maker.id == said.member_id, not_apart(viewer, maker)),
            or_(
                exists().where(circle.id == said.circle_id, inside(viewer, now, circle)),
                and_(
                    said.circle_id.is_(None),
                    exists().where(
                        session.id == said.session_id,
                        known(viewer, now, session),
                        there(viewer.member_id, session.id),
                    ),
                ),
            ),
        ),
    )


def _of_the_two(viewer: Viewer, entry: Any) -> ColumnElement[bool]:  # noqa: ANN401
    """Hold for one's own words, and for what waits for the yes of one of two who are not apart."""
    mine = entry.author_id == viewer.member_id
    by_me = entry.written_by_id == viewer.member_id
    waits = entry.agreed_at.is_(None)
    return or_(
        and_(mine, entry.agreed_at.is_not(None)),
        and_(
            mine,
            waits,
            exists().where(_WRITER.id == entry.written_by_id, not_apart(viewer, _WRITER)),
        ),
        and_(
            by_me,
            waits,
            exists().where(_AUTHOR.id == entry.author_id, not_apart(viewer, _AUTHOR)),
        ),
    )


def _said(viewer: Viewer, entry: Any, sees_author: ColumnElement[bool]) -> ColumnElement[bool]:  # noqa: ANN401
    named = exists().where(_AUTHOR.id == entry.author_id, sees_author)
    unsigned = or_(entry.author_id.is_(None), not_(shielded(entry.author_id, viewer.belongs)))
    return or_(and_(entry.named, named), and_(not_(entry.named), unsigned))


def _was_there(viewer: Viewer, now: Any, entry: Any) -> ColumnElement[bool]:  # noqa: ANN401
    session = _SESSION
    return or_(
        exists().where(
            session.id == entry.session_id,
            known(viewer, now, session),
            there(viewer.member_id, session.id),
        ),
        reads(viewer, now, entry.circle_id, entry.written_at),
    )


def _open_to_members(viewer: Viewer, now: Any, entry: Any) -> ColumnElement[bool]:  # noqa: ANN401
    """Hold where the thing is no secret from the viewer: a circle may have become hidden since."""
    session, circle = _SESSION, _CIRCLE
    of_open_circle = exists().where(circle.id == session.circle_id, circle.door != Door.HIDDEN)
    return or_(
        exists().where(
            session.id == entry.session_id, or_(known(viewer, now, session), of_open_circle)
        ),
        exists().where(circle.id == entry.circle_id, circle_known(viewer, now, circle)),
    )
