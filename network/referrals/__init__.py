"""Referrals: somebody recommends somebody for a need, with the consent of both."""
