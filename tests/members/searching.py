"""What tests of searching share: who looks, how somebody hides, and what was found."""

from __future__ import annotations

from network.db import reading, transaction
from network.members.finding import Finder, Narrowing
from network.members.kinds import Audience, Part, State, Work
from network.members.models import Connection, Member
from network.members.services import boundaries, participation, profiles
from network.members.visibility import Viewer
from network.search import backend
from network.search.query import parse

VOLUNTEERS = "We keep the night telephone staffed for grieving parents."
FACTS = {
    "work": (Work.INTERIM.value,),
    "language": "português",
    "place": "Évora",
    "theme": "Care work",
    "has": ("offers",),
}


def finder_of(app, db, viewer, now):
    eyes = Viewer.of(db.get_one(Member, viewer.id))
    return Finder(db, backend.index(app), backend.analyzer(app), eyes, now)


def connect(one, other, now):
    low, high = sorted((one.id, other.id))
    with transaction() as db:
        db.add(Connection(low_id=low, high_id=high, asker_id=low, reason="Tea.", since=now))


def marked(runs):
    return "".join(f"[{piece}]" if hit else piece for piece, hit in runs)


def change(member, do, **values):
    with transaction() as db:
        do(db, db.get_one(Member, member.id), **values)


def keep_rui(make_member, now):
    rui = make_member(
        "rui",
        purpose="I mend rosters.",
        languages="Português\nEnglish",
        place="Évora, Portugal",
        themes="care work\nnight",
        offers="An hour on the telephone.",
    )
    change(rui, participation.set_work, work=[Work.INTERIM, Work.BOARD], pace="", now=now)
    return rui


def nearly(app, viewer, words, now, **narrowing):
    with reading() as db:
        finder = finder_of(app, db, viewer, now)
        query = parse(words, finder.analyzer)
        found = finder.search(query, Narrowing(**narrowing))
        results = finder.spelt_nearly(query, Narrowing(**narrowing), found)
        return [person.member.handle for person in results.people], results.spelt


def resembling(app, viewer, text, now):
    with reading() as db:
        return finder_of(app, db, viewer, now).resembling(text)


def hide_words(member, _viewer, now):
    change(member, profiles.set_audience, part=Part.PURPOSE, audience=Audience.ME, now=now)


def hide_by_pause(member, _viewer, now):
    change(member, participation.pause, until=None, now=now)


def hide_by_block(member, viewer, now):
    change(member, boundaries.block, blocked_id=viewer.id, now=now)


def hide_from_blocker(member, viewer, now):
    change(viewer, boundaries.block, blocked_id=member.id, now=now)


def hide_by_shield(member, _viewer, now):
    change(member, boundaries.raise_shield, against="ama.example", now=now)


def hide_by_state(state):
    def hide(member, _viewer, now):
        with transaction() as db:
            db.get_one(Member, member.id).state = state

    return hide


HIDINGS = {
    "audience": hide_words,
    "pause": hide_by_pause,
    "block": hide_by_block,
    "my block": hide_from_blocker,
    "shield": hide_by_shield,
    "leaving": hide_by_state(State.LEAVING),
    "suspended": hide_by_state(State.SUSPENDED),
    "departed": hide_by_state(State.DEPARTED),
}
