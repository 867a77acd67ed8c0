"""Pages of terms and of agreed work. A module that hangs pages on a blueprint is imported here."""

from network.engagements.views import overview
from network.engagements.views.blueprints import terms, work

__all__ = ["overview", "terms", "work"]
