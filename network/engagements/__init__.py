"""Engagements: terms that everyone writes, and the work that follows from them."""
