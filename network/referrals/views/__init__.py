"""Referrals: recommending somebody, what comes of it, and the page for somebody outside."""

from network.referrals.views import mine, outside, recommending
from network.referrals.views.blueprint import referrals

__all__ = ("mine", "outside", "recommending", "referrals")
