"""The welcome list on the page of agreed work: for the time before it and while it runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from network.engagements.kinds import Welcome
from network.engagements.models import WelcomeItem
from network.engagements.page import Opened, Part
from network.engagements.queries.left import welcome_items
from network.translation import _

TITLES = {
    Welcome.ACCESS: _("Access"),
    Welcome.PEOPLE: _("People"),
    Welcome.RITUALS: _("Rituals"),
}


@dataclass(frozen=True, slots=True)
class Group:
    """One of the three groups, with what stands in it."""

    sort: Welcome
    title: str
    items: Sequence[WelcomeItem]

    @property
    def is_open(self) -> bool:
        """Whether something of it is still to be done."""
        return any(each.done_at is None for each in self.items)


def _load(db: Session, it: Opened) -> list[Group] | None:
    if it.is_over:
        return None
    items = [
        each for each in welcome_items(db, it.work.engagement) if not it.hides(each.by_id, each.at)
    ]
    return [
        Group(sort, str(title), [each for each in items if each.sort is sort])
        for sort, title in TITLES.items()
    ]


WELCOME = Part("engagements/_work_welcome.html", _load)
