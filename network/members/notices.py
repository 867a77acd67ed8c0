"""Which events of members reach whom by mail, in what words. What is over is not written."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from network.events.models import Delivery
from network.links import SIGN_IN
from network.mail import Context, Letter
from network.members.kinds import State
from network.members.models import Application, Invitation, Member
from network.members.queries import member_by_email
from network.members.tokens import address_token, invitation_token, sign_in_token

MAY_SIGN_IN = (State.MEMBER, State.PAUSED, State.LEAVING)


def invited(db: Session, delivery: Delivery, context: Context) -> Sequence[Letter]:
    """Tell an address that a door is held open for it. Says nothing of the draft behind it."""
    invitation = db.get(Invitation, delivery.event.subject_id)
    if invitation is None or not _is_open(invitation, context):
        return ()
    if member_by_email(db, invitation.email) is not None:
        return ()
    inviter = _present(db, invitation.invited_by)
    if inviter is not None:
        opening = _(
            "%(name)s invites you to %(house)s, a network in which people find each other by"
            " purpose and meet only where both say yes.",
            name=inviter.name,
            house=context.house,
        )
    else:
        opening = _(
            "The door of %(house)s is open for you: a network in which people find each other by"
            " purpose and meet only where both say yes.",
            house=context.house,
        )
    return (
        Letter(
            to=invitation.email,
            subject=_("An invitation to %(house)s", house=context.house),
            paragraphs=(
                opening,
                _(
                    "The link below is for you alone and works once, until %(day)s. Nobody sees"
                    " anything of you until you have decided what they see.",
                    day=context.day(invitation.expires_at),
                ),
                _("If you would rather not, leave it. Nobody is told, and nobody writes again."),
            ),
            link=context.link(
                "joining.invited", token=invitation_token(context.secret, invitation)
            ),
            link_label=_("Come in"),
        ),
    )


def link_wanted(db: Session, delivery: Delivery, context: Context) -> Sequence[Letter]:
    """Send the sign-in link that was asked for. After an hour nobody waits for it any more."""
    member = _present(db, delivery.event.subject_id)
    if member is None or delivery.event.at + SIGN_IN < context.now:
        return ()
    return (
        Letter(
            to=member.email,
            subject=_("Your way into %(house)s", house=context.house),
            paragraphs=(
                _("Here is the link you asked for. It signs you in once, within an hour."),
                _("If you did not ask, leave it: without this letter nobody comes in."),
            ),
            link=context.link("signing_in.link", token=sign_in_token(context.secret, member)),
            link_label=_("Sign in"),
        ),
    )


def address_wanted(db: Session, delivery: Delivery, context: Context) -> Sequence[Letter]:
    """Ask a new address whether it is its owner's wish. It may be a mistake: no member is named."""
    member = _present(db, delivery.event.subject_id)
    version = delivery.event.data["version"]
    email = delivery.carried["email"]
    if member is None or member.credential_version != version:
        return ()
    if member_by_email(db, email) is not None:
        return (_already_known(email, context),)
    token = address_token(context.secret, member.id, version, email)
    return (
        Letter(
            to=email,
            subject=_("Is this address yours?"),
            paragraphs=(
                _(
                    "Somebody wants to use this address for their account at %(house)s. If that is"
                    " you, say so with the link below, within a day.",
                    house=context.house,
                ),
                _("If it is not you, leave it. Nothing changes."),
            ),
            link=context.link("account.new_address", token=token),
            link_label=_("This address is mine"),
        ),
    )


def _already_known(email: str, context: Context) -> Letter:
    return Letter(
        to=email,
        subject=_("Somebody named your address"),
        paragraphs=(
            _(
                "Somebody with another account at %(house)s tried to use this address for it. It is"
                " the address of your account and stays so; nothing has changed.",
                house=context.house,
            ),
            _("If it was you: sign in to the account that this address belongs to."),
        ),
    )


