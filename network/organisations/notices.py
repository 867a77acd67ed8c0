"""Which events of organisations reach whom by mail. No subject names an organisation; a letter is
written for whoever speaks for it when it goes out, and names nobody who is apart from its reader.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import not_, select
from sqlalchemy.orm import Session

from network.events.models import Delivery
from network.links import ADDRESS
from network.mail import Context, Letter
from network.members.kinds import State
from network.members.models import Member
from network.members.visibility import Viewer, not_apart
from network.organisations.kinds import Speaks
from network.organisations.models import Organisation, Representative
from network.organisations.queries.people import somebody_speaks
from network.organisations.queries.stewarding import has_to_do
from network.organisations.tokens import letter_token

_HAS_ACCOUNT = Member.state.in_((State.MEMBER, State.PAUSED, State.LEAVING))


def letter_wanted(db: Session, delivery: Delivery, context: Context) -> Sequence[Letter]:
    """Ask an address at the domain of an organisation whether that is it. Who reads it there may be
    somebody else: the link is of use to whoever asked alone.
    """
    organisation = _organisation(db, delivery)
    actor = _member(db, delivery.event.actor_id)
    if organisation is None or actor is None or not _speaks(db, organisation, actor):
        return ()
    if delivery.event.at + ADDRESS < context.now:
        return ()
    email = delivery.carried["email"]
    return (
        Letter(
            to=email,
            subject=_("Is this an address of your organisation?"),
            paragraphs=(
                _(
                    "%(name)s says at %(house)s that they speak for “%(organisation)s”, and that"
                    " this is an address of it.",
                    name=actor.name,
                    house=context.house,
                    organisation=organisation.name,
                ),
                _(
                    "If that is so, %(name)s verifies it with the link below, within a day, signed"
                    " in as themselves.",
                    name=actor.name,
                ),
                _("If it is not, leave this letter and pass it on to nobody. Nothing changes."),
            ),
            link=context.link(
                "organisations.letter",
                token=letter_token(context.secret, organisation, actor, email),
            ),
            link_label=_("Verify it"),
        ),
    )


def came(db: Session, delivery: Delivery, context: Context) -> Sequence[Letter]:
    """Tell those who speak for it, and whoever waited for a yes, that somebody speaks for it."""
    organisation = _organisation(db, delivery)
    who = _member(db, delivery.event.data["member"])
    if organisation is None or who is None or not _speaks(db, organisation, who):
        return ()
    letters = [
        _letter(
            each,
            organisation,
            context,
            _("Somebody speaks for an organisation with you at %(house)s", house=context.house),
            _(
                "%(name)s speaks for “%(organisation)s” from now on, as you do.",
                name=who.name,
                organisation=organisation.name,
            ),
        )
        for each in _speakers(db, organisation, delivery)
        if each.id != who.id and _may_be_named(db, who, each)
    ]
    if delivery.event.actor_id != who.id:
        said = _("You speak for “%(organisation)s” from now on.", organisation=organisation.name)
        subject = _("You speak for an organisation at %(house)s", house=context.house)
        letters.append(_letter(who, organisation, context, subject, said))
    return letters


def ended(db: Session, delivery: Delivery, context: Context) -> Sequence[Letter]:
    """Tell somebody that they speak for an organisation no longer, unless they do again."""
    organisation = _organisation(db, delivery)
    who = _member(db, delivery.event.data["member"])
    if organisation is None or who is None or _speaks(db, organisation, who):
        return ()
    subject = _("You speak for an organisation no longer at %(house)s", house=context.house)
    said = _(
        "Somebody who speaks for “%(organisation)s” ended that you do. What you wrote in its name"
        " and waited is closed.",
        organisation=organisation.name,
    )
    return (_letter(who, organisation, context, subject, said),)


def claimed(db: Session, delivery: Delivery, context: Context) -> Sequence[Letter]:
    """Tell the stewards that somebody claims a page for which nobody speaks."""
    organisation = _organisation(db, delivery)
    place = db.get(Representative, delivery.event.data["representative"])
    if organisation is None or place is None or place.state is not Speaks.CLAIMED:
        return ()
    if somebody_speaks(db, organisation):
        return ()
    return _to_stewards(db, organisation, context, _("Somebody asks to speak for an organisation."))


def steward_asked(db: Session, delivery: Delivery, context: Context) -> Sequence[Letter]:
    """Tell the stewards that an organisation asks to be verified."""
    organisation = _organisation(db, delivery)
    if organisation is None or organisation.asks_steward_at is None:
        return ()
    return _to_stewards(db, organisation, context, _("An organisation asks to be verified."))


def claim_refused(db: Session, delivery: Delivery, context: Context) -> Sequence[Letter]:
    """Bring whoever claimed a page the words of a no."""
    organisation = _organisation(db, delivery)
    who = _member(db, delivery.event.data["member"])
    if organisation is None or who is None or _speaks(db, organisation, who):
        return ()
    said = _(
        "You asked to speak for “%(organisation)s”. A steward looked, and says not this time:",
        organisation=organisation.name,
    )
    subject = _("What you asked the stewards of %(house)s", house=context.house)
    return (_letter(who, organisation, context, subject, said, delivery.carried["words"]),)


def steward_verified(db: Session, delivery: Delivery, context: Context) -> Sequence[Letter]:
    """Tell those who speak for it that their organisation is verified."""
    return _answer(
        db,
        delivery,
        context,
        _("A steward looked, and “%(organisation)s” is verified. Members can find it now."),
    )


def steward_refused(db: Session, delivery: Delivery, context: Context) -> Sequence[Letter]:
    """Bring those who speak for it the words of a no."""
    said = _("You asked to have “%(organisation)s” verified. A steward says not this time:")
    return _answer(db, delivery, context, said, delivery.carried["words"])


def _answer(
    db: Session, delivery: Delivery, context: Context, said: str, *words: str
) -> Sequence[Letter]:
    organisation = _organisation(db, delivery)
    if organisation is None:
        return ()
    subject = _("What you asked the stewards of %(house)s", house=context.house)
    said %= {"organisation": organisation.name}
    return [
        _letter(each, organisation, context, subject, said, *words)
        for each in _speakers(db, organisation, delivery)
    ]


def _to_stewards(
    db: Session, organisation: Organisation, context: Context, said: str
) -> Sequence[Letter]:
    """Write to the stewards who may decide about an organisation."""
    stewards = select(Member).where(
        Member.steward, _HAS_ACCOUNT, not_(has_to_do(Member.id, organisation.id))
    )
    return [
        Letter(
            to=each.email,
            subject=_("Something waits for a steward of %(house)s", house=context.house),
            paragraphs=(said,),
            link=context.link("organisations_desk.desk"),
            link_label=_("To the desk"),
        )
        for each in db.scalars(stewards.order_by(Member.id))
    ]


def _letter(
    reader: Member, organisation: Organisation, context: Context, subject: str, *paragraphs: str
) -> Letter:
    return Letter(
        to=reader.email,
        subject=subject,
        paragraphs=paragraphs,
        link=context.link("organisations.page", organisation=organisation.slug),
        link_label=_("To its page"),
    )


def _speakers(db: Session, organisation: Organisation, delivery: Delivery) -> Sequence[Member]:
    """Return those who speak for it, but for who did it."""
    return db.scalars(
        select(Member)
        .join(Representative, Representative.member_id == Member.id)
        .where(
            Representative.organisation_id == organisation.id,
            Representative.state == Speaks.ACTIVE,
            _HAS_ACCOUNT,
            Member.id.is_distinct_from(delivery.event.actor_id),
        )
        .order_by(Representative.since, Representative.id)
    ).all()


def _may_be_named(db: Session, who: Member, reader: Member) -> bool:
    named = select(Member.id).where(Member.id == who.id, not_apart(Viewer.of(reader)))
    return db.scalar(named) is not None


def _organisation(db: Session, delivery: Delivery) -> Organisation | None:
    return db.get(Organisation, delivery.event.subject_id)


def _member(db: Session, member_id: int | None) -> Member | None:
    return db.scalar(select(Member).where(Member.id == member_id, _HAS_ACCOUNT))


def _speaks(db: Session, organisation: Organisation, member: Member) -> bool:
    found = select(Representative.id).where(
        Representative.organisation_id == organisation.id,
        Representative.member_id == member.id,
        Representative.state == Speaks.ACTIVE,
    )
    return db.scalar(found) is not None


LETTERS = {
    "organisations:letter:wanted": letter_wanted,
    "organisations:came": came,
    "organisations:ended": ended,
    "organisations:claimed": claimed,
    "organisations:claim:refused": claim_refused,
    "organisations:steward:asked": steward_asked,
    "organisations:steward:verified": steward_verified,
    "organisations:steward:refused": steward_refused,
}
