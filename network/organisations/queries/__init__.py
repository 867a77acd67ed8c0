"""What pages of organisations read."""
