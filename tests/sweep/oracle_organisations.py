"""What a viewer may see of organisations and of what is written for work, from DESIGN.md 4.5 and
4.6 in plain Python: nothing of the application is imported.

`of_organisations` may stand on any page. `names_at_work` are those of people whom somebody wrote
to, or stays in touch with: not apart from them, though they rest; on the pages of these alone.
"""

from __future__ import annotations

from typing import Any

from tests.sweep.oracle_circles import is_inside
from tests.sweep.oracle_people import NOBODY, apart, blocked, connected, exists_for, shielded

PAGE = ("name", "purpose", "about", "place")
QUESTIONS = tuple(f"answer {number}" for number in range(5))
WRITTEN = ("need", "fits", "time", "value", "begins", "next")
PASSED_ON = ("need", "time", "begins")  # never what it is worth, nor words written to another
AT_WORK = (
    *("/organisations", "/approaches", "/needs", "/referrals", "/people", "/asks"),
    *("/conversations", "/circles", "/introductions"),
)


def named(story: Any, label: str) -> Any:
    return next((each for each in story.organisations if each.label == label), None)


def speaks(story: Any, viewer: str, label: str) -> bool:
    organisation = named(story, label)
    return organisation is not None and viewer in organisation.speakers


def hears(story: Any, viewer: str, other: str) -> bool:
    """Whether nothing parts them, rest or no rest; oneself one always hears."""
    return viewer == other or not apart(story, viewer, other)


def of_organisation(story: Any, viewer: str, one: Any) -> set[str]:
    """Its page: for members; for anybody where it is verified and has answered."""
    if viewer == NOBODY and not (one.verified and one.answered):
        return set()
    seen = {one.own(each) for each in (*PAGE, *(QUESTIONS if one.answered else ()))}
    people = (*one.speakers, *one.claimed)
    seen |= {one.own(f"role {each}") for each in people if exists_for(story, viewer, each)}
    if viewer == NOBODY:
        return seen
    mine = {one.own(f"invites {viewer}"), one.own(f"claims {viewer}"), one.own(f"role {viewer}")}
    if viewer in (*one.speakers, *one.former):
        mine.add(one.own("asks a steward"))
        asked = (*one.speakers, *one.former, *one.invited)
        mine |= {one.own(f"invites {each}") for each in asked if hears(story, viewer, each)}
    if viewer in one.speakers:
        mine |= {one.own(f"claims {e}") for e in one.claimed if exists_for(story, viewer, e)}
        mine |= {one.own(f"role {e}") for e in one.claimed if exists_for(story, viewer, e)}
    return seen | mine


def on_the_desk(story: Any) -> set[str]:
    """Stewards read who asks them to verify a page, and who claims one that nobody speaks for."""
    seen = set()
    for one in story.organisations:
        seen |= {one.own("asks a steward")} if one.asks_steward else set()
        if not one.speakers:
            seen |= {one.own(f"{what} {e}") for e in one.claimed for what in ("claims", "role")}
    return seen


def of_touch(story: Any, viewer: str, one: Any) -> set[str]:
    """The words of an ask: for the member, and for those who speak where they may know of them."""
    there = one.how in {"member", "organisation"}
    asked = there and speaks(story, viewer, one.organisation)
    return (
        {one.words}
        if viewer == one.member or (asked and hears(story, viewer, one.member))
        else set()
    )


def team_of(story: Any, approach: Any) -> Any:
    return next((each for each in story.circles if each.label == approach.to), None)


def was_asked(story: Any, viewer: str, approach: Any) -> bool:
    """Whether it was put before them: to a team, before all who were in it then."""
    team = team_of(story, approach)
    return viewer == approach.to or (team is not None and is_inside(team, viewer))


