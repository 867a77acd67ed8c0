"""The sections of an organisation's page, in their order."""

from __future__ import annotations

from network.organisations.alumni_part import ALUMNI
from network.organisations.needs_part import NEEDS
from network.organisations.page import Part
from network.organisations.people_part import PEOPLE
from network.organisations.readiness_part import ANSWERS

PARTS: tuple[Part, ...] = (ANSWERS, PEOPLE, ALUMNI, NEEDS)
