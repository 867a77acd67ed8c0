"""Lives circles: begun, joined, left, asked for; what is written, said and decided in them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.asks import services as asks
from network.asks.models import Ask
from network.circles.kinds import DecisionAbout, Door, Form
from network.circles.models import Circle, CircleNote
from network.circles.queries.places import how_many
from network.circles.services import agreeing, coming, deciding, founding, living, notes, staying
from network.circles.services.answering import INVITATION
from network.conversations.models import About, Conversation
from network.conversations.services import post
from network.learning.kinds import Readers
from network.learning.services import harvest
from network.learning.services.commitments import commit_in_circle
from network.members.models import Member, Membership
from tests.sweep import canaries_circles as canaries

if TYPE_CHECKING:
    from tests.sweep.seed import World

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=45)
LATELY = NOW - timedelta(days=3)
YESTERDAY = NOW - timedelta(days=1)
People = dict[str, Member]


def circles(db: Session, world: World) -> None:
    """Let each begin, and each person come to stand with it as the story says."""
    people = {label: db.get_one(Member, each) for label, each in world.ids.items()}
    for told in world.story.circles:
        circle = begun(db, told, people)
        world.things[f"circle {told.label}"] = circle.slug
        if told.life != "forming":
            living.begin(db, circle, actor=people[told.founder], now=LONG_AGO)
        _early(db, circle, told, people)


def partings(db: Session, world: World) -> None:
    """Let some go, others stand at the door, and what is written go on without them."""
    people = {label: db.get_one(Member, each) for label, each in world.ids.items()}
    for told in world.story.circles:
        slug = world.things[f"circle {told.label}"]
        circle = db.scalars(select(Circle).where(Circle.slug == slug)).one()
        _how_they_stand(db, circle, told, people)
        if told.put_anew:
            _agrees_anew(db, circle, told, people)
        _at_the_door(db, circle, told, people)
        _late(db, circle, told, people)
        _ends(db, circle, told, people)


def begun(db: Session, told: canaries.Circle, people: People) -> Circle:
    """Begin a circle, and let in whoever is or was in it."""
    circle = _begin(db, told, people)
    for label, how in told.people.items():
        if how in {*canaries.GONE, "member", "resting", "removed", "owes yes"}:
            _comes(db, circle, told, people, label)
    return circle


def place(db: Session, circle: Circle, member: Member) -> Membership:
    latest = select(Membership).where(
        Membership.circle_id == circle.id, Membership.member_id == member.id
    )
    return db.scalars(latest.order_by(Membership.id.desc())).first()


def _plan(told: canaries.Circle, most: int) -> founding.Plan:
    return founding.Plan(
        name=told.own("name"),
        purpose=f"We meet for {told.own('purpose')}.",
        about=told.own("about"),
        rhythm=told.own("rhythm"),
        door=Door(told.door),
        most=most,
        leavers_keep=told.keeps,
        open_to_work=told.form == "team",
    )


def _begin(db: Session, told: canaries.Circle, people: People) -> Circle:
    founder, agreed = people[told.founder], told.own("agreements")
    circle = founding.found(
        db,
        founder,
        Form(told.form),
        _plan(told, 12),
        agreements=agreed,
        submission=told.label,
        now=LONG_AGO,
    )
    staying.say_what_one_does(
        db, circle, place(db, circle, founder), does=told.own("does"), now=LONG_AGO
    )
    return circle


def _invites(
    db: Session,
    circle: Circle,
    told: canaries.Circle,
    people: People,
    label: str,
    now: datetime,
) -> Ask:
    asked = coming.invite(
        db,
        circle,
        people[label],
        actor=people[told.founder],
        words=f"Come, for {told.own(f'invites {label}')}.",
        submission=f"{told.label} {label}",
        now=now,
    )
    return db.scalars(
        select(Ask).where(Ask.thing_id == asked.id, Ask.kind == INVITATION.name)
    ).one()


def _comes(
    db: Session,
    circle: Circle,
    told: canaries.Circle,
    people: People,
    label: str,
    now: datetime = LONG_AGO,
) -> None:
    ask = _invites(db, circle, told, people, label, now)
    asks.accept(db, ask, INVITATION, actor=people[label], now=now, read=INVITATION.read(db, ask))


def _early(db: Session, circle: Circle, told: canaries.Circle, people: People) -> None:
    founder, sent = people[told.founder], {"submission": "early", "now": LONG_AGO}
    notes.write(
        db, circle, actor=founder, title=told.own("note title"), body=told.own("note"), **sent
    )
    decision = deciding.propose(
        db,
        circle,
        actor=founder,
        about=DecisionAbout.MATTER,
        title=told.own("proposal title"),
        words=told.own("proposal"),
        **sent,
    )
    other = next(people[e] for e, how in told.people.items() if how == "member")
    deciding.raise_concern(
        db, decision, actor=other, version=1, concern=told.own("concern"), now=LONG_AGO
    )
    talk = _talk(db, circle)
    post(db, talk, actor=founder, body=told.own("said"), **sent)
    commit_in_circle(db, circle, actor=other, words=told.own("commitment"), **sent)


def _talk(db: Session, circle: Circle) -> Conversation:
    return db.scalars(
        select(Conversation).where(
            Conversation.about == About.CIRCLE, Conversation.thing_id == circle.id
        )
    ).one()


def _how_they_stand(db: Session, circle: Circle, told: canaries.Circle, people: People) -> None:
    founder = people[told.founder]
    for label, how in told.people.items():
        mine, words = place(db, circle, people[label]), told.own(f"parts {label}")
        if how == "resting":
            staying.rest(db, circle, mine, until=None, now=LATELY)
        if how == "left":
            staying.leave(db, circle, mine, goodbye=words, now=LATELY)
        if how == "released":
            staying.release(db, circle, mine, actor=founder, words=words, now=LATELY)
        if how == "removed":
            staying.remove(db, circle, mine, actor=founder, words=words, now=LATELY)


def _agrees_anew(db: Session, circle: Circle, told: canaries.Circle, people: People) -> None:
    words, long_ago = told.own("new agreements"), told.put_anew == "long ago"
    now = LONG_AGO if long_ago else LATELY
    agreeing.put(db, circle, words=words, actor=people[told.founder], now=now)
    for label, how in told.people.items():
        if long_ago and how == "member":
            agreeing.agree(db, place(db, circle, people[label]), version=2, now=now)


def _at_the_door(db: Session, circle: Circle, told: canaries.Circle, people: People) -> None:
    for label, how in told.people.items():
        if how in {"invited", "invitation lapsed", "said no"}:
            now = LONG_AGO if how == "invitation lapsed" else LATELY
            ask = _invites(db, circle, told, people, label, now)
            if how == "said no":
                asks.decline(db, ask, INVITATION, actor=people[label], now=LATELY)
        if how == "applied":
            coming.apply(
                db,
                circle,
                people[label],
                words=f"I would come for {told.own(f'applies {label}')}.",
                agreed=1,
                submission=f"{told.label} applied",
                now=LATELY,
            )
    for label, how in told.people.items():
        if how == "queued":  # everybody has come who comes: it is full
            most = max(3, how_many(db, circle))
            founder = people[told.founder]
            founding.change(db, circle, _plan(told, most), actor=founder, now=LATELY)
            _comes(db, circle, told, people, label, LATELY)


def _late(db: Session, circle: Circle, told: canaries.Circle, people: People) -> None:
    founder, note = people[told.founder], db.scalars(_notes_of(circle)).one()
    late = {"title": told.own("late note title"), "body": told.own("late note")}
    notes.change(db, note, actor=founder, version=1, **late, now=YESTERDAY)
    post(
        db,
        _talk(db, circle),
        actor=founder,
        body=told.own("late said"),
        submission="late",
        now=YESTERDAY,
    )


def _ends(db: Session, circle: Circle, told: canaries.Circle, people: People) -> None:
    founder = people[told.founder]
    if told.life == "resting":
        living.put_to_rest(db, circle, actor=founder, now=YESTERDAY)
    if told.life in {"closing", "archived"}:
        living.close(db, circle, actor=founder, now=YESTERDAY)
        for number, entry in enumerate(told.harvest):
            words = harvest.Entry(told.learned(entry), Readers.THERE, named=True)
            sent = {"submission": f"{told.label} {number}", "now": YESTERDAY}
            harvest.write_of_circle(db, circle, words, actor=people[entry], **sent)
    if told.life == "archived":
        living.archive(db, circle, actor=founder, now=YESTERDAY)


def _notes_of(circle: Circle):  # a Select
    return select(CircleNote).where(CircleNote.circle_id == circle.id)
