"""What the network says of the interest of somebody who recommends: the same on pages and in
letters.
"""

from __future__ import annotations

from network.referrals.kinds import Interest
from network.translation import _


def interest_words(interest: Interest, words: str, name: str) -> str:
    """Say what somebody has from recommending, in a sentence; their own words stand after it."""
    said = str(_SAYS[interest]) % {"name": name}
    return f"{said} “{words}”" if words else said


_SAYS = {
    Interest.NONE: _("%(name)s gains nothing by it."),
    Interest.RECIPROCAL: _("%(name)s gets something in return."),
    Interest.FEE: _("%(name)s gets a fee if it comes about."),
    Interest.EMPLOYED: _("%(name)s works for those who need help."),
}
