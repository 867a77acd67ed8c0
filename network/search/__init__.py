"""Finds ids by text: no knowledge of what the ids stand for, or of who asks."""
