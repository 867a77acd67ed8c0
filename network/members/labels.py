"""The house's words for the fixed kinds of a profile, each in one place."""

from __future__ import annotations

from network.members.kinds import Part, Stage, Work
from network.translation import _

WORK = {
    Work.FRACTIONAL: _("a fractional role"),
    Work.INTERIM: _("an interim role"),
    Work.PROJECT: _("a project"),
    Work.ADVISORY: _("advice"),
    Work.BOARD: _("a board seat"),
    Work.COACHING: _("coaching or facilitating"),
    Work.SPEAKING: _("speaking or writing"),
    Work.PEER: _("helping a peer, unpaid"),
    Work.PRO_BONO: _("pro bono work"),
}
STAGE = {
    Stage.INDEPENDENT: _("Independent"),
    Stage.EMPLOYED: _("Employed"),
    Stage.BETWEEN: _("Between things"),
    Stage.EXPLORING: _("Exploring the jump"),
}
THEIRS = {
    Part.PURPOSE: _("their purpose"),
    Part.THEMES: _("their themes"),
    Part.PROBLEMS: _("the problems they help with"),
    Part.OFFERS: _("what they offer"),
    Part.LOOKING_FOR: _("what they are looking for"),
    Part.LEARNING: _("what they want to learn"),
    Part.SHARING: _("what they can share"),
    Part.STORY: _("their story"),
    Part.ROLES: _("what they do now"),
    Part.PLACE: _("where they are"),
}


def work_word(kind: str) -> str:
    """Return a kind of work as it stands in a sentence."""
    return str(WORK[Work(kind)])


def stage_word(stage: str) -> str:
    """Return where somebody is in working life, or nothing."""
    return str(STAGE[Stage(stage)]) if stage in set(Stage) else ""


def part_word(part: str) -> str:
    """Return a part of somebody's profile as it stands in a sentence."""
    return str(THEIRS[Part(part)])
