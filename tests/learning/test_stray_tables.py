from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from network.circles.models import Circle, CircleNote
from network.circles.visibility import inside, known, reads
from network.conversations.hearing import heard, is_there
from network.conversations.models import Conversation, Message
from network.learning import visibility as sessions
from network.learning.models import (
    Commitment,
    GreenRoom,
    HarvestEntry,
    LearningNeed,
    LearningSession,
)
from network.learning.visibility_keeping import reads_commitment, reads_entry
from network.learning.visibility_rooms import need_known, room_known, sat_down
from network.members.visibility import BOUND, NOW

PREDICATES = {
    "circle": (Circle, lambda: known(BOUND, NOW)),
    "inside": (Circle, lambda: inside(BOUND, NOW)),
    "note": (CircleNote, lambda: reads(BOUND, NOW, CircleNote.circle_id, CircleNote.written_at)),
    "session": (LearningSession, lambda: sessions.known(BOUND, NOW)),
    "need": (LearningNeed, lambda: need_known(BOUND, NOW)),
    "room": (GreenRoom, lambda: room_known(BOUND, NOW)),
    "sat": (GreenRoom, lambda: sat_down(BOUND)),
    "harvest": (HarvestEntry, lambda: reads_entry(BOUND, NOW, HarvestEntry)),
    "commitment": (Commitment, lambda: reads_commitment(BOUND, NOW, Commitment)),
    "message": (Message, lambda: heard(BOUND)),
    "conversation": (Conversation, lambda: is_there(BOUND)),
}


@pytest.mark.parametrize("what", PREDICATES)
def test_a_predicate_speaks_of_the_row_that_is_asked_about(what):
    thing, predicate = PREDICATES[what]
    compiled = str(select(thing.id).where(predicate()))
    table = thing.__tablename__
    assert len(re.findall(rf"(?:FROM|,) {table}\b(?! AS)", compiled)) == 1, compiled
