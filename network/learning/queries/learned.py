"""Words of harvest in lists and in search, with where they were learned."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, select
from sqlalchemy.orm import aliased

from network.circles.models import Circle
from network.circles.visibility import known as circle_known
from network.learning.models import HarvestEntry, LearningSession
from network.learning.visibility import known
from network.learning.visibility_keeping import reads_entry
from network.members.models import Member
from network.members.visibility import BOUND, NOW, not_apart


@dataclass(frozen=True, slots=True)
class Learned:
    """Words of harvest in a list: signed where they are, with where they were learned if the viewer
    may still know of it.
    """

    entry: HarvestEntry
    author: Member | None
    session: LearningSession | None
    circle: Circle | None


_AUTHOR = aliased(Member, name="author_of_words")
_SESSION = aliased(LearningSession, name="words_of_session")
_CIRCLE = aliased(Circle, name="words_of_circle")
ENTRIES = (
    select(HarvestEntry, _AUTHOR, _SESSION, _CIRCLE)
    .select_from(HarvestEntry)
    .outerjoin(
        _AUTHOR,
        and_(_AUTHOR.id == HarvestEntry.author_id, HarvestEntry.named, not_apart(BOUND, _AUTHOR)),
    )
    .outerjoin(_SESSION, and_(_SESSION.id == HarvestEntry.session_id, known(BOUND, NOW, _SESSION)))
    .outerjoin(
        _CIRCLE, and_(_CIRCLE.id == HarvestEntry.circle_id, circle_known(BOUND, NOW, _CIRCLE))
    )
    .where(HarvestEntry.agreed_at.is_not(None), reads_entry(BOUND, NOW))
)
