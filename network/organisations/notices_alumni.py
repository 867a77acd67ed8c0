"""The letter that tells whoever asked to stay in touch of a yes. A no and an end are told to
nobody. No subject names an organisation.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session, aliased

from network.events.models import Delivery
from network.mail import Context, Letter
from network.members.kinds import State
from network.members.models import Member
from network.members.visibility import Viewer, not_apart
from network.organisations.kinds import RelationState
from network.organisations.models import AlumniRelation, Organisation
from network.organisations.visibility import speaks_for

_HAS_ACCOUNT = Member.state.in_((State.MEMBER, State.PAUSED, State.LEAVING))
_READER = Viewer(member_id=Member.id, belongs=Member.belongs)
_OTHER = aliased(Member, name="who_said_yes")


def kept(db: Session, delivery: Delivery, context: Context) -> Sequence[Letter]:
    """Tell the member who asked; or who asked for the organisation, while they speak for it and may
    know of the member.
    """
    relation = db.get(AlumniRelation, delivery.event.data["relation"])
    organisation = db.get(Organisation, delivery.event.subject_id)
    is_over = relation is None or relation.state is not RelationState.KEPT
    if relation is None or organisation is None or is_over:
        return ()
    if relation.asker_id == delivery.event.actor_id:
        return ()
    if relation.asker_id == relation.member_id:
        reader = db.scalar(select(Member).where(Member.id == relation.member_id, _HAS_ACCOUNT))
        said = _(
            "You asked “%(name)s” to stay in touch, and they said yes.", name=organisation.name
        )
    else:
        row = db.execute(_who_asked_and_who_said_yes(relation)).first()
        reader = None if row is None else row[0]
        said = "" if row is None else _said_yes(row[1], organisation)
    if reader is None:
        return ()
    return (
        Letter(
            to=reader.email,
            subject=_("You stay in touch at %(house)s", house=context.house),
            paragraphs=(said,),
            link=context.link("alumni.overview", organisation=organisation.slug),
            link_label=_("What that means"),
        ),
    )


def _who_asked_and_who_said_yes(relation: AlumniRelation) -> Select[Member, Member]:
    near = and_(_OTHER.id == relation.member_id, not_apart(_READER, _OTHER))
    return (
        select(Member, _OTHER)
        .join(_OTHER, near)
        .where(
            Member.id == relation.asker_id,
            _HAS_ACCOUNT,
            speaks_for(_READER, relation.organisation_id),
        )
    )


def _said_yes(member: Member, organisation: Organisation) -> str:
    return _(
        "You asked %(name)s to stay in touch with “%(organisation)s”, and they said yes.",
        name=member.name,
        organisation=organisation.name,
    )


LETTERS = {"organisations:alumni:kept": kept}
