"""The house's words for the fixed kinds of learning, each in one place."""

from __future__ import annotations

from network.learning.kinds import Format
from network.translation import _

FORMATS = {
    Format.WORKSHOP: _("Workshop"),
    Format.CIRCLE_MEETING: _("Circle meeting"),
    Format.PEER_COACHING: _("Peer coaching"),
    Format.ACTION_LEARNING: _("Action learning set"),
    Format.TALK: _("Talk"),
}
