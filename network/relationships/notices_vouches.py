"""Words about somebody reach that person by mail, once. What becomes of them is told to nobody."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from network.events.models import Delivery
from network.mail import Context, Letter
from network.members.models import Member
from network.members.visibility import Viewer, awake
from network.relationships.models import Standing, Vouch
from network.relationships.queries.vouches import ABOUT_ME, LIVE


def written(db: Session, delivery: Delivery, context: Context) -> Sequence[Letter]:
    """Give the subject the words, where they are not paused, may see the author and have not yet
    decided.
    """
    subject = db.scalar(
        select(Member)
        .join(Vouch, Vouch.subject_id == Member.id)
        .where(Vouch.id == delivery.event.subject_id, awake(context.now))
    )
    if subject is None:
        return ()
    vouch = db.scalar(
        LIVE.where(
            Vouch.id == delivery.event.subject_id, Vouch.standing == Standing.WAITING, ABOUT_ME
        ),
        Viewer.of(subject).at(context.now),
    )
    if vouch is None:
        return ()
    name = vouch.author.name
    return (
        Letter(
            to=subject.email,
            subject=_("Somebody wrote a few words about you at %(house)s", house=context.house),
            paragraphs=(
                _("%(name)s wrote a few words about you:", name=name),
                vouch.words,
                _(
                    "Members read them on your page only if you say so. If you keep them to"
                    " yourself, %(name)s is not told, and there is no hurry.",
                    name=name,
                ),
            ),
            link=context.link("relationships.person", handle=subject.handle),
            link_label=_("To your page"),
        ),
    )


LETTERS = {"relationships:vouch:written": written}
