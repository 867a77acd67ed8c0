"""The pages of needs: what is shown to a member, and what they hold."""

from network.organisations.views.needs import holding, reading, writing
from network.organisations.views.needs.blueprint import work_needs

__all__ = ("holding", "reading", "work_needs", "writing")
