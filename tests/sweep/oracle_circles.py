"""What a viewer may see of circles and of what is learned, written from DESIGN.md 4.3 and 4.4 in
plain Python: nothing of the application is imported.

`of_circles` may stand on any page. `names_beside` are those of people whom somebody meets in a
circle or at a session: not apart from them, though they rest; on the pages of these alone.
"""

from __future__ import annotations

from typing import Any

from tests.sweep.oracle_people import NOBODY, apart, exists_for, shielded

DOOR = ("name", "purpose", "about", "rhythm", "agreements", "new agreements")
EARLY = ("note title", "note", "said")
INSIDE = (
    *("does", "note title", "note", "late note title", "late note", "commitment"),
    *("proposal title", "proposal", "concern", "said", "late said"),
)
IN_IT = ("facilitator", "member", "resting")
ON_THE_WAY = ("owes yes", "invited", "applied", "queued", "said no")
GONE = ("left", "released")
BESIDE = ("/circles", "/learning", "/green-rooms", "/calendar", "/conversations", "/asks")


def is_inside(circle: Any, viewer: str) -> bool:
    return circle.people.get(viewer) in IN_IT


def keeps(circle: Any, viewer: str) -> bool:
    """Whoever left or was released goes on reading what was there then, where that was agreed."""
    return circle.keeps and circle.people.get(viewer) in GONE


def knows(circle: Any, viewer: str) -> bool:
    """May this viewer know that there is such a circle?"""
    if viewer == NOBODY:
        return False
    on_the_way = circle.people.get(viewer) in {*IN_IT, *ON_THE_WAY}
    return circle.door != "hidden" or on_the_way or keeps(circle, viewer)


def finds(circle: Any, viewer: str) -> bool:
    """Does a search find it for this viewer? What closes is for those who are in it."""
    return circle.life in {"forming", "running", "resting"} and knows(circle, viewer)


def of_circle(story: Any, viewer: str, circle: Any) -> set[str]:
    """Its door, for who may know of it; all of it inside; the early of it for who keeps it."""
    if not knows(circle, viewer):
        return _between(story, viewer, circle)
    seen = {circle.own(each) for each in DOOR}
    if is_inside(circle, viewer):
        seen |= {circle.own(each) for each in INSIDE}
        seen |= {circle.learned(each) for each in circle.harvest if _named(story, viewer, each)}
        if circle.people[viewer] == "facilitator":
            left = {who for who, how in circle.people.items() if how == "left"}
            seen |= {circle.own(f"parts {who}") for who in left}
    if circle.people.get(viewer) == "owes yes":
        seen |= {circle.own("said")}  # in its thread, what was said while their yes counted
    if keeps(circle, viewer):
        seen |= {circle.own(each) for each in EARLY}
    return (seen | _between(story, viewer, circle)) - _unsaid(story, viewer, circle)


def _between(story: Any, viewer: str, circle: Any) -> set[str]:
    """Words from one to one: of who asked somebody in, asked to come in, or sent somebody away."""
    seen = set()
    for who, how in circle.people.items():
        asked, applied = circle.own(f"invites {who}"), circle.own(f"applies {who}")
        parts = circle.own(f"parts {who}")
        if viewer == who and how in {"released", "removed", "left"}:
            seen.add(parts)
        if viewer == who:
            seen |= {applied} | ({asked} if _hears(story, who, circle.founder) else set())
        if viewer == circle.founder:
            seen |= {asked} | ({applied} if _hears(story, viewer, who) else set())
    return seen


def _hears(story: Any, viewer: str, other: str) -> bool:
    return not apart(story, viewer, other)


def _unsaid(story: Any, viewer: str, circle: Any) -> set[str]:
    """In a thread a shield hides the words of who raised it."""
    hidden = viewer != circle.founder and shielded(story, circle.founder, viewer)
    return {circle.own("said"), circle.own("late said")} if hidden else set()


def _named(story: Any, viewer: str, author: str) -> bool:
    return viewer == author or not apart(story, viewer, author)


def circle_of(story: Any, session: Any) -> Any:
    return next((each for each in story.circles if each.label == session.circle), None)


def knows_session(story: Any, viewer: str, session: Any) -> bool:
    """May this viewer know that there is such a session? Those of a circle are for its people;
    a draft is its host's; whoever is apart from a host does not meet it.
    """
    circle = circle_of(story, session)
    if viewer == NOBODY or (circle is not None and not is_inside(circle, viewer)):
        return False
    if viewer in session.hosts:
        return True
    if any(apart(story, viewer, host) for host in session.hosts):
        return False
    if session.state == "draft":
        return False
    sees = any(exists_for(story, viewer, host) for host in session.hosts)
    has_place = session.state != "proposed" and viewer in {*session.going, *session.waiting}
    missed = viewer in session.missed
    return circle is not None or sees or has_place or missed


def was_there(session: Any, viewer: str) -> bool:
    return session.state == "past" and viewer in {*session.hosts, *session.going}


def finds_session(story: Any, viewer: str, session: Any) -> bool:
    """Does a search find it? What is over, or called off, is found no more."""
    return session.state not in {"past", "cancelled"} and knows_session(story, viewer, session)


