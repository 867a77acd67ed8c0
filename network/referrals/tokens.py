"""What the link in a letter to somebody outside carries: the key of the letter, sealed."""

from __future__ import annotations

from network import links
from network.referrals.models import OutsideLetter
from network.referrals.services.turns import OPEN_FOR


def letter_token(secret: str, letter: OutsideLetter) -> str:
    """Return the token of the link by which a letter is answered."""
    return links.seal(secret, "referral", letter.key)


def open_letter_token(secret: str, token: str) -> str | None:
    """Return the key of the letter that a link is for, or None. It opens for longer than the letter
    can be answered, to say that it was.
    """
    match links.unseal(secret, "referral", token, within=OPEN_FOR):
        case [str(key)]:
            return key
    return None
