"""Relationships: connections, how they came about, and how they end."""
