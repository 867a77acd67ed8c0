"""The pages of one’s own balance, and of the work elsewhere that it counts."""

from network.engagements.views import portfolio_balance, portfolio_outside
from network.engagements.views.blueprints import portfolio

__all__ = ["portfolio", "portfolio_balance", "portfolio_outside"]
