"""Who takes the invitations of a circle."""

from __future__ import annotations

from sqlalchemy.orm import Session

from network.members.kinds import WhoMayAsk
from network.members.models import Member, Participation
from network.members.queries import have_in_common
from network.relationships.queries.connections import live_connection, were_introduced


def takes_invitations(
    db: Session, asker: Member, addressee: Member, participation: Participation
) -> bool:
    """Whether the addressee takes invitations to circles from this asker."""
    if participation.who_may_invite is WhoMayAsk.SHARED:
        is_connected = live_connection(db, asker.id, addressee.id) is not None
        return is_connected or have_in_common(db, asker, addressee)
    if participation.who_may_invite is WhoMayAsk.INTRODUCED:
        return were_introduced(db, asker, addressee)
    return participation.who_may_invite is WhoMayAsk.ANYONE