def is_side(story: Any, viewer: str, approach: Any) -> bool:
    """Whether it is of the viewer's side, and they may know to whom it was written: a shield hides
    them, and a block hides them from whoever did not write it themselves.
    """
    ours = speaks(story, viewer, approach.organisation)
    if not (ours or (not approach.organisation and viewer == approach.writer)):
        return False
    if team_of(story, approach) is not None:
        return True
    parted = viewer != approach.writer and blocked(story, viewer, approach.to)
    return not parted and not shielded(story, approach.to, viewer)


def of_approach(story: Any, viewer: str, one: Any) -> set[str]:
    """The letter: for its side, and for whom it was written to while nothing parts the two."""
    seen = set()
    if was_asked(story, viewer, one) and hears(story, viewer, one.writer):
        seen = {one.own(each) for each in (*WRITTEN, "told no")}  # they keep it, taken back or not
    if is_side(story, viewer, one):
        seen = {one.own(each) for each in (*WRITTEN, "told no")}
    return seen | _said(story, viewer, one, (one.writer, one.to), one.state == "opened")


def _said(story: Any, viewer: str, one: Any, pair: tuple[str, ...], opened: bool) -> set[str]:
    """What was said in a thread: for the two, save for words that a shield hides. Whoever speaks no
    longer has left it with all that was said.
    """
    left = speaks_no_more(story, viewer, one)
    if not opened or viewer not in pair or left:
        return set()
    heard = [each for each in pair if each == viewer or not shielded(story, each, viewer)]
    return {one.own(f"said by {each}") for each in heard}


def speaks_no_more(story: Any, viewer: str, one: Any) -> bool:
    label = getattr(one, "organisation", "")
    writes = viewer == getattr(one, "writer", "")
    return bool(label) and writes and not speaks(story, viewer, label)


def holds(story: Any, viewer: str, need: Any) -> bool:
    return viewer == need.writer or speaks(story, viewer, need.organisation)


def is_shown(story: Any, viewer: str, need: Any) -> bool:
    """Whether it is shown to them: as somebody in touch, connected, or in a circle it stands in."""
    if viewer == NOBODY or apart(story, viewer, need.writer):
        return False
    kept = any(
        (one.organisation, one.member) == (need.organisation, viewer)
        and one.how in {"shown", "kept"}
        for one in story.in_touch
    )
    around = [each for each in story.circles if need.circles.get(each.label) == "shown"]
    return (
        (need.alumni and kept)
        or (need.connections and connected(story, viewer, need.writer))
        or any(is_inside(each, viewer) for each in around)
    )


def of_need(story: Any, viewer: str, need: Any) -> set[str]:
    """What somebody needs: for its side and for its readers. What one said to it, for the two."""
    seen: set[str] = set()
    for circle in story.circles:  # whoever facilitates is asked whether its people may see it
        asked = need.circles.get(circle.label)
        if viewer in {need.writer, circle.founder} and asked and hears(story, viewer, need.writer):
            seen.add(need.own(f"asks {circle.label}"))
            seen |= {need.own("title"), need.own("words")}
    if holds(story, viewer, need) or is_shown(story, viewer, need):
        seen |= {need.own("title"), need.own("words"), need.own("outcome")}
    for label, how in need.talks.items():
        seen |= _of_talk(story, viewer, need, label, how)
    return seen


def _of_talk(story: Any, viewer: str, need: Any, label: str, how: str) -> set[str]:
    seen, reason = set(), need.own(f"talk {label}")
    if viewer == label:
        seen = {reason}
    if viewer == need.writer and exists_for(story, viewer, label):
        seen = set() if speaks_no_more(story, viewer, need) else {reason}
    if how == "yes" and viewer in {need.writer, label}:
        heard = [e for e in (need.writer, label) if e == viewer or not shielded(story, e, viewer)]
        seen |= {need.own(f"said by {each} to {label}") for each in heard} | {need.own("title")}
    return seen


def matter(story: Any, referral: Any) -> Any:
    """Return the need, or the approach, that somebody was recommended for."""
    if referral.need:
        return next(each for each in story.work_needs if each.label == referral.need)
    return next(e for e in story.approaches if (e.writer, e.to) == referral.approach)


