"""Conversations: threads with participants, attached to the thing they are about."""
