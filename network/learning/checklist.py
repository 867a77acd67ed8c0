"""What helps whoever hosts: a short list for before, on the day and after. It binds nobody."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from network.learning.kinds import Format
from network.translation import _


class When(StrEnum):
    """When something on the list is done."""

    BEFORE = "before"
    THERE = "there"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the list; `key` is what is kept of it, `formats` where it is of use (all: none
    named).
    """

    key: str
    when: When
    words: str
    formats: frozenset[Format] = frozenset()


ITEMS = (
    Item("promise", When.BEFORE, _("Say what people will take home, in one sentence.")),
    Item("place", When.BEFORE, _("Write down where it is: those who come read it, nobody else.")),
    Item("access", When.BEFORE, _("Ask what would make it easy for everyone to take part.")),
    Item("words", When.BEFORE, _("Read what people wrote when they took their place.")),
    Item(
        "exercise",
        When.BEFORE,
        _("Try the exercise once with a friend, with a clock beside you."),
        frozenset({Format.WORKSHOP}),
    ),
    Item(
        "presenters",
        When.BEFORE,
        _("Agree who brings a question, and in which order."),
        frozenset({Format.ACTION_LEARNING, Format.PEER_COACHING}),
    ),
    Item(
        "last",
        When.BEFORE,
        _("Look at what people said last time that they would do."),
        frozenset({Format.CIRCLE_MEETING, Format.ACTION_LEARNING}),
    ),
    Item(
        "questions",
        When.BEFORE,
        _("Leave half of the time for questions."),
        frozenset({Format.TALK}),
    ),
    Item("welcome", When.THERE, _("Open the door ten minutes early.")),
    Item("names", When.THERE, _("Begin with names, and why each one is here.")),
    Item(
        "airtime",
        When.THERE,
        _("Keep the time, so that everybody has as much of it."),
        frozenset({Format.ACTION_LEARNING, Format.PEER_COACHING, Format.CIRCLE_MEETING}),
    ),
    Item("commitments", When.THERE, _("End with what each one is going to do.")),
    Item("came", When.AFTER, _("Note who came: they and you read it, nobody else.")),
    Item("harvest", When.AFTER, _("Gather what was learned, in people’s own words.")),
    Item("thanks", When.AFTER, _("Write to those who came.")),
)


def items_for(format: Format) -> list[Item]:  # noqa: A002  # the word of the house
    """Return the list for a session of this format."""
    return [item for item in ITEMS if not item.formats or format in item.formats]