def of_referral(story: Any, viewer: str, one: Any) -> set[str]:
    """The words about somebody: for who wrote them, for whom they are about, and for the holder of
    the need after that one's yes; each while nothing parts them from the others.
    """
    about = matter(story, one)
    holder, outside = about.writer, not one.member
    words = {one.own("words"), one.own("interest")}
    made, seen = one.state == "made", set()
    met = outside or hears(story, viewer, one.member)
    if viewer == one.referrer and hears(story, viewer, holder) and met:
        seen |= words | ({one.own("name")} if outside else set())
        seen |= {one.own("thanks of the holder")} if made and one.tells else set()
        seen |= {about.own("title") if one.need else about.own("need")}
    asked = viewer == one.member and one.state != "withdrawn" and not outside
    if asked and hears(story, viewer, holder) and (made or hears(story, viewer, one.referrer)):
        seen |= words | ({one.own("thanks of the holder")} if made else set())
        passed = ("title", "words") if one.need else PASSED_ON
        seen |= {about.own(each) for each in passed}
    if viewer == holder and one.state in {"agreed", "made"}:
        known = hears if made else exists_for
        seen |= words if known(story, viewer, one.member) else set()
        seen |= {one.own("thanks of the holder")} if made else set()
    if viewer != one.referrer and apart(story, viewer, one.referrer):
        seen -= words  # of somebody whom they do not meet any more
    return seen | _said(story, viewer, one, (one.member, holder), made)


def of_organisations(story: Any, viewer: str) -> set[str]:
    """Return every canary of work that may reach this viewer on any page."""
    seen: set[str] = set()
    for organisation in story.organisations:
        seen |= of_organisation(story, viewer, organisation)
    if viewer == NOBODY:
        return seen
    for one in story.in_touch:
        seen |= of_touch(story, viewer, one)
    for approach in story.approaches:
        seen |= of_approach(story, viewer, approach)
    for need in story.work_needs:
        seen |= of_need(story, viewer, need)
    for referral in story.referrals:
        seen |= of_referral(story, viewer, referral)
    return seen


def letter_outside(story: Any, referral: Any) -> set[str]:
    """What the one letter to somebody outside shows: the words, the interest, the need, by whom."""
    about, referrer = matter(story, referral), story.people[referral.referrer]
    own = {referral.own(each) for each in ("words", "interest", "name", "email")}
    organisation = named(story, about.organisation)
    whose = {organisation.own("name")} if organisation is not None else set()
    return own | whose | {about.own("title"), about.own("words"), referrer.name.lower()}


def names_at_work(story: Any, viewer: str, path: str) -> set[str]:
    """Return the names of those whom this viewer wrote to, hears from or stays in touch with."""
    if viewer == NOBODY or not (path == "/" or path.startswith(AT_WORK)):
        return set()
    met: set[str] = set()
    for one in story.in_touch:
        organisation = named(story, one.organisation)
        if viewer in (one.member, *organisation.speakers, *organisation.former):
            met.add(one.member)
    mine = [e for e in story.approaches if e.writer == viewer and is_side(story, viewer, e)]
    asked = [each for each in story.approaches if was_asked(story, viewer, each)]
    ours = [each for each in story.approaches if is_side(story, viewer, each)]
    met |= {label for e in (*asked, *ours) for label in (e.writer, e.to) if label in story.people}
    for need in story.work_needs:
        if holds(story, viewer, need) or is_shown(story, viewer, need) or viewer in need.talks:
            met |= {need.writer, *(need.talks if viewer == need.writer else ())}
    for one in story.referrals:
        pair = {one.referrer, one.member or one.referrer}
        if viewer in pair:
            met |= pair | {matter(story, one).writer}
    known = [story.people[each] for each in met if not apart(story, viewer, each)]
    if path.startswith("/approaches"):  # that one's own letter is gone would tell of a block
        known += [story.people[each.to] for each in mine if each.to in story.people]
    return {each for person in known for each in (person.handle, person.name.lower())}
