"""Pages of organisations."""

from network.organisations.views import (
    organisation,
    organisation_claiming,
    organisation_ending,
    organisation_founding,
    organisation_people,
    organisation_verifying,
    organisations_overview,
)
from network.organisations.views.organisation_blueprint import organisations

__all__ = [
    "organisation",
    "organisation_claiming",
    "organisation_ending",
    "organisation_founding",
    "organisation_people",
    "organisation_verifying",
    "organisations",
    "organisations_overview",
]
