"""What somebody was, or is, to an organisation that they stay in touch with, in words."""

from __future__ import annotations

from network.organisations.kinds import Alumni
from network.translation import _

SORTS = {
    Alumni.WORKED_WITH: _("Worked together"),
    Alumni.COLLEAGUE: _("Was a colleague"),
    Alumni.RETIRED: _("Retired from there"),
    Alumni.BETWEEN: _("Left, and is between two things"),
    Alumni.ADVISED: _("Gave advice"),
    Alumni.VOLUNTEERED: _("Volunteered"),
}
