"""Letters about words between those who worked together: that some are open, and that somebody asks
for a yes to how they would show the work. What becomes of either is told to nobody.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import and_, bindparam, exists, not_, select
from sqlalchemy.orm import Session

from network.columns import BigId
from network.engagements.kinds import NegotiationState
from network.engagements.models import (
    Engagement,
    Negotiation,
    Party,
    Showing,
    ShowingConsent,
    Testimony,
)
from network.engagements.queries.testimonies import AUTHOR, OPEN, SUBJECT, TOGETHER, since
from network.events.models import Delivery
from network.mail import Context, Letter
from network.members.models import Member
from network.members.visibility import Viewer, awake, not_apart, shielded

_TO_READ = (
    select(Testimony, Engagement, AUTHOR, SUBJECT)
    .join(Engagement, Engagement.id == Testimony.engagement_id)
    .join(AUTHOR, AUTHOR.id == Testimony.author_id)
    .join(SUBJECT, SUBJECT.id == Testimony.about_id)
    .where(Testimony.id == bindparam("testimony", type_=BigId), OPEN, TOGETHER)
)


def opened(db: Session, delivery: Delivery, context: Context) -> Sequence[Letter]:
    """Tell somebody that there are words for them, where they are not paused and nothing parts them
    from whoever wrote.
    """
    bound = {**since(context.now), "testimony": delivery.event.subject_id}
    row = db.execute(_TO_READ.where(awake(context.now, SUBJECT)), bound).first()
    if row is None:
        return ()
    testimony, engagement, author, reader = row
    link = context.link(
        "work.engagement", engagement=engagement.key, _anchor=f"testimony-{testimony.key}"
    )
    return (
        Letter(
            to=reader.email,
            subject=_("There are words for you at %(house)s", house=context.house),
            paragraphs=(
                _("%(name)s wrote to you about working together.", name=author.name),
                _(
                    "Only the two of you read it. You may answer once, and you decide whether"
                    " members read it on your page. There is no hurry."
                ),
            ),
            link=link,
            link_label=_("To the words"),
        ),
    )


def worded(db: Session, delivery: Delivery, context: Context) -> Sequence[Letter]:
    """Ask the others who did the work for a yes to these words, where they are still asked for it
    and nothing parts them from whoever asks.
    """
    row = db.execute(
        select(Showing, Engagement, Member)
        .join(Engagement, Engagement.id == Showing.engagement_id)
        .join(Member, Member.id == Showing.member_id)
        .where(
            Showing.id == delivery.event.subject_id,
            Showing.wording == delivery.event.data["wording"],
            Showing.taken_back_at.is_(None),
        )
    ).first()
    if row is None:
        return ()
    showing, engagement, owner = row
    link = context.link("work.engagement", engagement=engagement.key, _anchor="showing")
    return [
        Letter(
            to=reader.email,
            subject=_("A few words for your yes at %(house)s", house=context.house),
            paragraphs=(
                _("%(name)s would like to show work that you did together, so:", name=owner.name),
                showing.words,
                _(
                    "It appears on the page of %(name)s only when everybody who did the work has"
                    " said yes to these words. A no needs no answer.",
                    name=owner.name,
                ),
            ),
            link=link,
            link_label=_("To the words"),
        )
        for reader in _asked(db, showing, owner, context)
    ]


def _asked(db: Session, showing: Showing, owner: Member, context: Context) -> Sequence[Member]:
    signed = exists().where(
        Negotiation.engagement_id == showing.engagement_id,
        Negotiation.state == NegotiationState.AGREED,
        Party.negotiation_id == Negotiation.id,
        Party.left_at.is_(None),
        Party.member_id == Member.id,
    )
    said_yes = exists().where(
        ShowingConsent.showing_id == showing.id, ShowingConsent.member_id == Member.id
    )
    together = and_(not_apart(Viewer.of(owner)), not_(shielded(owner.id, Member.belongs)))
    return db.scalars(
        select(Member)
        .where(Member.id != owner.id, signed, not_(said_yes), together, awake(context.now))
        .order_by(Member.id)
    ).all()


LETTERS = {
    "engagements:testimony:opened": opened,
    "engagements:showing:worded": worded,
}
