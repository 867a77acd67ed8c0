from __future__ import annotations

import pytest

from network.asks.models import AskState
from network.organisations.services import representing, showing
from tests.circles.conftest import people as circle_people  # noqa: F401  # a fixture
from tests.conftest import NOON
from tests.organisations.conftest import place_of
from tests.organisations.needs import asked, write
from tests.organisations.test_showing import it, show  # noqa: F401  # a fixture


@pytest.mark.parametrize("writer", ["oskar", "siun"])
def test_what_somebody_put_before_a_circle_closes_when_they_speak_no_longer(it, db, writer):  # noqa: F811
    need = write(db, it, writer)
    show(db, it, need, "siun")
    place = place_of(db, it.siun, it.organisation)
    representing.end(db, it.organisation, place, actor=it.oskar, now=NOON)
    (ask,) = asked(db, showing.SHOWING)
    assert ask.state is AskState.CLOSED
