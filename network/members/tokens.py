"""What the links in letters carry, made and opened here: each for one purpose, and not for long."""

from __future__ import annotations

from network import links
from network.members.models import Invitation, Member
from network.members.services.joining import INVITATION_LASTS


def sign_in_token(secret: str, member: Member) -> str:
    """Return the token of a link that signs a member in once, within an hour."""
    return links.seal(secret, "sign-in", member.id, member.credential_version)


def open_sign_in_token(secret: str, token: str) -> tuple[int, int] | None:
    """Return the member's id and the credential version it was made for, or None."""
    match links.unseal(secret, "sign-in", token, within=links.SIGN_IN):
        case [int(member_id), int(version)]:
            return member_id, version
    return None


def invitation_token(secret: str, invitation: Invitation) -> str:
    """Return the token of the link in an invitation."""
    return links.seal(secret, "invitation", invitation.key)


def open_invitation_token(secret: str, token: str) -> str | None:
    """Return the key of the invitation that a link is for, or None."""
    match links.unseal(secret, "invitation", token, within=INVITATION_LASTS):
        case [str(key)]:
            return key
    return None


def address_token(secret: str, member_id: int, version: int, email: str) -> str:
    """Return the token of a link by which a new address confirms itself, within a day."""
    return links.seal(secret, "address", member_id, version, email)


def open_address_token(secret: str, token: str) -> tuple[int, int, str] | None:
    """Return the member's id, the credential version and the new address, or None."""
    match links.unseal(secret, "address", token, within=links.ADDRESS):
        case [int(member_id), int(version), str(email)]:
            return member_id, version, email
    return None
