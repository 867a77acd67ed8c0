"""What of a circle can be searched, and that the index keeps up with it."""

from __future__ import annotations

import pytest

from network.circles.documents import all_documents, documents
from network.circles.kinds import Door, Form, Life
from network.circles.models import Agreements
from network.db import reading
from network.search.things import Thing, number_of
from tests.things import NOON, keep, keep_circle


def of(circle):
    with reading() as db:
        return documents(db, [number_of(Thing.CIRCLE, circle.id)])


@pytest.mark.parametrize("door", Door)
def test_inv_57_a_hidden_circle_is_in_no_layer_for_members(app, door):
    circle = keep_circle("Herons", about="At dawn.", rhythm="Weekly", door=door, form=Form.TEAM)
    (document,) = of(circle)
    inside = document.connections
    assert (inside.purpose, inside.themes) == ("Herons\nWe look after quiet shores.", "Herons")
    assert inside.words == "Herons\nWe look after quiet shores.\nAt dawn.\nWeekly"
    assert inside.marks == {"thing=circle", "form=team", f"door={door.value}"}
    nothing = ("", "", "", frozenset())
    shown = document.members
    if door is Door.HIDDEN:
        assert (shown.purpose, shown.words, shown.themes, shown.marks) == nothing
    else:
        assert shown == inside


@pytest.mark.parametrize("life", Life)
def test_what_closes_or_is_over_is_taken_out(app, life):
    circle = keep_circle(life=life)
    assert len(of(circle)) == (life in {Life.FORMING, Life.RUNNING, Life.RESTING})
    with reading() as db:
        assert list(all_documents(db)) == of(circle)


def test_inv_05_what_its_people_agreed_and_who_they_are_is_not_in_it(app, make_member):
    circle = keep_circle(people=[make_member("rui")])
    keep(Agreements(circle_id=circle.id, version=1, words="Silence.", put_at=NOON))
    text = repr(of(circle)).lower()
    assert "silence" not in text
    assert "rui" not in text


def test_all_are_read_in_batches(app, monkeypatch):
    monkeypatch.setattr("network.circles.documents.BATCH", 2)
    circles = [keep_circle(f"Circle {n}") for n in range(5)]
    keep_circle("Over", life=Life.ARCHIVED)
    with reading() as db:
        found = [document.id for document in all_documents(db)]
    assert found == [number_of(Thing.CIRCLE, circle.id) for circle in circles]


def test_numbers_of_other_things_are_left_to_others(app):
    circle = keep_circle()
    with reading() as db:
        for thing in set(Thing) - {Thing.CIRCLE}:
            assert documents(db, [number_of(thing, circle.id)]) == []
