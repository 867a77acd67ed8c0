"""The sections of the page of agreed work, in their order."""

from __future__ import annotations

from network.engagements.agreed_part import AGREED, HISTORY
from network.engagements.check_ins_part import CHECK_INS
from network.engagements.left_part import LEFT, TOUCH
from network.engagements.page import Part
from network.engagements.showing_part import SHOWING
from network.engagements.standing_part import STANDING
from network.engagements.testimony_part import TESTIMONY
from network.engagements.welcome_part import WELCOME

PARTS: tuple[Part, ...] = (
    STANDING,
    CHECK_INS,
    WELCOME,
    AGREED,
    LEFT,
    TESTIMONY,
    SHOWING,
    TOUCH,
    HISTORY,
)
