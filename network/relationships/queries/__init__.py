"""What pages of relationships read."""
