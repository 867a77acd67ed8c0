"""Pages of learning."""

from network.learning.views import hosting, places, scheduling
from network.learning.views.sessions import sessions

__all__ = ["hosting", "places", "scheduling", "sessions"]
