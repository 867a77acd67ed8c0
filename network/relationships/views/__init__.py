"""The pages of relationships."""