def of_session(story: Any, viewer: str, session: Any) -> set[str]:
    """What it is, for who may know of it; where it is, for who hosts or goes."""
    seen = {session.learned(e) for e in session.harvest if reads_entry(story, viewer, session, e)}
    if viewer in {*session.going, *session.waiting, *session.left, *session.missed}:
        seen.add(session.own(f"brings {viewer}"))
    if viewer in session.going and _hears_talk(story, viewer, session):
        seen.add(session.own("said"))
    if viewer in session.going:
        seen.add(session.own("title"))  # of its conversation, which who was in it keeps
        seen |= {session.own("commitment")} if viewer == session.going[0] else set()
    circle = circle_of(story, session)
    if circle is not None and is_inside(circle, viewer) and session.state == "past":
        said = _named(story, viewer, session.going[0])  # what its people will do, they hear again
        seen |= {session.own("commitment")} if said else set()
    if not knows_session(story, viewer, session):
        return seen
    seen |= {session.own(each) for each in ("title", "words", "how", "cancelled")}
    if viewer in session.hosts:
        people = (*session.going, *session.waiting, *session.left, *session.missed)
        heard = [each for each in people if _hears(story, viewer, each)]
        seen |= {session.own(f"brings {each}") for each in heard} | {session.own("said")}
    if viewer in {*session.hosts, *session.going, *session.missed}:
        seen |= {session.own("place"), session.own("said")}
    if was_there(session, viewer) or circle is not None:
        seen |= {session.own(each) for each in ("round", "question", "commitment")}
    return seen


def _hears_talk(story: Any, viewer: str, session: Any) -> bool:
    return not shielded(story, session.hosts[0], viewer)


def reads_entry(story: Any, viewer: str, session: Any, entry: Any) -> bool:
    """A word of harvest: for whose it is and who wrote it; agreed, for those who were there, or for
    members where that was chosen. Unsigned words stay when a block or a pause parts the two.
    """
    if viewer == NOBODY:
        return False
    both = {entry.author, entry.writer}
    if viewer in both:
        return entry.agreed or not any(apart(story, viewer, each) for each in both - {viewer})
    if not entry.agreed:
        return False
    known = knows_session(story, viewer, session)
    hidden = shielded(story, entry.author, viewer)
    if was_there(session, viewer) and known:
        return not (apart(story, viewer, entry.author) if entry.named else hidden)
    sees = exists_for(story, viewer, entry.author)
    return entry.readers == "members" and known and (sees if entry.named else not hidden)


def of_need(story: Any, viewer: str, need: Any) -> set[str]:
    """What somebody wants to learn: for who may know of them, until they let it go."""
    mine = viewer == need.writer
    takes_part = viewer in need.interest and not apart(story, viewer, need.writer)
    seen = exists_for(story, viewer, need.writer) or takes_part
    if mine or (viewer != NOBODY and seen and need.state != "let go"):
        return {need.own("words"), need.own("why")}
    return set()


def of_room(story: Any, viewer: str, room: Any) -> set[str]:
    """A question, for who may know of who asks; what is said there, for those who sat down."""
    seen: set[str] = set()
    if viewer in room.sat or viewer == room.asker:
        hidden = viewer != room.sat[0] and shielded(story, room.sat[0], viewer)
        seen |= set() if hidden else {room.own("said")}
    if viewer in room.sat:
        seen.add(room.own("question"))  # the title of a conversation that they are in
    sat = viewer in room.sat and not apart(story, viewer, room.asker)
    known = exists_for(story, viewer, room.asker) or sat
    if viewer != NOBODY and (viewer == room.asker or known):
        seen |= {room.own("question"), room.own("why"), room.own("harvest")}
    return seen


def of_circles(story: Any, viewer: str) -> set[str]:
    """Return every canary of circles and of learning that may reach this viewer on any page."""
    if viewer == NOBODY:
        return set()
    seen: set[str] = set()
    for circle in story.circles:
        seen |= of_circle(story, viewer, circle)
    for session in story.sessions:
        seen |= of_session(story, viewer, session)
    for need in story.needs:
        seen |= of_need(story, viewer, need)
    for room in story.rooms:
        seen |= of_room(story, viewer, room)
    return seen


def parted_from(story: Any, viewer: str) -> set[str]:
    """Return the names of circles that sent somebody away: the letter about it says of which."""
    return {each.own("name") for each in story.circles if each.people.get(viewer) == "removed"}


def names_beside(story: Any, viewer: str, path: str) -> set[str]:
    """Return the names of those whom this viewer meets in a circle, at a session or in a room."""
    if viewer == NOBODY or not (path == "/" or path.startswith(BESIDE)):
        return set()
    met: set[str] = set()
    for circle in story.circles:
        if is_inside(circle, viewer) or keeps(circle, viewer):
            met |= set(circle.people)
    for session in story.sessions:
        if knows_session(story, viewer, session):
            met |= {*session.hosts, *session.going}
            met |= (
                {*session.waiting, *session.left, *session.missed}
                if viewer in session.hosts
                else set()
            )
    for thing in (*story.needs, *story.rooms):
        whose = thing.interest if hasattr(thing, "interest") else thing.sat
        owner = thing.writer if hasattr(thing, "writer") else thing.asker
        met |= {owner, *whose} if viewer in {owner, *whose} else set()
    known = [story.people[each] for each in met if not apart(story, viewer, each)]
    return {each for person in known for each in (person.handle, person.name.lower())}
