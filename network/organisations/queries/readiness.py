"""The answers of an organisation to the five questions: those that stand, and how they changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Integer, and_, bindparam, null, select
from sqlalchemy.orm import Session, aliased

from network.columns import BigId
from network.members.models import Member
from network.members.visibility import BOUND, NOW, THE_WEB, Viewer, visible
from network.organisations.models import Organisation, Readiness
from network.organisations.questions import QUESTIONS, Question
from network.organisations.visibility import COUNT_FOR
from network.wording import Run, compared

# When those who speak for it are told on its page that the answers will soon count no longer.
SOON = timedelta(days=30)
LEAF = 10
FAR = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Standing:
    """A version of the answers. `author` is named where the viewer may know of them."""

    readiness: Readiness
    author: Member | None
    counts_until: datetime
    counts: bool
    ends_soon: bool

    @property
    def answered(self) -> list[tuple[Question, str]]:
        """Return each question with its answer."""
        return list(zip(QUESTIONS, self.readiness.answers, strict=True))


@dataclass(frozen=True, slots=True)
class Change:
    """One version beside the one before it: the questions whose answers changed. The first version
    has nothing before it, and is shown whole.
    """

    standing: Standing
    changed: list[tuple[Question, list[Run]]]
    is_first: bool


@dataclass(frozen=True, slots=True)
class History:
    """How the answers changed, the latest first, and before which version there is more."""

    changes: list[Change]
    earlier: int | None


_AUTHOR = aliased(Member, name="author_of_answers")
_OF = Readiness.organisation_id == bindparam("organisation", type_=BigId)
_SIGNED = select(Readiness, _AUTHOR).where(_OF)
_SEEN_BY = {
    "member": _SIGNED.outerjoin(
        _AUTHOR, and_(_AUTHOR.id == Readiness.author_id, visible(BOUND, NOW, _AUTHOR))
    ),
    "web": _SIGNED.outerjoin(
        _AUTHOR, and_(_AUTHOR.id == Readiness.author_id, visible(THE_WEB, NOW, _AUTHOR))
    ),
    "nobody": select(Readiness, null()).where(_OF),
}
_ONE = {
    eyes: each.where(Readiness.version == bindparam("version", type_=Integer()))
    for eyes, each in _SEEN_BY.items()
}
_BEFORE = {
    eyes: each.where(Readiness.version < bindparam("before", type_=Integer()))
    .order_by(Readiness.version.desc())
    .limit(LEAF + 1)
    for eyes, each in _SEEN_BY.items()
}


def standing(
    db: Session,
    organisation: Organisation,
    now: datetime,
    *,
    viewer: Viewer | None = None,
    version: int | None = None,
) -> Standing | None:
    """Return the answers of an organisation that stand, or those of a `version`; None before the
    first. Without a viewer nobody is named.
    """
    wanted = organisation.readiness_version if version is None else version
    row = db.execute(
        _ONE[_eyes(viewer)], {**_bound(organisation, viewer, now), "version": wanted}
    ).first()
    return None if row is None else _standing(row[0], row[1], now)


def history_of(
    db: Session,
    organisation: Organisation,
    viewer: Viewer,
    now: datetime,
    *,
    before: int | None = None,
) -> History:
    """Return how an organisation came to its answers, those before a version if one is named."""
    bound = {**_bound(organisation, viewer, now), "before": before or FAR}
    found = [_standing(row[0], row[1], now) for row in db.execute(_BEFORE[_eyes(viewer)], bound)]
    shown, more = found[:LEAF], len(found) > LEAF
    pairs = zip(shown, [*found[1:], None], strict=False)
    changes = [_change(one, earlier) for one, earlier in pairs]
    return History(changes, shown[-1].readiness.version if more else None)


def _change(one: Standing, earlier: Standing | None) -> Change:
    if earlier is None:
        return Change(one, [], is_first=True)
    before = earlier.readiness.answers
    changed = [
        (question, compared(was, words))
        for (question, words), was in zip(one.answered, before, strict=True)
        if was != words
    ]
    return Change(one, changed, is_first=False)


def _standing(readiness: Readiness, author: Member | None, now: datetime) -> Standing:
    until = readiness.written_at + COUNT_FOR
    counts = until > now
    return Standing(readiness, author, until, counts, counts and until <= now + SOON)


def _eyes(viewer: Viewer | None) -> str:
    if viewer is None:
        return "nobody"
    return "web" if viewer.member_id is None else "member"


def _bound(organisation: Organisation, viewer: Viewer | None, now: datetime) -> dict[str, object]:
    eyes = {} if viewer is None or viewer.member_id is None else viewer.at(now)
    return {**eyes, "viewer_now": now, "organisation": organisation.id}
