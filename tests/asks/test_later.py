from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from tests.conftest import post
from tests.relationships.test_introduction_pages import (  # noqa: F401  # fixtures
    answer,
    asked,
    introduced,
    people,
)


@pytest.mark.parametrize(("said", "days"), [("month", 30), ("season", 91), ("half", 182)])
def test_what_is_put_off_is_shown_again_to_its_owner_on_the_day(
    people,
    introduced,
    sign_in,
    now,
    said,
    days,  # noqa: F811
):
    answer(sign_in(people["ama"]), "ama", said)
    for offset, shown in ((days - 1, False), (days, True)):
        with time_machine.travel(now + timedelta(days=offset), tick=False):
            page = sign_in(people["ama"]).get("/").text
            assert ("You wanted to think of it again" in page) is shown
            assert "You wanted to think of it again" not in sign_in(people["dara"]).get("/").text


def test_let_go_it_does_not_come_back(people, introduced, sign_in, now):  # noqa: F811
    answer(sign_in(people["ama"]), "ama", "month")
    key, _mark = asked("ama")
    with time_machine.travel(now + timedelta(days=40), tick=False):
        ama = sign_in(people["ama"])
        assert post(ama, f"/asks/{key}/let-go").status_code == 303
        assert "You wanted to think of it again" not in ama.get("/").text
        assert post(sign_in(people["rui"]), f"/asks/{key}/let-go").status_code == 404
