"""Which events of circles reach whom by mail. No subject names a circle; a letter is written for
whoever is there when it goes out, and names nobody who is apart from its reader.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, ColumnExpressionArgument, exists, not_, or_, select
from sqlalchemy.orm import Session, aliased

from network.circles.kinds import DecisionState, Life
from network.circles.models import Circle, Decision, Voice
from network.circles.visibility import IN_IT, inside
from network.events.models import Delivery
from network.mail import Context, Letter
from network.members.kinds import MembershipState, State
from network.members.models import Member, Membership
from network.members.visibility import Viewer, awake, not_apart

# Whoever reads a letter, as the eyes of the statement that looks for them.
_READER = Viewer(member_id=Member.id, belongs=Member.belongs)
_NAMED = aliased(Member, name="named")
_HAS_ACCOUNT = Member.state.in_((State.MEMBER, State.PAUSED, State.LEAVING))


def let_in(db: Session, delivery: Delivery, context: Context) -> Sequence[Letter]:
    """Tell whoever had asked to come in that they are in."""
    said = _("You asked to come into a circle, and you are in: “%(circle)s”.")
    return _to_who_came(db, delivery, context, said)


def place_free(db: Session, delivery: Delivery, context: Context) -> Sequence[Letter]:
    """Tell whoever was in line that they are in."""
    said = _("A place came free, and it is yours. You are in “%(circle)s” now.")
    return _to_who_came(db, delivery, context, said)


def joined(db: Session, delivery: Delivery, context: Context) -> Sequence[Letter]:
    """Tell those who facilitate who came in, where they may know of them."""
    circle, who = _circle(db, delivery), _who(db, delivery)
    if circle is None or who is None or not _is_in_it(db, delivery):
        return ()
    readers = _readers(db, delivery, context, Membership.facilitates, _named_to_reader(who))
    said = _("%(name)s has come into “%(circle)s”.", name=who.name, circle=circle.name)
    return [
        _letter(
            each, circle, context, _("Somebody came in at %(house)s", house=context.house), said
        )
        for each in readers
    ]


def handed_over(db: Session, delivery: Delivery, context: Context) -> Sequence[Letter]:
    """Tell those who facilitate, and whoever asked, that somebody takes a turn from now on."""
    circle, who = _circle(db, delivery), _who(db, delivery)
    if circle is None or who is None or not _is_in_it(db, delivery, Membership.facilitates):
        return ()
    concerned = or_(
        Membership.facilitates, Membership.member_id == delivery.event.data.get("asked_by")
    )
    readers = _readers(db, delivery, context, concerned, _named_to_reader(who))
    subject = _("Somebody takes a turn at %(house)s", house=context.house)
    said = _(
        "%(name)s said yes, and facilitates “%(circle)s” from now on.",
        name=who.name,
        circle=circle.name,
    )
    return [_letter(each, circle, context, subject, said) for each in readers]


def left(db: Session, delivery: Delivery, context: Context) -> Sequence[Letter]:
    """Bring those who facilitate the goodbye of somebody who left, where they wrote one."""
    circle, who = _circle(db, delivery), _who(db, delivery)
    place = db.get(Membership, delivery.event.data["membership"])
    if circle is None or who is None or place is None or not place.goodbye:
        return ()
    readers = _readers(db, delivery, context, Membership.facilitates, _named_to_reader(who))
    subject = _("Somebody says goodbye at %(house)s", house=context.house)
    said = _("%(name)s has left “%(circle)s”, and says goodbye:", name=who.name, circle=circle.name)
    return [_letter(each, circle, context, subject, said, place.goodbye) for each in readers]


def closing(db: Session, delivery: Delivery, context: Context) -> Sequence[Letter]:
    """Tell those inside that the circle is ending, and that there is something left to say."""
    circle = _circle(db, delivery)
    if circle is None or circle.life is not Life.CLOSING:
        return ()
    subject = _("A circle of yours is ending at %(house)s", house=context.house)
    said = _("“%(circle)s” is ending. What did you learn in it?", circle=circle.name)
    more = _("Say it while the circle is still open; afterwards it is kept, and nobody writes.")
    readers = _readers(db, delivery, context)
    return [_letter(each, circle, context, subject, said, more) for each in readers]


def put(db: Session, delivery: Delivery, context: Context) -> Sequence[Letter]:
    """Tell everybody with a place, whoever rests too, that there are other agreements, and until
    when their yes is asked for.
    """
    circle, version = _circle(db, delivery), delivery.event.data["version"]
    if circle is None or circle.agreements_version != version:
        return ()
    readers = db.scalars(
        select(Member)
        .join(Membership, Membership.member_id == Member.id)
        .where(
            Membership.circle_id == circle.id,
            Membership.state.in_(IN_IT),
            Membership.agreed_version != version,
            _HAS_ACCOUNT,
            Member.id != delivery.event.actor_id,
        )
        .order_by(Membership.id)
    ).all()
    return [_put(each, circle, context) for each in readers]


def _put(reader: Member, circle: Circle, context: Context) -> Letter:
    until = context.day(circle.grace_until, reader.time_zone)
    return Letter(
        to=reader.email,
        subject=_("Agreements of yours have changed at %(house)s", house=context.house),
        paragraphs=(
            _("“%(circle)s” has other agreements now.", circle=circle.name),
            _(
                "Read them, and say yes if you do. It is asked for until %(day)s; after that you"
                " are outside until you say it.",
                day=until,
            ),
        ),
        link=context.link("circles.agreements", slug=circle.slug),
        link_label=_("Read the agreements"),
    )


def released(db: Session, delivery: Delivery, context: Context) -> Sequence[Letter]:
    """Tell somebody that their place was given up, in the words of whoever did it."""
    said = _(
        "Your place in “%(circle)s” has been given up, because you had not been there for long. No"
        " harm is done: for half a year you can come back by yourself."
    )
    return _to_who_went(db, delivery, context, MembershipState.RELEASED, said)


def removed(db: Session, delivery: Delivery, context: Context) -> Sequence[Letter]:
    """Tell somebody that they are not in the circle any more, and why."""
    said = _("You are not in “%(circle)s” any more. Whoever facilitates wrote why:")
    return _to_who_went(db, delivery, context, MembershipState.REMOVED, said)


def proposed(db: Session, delivery: Delivery, context: Context) -> Sequence[Letter]:
    """Tell those inside that these words wait for what they say to them."""
    circle, data = _circle(db, delivery), delivery.event.data
    decision = db.get(Decision, data["decision"])
    is_over = decision is None or decision.state is not DecisionState.OPEN
    if circle is None or decision is None or is_over or decision.version != data["version"]:
        return ()
    spoke = exists().where(
        Voice.decision_id == decision.id,
        Voice.member_id == Member.id,
        Voice.version == decision.version,
    )
    readers = _readers(db, delivery, context, not_(spoke))
    return [_proposed(each, circle, decision, context) for each in readers]


def _proposed(reader: Member, circle: Circle, decision: Decision, context: Context) -> Letter:
    said = _("Something is proposed in “%(circle)s”.", circle=circle.name)
    if decision.version > 1:
        said = _(
            "Something proposed in “%(circle)s” has other words now. What was said to those before"
            " no longer counts.",
            circle=circle.name,
        )
    return Letter(
        to=reader.email,
        subject=_("Something is proposed at %(house)s", house=context.house),
        paragraphs=(
            said,
            _(
                "Say until %(day)s whether you could live with it. If you say nothing, it may be"
                " adopted after that.",
                day=context.day(decision.open_until, reader.time_zone),
            ),
        ),
        link=context.link("circles.decision", slug=circle.slug, decision=decision.key),
        link_label=_("Read it"),
    )


def _to_who_came(db: Session, delivery: Delivery, context: Context, said: str) -> Sequence[Letter]:
    circle, who = _circle(db, delivery), _who(db, delivery)
    if circle is None or who is None or not _is_in_it(db, delivery):
        return ()
    if delivery.event.actor_id == who.id:
        return ()
    subject = _("You are in at %(house)s", house=context.house)
    return (_letter(who, circle, context, subject, said % {"circle": circle.name}),)


def _to_who_went(
    db: Session, delivery: Delivery, context: Context, state: MembershipState, said: str
) -> Sequence[Letter]:
    """Tell somebody that their place ended, unless they have come back since."""
    circle, who = _circle(db, delivery), _who(db, delivery)
    place = db.get(Membership, delivery.event.data["membership"])
    if circle is None or who is None or place is None or place.state is not state:
        return ()
    back = select(Membership.id).where(
        Membership.circle_id == circle.id,
        Membership.member_id == who.id,
        Membership.state.in_(IN_IT),
    )
    if delivery.event.actor_id == who.id or db.scalar(back) is not None:
        return ()
    words = delivery.carried.get("words", "")
    return (
        Letter(
            to=who.email,
            subject=_("Your place in a circle has ended at %(house)s", house=context.house),
            paragraphs=(said % {"circle": circle.name}, *([words] if words else [])),
        ),
    )


def _letter(
    reader: Member, circle: Circle, context: Context, subject: str, *paragraphs: str
) -> Letter:
    return Letter(
        to=reader.email,
        subject=subject,
        paragraphs=paragraphs,
        link=context.link("circles.one", slug=circle.slug),
        link_label=_("To the circle"),
    )


def _readers(
    db: Session, delivery: Delivery, context: Context, *conditions: ColumnExpressionArgument[bool]
) -> Sequence[Member]:
    """Return those inside who neither rest nor pause, but for who did it, by when they came."""
    return db.scalars(
        select(Member)
        .join(Membership, Membership.member_id == Member.id)
        .join(Circle, Circle.id == Membership.circle_id)
        .where(
            Circle.id == delivery.event.subject_id,
            Membership.state == MembershipState.MEMBER,
            inside(_READER, context.now),
            awake(context.now),
            Member.id.is_distinct_from(delivery.event.actor_id),
            *conditions,
        )
        .order_by(Membership.since, Membership.id)
    ).all()


def _named_to_reader(who: Member) -> ColumnElement[bool]:
    """Hold for readers who may be told of somebody, and are somebody else."""
    return exists().where(_NAMED.id == who.id, _NAMED.id != Member.id, not_apart(_READER, _NAMED))


def _circle(db: Session, delivery: Delivery) -> Circle | None:
    return db.get(Circle, delivery.event.subject_id)


def _who(db: Session, delivery: Delivery) -> Member | None:
    """Return whose place it is about, if they still have an account."""
    whose = select(Member).where(Member.id == delivery.event.data["member"], _HAS_ACCOUNT)
    return db.scalar(whose)


def _is_in_it(db: Session, delivery: Delivery, *conditions: ColumnExpressionArgument[bool]) -> bool:
    """Whether the place that the event is about is held."""
    place = select(Membership.id).where(
        Membership.id == delivery.event.data["membership"], Membership.state.in_(IN_IT), *conditions
    )
    return db.scalar(place) is not None


LETTERS = {
    "circles:let_in": let_in,
    "circles:joined": joined,
    "circles:place_free": place_free,
    "circles:left": left,
    "circles:agreements:put": put,
    "circles:released": released,
    "circles:removed": removed,
    "circles:closing": closing,
    "circles:handed_over": handed_over,
    "circles:decision:proposed": proposed,
    "circles:decision:reworked": proposed,
}
