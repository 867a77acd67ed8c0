from __future__ import annotations

from datetime import timedelta

import pytest

from network.composition import PEOPLE
from network.db import reading, transaction
from network.members.finding import Narrowing
from network.members.models import Member
from network.members.services.joining import add_member
from network.members.services.profiles import change_purpose
from network.search import backend, indexer
from network.search.query import parse
from tests.members.searching import finder_of


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


@pytest.fixture
def learn(app):
    """Let the index know all that is written by now."""
    return lambda: indexer.rebuild(backend.index(app), PEOPLE)


@pytest.fixture
def search(app, now):
    def ask(viewer, words="", *, days=0, start=0, **narrowing):
        with reading() as db:
            finder = finder_of(app, db, viewer, now + timedelta(days=days))
            query = parse(words, finder.analyzer)
            return finder.search(query, Narrowing(**narrowing), start=start)

    return ask


@pytest.fixture
def found(search):
    return lambda *args, **kwargs: [p.member.handle for p in search(*args, **kwargs).people]
