from __future__ import annotations

import pytest

from network.asks.models import AskState
from network.members.services import boundaries
from network.organisations.services import representing, showing
from network.relationships.services import connections
from tests.circles.conftest import people as circle_people  # noqa: F401  # a fixture
from tests.conftest import NOON
from tests.organisations.conftest import here, place_of
from tests.organisations.needs import asked, write
from tests.organisations.speaking import answer, claim, invite, waiting
from tests.organisations.test_showing import it, show  # noqa: F401  # a fixture


@pytest.mark.parametrize("writer", ["oskar", "siun"])
def test_what_somebody_put_before_a_circle_closes_when_they_speak_no_longer(it, db, writer):  # noqa: F811
    need = write(db, it, writer)
    show(db, it, need, "siun")
    place = place_of(db, it.siun, it.organisation)
    representing.end(db, it.organisation, place, actor=it.oskar, now=NOON)
    (ask,) = asked(db, showing.SHOWING)
    assert ask.state is AskState.CLOSED


def test_inv_11_a_claim_that_a_block_closed_is_put_before_them_by_no_later_change(db, merrow, now):
    found = here(db)
    found.now = now
    claim(db, found, "ama")
    connections.block(db, found.ama, found.oskar, now=now)
    boundaries.unblock(db, found.ama, blocked_id=found.oskar.id, now=now)
    invite(db, found, "bo", by="siun")
    answer(db, found, "bo")
    assert not waiting(db, found, "oskar")
    assert len(waiting(db, found, "siun")) == len(waiting(db, found, "bo")) == 1