def address_changed(db: Session, delivery: Delivery, context: Context) -> Sequence[Letter]:
    """Tell the address that was. The new one is not named in it."""
    if _present(db, delivery.event.subject_id) is None:
        return ()
    return (
        Letter(
            to=delivery.carried["old"],
            subject=_("Your account at %(house)s has a new address", house=context.house),
            paragraphs=(
                _(
                    "Since %(day)s your account at %(house)s uses another address. From now on"
                    " nothing is sent to this one.",
                    day=context.day(delivery.event.at),
                    house=context.house,
                ),
                _("If it was not you who changed it, write to the stewards of the network today."),
            ),
        ),
    )


def password_set(db: Session, delivery: Delivery, context: Context) -> Sequence[Letter]:
    """Tell a member that their password was set."""
    member = _present(db, delivery.event.subject_id)
    if member is None:
        return ()
    return (
        Letter(
            to=member.email,
            subject=_("Your password at %(house)s was set", house=context.house),
            paragraphs=(
                _("A password was set for your account. Everywhere else you have been signed out."),
                _(
                    "If it was not you, have a sign-in link sent from the page below and set a"
                    " new one. That ends every other sign-in."
                ),
            ),
            link=context.link("signing_in.sign_in"),
            link_label=_("The door"),
        ),
    )


def applied(db: Session, delivery: Delivery, context: Context) -> Sequence[Letter]:
    """Tell the person that their words are kept, and the stewards that somebody is at the door.

    Words that replace earlier ones are not announced to the stewards again.
    """
    application = db.get(Application, delivery.event.subject_id)
    if application is None or application.welcomed_at is not None:
        return ()
    letters = [
        Letter(
            to=application.email,
            subject=_("Your words are with the stewards of %(house)s", house=context.house),
            paragraphs=(
                _(
                    "You asked to join %(house)s. What you wrote is kept, and its stewards read it;"
                    " nobody else does.",
                    house=context.house,
                ),
                _(
                    "They answer by mail. If it is a yes, you get an invitation. If it is a no,"
                    " they say so and what you wrote is deleted."
                ),
                _(
                    "If this address is yours and the words are not, leave it: nobody joins with it"
                    " but you."
                ),
            ),
        )
    ]
    if application.sent_at == delivery.event.at:
        letters += [_at_the_door(steward, context) for steward in _stewards(db)]
    return letters


def _at_the_door(steward: Member, context: Context) -> Letter:
    return Letter(
        to=steward.email,
        subject=_("Somebody is at the door of %(house)s", house=context.house),
        paragraphs=(
            _(
                "Somebody asks to join. Their words wait at the steward’s desk, for you or for"
                " another steward."
            ),
        ),
        link=context.link("today.home"),
        link_label=_("Sign in, then go to the steward’s desk"),
    )


def turned_down(_db: Session, delivery: Delivery, context: Context) -> Sequence[Letter]:
    """Say no once, kindly, with the steward's sentence if there is one."""
    words = delivery.carried["words"]
    opening = _(
        "You asked to join %(house)s. Its stewards have read what you wrote, and the answer is: not"
        " this time.",
        house=context.house,
    )
    own = (_("One of them adds: “%(words)s”", words=words),) if words else ()
    return (
        Letter(
            to=delivery.carried["email"],
            subject=_("About your letter to %(house)s", house=context.house),
            paragraphs=(
                _("Dear %(name)s,", name=delivery.carried["name"]),
                opening,
                *own,
                _("What you wrote is deleted, nothing is kept about you, and you may ask again."),
            ),
        ),
    )


LETTERS = {
    "members:invited": invited,
    "members:link:wanted": link_wanted,
    "members:address:wanted": address_wanted,
    "members:address:changed": address_changed,
    "members:password:set": password_set,
    "members:applied": applied,
    "members:turned_down": turned_down,
}


def _is_open(invitation: Invitation, context: Context) -> bool:
    return (
        invitation.used_at is None
        and invitation.withdrawn_at is None
        and invitation.expires_at > context.now
    )


def _present(db: Session, member_id: int | None) -> Member | None:
    """Return a member who can sign in, or None."""
    if member_id is None:
        return None
    return db.scalar(select(Member).where(Member.id == member_id, Member.state.in_(MAY_SIGN_IN)))


def _stewards(db: Session) -> Sequence[Member]:
    return db.scalars(
        select(Member)
        .where(Member.steward, Member.state.in_(MAY_SIGN_IN))
        .order_by(Member.id)
        .limit(50)
    ).all()
