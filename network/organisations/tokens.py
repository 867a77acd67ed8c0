"""What the link in a letter to an organisation's address carries, made and opened here."""

from __future__ import annotations

from dataclasses import dataclass

from network import links
from network.members.models import Member
from network.organisations.models import Organisation
from network.organisations.services.verifying import stamp_of


@dataclass(frozen=True, slots=True)
class Opened:
    """Which organisation a link would verify, for whom, by which address, and what it rests on."""

    slug: str
    member_id: int
    email: str
    stamp: str


def letter_token(secret: str, organisation: Organisation, member: Member, email: str) -> str:
    """Return the token of a link that verifies an organisation once, within a day, in the hands of
    whoever asked for it.
    """
    stamp = stamp_of(organisation)
    return links.seal(secret, "organisation", organisation.slug, member.id, email, stamp)


def open_letter_token(secret: str, token: str) -> Opened | None:
    """Return what a link says, or None."""
    match links.unseal(secret, "organisation", token, within=links.ADDRESS):
        case [str(slug), int(member_id), str(email), str(stamp)]:
            return Opened(slug, member_id, email, stamp)
    return None
