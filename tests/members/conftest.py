from __future__ import annotations

import pytest

from network.db import transaction
from network.members.models import Member
from network.members.services.joining import add_member
from network.members.services.profiles import change_purpose


@pytest.fixture
def make_people(app, now):
    """Keep many members who say the same, in one go: `make_people(8, purpose="...")`."""

    def make(count, *, prefix="p", purpose):
        people = []
        with transaction() as db:
            for number in range(count):
                handle = f"{prefix}{number}"
                named = {"handle": handle, "name": handle, "email": f"{handle}@{handle}.example"}
                people.append(Member(**named, joined_at=now))
                add_member(db, people[-1], now=now)
                change_purpose(db, people[-1], purpose, now=now)
        return people

    return make
