"""What a viewer may see of terms and of agreed work, from DESIGN.md 4.7 in plain Python: nothing of
the application is imported.

`of_terms` may stand on any page: only those who sign read it, and nobody reads it for an
organisation. `names_at_terms` are those of the other parties, on the pages of these alone: what is
agreed names all who signed it, for good.
"""

from __future__ import annotations

from typing import Any

from tests.sweep.oracle_people import NOBODY, apart, blocked, exists_for, readable

CLAUSES = (
    *("purpose", "scope", "out_of_scope", "authority", "confidentiality", "rights"),
    *("exclusivity", "conflicts", "ending", "handover"),
)
DRAFTED = ("title", "why", *CLAUSES)
LINES = tuple(
    f"{kind} {name}" for kind in ("cash", "other") for name in ("what", "when", "known_by")
)
QUESTIONS = ("purpose", "exchange", "change")
OF_TERMS = (
    *("/negotiations", "/engagements", "/portfolio", "/testimony", "/showing"),
    *("/conversations", "/organisations", "/circles"),
)
# Where sums may stand: on the pages of those who sign, and beside nobody's name elsewhere.
OF_MONEY = ("/negotiations", "/engagements", "/portfolio")


def _cut(story: Any, viewer: str, owner: str) -> bool:
    gone = story.people[owner].state in {"suspended", "departed"}
    return not gone and apart(story, viewer, owner)


def of_deal(story: Any, viewer: str, deal: Any) -> set[str]:
    """Every version that was there while they were; a draft, and words of leaving."""
    if viewer not in deal.signs:
        return set()
    last = deal.left.get(viewer, len(deal.versions))
    seen = {deal.own(f"v{n + 1} {e}") for n in range(last) for e in (*DRAFTED, *LINES)}
    if viewer in deal.drafts:
        seen |= {deal.own(f"draft {each}") for each in DRAFTED}
    for gone in deal.left:
        if viewer == gone or (viewer not in deal.left and not apart(story, viewer, gone)):
            seen.add(deal.own(f"leaves {gone}"))
    return seen


def deal_of(story: Any, work: Any) -> Any:
    return next(each for each in story.deals if each.label == work.label)


def of_work(story: Any, viewer: str, work: Any) -> set[str]:
    """What was written in shared work, for those who share it. What somebody wrote after something
    parted them from a reader is not there for that reader.
    """
    people = list(deal_of(story, work).signs)
    seen = _to_the_house(story, viewer, work)
    if viewer not in people:
        return seen
    for label in work.late:
        if viewer == label or not _cut(story, viewer, label):
            seen |= {work.own(f"late {what} {label}") for what in ("welcome", "last words")}
            seen |= _left(work, f"late handover {label}") | _left(work, f"late harvest {label}")
    seen |= {work.own("last words"), *(work.own(f"welcome {each}") for each in work.welcome)}
    for sort, label in work.left:
        seen |= _left(work, f"left {sort} {label}")
    for number, labels in work.check_ins.items():
        seen |= _answers(work, number, [viewer] if viewer in labels else [])
        # The third is open for days to come: it is read once all have answered it.
        if number < 3 or set(labels) == set(people):
            seen |= _answers(work, number, labels)
    if viewer in work.late:
        seen |= _answers(work, 3, [viewer])
    for label in work.showings:
        if viewer == label or not _cut(story, viewer, label):
            seen.add(work.own(f"shows {label}"))
    return seen


def _left(work: Any, what: str) -> set[str]:
    return {work.own(f"{what} title"), work.own(f"{what} words")}


def _answers(work: Any, number: int, labels: Any) -> set[str]:
    return {work.own(f"check-in {number} {who} {each}") for who in labels for each in QUESTIONS}


def houses(story: Any, deal: Any) -> list[Any]:
    """Return the organisations for which somebody signed."""
    return [each for each in story.organisations if each.label in deal.signs.values()]


def _to_the_house(story: Any, viewer: str, work: Any) -> set[str]:
    """A handover, and nothing else, is read by all who speak for an organisation that signed."""
    if not any(viewer in each.speakers for each in houses(story, deal_of(story, work))):
        return set()
    written = [(sort, label, "left") for sort, label in work.left]
    written += [("handover", label, "late") for label in work.late]
    return {
        each
        for sort, label, when in written
        if sort == "handover" and (viewer == label or not _cut(story, viewer, label))
        for each in _left(work, f"{when} handover {label}")
    }


def of_testimony(story: Any, viewer: str, work: Any, said: Any) -> set[str]:
    """Words after the work: for who wrote them; once open, for whom they are about and where that
    one shows them for members. From whoever meets a block, or the other's shield, it is as if
    nothing had been written.
    """
    words = {work.own(f"{said.author} about {said.about}")}
    answer = {work.own(f"{said.about} answers {said.author}")}
    if viewer == said.author:
        return words | (set() if _cut(story, said.author, said.about) else answer)
    if _cut(story, said.about, said.author) or not said.is_open:
        return set()
    if viewer == said.about:
        return words | answer
    known = viewer != NOBODY and all(
        exists_for(story, viewer, each) for each in (said.author, said.about)
    )
    return words | answer if known and said.shown else set()


def of_showing(story: Any, viewer: str, work: Any, label: str) -> set[str]:
    """Work on a page: while all who signed it agree to the words, for those who may know of all of
    them, and read the story that it is a part of.
    """
    others = [each for each in deal_of(story, work).signs if each != label]
    agreed = set(others) <= set(work.showings[label])
    stands = agreed and not any(blocked(story, label, each) for each in others)
    story_of = [each for each in story.people[label].words if each.part == "story"]
    here = viewer != NOBODY and all(exists_for(story, viewer, e) for e in (label, *others))
    reads = any(readable(story, viewer, each) for each in story_of)
    return {work.own(f"shows {label}")} if stands and reads and (here or viewer == label) else set()


def of_terms(story: Any, viewer: str) -> set[str]:
    """Return every canary of terms and of agreed work that may reach this viewer on any page."""
    seen: set[str] = set()
    if viewer == NOBODY:
        return seen
    for deal in story.deals:
        seen |= of_deal(story, viewer, deal)
    for work in story.works:
        seen |= of_work(story, viewer, work)
        for said in work.said:
            seen |= of_testimony(story, viewer, work, said)
        for label in work.showings:
            seen |= of_showing(story, viewer, work, label)
    return seen


def names_at_terms(story: Any, viewer: str, path: str) -> set[str]:
    """Return the names of those with whom this viewer looks for terms, or agreed to some."""
    if viewer == NOBODY or not (path == "/" or path.startswith(OF_TERMS)):
        return set()
    seen: set[str] = set()
    for deal in story.deals:
        if viewer in deal.signs:
            near = [each for each in deal.signs if not apart(story, viewer, each)]
            near_handles = {story.people[each].handle for each in near}
            named = deal.signs if deal.agreed else near
            seen |= near_handles | {story.people[each].name.lower() for each in named}
    for work in story.works:
        if _to_the_house(story, viewer, work):
            wrote = [label for sort, label in work.left if sort == "handover"]
            near = [each for each in (*wrote, *work.late) if not _cut(story, viewer, each)]
            seen |= {story.people[each].name.lower() for each in near}
    return seen
