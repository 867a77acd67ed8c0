"""Pages of terms and of agreed work. A module that hangs pages on a blueprint is imported here."""

from network.engagements.views import (
    check_ins,
    documents,
    engagement_acts,
    left,
    overview,
    terms_accepting,
    terms_acts,
    terms_page,
    welcome,
)
from network.engagements.views.blueprints import terms, work

__all__ = [
    "check_ins",
    "documents",
    "engagement_acts",
    "left",
    "overview",
    "terms",
    "terms_accepting",
    "terms_acts",
    "terms_page",
    "welcome",
    "work",
]
